"""Draws the small pictures on the home page's cards: what each tour ends on, from a real training of its settings.

python docs/tour_pictures.py [TOUR …]
"""

import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

import embedviz as ev
from components.tours.content import TOURS
from embedviz.figures.colors import NO_VALUE, OTHERS_COLOR, MapColors, color_by
from embedviz.projection.clusters import clusters

WIDTH, HEIGHT, MARGIN = 360, 150, 6
MAPPED, POINTS = 3000, 900  # labels that are mapped, and those that are drawn
CLUSTER = "cluster"
BETWEEN = "#56616b"  # for the text's colour, which is black on one ground and white on another
NAMED = {"words": ("king", "queen", "table"), "review": ("good", "bad"), "birds": ("Barn owl", "Barn swallow")}


def draw(name: str) -> str:
    """The tour's map as SVG, on no ground of its own, so that it fits a light and a dark page."""
    tour = TOURS[name]
    with tempfile.TemporaryDirectory() as folder:
        settings = {**tour.settings, "seed": 0}
        run = ev.train(tour.model, tour.sample, columns=tour.columns, out=Path(folder) / "run", **settings)
        space = run.spaces[tour.space] if tour.space else run.space
        projection = ev.project(space, n_points=MAPPED)
        frame = projection.frame(space)
        if tour.color not in frame or pd.api.types.is_numeric_dtype(frame[tour.color]):
            found = clusters(np.asarray(space.vectors[projection.points]), frame["label"].tolist())
            frame[CLUSTER] = found.column()
        frame = thinned(frame, NAMED.get(name, ()))
    radius = 1.6 if len(frame) > 200 else 3.2
    x, y = (spread(frame[axis], size) for axis, size in (("x", WIDTH), ("y", HEIGHT)))
    colours = color_by(frame[CLUSTER] if CLUSTER in frame else frame[tour.color])
    dots = []
    for i in range(len(frame)):
        fill = colour_of(colours.codes[i], colours)
        dots.append(f'<circle cx="{x[i]:.1f}" cy="{HEIGHT - y[i]:.1f}" r="{radius}" fill="{fill}"/>')
    labels = []
    for label in NAMED.get(name, ()):
        for i in np.flatnonzero(frame["label"] == label):
            labels.append(
                f'<circle cx="{x[i]:.1f}" cy="{HEIGHT - y[i]:.1f}" r="3.5" fill="none" stroke="#888" stroke-width="1.5"/>'
                f'<text x="{x[i] + 6:.1f}" y="{HEIGHT - y[i] + 4:.1f}">{escape(label)}</text>'
            )
    style = "text{font:600 11px system-ui,sans-serif;fill:#808890}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><style>{style}</style>'
        f'<g fill-opacity="0.75">{"".join(dots)}</g>{"".join(labels)}</svg>\n'
    )


def thinned(frame: pd.DataFrame, named: tuple[str, ...]) -> pd.DataFrame:
    """Evenly many rows, and those that are named."""
    step = max(1, len(frame) // POINTS)
    kept = (np.arange(len(frame)) % step == 0) | frame["label"].isin(named).to_numpy()
    return frame[kept].reset_index(drop=True)


def spread(values, size: int) -> np.ndarray:
    """The values over the picture's side, the outermost hundredth on its edge."""
    low, high = np.percentile(values, [0.5, 99.5])
    return MARGIN + np.clip((np.asarray(values) - low) / (high - low), 0, 1) * (size - 2 * MARGIN)


def colour_of(code: int, colours: MapColors) -> str:
    colour = OTHERS_COLOR if code == NO_VALUE else colours.categories[code][1]
    return BETWEEN if colour == "currentColor" else colour


if __name__ == "__main__":
    for tour_name in sys.argv[1:] or TOURS:
        target = Path(__file__).parents[1] / "components" / "pictures" / f"{tour_name}.svg"
        target.write_text(draw(tour_name), encoding="utf-8")
        print(f"{target.name}: {target.stat().st_size:,} bytes")

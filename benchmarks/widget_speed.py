"""The map as a widget in JupyterLab in a headless Chromium: from running the cell that shows it to the first picture, beside
Plotly's FigureWidget of the same points, and at a million points recolouring and a lasso around half of them, Python's answer
included.

    python benchmarks/widget_speed.py [repeats]

A picture counts once its pixels are there: ours says so after the graphics processor has finished, of Plotly's canvas the
pixels are read.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from map_speed import PIXELS_OF_PLOTLY
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.browser.jupyter_lab import MAP, JupyterLab, close, run, run_all

GOALS = {20_000: 2.5, 100_000: 2.5, 1_000_000: 2.5}
MAX_PLOTLY_POINTS = 100_000  # more take minutes
POINTS = """
import numpy as np, pandas as pd, embedviz as ev
from embedviz.project_space import Projection
from embedviz.projection.settings import ProjectionSettings
from embedviz.widget import Map
rng = np.random.default_rng(0)
n = {n}
cluster = rng.integers(0, 7, n)
coords = (rng.normal(0, 1, (7, 2))[cluster] * 3 + rng.normal(0, 0.55, (n, 2))).astype(np.float32)
columns = pd.DataFrame({{"cluster of": [f"cluster {{k}}" for k in cluster], "count": np.arange(n, 0, -1)}})
space = ev.EmbeddingSpace([f"word{{i}}" for i in range(n)], coords, columns)
projection = Projection(coords, np.arange(n), {{}}, ProjectionSettings(), space)
"""
OURS = "widget = projection.widget()\nwidget"
PLOTLY = """
import plotly.graph_objects as go
figure = go.Figure(go.Scattergl(x=coords[:, 0], y=coords[:, 1], mode="markers", marker={"color": cluster, "size": 4}, text=space.labels))
figure
"""
# left half of the points, within a line of 200 corners
LASSO = f"""() => {{
  const map = {MAP};
  const xs = Array.from({{ length: map.points.count }}, (_, id) => map.points.positions[2 * id]).sort((a, b) => a - b);
  const middle = xs[xs.length >> 1] / 65535;
  const edge = Array.from({{ length: 190 }}, (_, k) => map.camera.toScreen(middle + 0.002 * (k % 2), 1.1 - (1.2 * k) / 189));
  map.commands.drawn("lasso", [...edge, map.camera.toScreen(-0.1, -0.1), map.camera.toScreen(-0.1, 1.1)], "new");
}}"""


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    lab = JupyterLab(Path(tempfile.mkdtemp()))
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            for n, goal in GOALS.items():
                ours, theirs = [], []
                for _ in range(repeats):
                    page = browser.new_page(viewport={"width": 1440, "height": 1000})
                    ours.append(first_picture(lab, page, n, OURS, drawn_by_us))
                    if n == max(GOALS) and len(ours) == repeats:
                        at_a_million(page, repeats)
                    close(page)
                    if n <= MAX_PLOTLY_POINTS:
                        page = browser.new_page(viewport={"width": 1440, "height": 1000})
                        theirs.append(first_picture(lab, page, n, PLOTLY, drawn_by_plotly))
                        close(page)
                line = f"{n:>9,} points: first picture {statistics.median(ours):5.2f} s (goal {goal})"
                if theirs:
                    ratio = statistics.median(theirs) / statistics.median(ours)
                    line += f"; Plotly's scattergl {statistics.median(theirs):5.2f} s, {ratio:.1f} x"
                print(line, flush=True)
            browser.close()
    finally:
        lab.stop()


def first_picture(lab: JupyterLab, page: Page, n: int, code: str, until_drawn) -> float:
    """Seconds from running the cell to the picture, in a fresh page and kernel that has the points."""
    lab.open(page, code)
    run(page, POINTS.format(n=n))
    page.wait_for_timeout(1500)  # for the page to be at rest
    begun = time.perf_counter()
    run_all(page)
    until_drawn(page)
    seconds = time.perf_counter() - begun
    return seconds


def drawn_by_us(page: Page) -> None:
    page.wait_for_selector('.stage[data-state="drawn"]', timeout=120_000)


def drawn_by_plotly(page: Page) -> None:
    page.wait_for_function(PIXELS_OF_PLOTLY, polling=30, timeout=300_000)


def at_a_million(page: Page, repeats: int) -> None:
    """Print how long it takes until Python has the selection of a lasso, and until colours by another column are drawn."""
    page.wait_for_timeout(3000)
    times = []
    for _ in range(repeats):
        run(page, "widget.selected = []")
        begun = time.perf_counter()
        page.evaluate(LASSO)
        while not (chosen := int(run(page, "print(int(widget.selected.sum()))"))):
            pass
        times.append(time.perf_counter() - begun)
    print(
        f"          lasso {statistics.median(times):.2f} s until Python has the {chosen:,} points selected", flush=True
    )
    times = []
    for kind, column in [("number", "count"), ("category", "cluster of")] * repeats:
        begun = time.perf_counter()
        run(page, f"widget.color_by = {column!r}")
        page.wait_for_function(f"{MAP}.coloring.colors.kind === {kind!r}", polling=10)
        times.append(time.perf_counter() - begun)
    print(f"          other colours {statistics.median(times):.2f} s", flush=True)


if __name__ == "__main__":
    main()

"""The colours of categories as colour-blind eyes see them, on the grounds of both themes."""

import numpy as np
import pytest

from embedviz.figures.colors import OTHERS_COLOR, TWELVE

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
EYES = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)
WHITE = TO_XYZ.sum(axis=1)
GROUNDS = {"light": "#FCFCFA", "dark": "#14161A"}


def linear(css: str) -> np.ndarray:
    channels = np.array([int(css[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    scaled = TO_XYZ @ rgb / WHITE
    x, y, z = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one: np.ndarray, other: np.ndarray) -> float:
    """The colour difference of the CIE, Sharma, Wu and Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(mean7 / (mean7 + 25**7)))
    c1, c2 = np.hypot((1 + g) * a1, b1), np.hypot((1 + g) * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, (1 + g) * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    cosines = [np.cos(np.radians(angle)) for angle in (hue - 30, 2 * hue, 3 * hue + 6, 4 * hue - 63)]
    t = 1 + np.dot([-0.17, 0.24, 0.32, -0.2], cosines)
    sl = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    turned = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    rt = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(np.radians(turned))
    return float(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * dc / sc * dh / sh))


def contrast(one: str, other: str) -> float:
    high, low = sorted((TO_XYZ[1] @ linear(css) for css in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_difference_is_that_of_published_pairs():
    assert ciede2000(np.array([50, 2.6772, -79.7751]), np.array([50, 0, -82.7485])) == pytest.approx(2.0425, abs=1e-4)
    assert ciede2000(np.array([50, 2.5, 0]), np.array([73, 25, -18])) == pytest.approx(27.1492, abs=1e-4)
    assert ciede2000(np.array([6.7747, -0.2908, -2.4247]), np.array([5.8714, -0.0985, -2.2286])) == pytest.approx(
        0.6377, abs=1e-4
    )


@pytest.mark.parametrize("eye", EYES)
def test_twelve_colours_and_grey_are_told_apart_by_all_eyes(eye):
    seen = [lab(np.clip(np.array(EYES[eye]) @ linear(css), 0, 1)) for css in (*TWELVE, OTHERS_COLOR)]
    nearest = min(ciede2000(a, b) for i, a in enumerate(seen) for b in seen[:i])
    assert nearest > 12.5  # the first seven of Okabe and Ito come as near as 10.9


@pytest.mark.parametrize("theme", GROUNDS)
def test_twelve_colours_stand_out_from_the_ground_of_both_themes(theme):
    assert min(contrast(css, GROUNDS[theme]) for css in TWELVE) > 1.55

"""Where the app and the samples lie: beside the package in a checkout, inside it where it is installed from a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT, INSTALLED = PACKAGE.parent, PACKAGE / "_app"  # the build puts them into the latter: pyproject.toml


def app_root() -> Path:
    """Return the folder that holds app.py, pages, components and sample_data.

    An installed package has a copy of its own: whatever lies beside it in site-packages is not ours.
    """
    return INSTALLED if INSTALLED.is_dir() else CHECKOUT

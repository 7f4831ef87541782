"""An exported page, opened in the process of a test."""

import runpy


def opened(folder):
    """Return the names that a page defines; it is not run as a script."""
    return runpy.run_path(str(folder / "model.py"), run_name="page")

"""An exported page, opened in the process of a test."""

import ast
import runpy


def opened(folder):
    """Return the names that a page defines; it is not run as a script."""
    return runpy.run_path(str(folder / "model.py"), run_name="page")


def has_even_docstrings(script):
    """Return True when the lines of each function's docstring begin below each other."""
    functions = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.FunctionDef)]
    found = [text for node in functions if (text := ast.get_docstring(node, clean=False))]
    places = [node.col_offset + 4 for node in functions if ast.get_docstring(node)]
    return all(
        not line.strip() or len(line) - len(line.lstrip()) == place
        for text, place in zip(found, places, strict=True)
        for line in text.splitlines()[1:]
    )

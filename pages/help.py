"""The Help page: a glossary, the keyboard shortcuts of the map, and the README."""

import re
from pathlib import Path

import streamlit as st

from components.glossary import glossary

README = Path(__file__).parents[1] / "README.md"
SHORTCUTS = {
    "Arrow keys": "Move the map, or go from the chosen point to the next",
    "Shift and arrow keys": "Move the map",
    "+ and -": "Zoom in and out",
    "0": "Show the whole map",
    "Enter": "Choose the point in the middle, then go into its card",
    "Escape": "Stop drawing a selection, clear it, close the card, or close the panel",
    "Ctrl+Z and Ctrl+Y": "Undo and redo",
}


def readme() -> str:
    """Return the README for this page: without its title and pictures, and without links to files beside it."""
    text = README.read_text("utf-8").partition("\n")[2]
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    return re.sub(r"\[([^\]]*)\]\((?!https?:)[^)]*\)", r"\1", text)


st.title("Help")
st.write("Look up a term, a keyboard shortcut, or how embedviz is used from Python and the command line.")
st.page_link("kept.py", label="What is kept, and for how long", icon=":material/inventory_2:")
terms, keys, manual = st.tabs(["Glossary", "Keyboard shortcuts", "README"])
with terms:
    for term, gloss in glossary().items():
        st.markdown(f"**{term}**: {gloss}")
with keys:
    st.write("While the map has the focus:")
    st.table([{"key": key, "what it does": what} for key, what in SHORTCUTS.items()], hide_index=True)
if README.exists():
    manual.markdown(readme())

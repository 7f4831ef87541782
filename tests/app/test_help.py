"""The Help page."""

import re
from pathlib import Path

from components.glossary import glossary

ROOT = Path(__file__).resolve().parents[2]


def opened(app):
    app.switch_page("help.py").run()
    assert not app.exception
    return " ".join(element.value for element in app.markdown)


def test_the_glossary_explains_every_score_in_alphabetical_order(app):
    text = opened(app)
    places = [text.index(f"**{term}**") for term in glossary()]
    assert places == sorted(places)
    assert {"RMSE", "NDCG@10", "Validation set"} <= set(glossary())


def test_the_readme_is_shown_without_pictures_and_links_that_lead_nowhere(app):
    text = opened(app)
    assert "Install and run" in text
    assert "![" not in text
    assert all(target.startswith("http") for target in re.findall(r"\]\(([^)]*)\)", text))


def test_the_shortcuts_are_those_of_the_map(app):
    opened(app)
    keys = " ".join(app.table[0].value["key"])
    handled = (ROOT / "embedviz" / "map_view" / "js" / "keyboard.js").read_text("utf-8")
    for shown, key in (("Arrow keys", "ArrowLeft"), ("+", '"+"'), ("0", "0:"), ("Enter", "Enter:"), ("Escape", "Escape:"), ("Ctrl+Z", 'z: "undo"'), ("Ctrl+Y", 'y: "redo"')):  # fmt: skip
        assert shown in keys
        assert key in handled

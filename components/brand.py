"""Name and mark of the app: the logo, the icon, the menu, and titles of the browser's tab."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from embedviz.core.jobs.events import Event

NAME = "embedviz"
_FOLDER = Path(__file__).parent
ICON, LOGO = str(_FOLDER / "icon.svg"), str(_FOLDER / "wordmark.svg")
_ABOUT = f"**{NAME}** trains embeddings on your own data and shows what they learned. The page Help has a glossary, the keyboard shortcuts and the README."


def set_up() -> None:
    """Set the icon, the layout, the logo and the menu. Called once at the beginning of each run of a page."""
    menu = {"Get help": None, "Report a bug": None, "About": _ABOUT}
    st.set_page_config(page_title=NAME, page_icon=ICON, layout="wide", menu_items=menu)  # type: ignore[arg-type]
    st.logo(LOGO, size="large", icon_image=ICON)


def set_tab_title(what: str) -> None:
    """Title the browser's tab: "Train · embedviz"; the name alone for the Home page."""
    st.set_page_config(page_title=f"{what} · {NAME}" if what and what != "Home" else NAME)


def progress_title(event: Event) -> str:
    """Return how far a job is by its last event: "42 %"; empty while that is not known."""
    total = event.get("total_steps", 0)
    return f"{min(100, int(100 * event.get('step', 0) / total))} %" if total else ""

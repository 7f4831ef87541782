"""CSS that the theme settings cannot express: page padding, heading sizes, narrow screens."""

import streamlit as st

_CSS = """<style>
.block-container { padding-top: 3.6rem; padding-bottom: 4rem; max-width: 1600px; }
[data-testid="stHeading"] h1 { font-size: 2.1rem; font-weight: 650; letter-spacing: -0.015em; padding-bottom: .2rem; }
[data-testid="stSkillsNudge"] { display: none; } /* addresses developers, not visitors */
[role="tab"][aria-selected="true"] p { font-weight: 600; }
/* the link colours of both themes: the dark one's primary colour, made for white text on it, is too dark for text */
[role="tab"][aria-selected="true"] p, button[role="radio"][aria-checked="true"] p { color: light-dark(#0a5c8f, #7cc0ea); }
@media (max-width: 640px) { .block-container { padding: 3.6rem 1rem 3rem; } [data-testid="stHeading"] h1 { font-size: 1.7rem; } }
/* one above the other, what was read comes before the ways to bring more */
@media (max-width: 640px) { .st-key-data-opened [data-testid="stColumn"]:has(.st-key-data-details) { order: -1; } }
</style>"""


def apply() -> None:
    """Add the style sheet to the page."""
    st.html(_CSS)

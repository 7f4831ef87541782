"""A list of what looks odd in the data, each with the button of its way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from components import session
from embedviz.data.findings import Finding


def show_findings(findings: Sequence[Finding], take: Callable[[Finding], None], *, key: str) -> None:
    """Show findings, and rerun the page once a remedy was taken.

    Parameters
    ----------
    findings
        See `embedviz.data.findings.find_findings`.
    take
        Called with the finding whose button was clicked.
    key
        Prefix of the buttons' keys.
    """
    for number, finding in enumerate(findings):
        with st.container(horizontal=True, vertical_alignment="center", key=f"finding-{key}-{number}"):
            if finding.remedy is None:
                st.info(session.plain(finding.sentence))
                continue
            st.warning(session.plain(finding.sentence))
            label = session.plain(finding.remedy.label)
            if st.button(label, icon=":material/build:", key=f"remedy-{key}-{number}"):
                take(finding)
                st.rerun(scope="app")

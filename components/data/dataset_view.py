"""A data set on the Data page: how it was read, the roles of its columns, the models that fit, its profile and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from components import formatting, session, starting
from components.data.profile_table import show_profile
from components.data.reading import choose_file, read_preview
from components.data.reading_options import show_reading_options
from components.data.role_menus import Roles, choose_roles
from components.findings import show_findings
from components.training_draft import TrainingDraft, open_draft
from embedviz.core.plurals import counted
from embedviz.data.findings import Finding, merged_options, merged_roles
from embedviz.data.profile import ColumnProfile
from embedviz.data.report import ReadReport, RowNote
from embedviz.data.roles import ROLES, role_problem, role_sentence
from embedviz.formats import LINES_OF_WORDS, TABULAR
from embedviz.jobs.preview import MAX_SHOWN_COLUMNS, Preview, PreviewResult, preview_of
from embedviz.models.compatibility import compatible_models
from embedviz.store.data_reference import Content
from embedviz.store.dataset import Dataset

ROWS_HEIGHT_PX = 320


def show_dataset(dataset: Dataset) -> None:
    """Show a data set as far as it has been read."""
    st.header("How it was read")
    with st.container(gap=None):  # what shows the progress leaves no space once it has ended
        st.text(f"{dataset.title} · {formatting.size(dataset.size)}")
        preview = read_preview(dataset, key=f"reading-{dataset.id}")
    if preview is None:
        show_reading_options(dataset, is_open=preview_of(dataset).state.is_final)
        return
    result = preview.result
    if result.content == "files":
        choose_file(dataset, result)
    elif result.report is None:
        _show_vectors(dataset, result.vectors_format)
    else:
        _show_table(dataset, preview, result, result.report)


def _show_vectors(dataset: Dataset, format: str) -> None:
    """Show what opens a file of vectors. format: empty where a person says that it is one."""
    is_tabular = not format or format in TABULAR
    if is_tabular:
        _choose_content(dataset, "vectors", format)
    st.text(
        f"Vectors in the format {format}."
        if format
        else "Each row becomes a vector of its decimal numbers; the other columns stay beside it."
    )
    if st.button("Open the vectors", type="primary", icon=":material/hub:"):
        starting.open_vectors(dataset)
        st.switch_page("neighbours.py")


def _choose_content(dataset: Dataset, shown: Content, format: str = "") -> None:
    """Show the choice between a table and vectors. format: of the vectors, where they are shown."""
    key = f"content-{dataset.id}-{shown}"  # another choice is another widget, which starts from it

    def choose() -> None:
        chosen: Content | None = st.session_state[key]
        if chosen in (None, shown):
            return
        dataset.set_content(chosen)
        if chosen == "table" and format in LINES_OF_WORDS:
            dataset.set_options(delimiter="blanks")  # which would pass for a text

    st.segmented_control(
        "Read as",
        ["table", "vectors"],
        default=shown,
        format_func=str.capitalize,
        key=key,
        on_change=choose,
        required=True,
    )


def _show_table(dataset: Dataset, preview: Preview, result: PreviewResult, report: ReadReport) -> None:
    if result.content == "table" and not isinstance(dataset.options.get("member"), dict):
        _choose_content(dataset, "table")
    st.text(" ".join(report.sentences()))
    _show_notes(report.dropped, report.dropped_count, "left out")
    _show_notes(report.mended, report.mended_count, "mended")
    _show_alternatives(dataset, report)
    show_reading_options(dataset, format=report.format)
    profile, roles = preview.profile, result.roles
    if result.content == "table":
        roles = choose_roles(dataset, result.columns, roles)
    st.text(role_sentence(profile, roles))
    if roles == result.roles:  # with others, the Train page looks again
        of_the_data = [found for found in result.findings if found.remedy is None or not found.remedy.settings]
        show_findings(of_the_data, partial(_take, dataset, roles), key=preview.id)
    # the rest of the file may have what a preview of its beginning lacks
    problem = "" if report.truncated else _first_problem(profile, report.rows, roles)
    if problem:
        st.error(session.prose(problem), icon=":material/error:")
    else:
        _show_models(dataset, roles)
    show_profile(profile, report, key=preview.id)
    st.markdown("**First rows**")
    rows = preview.rows
    st.dataframe(rows, hide_index=True, height=ROWS_HEIGHT_PX, key=f"rows-{preview.id}")
    if len(result.columns) > MAX_SHOWN_COLUMNS:
        st.caption(f"The first {MAX_SHOWN_COLUMNS} of {len(result.columns):,} columns are shown.")


def _take(dataset: Dataset, roles: Roles, finding: Finding) -> None:
    """Take the way out of a finding: options of reading, and roles where it names them."""
    remedy = finding.remedy
    if remedy is None:
        return
    dataset.set_options(**merged_options(dataset.options, remedy.options))
    if remedy.columns:
        dataset.set_roles(merged_roles(roles, remedy.columns))


def _show_alternatives(dataset: Dataset, report: ReadReport) -> None:
    """Show what else the file may be read as; a click reads it so."""
    if not report.alternatives:
        return
    st.caption("Read it differently")
    with st.container(horizontal=True):
        for i, other in enumerate(report.alternatives):
            choose = partial(dataset.set_options, **other.options)
            st.button(other.sentence.removesuffix("."), key=f"other-{i}-{dataset.id}", on_click=choose)


def _show_notes(notes: Sequence[RowNote], count: int, what: str) -> None:
    """Show which rows were left out or mended, and why."""
    if not count:
        return
    with st.expander(f"{counted(count, 'row', 'rows')} {what}"):
        st.dataframe([note._asdict() for note in notes], hide_index=True)
        if len(notes) < count:
            st.caption(f"The first {len(notes):,} are listed.")


def _first_problem(profile: Sequence[ColumnProfile], n_rows: int, roles: Mapping[str, str | list[str]]) -> str:
    """Return why a column cannot play its role, in a sentence; empty where all can."""
    by_name = {column.name: column for column in profile}
    for role in ROLES:
        if isinstance(column := roles.get(role), str):
            found = by_name[column]
            if problem := role_problem(role, column, found.stored, found.n_missing >= n_rows):
                return problem
    return ""


def _show_models(dataset: Dataset, roles: Roles) -> None:
    """Show which models can train on these roles, and why the others cannot."""
    found = compatible_models(roles)
    fitting = [fit.model for fit in found if not fit.reason]
    for model in fitting:
        st.markdown(f":material/check: **{model.title}.** {model.summary}")
    if fitting:
        if st.button("Train on this", type="primary", icon=":material/model_training:"):
            open_draft(TrainingDraft(dataset.id, roles))
            st.switch_page("train.py")
    else:
        st.info("No model can train on these columns. Choose the role of each column above, or bring another file.")
    if len(fitting) < len(found):
        with st.expander("Other models, and what they need"):
            for fit in found:
                if fit.reason:
                    st.markdown(f"**{fit.model.title}.** {fit.reason}")

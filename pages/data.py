"""The Data page: upload, paste or choose data, see how it was read, and set the role of each column."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from components import formatting, session, starting
from components.error_boundary import error_boundary
from components.training_draft import TrainingDraft, open_draft
from embedviz import formats
from embedviz.core.errors import EmbedvizError, SeveralFilesError
from embedviz.core.plurals import counted
from embedviz.data.reading import Table
from embedviz.data.roles import COLUMN_ROLES, READ_BY_ONE, ROLES, checked_role, role_sentence, roles_of
from embedviz.data.samples import SAMPLES
from embedviz.data.text_units import UNITS
from embedviz.models import MODELS, model_spec
from embedviz.models.compatibility import compatible_models
from embedviz.store.dataset import Dataset
from embedviz.store.home import is_shared

DATA = "data"  # the address's ?data=
DATA_KEY = "dataset"  # the same in the session's state
UPLOAD_CHUNK_BYTES = 1 << 20
MAX_PREVIEW_ROWS = 50
ENCODINGS = (None, "utf-8", "utf-16", "latin-1", "cp1252", "shift_jis", "gb18030")
DELIMITERS = {None: "automatic", ",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar"}
HEADERS = {None: "automatic", True: "column names", False: "data"}
TEXT_UNITS = {None: "automatic", **{unit: unit for unit in UNITS}}

Roles = dict[str, str | list[str]]  # role -> column, or columns for "as category", "as number" and "leave out"
store, owner = session.store(), session.owner()


def remember(dataset: Dataset) -> None:
    """Open the data on this page."""
    st.session_state[DATA_KEY] = dataset.id


def opened_dataset() -> Dataset | None:
    """Return the data that is open in this session or, after a reload, the one in the address."""
    dataset_id = st.session_state.setdefault(DATA_KEY, st.query_params.get(DATA))
    if dataset_id is None:
        return None
    try:
        dataset = store.dataset(dataset_id)
    except EmbedvizError:
        st.session_state.pop(DATA_KEY)
        st.query_params.pop(DATA, None)
        raise
    if dataset.owner != owner:
        return None
    if st.query_params.get(DATA) != dataset.id:
        st.query_params[DATA] = dataset.id
    return dataset


def show_sources() -> None:
    """Show the ways to bring data. What is open stays until something else has been read."""
    st.subheader("Bring data")
    turn = st.session_state.get("upload-turn", 0)  # a new key makes the uploader drop its copy of the file
    file = st.file_uploader("Upload a text, a table or a vector file", key=f"upload-{turn}")
    st.caption(
        "TXT, CSV, TSV, JSONL, Parquet; vectors of GloVe, word2vec, NumPy, PyTorch, safetensors, Arrow, the TensorFlow "
        "Projector. Also gzipped or in a zip."
    )
    if file is not None:
        with error_boundary():
            parts = iter(lambda: file.read(UPLOAD_CHUNK_BYTES), b"")
            remember(Dataset.upload(store.uploads_folder, file.name, parts, owner))
            st.session_state["upload-turn"] = turn + 1
            st.rerun()
    st.markdown("**Or choose a sample**")
    for name, sample in SAMPLES.items():
        if st.button(sample.title, key=f"sample-{name}", help=sample.sentence, width="stretch"):
            remember(starting.sample_dataset(name))
            st.rerun()
    with st.expander("Paste a text"):
        text = st.text_area("Text", key="pasted", height=140, label_visibility="collapsed", placeholder="Paste here")
        if st.button("Use this text", disabled=not text.strip()):
            remember(Dataset.upload(store.uploads_folder, "pasted text.txt", [text.encode()], owner))
            st.rerun()
    if not is_shared():
        with st.expander("Open a file by its path"):
            path = st.text_input("Path on this machine", key="path", help="For files larger than the upload limit.")
            if st.button("Open", disabled=not path.strip()):
                with error_boundary():
                    remember(Dataset.at_path(store.uploads_folder, Path(path.strip()), owner))
                    st.rerun()


def is_vectors(dataset: Dataset) -> bool:
    """Return True when the file is clearly one of vectors, by its beginning."""
    return formats.is_vectors(dataset.path, dataset.title, dataset.options.get("member"))


def choose_member(dataset: Dataset, error: SeveralFilesError) -> None:
    """Show the menu of the files in a zip."""
    st.info(f"{session.plain(dataset.title)} contains {len(error.names)} files. Choose one.")
    member = st.selectbox("File", error.names, index=None, placeholder="Choose a file")
    if member:
        dataset.set_options(member=member)
        st.rerun()


def show_data(dataset: Dataset) -> None:
    """Show how the data was read, the roles of its columns, and the models that can train on it."""
    st.subheader("How it was read")
    st.text(f"{dataset.title} · {formatting.size(dataset.size)}")
    try:
        if is_vectors(dataset):
            st.info("This is a vector file.")
            if st.button("Open the vectors", type="primary", icon=":material/hub:"):
                starting.open_vectors(dataset)
                st.switch_page("neighbours.py")
            return
        table = dataset.preview()
    except SeveralFilesError as error:
        choose_member(dataset, error)
        return
    except EmbedvizError as error:
        st.error(session.plain(str(error)), icon=":material/error:")
        show_reading_options(dataset, None)
        return
    report = table.report
    st.text(" ".join(report.sentences()))
    if report.dropped:
        with st.expander(f"{counted(report.dropped_count, 'row', 'rows')} left out"):
            st.dataframe([row._asdict() for row in report.dropped], hide_index=True)
    roles = roles_of(table, dataset.columns)
    if table.kind == "table":
        roles = choose_roles([str(name) for name in table.frame.columns], roles, dataset.id)
    st.text(role_sentence(table.frame, roles))
    with error_boundary():
        if not report.truncated:  # the rest of the file may have what the preview lacks
            for role in ROLES:
                if isinstance(column := roles.get(role), str):
                    checked_role(table.frame, role, column)
        show_models(dataset, roles)
    st.dataframe(table.frame.head(MAX_PREVIEW_ROWS), hide_index=True, height=320)
    show_reading_options(dataset, table)


def show_models(dataset: Dataset, roles: Roles) -> None:
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


def choose_roles(columns: Sequence[str], guessed: Mapping[str, Any], key: str) -> Roles:
    """Show a menu for each role and return the chosen roles.

    A column that two roles of one model claim goes to the role that the visitor chose. With a target, the other columns
    can be assigned to categories, numbers or left out.
    """
    picked: dict[str, str | None] = {}
    with st.container(horizontal=True):
        for role in ROLES:
            menu = [None, *columns]
            picked[role] = st.selectbox(
                role.capitalize(),
                menu,
                menu.index(guessed.get(role)),
                format_func=lambda name: name or "no column",
                key=f"{role}-{key}",
                width=170,
                help=role_help(role),
            )
    chosen: dict[str, str] = {}
    for role in sorted(ROLES, key=lambda role: picked[role] == guessed.get(role)):  # chosen roles before guessed ones
        column = picked[role]
        taken = next(
            (other for other, its in chosen.items() if its == column and not {role, other} <= READ_BY_ONE), None
        )
        if column is not None and taken:
            st.text(f"“{column}” is now the {taken}, no longer the {role}.")
        elif column is not None:
            chosen[role] = column
    roles: Roles = {role: chosen[role] for role in ROLES if role in chosen}
    if "target" in roles:
        with st.expander("How the other columns are used"):
            st.caption("By default, numbers are used as numbers; words and codes are used as categories.")
            for role, label in zip(COLUMN_ROLES, ("As categories", "As numbers", "Leave out"), strict=True):
                assigned = {chosen["target"], *(column for r in COLUMN_ROLES for column in roles.get(r, ()))}
                rest = [column for column in columns if column not in assigned]
                if several := st.multiselect(label, rest, key=f"{role}-{key}"):
                    roles[role] = several
    return roles


def role_help(role: str) -> str | None:
    """Return what each model uses a column in this role for."""
    models = [model_spec(name) for name in MODELS]
    uses = [(model.title, ({**model.roles, **model.optional_roles}).get(role)) for model in models]
    return " ".join(f"{title}: {use}." for title, use in uses if use) or None


def show_reading_options(dataset: Dataset, table: Table | None) -> None:
    """Show the options that override how the file is read; open when it could not be read."""
    options, key = dataset.options, dataset.id
    with st.expander("Change how it is read", expanded=table is None):
        a, b, c, d = st.columns(4)
        encoding = a.selectbox(
            "Encoding",
            ENCODINGS,
            ENCODINGS.index(options.get("encoding")),
            format_func=lambda name: name or "automatic",
            key=f"encoding-{key}",
        )
        delimiter = b.selectbox(
            "Delimiter",
            list(DELIMITERS),
            list(DELIMITERS).index(options.get("delimiter")),
            format_func=lambda value: DELIMITERS[value],
            key=f"delimiter-{key}",
        )
        header = c.selectbox(
            "First line",
            list(HEADERS),
            list(HEADERS).index(options.get("header")),
            format_func=lambda value: HEADERS[value],
            key=f"header-{key}",
        )
        unit = d.selectbox(
            "Split text by",
            list(TEXT_UNITS),
            list(TEXT_UNITS).index(options.get("unit")),
            format_func=lambda value: TEXT_UNITS[value],
            key=f"unit-{key}",
        )
        if st.button("Read again", key=f"again-{key}"):
            dataset.set_options(encoding=encoding, delimiter=delimiter, header=header, unit=unit)
            st.rerun()


st.title("Data")
st.write("Bring a text, a table or vectors, and see how the file is read before you train on it.")
sources, details = st.columns([2, 3], gap="large")
with sources, error_boundary():
    show_sources()
with details, error_boundary():
    dataset = opened_dataset()
    if dataset:
        show_data(dataset)
    else:
        st.info("No data is open. Upload a file, or choose the King James Bible from the samples.")

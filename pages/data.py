"""Data: bring a file, paste a text or take a sample; see how it was read; say what its columns are."""

from pathlib import Path

import streamlit as st

from components import formatting, session, starting
from components.error_boundary import error_boundary
from components.training_draft import TrainingDraft, open_draft
from embedviz.core.errors import EmbedvizError, SeveralFilesError
from embedviz.data.roles import COLUMN_ROLES, READ_BY_ONE, ROLES, checked_role, role_sentence, roles_of
from embedviz.data.samples import SAMPLES
from embedviz.data.text_units import UNITS
from embedviz.formats import FORMATS
from embedviz.formats.source import open_source
from embedviz.models import MODELS, model_class
from embedviz.models.compatibility import compatible_models
from embedviz.store.dataset import Dataset
from embedviz.store.home import is_shared

store, owner = session.store(), session.owner()


def keep(dataset: Dataset) -> None:
    st.session_state["dataset"] = dataset.id


def bring() -> None:
    """The ways in. What was brought before stays until something else has been read."""
    st.subheader("Bring data")
    turn = st.session_state.get("upload-turn", 0)
    file = st.file_uploader("Upload a text, a table or a file of vectors", key=f"upload-{turn}")
    st.caption("TXT, CSV, TSV, JSONL, Parquet; GloVe and word2vec vectors. Plain, gzipped or in a zip.")
    if file is not None:
        with error_boundary():
            # to disk at once, and out of the server's memory: a new key lets the widget drop its copy
            parts = iter(lambda: file.read(1 << 20), b"")
            keep(Dataset.upload(store.uploads_folder, file.name, parts, owner))
            st.session_state["upload-turn"] = turn + 1
            st.rerun()
    st.markdown("**Or take a sample**")
    for name, sample in SAMPLES.items():
        if st.button(sample.title, key=f"sample-{name}", help=sample.sentence, width="stretch"):
            keep(starting.sample_dataset(name))
            st.rerun()
    with st.expander("Paste a text"):
        text = st.text_area("Text", key="pasted", height=140, label_visibility="collapsed", placeholder="Paste here")
        if st.button("Use this text", disabled=not text.strip()):
            keep(Dataset.upload(store.uploads_folder, "pasted text.txt", [text.encode()], owner))
            st.rerun()
    if not is_shared():
        with st.expander("Open a file by its path"):
            path = st.text_input("Path on this machine", key="path", help="For files past the upload limit.")
            if st.button("Open it", disabled=not path.strip()):
                with error_boundary():
                    keep(Dataset.at_path(store.uploads_folder, Path(path.strip()), owner))
                    st.rerun()


def is_vectors(dataset: Dataset) -> bool:
    with open_source(dataset.path, dataset.title, dataset.options.get("member")) as source:
        head = source.peek()
    return any(module.sniff(head) for module in FORMATS.values())


def choose_member(dataset: Dataset, error: SeveralFilesError) -> None:
    st.info(f"{session.plain(dataset.title)} holds {len(error.names)} files. Choose one.")
    member = st.selectbox("File", error.names, index=None, placeholder="Choose a file of the zip")
    if member:
        dataset.set_options(member=member)
        st.rerun()


def look(dataset: Dataset) -> None:
    """What was read, and what to do with it."""
    st.subheader("What was read")
    st.text(f"{dataset.title} · {formatting.size(dataset.size)}")
    try:
        if is_vectors(dataset):
            st.info("This is a file of ready vectors.")
            if st.button("Open as vectors", type="primary", icon=":material/hub:"):
                starting.open_vectors(dataset)
                st.switch_page("neighbours.py")
            return
        table = dataset.preview()
    except SeveralFilesError as error:
        choose_member(dataset, error)
        return
    except EmbedvizError as error:
        st.error(session.plain(str(error)), icon=":material/error:")
        override(dataset, None)
        return
    report = table.report
    st.text(" ".join(report.sentences()))
    if report.dropped:
        with st.expander(f"{report.dropped_count:,} rows left out"):
            st.dataframe([row._asdict() for row in report.dropped], hide_index=True)
    roles = roles_of(table, dataset.columns)
    if table.kind == "table":
        roles = chosen_roles(list(table.frame.columns), roles, dataset.id)
    st.text(role_sentence(table.frame, roles))
    with error_boundary():
        if not report.truncated:  # the rest may hold what the beginning lacks
            for role in set(roles) & set(ROLES):
                checked_role(table.frame, role, roles[role])
        trainable(dataset, roles)
    st.dataframe(table.frame.head(50), hide_index=True, height=320)
    override(dataset, table)


def trainable(dataset: Dataset, roles: dict) -> None:
    """Which models fit, with the way on; and why the others do not."""
    found = compatible_models(roles)
    fitting = [fit.model for fit in found if not fit.reason]
    for model in fitting:
        st.markdown(f":material/check: **{model.title}.** {model.summary}")
    if fitting:
        if st.button("Train on this", type="primary", icon=":material/model_training:"):
            open_draft(TrainingDraft(dataset.id, roles))
            st.switch_page("train.py")
    else:
        st.info("No model fits these columns yet. Choose above what each column is, or bring another file.")
    if len(fitting) < len(found):
        with st.expander("What does not fit, and why"):
            for fit in found:
                if fit.reason:
                    st.markdown(f"**{fit.model.title}.** {fit.reason}")


def chosen_roles(columns: list[str], guessed: dict, key: str) -> dict:
    """role -> column: a menu for each role, filled in as guessed; a column that two roles of one model claim goes to the
    one that was chosen. With a target, also how its other columns are taken."""
    picked: dict[str, str | None] = {}
    with st.container(horizontal=True):
        for role in ROLES:
            menu = [None, *columns]
            column = st.selectbox(
                role.capitalize(), menu, menu.index(guessed.get(role)), lambda name: name or "no column",
                key=f"{role}-{key}", width=170, help=uses_of(role),
            )  # fmt: skip
            picked[role] = column
    roles: dict = {}
    for role in sorted(
        ROLES, key=lambda role: picked[role] == guessed.get(role)
    ):  # what was chosen before what was guessed
        column = picked[role]
        taken = next(
            (other for other, its in roles.items() if its == column and not {role, other} <= READ_BY_ONE), None
        )
        if column is not None and taken:
            st.text(f"“{column}” is taken as the {taken}, and no longer as the {role}.")
        elif column is not None:
            roles[role] = column
    roles = {role: roles[role] for role in ROLES if role in roles}
    if "target" in roles:
        with st.expander("How the other columns are taken"):
            st.caption("Left alone, numbers are taken as numbers, and words and codes as categories.")
            for role, label in zip(COLUMN_ROLES, ("As categories", "As numbers", "Leave out"), strict=True):
                rest = [
                    c for c in columns if c != roles["target"] and all(c not in roles.get(r, ()) for r in COLUMN_ROLES)
                ]
                if several := st.multiselect(label, rest, key=f"{role}-{key}"):
                    roles[role] = several
    return roles


def uses_of(role: str) -> str | None:
    """What the models use a column in this role for."""
    models = [model_class(name) for name in MODELS]
    uses = [(model.title, (model.roles | model.optional_roles).get(role)) for model in models]
    return " ".join(f"{title}: {use}." for title, use in uses if use) or None


def override(dataset: Dataset, table) -> None:
    with st.expander("Read it another way", expanded=table is None):
        a, b, c, d = st.columns(4)
        key = dataset.id
        options = dataset.options
        encodings = [None, "utf-8", "utf-16", "latin-1", "cp1252", "shift_jis", "gb18030"]
        delimiters = {None: "guess", ",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
        headers = {None: "guess", True: "column names", False: "data"}
        units = {None: "guess", **{unit: unit for unit in UNITS}}
        chosen = {
            "encoding": a.selectbox(
                "Encoding", encodings, encodings.index(options.get("encoding")), format_func=lambda e: e or "guess", key=f"e{key}"
            ),
            "delimiter": b.selectbox(
                "Columns split by", list(delimiters), list(delimiters).index(options.get("delimiter")), delimiters.get, key=f"d{key}"
            ),
            "header": c.selectbox("First line", list(headers), list(headers).index(options.get("header")), headers.get, key=f"h{key}"),
            "unit": d.selectbox("As plain text by", list(units), list(units).index(options.get("unit")), units.get, key=f"u{key}"),
        }  # fmt: skip
        if st.button("Read again", key=f"again-{key}"):
            dataset.set_options(**chosen)
            st.rerun()


st.title("Data")
st.write("Bring a text, a table or vectors, and see how it was read before anything is trained.")
ways, seen = st.columns([2, 3], gap="large")
with ways, error_boundary():
    bring()
with seen, error_boundary():
    dataset_id = st.session_state.get("dataset")
    if dataset_id is None:
        st.info("Nothing is open yet. Upload a file on the left, or take the King James sample.")
    else:
        opened = store.dataset(dataset_id)
        if opened.owner == owner:
            look(opened)

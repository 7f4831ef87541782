"""Ways to bring data: an upload, a sample, a pasted text, a file at its path."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components import session, starting
from components.data.opened import open_dataset
from components.data.room import TURN, drop_upload, has_room
from components.error_boundary import error_boundary
from components.uploaded_files import max_upload_mb
from embedviz.core.limits import HostLimits
from embedviz.core.metrics import count_upload
from embedviz.core.mode import is_shared
from embedviz.data.samples import SAMPLES
from embedviz.store.dataset import Dataset

UPLOAD_CHUNK_BYTES = 1 << 20
FORMATS = (
    "Texts: TXT. Tables: CSV, TSV, JSON, JSON lines, Parquet, fastText labels. Vectors: word2vec, GloVe, fastText, NumPy, "
    "safetensors, Parquet, Arrow, JSON, CSV, TensorFlow Projector, PyTorch, Hugging Face. Each may be gzipped or in a zip."
)


def show_sources() -> None:
    """Show the ways to bring data. What is open stays until something else has been brought."""
    uploads, owner = session.store().uploads_folder, session.owner()
    turn = st.session_state.get(TURN, 0)
    files = st.file_uploader(
        "Upload a text, a table or vectors",
        accept_multiple_files=True,
        key=f"upload-{turn}",
        help=FORMATS,
        max_upload_size=max_upload_mb(),
    )
    limit = HostLimits.of_environment().upload_mb
    st.caption(
        "Upload files that belong together at once: training and test set, or vectors and their labels."
        + ("" if limit is None else f" A file may have at most {limit:,.10g} MB here.")
    )
    if files:
        with error_boundary():
            if has_room(sum(file.size for file in files)):
                dataset = _uploaded(files)
                count_upload(dataset.size, owner)
                open_dataset(dataset)
                drop_upload()
                st.rerun()
    st.page_link("kept.py", label="What is kept, and for how long", icon=":material/inventory_2:")
    st.markdown("**Or choose a sample**")
    for name, sample in SAMPLES.items():
        if st.button(sample.title, key=f"sample-{name}", help=sample.sentence, width="stretch"):
            open_dataset(starting.sample_dataset(name))
            st.rerun()
    with st.expander("Paste a text"):
        text = st.text_area("Text", key="pasted", height=140, label_visibility="collapsed", placeholder="Paste here")
        if st.button("Use this text", disabled=not text.strip()):
            with error_boundary():
                dataset = Dataset.upload(uploads, "pasted text.txt", [text.encode()], owner)
                count_upload(dataset.size, owner)
                open_dataset(dataset)
                st.rerun()
    if not is_shared():
        with st.expander("Open a file by its path"):
            path = st.text_input("Path on this machine", key="path", help="For files larger than the upload limit.")
            if st.button("Open", disabled=not path.strip()):
                with error_boundary():
                    open_dataset(Dataset.at_path(uploads, Path(path.strip()), owner))
                    st.rerun()


def _uploaded(files: Sequence[UploadedFile]) -> Dataset:
    """Keep one upload as it is, several as one data set."""
    uploads, owner, size = session.store().uploads_folder, session.owner(), sum(file.size for file in files)
    parts = [(file.name, iter(partial(file.read, UPLOAD_CHUNK_BYTES), b"")) for file in files]
    if len(parts) == 1:
        return Dataset.upload(uploads, *parts[0], owner, size)
    return Dataset.upload_together(uploads, parts, owner, size)

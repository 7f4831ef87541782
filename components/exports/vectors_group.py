"""Export of a space's vectors in a format to choose."""

from __future__ import annotations

import streamlit as st

from components import formatting, session
from components.exports.prepared_file import show_prepared_file
from embedviz.core.mode import is_shared
from embedviz.exports.export_job import vectors_export_of
from embedviz.exports.vector_exports import VectorExport, file_stem, vector_exports
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

DEFAULT = "word2vec"


def show_vectors_group(run: RunFolder) -> None:
    """Show the spaces of the run, the formats with who reads them, and the download."""
    names = run.space_names
    left, right = st.columns(2, gap="large")
    with left:
        name = names[0]
        if len(names) > 1:
            name = st.selectbox("Space", names, format_func=session.plain, key=f"export-space-{run.id}")
        space = open_space(run, name)
        offered = {each.name: each for each in vector_exports()}
        if space.subwords is None:
            offered.pop("fasttext")  # without n-grams it would say no more than word2vec's
        ids = list(offered)
        chosen = st.selectbox(
            "Format",
            ids,
            index=ids.index(DEFAULT),
            format_func=lambda format: offered[format].title,
            key="export-format",
        )
        format = offered[chosen]
    with right:
        st.markdown(f"**Read by** {session.plain(format.readers)}")
        st.caption(_description(space, format))
        show_prepared_file(
            run, lambda: vectors_export_of(run, name, chosen), title="Prepare the file", key=f"vectors-{name}-{chosen}"
        )
    if not is_shared():
        with st.expander("From Python and to a hub of models", icon=":material/code:"):
            st.code(_python(run, name, format), language="python")


def _description(space: EmbeddingSpace, format: VectorExport) -> str:
    size = f"{len(space):,} vectors of {space.dim:,} dimensions, about {formatting.size(format.size_bytes(space))}"
    if not len(space.columns.columns):
        return f"{size}."
    kept = (
        "The columns come along"
        if format.keeps_columns
        else "The format has no room for columns, which come in a file beside it"
    )
    return f"{size}. {kept}."


def _python(run: RunFolder, space: str, format: VectorExport) -> str:
    target = f"{file_stem(space)}{format.endings[0]}" if format.endings else "folder"
    return (
        f"import embedviz as ev\n\nrun = ev.open_run({str(run.folder)!r})\n"
        f"run.export_vectors({target!r}, {format.name!r}, space={space!r})\n"
        f'run.push_to_hub("name/repository", space={space!r})  # with a model card; the token comes from HF_TOKEN'
    )

"""Scores of word vectors on the Evaluate page, and of a file of analogies on the Neighbours page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import live, session, tables
from components.uploaded_files import max_upload_mb
from embedviz.evaluation.evaluating import SMALL_ANALOGIES, SMALL_PAIRS
from embedviz.evaluation.small_word_sets import vocabulary_language
from embedviz.evaluation.word_sets import MAX_BYTES
from embedviz.evaluation.word_vector_scores import SetKind, WordVectorScores, coverage_sentence, scores_frame
from embedviz.evaluation.word_vector_sentences import GLOSSES, protocol_sentences
from embedviz.jobs.word_scores import word_scores_of
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

FILE = "A file"
SETS = {"Small English word pairs": SMALL_PAIRS, "Small English analogies": SMALL_ANALOGIES}
TABLE_PX, FITTING_ROWS = 280, 7  # height of a table, and the rows that it shows without scrolling
MAX_ROWS = 2000  # shown; the download has all
FORMS_HELP = (
    "Word pairs as in WordSim-353, SimLex-999 or RareWords; analogies as in Google's set; or groups with outliers, a word a "
    f"line, as in the 8-8-8 set. Its content tells which. At most {MAX_BYTES // 1_000_000} MB."
)
ANALOGIES_HELP = (
    f"Four words a line, under lines such as “: family”, as in Google's set. At most {MAX_BYTES // 1_000_000} MB."
)
SECTION_HELP = (
    "Published sets of word pairs and analogies are not shipped with embedviz. The small English set is its own; it is for "
    "comparing a space with itself, not with what others report."
)


def show_word_vectors(run: RunFolder) -> None:
    """Show the section for a run with spaces of words: the choice of a set, and the scores on it."""
    names = [name for name, kind in run.space_kinds.items() if kind == "word"]
    if not names or not run.state.is_final:
        return
    st.header("Word vectors", help=SECTION_HELP)
    name = names[0]
    if len(names) > 1:
        name = st.selectbox("Space", names, key=f"scored-space-{run.id}")
    space = open_space(run, name)
    is_english = vocabulary_language(space) is not None
    choices = [*(SETS if is_english else ()), *([FILE] if session.is_mine(run) else ())]
    if not choices:
        st.text("These words do not look English, and there is no small set in another language.")
        return
    chosen = st.segmented_control("Score on", choices, key=f"word-set-{run.id}-{name}")
    if chosen == FILE:
        _show_file(run, space, "File of word pairs, analogies or outliers", FORMS_HELP, None)
    elif chosen is not None:
        _show_when_scored(run, space, SETS[chosen])


def show_analogy_file(run: RunFolder, space: EmbeddingSpace) -> None:
    """Show the upload of a file of analogies, then the rank of each expected word."""
    if space.kind != "word" or not session.is_mine(run):
        return
    with st.expander("A file of analogies", icon=":material/upload_file:"):
        _show_file(run, space, "File of analogies", ANALOGIES_HELP, "analogies")


def _show_file(run: RunFolder, space: EmbeddingSpace, title: str, help: str, kind: SetKind | None) -> None:
    key = f"word-set-file-{kind}-{run.id}"
    file = st.file_uploader(title, key=key, help=help, max_upload_size=max_upload_mb(MAX_BYTES))
    if file is not None:
        _show_when_scored(run, space, file.name, file.getvalue(), kind)


def _show_when_scored(
    run: RunFolder, space: EmbeddingSpace, title: str, content: bytes | None = None, kind: SetKind | None = None
) -> None:
    asked = word_scores_of(run, space.name, title, content, kind)
    if live.awaited(asked, key=f"word-scores-{kind}"):
        _show(asked.scores, asked.id)


def _show(scores: WordVectorScores, key: str) -> None:
    """Show scores, coverage, sections, and a row for each question."""
    frame = scores_frame(scores)
    if len(frame):
        config = {
            name: st.column_config.NumberColumn(name, format="%.3f" if name != "random vectors" else "%.5f")
            for name in map(str, frame.columns[1:])
        }
        st.dataframe(frame, hide_index=True, column_config=config, placeholder="", key=f"word-scores-{key}")
        st.caption(f"{GLOSSES[scores.kind]} Higher is better.")
    st.text(coverage_sentence(scores))
    for sentence in protocol_sentences(scores):
        st.text(sentence)
    if len(scores.sections) > 1:
        _show_table(scores.sections, f"word-sections-{key}")
    _show_table(scores.rows.head(MAX_ROWS), f"word-rows-{key}")
    if len(scores.rows) > MAX_ROWS:
        st.caption(f"The first {MAX_ROWS:,} of {len(scores.rows):,} questions; the download has all.")
    tables.csv_button(scores.rows, "word-scores.csv", f"download-word-scores-{key}")


def _show_table(frame: pd.DataFrame, key: str) -> None:
    config = {
        str(name): st.column_config.NumberColumn(str(name), format="%.3f") for name in frame.select_dtypes("floating")
    }
    height = TABLE_PX if len(frame) > FITTING_ROWS else "content"
    st.dataframe(frame, hide_index=True, height=height, column_config=config, placeholder="", key=key)

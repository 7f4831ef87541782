"""The Neighbours page: nearest neighbours, two labels compared, analogies, the odd one out, moves by fine-tuning."""

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from components import session, tables
from components.error_boundary import error_boundary
from components.example_card import example_columns, show_example
from components.nouns import noun_of
from components.space_picker import HISTORY_OF, current_space, history_of_label
from components.tensor_menu import show_tensors
from components.tours import guide
from components.word_scores import show_analogy_file
from embedviz.core.errors import UnknownLabelError
from embedviz.evaluation.example_labels import example_analogy, example_odd_one_out, example_pair
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import EXAMPLE_KINDS
from embedviz.space.letter_case import in_space_case
from embedviz.space.metrics import METRICS
from embedviz.space.searchable_space import COMPOSED
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

BEFORE, MOVED = "before", "moved"  # the space before fine-tuning, and the column with the distance of each word from it
MAX_HISTORY = 50
MAX_MOVED_ROWS = 1000
COMPARED_NEIGHBORS = 20
ODD_OPTIONS = 5000


def show_unknown(error: UnknownLabelError, go: Callable[[str], None]) -> None:
    """Show that the word is unknown, with the most similar spellings as buttons."""
    st.warning(session.plain(str(error)))
    with st.container(horizontal=True):
        for word in error.suggestions:
            st.button(session.plain(word), key=f"suggest-{word}", on_click=go, args=(word,))


def show_composed(space: EmbeddingSpace, word: str, message: str, go: Callable[[str], None]) -> None:
    """Show that the word's vector is an estimate, with the most similar spellings as buttons."""
    st.info(session.plain(message))
    with st.container(horizontal=True):
        for near in space.suggest(word):
            st.button(session.plain(near), key=f"suggest-{near}", on_click=go, args=(near,))


def go(word: str) -> None:
    """Go to a word; the history after the current one is dropped."""
    history, at = st.session_state.get("history", []), st.session_state.get("history-at", -1)
    if at >= 0 and history[at] == word:
        return
    st.session_state["history"] = [*history[: at + 1], word][-MAX_HISTORY:]
    st.session_state["history-at"] = len(st.session_state["history"]) - 1


def step(by: int) -> None:
    """Go back (-1) or forward (1) in the history."""
    st.session_state["history-at"] += by


def show_neighbors(run: RunFolder, space: EmbeddingSpace) -> None:
    """Show the nearest neighbours of one label."""
    noun = noun_of(space)
    if st.session_state.get(HISTORY_OF) != f"{run.id} {space.name}":
        st.session_state.update(history_of_label(run, space, example_pair(space)[0]))
    history, at = st.session_state["history"], st.session_state["history-at"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            key = f"word-{run.id}-{space.name}-{at}-{history[at]}"
            word = in_space_case(space, tables.label_input(space, noun.one.capitalize(), history[at], key))
        st.button("Back", icon=":material/arrow_back:", disabled=at == 0, on_click=step, args=(-1,))
        last = at == len(history) - 1
        st.button("Forward", icon=":material/arrow_forward:", disabled=last, on_click=step, args=(1,))
    if word != history[at]:
        del st.session_state[key]  # or the way back would lead to the word that was gone to from here
        go(word)
        st.rerun()
    show_example(space, word)
    a, b, c = st.columns(3)
    k = a.number_input("How many", 1, 500, 10, key="k", persist_state="session")
    metric = b.selectbox("Metric", METRICS, key="metric", persist_state="session")
    min_count = 0
    if "count" in space.columns:
        min_count = c.number_input("Minimum count", 0, None, 0, key="min-count", persist_state="session")
    try:
        frame = space.neighbors(word, int(k), metric, int(min_count) or None)
    except UnknownLabelError as error:
        show_unknown(error, go)
        return
    if composed := frame.attrs.get(COMPOSED):
        show_composed(space, word, composed, go)
    is_example = space.kind in EXAMPLE_KINDS
    table, side = (st.container(), st.container()) if is_example else st.columns([3, 2])
    with table, st.container(key="neighbours-table"):
        st.text(f"Nearest to “{word}”")
        key = f"near-{run.id}-{space.name}-{word}-{k}-{metric}-{min_count}-{at}"
        tables.clickable_table(frame, key, go, column_order=example_columns(space, frame) if is_example else None)
        st.caption(f"Click a row to go to that {noun.one}.")
        tables.csv_button(frame, "neighbours.csv", "download-near")
    with side:
        show_king_and_queen(space)


def show_king_and_queen(space: EmbeddingSpace) -> None:
    """Show how similar king and queen are, compared with table."""
    words = ("king", "queen", "table")
    if not all(word in space for word in words):
        return
    pairs = [("king", "queen"), ("king", "table"), ("queen", "table")]
    values = {pair: space.similarity(*pair) for pair in pairs}
    with st.container(border=True):
        st.markdown("**Are similar words near each other?**")
        for (a, b), value in values.items():
            st.text(f"{a} – {b}: {value:.3f}")
        margin = values[pairs[0]] - max(values[pairs[1]], values[pairs[2]])
        st.write(
            f"King and queen are {'closer' if margin > 0 else 'no closer'} to each other than either is to table. The "
            f"difference is {abs(margin):.3f} in cosine similarity."
        )


def show_two(run: RunFolder, space: EmbeddingSpace) -> None:
    """Compare two labels."""
    noun = noun_of(space)
    a, b = st.columns(2)
    examples = example_pair(space)
    with a:
        first = in_space_case(
            space, tables.label_input(space, f"First {noun.one}", examples[0], f"first-{run.id}-{space.name}")
        )
    with b:
        second = in_space_case(
            space, tables.label_input(space, f"Second {noun.one}", examples[1], f"second-{run.id}-{space.name}")
        )
    try:
        c = space.compare(first, second, COMPARED_NEIGHBORS)
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
        return
    if c.composed:
        st.info(session.plain(c.composed))
    cells = st.columns(3)
    cells[0].metric("Cosine similarity", f"{c.cosine:.3f}")
    cells[1].metric("Euclidean distance", f"{c.euclidean:.3f}")
    cells[2].metric("Dot product", f"{c.dot:.3f}")
    st.text(
        f"“{second}” is nearest neighbour number {c.rank_of_b:,} of “{first}”; “{first}” is number {c.rank_of_a:,} of "
        f"“{second}”."
    )
    st.text(f"They share {len(c.shared)} of their {c.k} nearest neighbours.")
    if len(c.shared):
        st.dataframe(c.shared, hide_index=True)


def show_analogy(run: RunFolder, space: EmbeddingSpace) -> None:
    """Solve an analogy by two formulas."""
    noun = noun_of(space)
    words = []
    questions = zip((f"This {noun.one}", "is to", "as"), example_analogy(space), strict=True)
    for rank, (box, (label, example)) in enumerate(zip(st.columns(3), questions, strict=True)):
        with box:
            words.append(
                in_space_case(space, tables.label_input(space, label, example, f"analogy-{rank}-{run.id}-{space.name}"))
            )
    a, b, c = words
    st.text(f"{a} is to {b} as {c} is to …   ({b} − {a} + {c})")
    keep = st.toggle(
        f"Allow the three {noun.many} as answers",
        key="inputs",
        persist_state="session",
        help=f"They are usually left out, because the nearest {noun.one} is often one of them.",
    )
    try:
        show_answers({m: space.analogy([b, c], [a], 10, m, keep) for m in ("3cosadd", "3cosmul")})
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
    show_analogy_file(run, space)


def show_answers(answers: Mapping[str, pd.DataFrame]) -> None:
    """Show the answers to one analogy by both formulas."""
    left, right = st.columns(2)
    for side, method, title, gloss in (
        (left, "3cosadd", "3CosAdd", "Maximises the cosine similarity with b − a + c (Mikolov et al. 2013)."),
        (right, "3cosmul", "3CosMul", "Maximises a product of cosine similarities (Levy and Goldberg 2014)."),
    ):
        with side:
            st.markdown(f"**{title}**", help=gloss)
            if composed := answers[method].attrs.get(COMPOSED):
                st.caption(session.plain(composed))
            frame = answers[method].rename(columns={} if method == "3cosadd" else {"similarity": "ratio"})
            st.dataframe(frame, hide_index=True, column_config=tables.column_config(frame), key=f"answers-{method}")


def show_odd_one_out(run: RunFolder, space: EmbeddingSpace) -> None:
    """Find the label that is least similar to the others."""
    noun = noun_of(space)
    example = example_odd_one_out(space)
    options = list(dict.fromkeys([*example, *(space.labels[i] for i in space.most_frequent(ODD_OPTIONS))]))
    typed = st.multiselect(
        noun.many.capitalize(), options, example, accept_new_options=True, key=f"odd-{run.id}-{space.name}"
    )
    chosen = [in_space_case(space, word) for word in typed]
    if len(set(chosen)) < 3:
        st.caption(f"Choose at least three {noun.many}.")
        return
    with error_boundary():
        frame = space.odd_one_out(chosen)
        st.text(f"“{frame['label'].iloc[0]}” is the odd one out.")
        if composed := frame.attrs.get(COMPOSED):
            st.info(session.plain(composed))
        st.dataframe(frame, hide_index=True, column_config=tables.column_config(frame))


def show_moved(run: RunFolder, space: EmbeddingSpace) -> None:
    """Show how far fine-tuning moved each word, and one word's neighbours before and after."""
    a, b = st.columns([3, 2])
    with a:
        example = "good" if "good" in space else example_pair(space)[0]
        typed = tables.label_input(space, "Word", example, f"moved-{run.id}")
        word = in_space_case(space, typed)
    min_count = b.number_input("Minimum count", 0, None, 5, key="moved-min-count", persist_state="session")
    rest = [column for column in space.columns if column != MOVED]
    frame = space.columns.assign(label=space.labels).reindex(columns=["label", MOVED, *rest])
    if "count" in frame:
        frame = frame.loc[frame["count"] >= min_count]
    st.markdown("**Words that moved most**")
    frame = frame.sort_values(MOVED, ascending=False, ignore_index=True)
    config = {
        MOVED: st.column_config.NumberColumn(MOVED, format="%.3f", help="Cosine distance between before and after.")
    }
    st.dataframe(frame.head(MAX_MOVED_ROWS), hide_index=True, height=280, column_config=config)
    tables.csv_button(frame, "moved.csv", "download-moved")
    before = open_space(run, BEFORE)
    left, right = st.columns(2)
    for side, title, one in ((left, "Before", before), (right, "After", space)):
        with side:
            st.markdown(f"**{title}**")
            try:
                near = one.neighbors(word, 10).filter(["label", "similarity"])
                st.dataframe(near, hide_index=True, column_config=tables.column_config(near), key=f"moved-{title}")
            except UnknownLabelError as error:
                st.warning(session.plain(str(error)))


st.title("Neighbours")
st.write("Look up nearest neighbours, compare two labels, and solve analogies.")
opened = current_space("look at neighbours")
if opened:
    run, space = opened
    noun = noun_of(space)
    guide.show_step("neighbours")
    if run.kind == "vectors":
        show_tensors(run)
    notes = [f"{noun.counted(len(space))}, {space.dim} dimensions.", *map(session.plain, space.notes)]
    if space.kind in EXAMPLE_KINDS:
        notes.append(f"Analogies of {noun.many} have no meaning, so there is no tab for them.")
    st.caption(" ".join(notes))
    views: dict[str, Callable[[RunFolder, EmbeddingSpace], None]] = {
        "Neighbours": show_neighbors,
        f"Two {noun.many}": show_two,
        "Analogy": show_analogy,
        "Odd one out": show_odd_one_out,
    }
    if space.kind in EXAMPLE_KINDS:
        del views["Analogy"]
    if MOVED in space.columns and space.name in run.space_names and BEFORE in run.space_names:
        views["Moved by training"] = show_moved
    tabs = st.tabs(list(views), on_change="rerun", key=f"tab-{len(views)}-{noun.one}")
    for tab, show in zip(tabs, views.values(), strict=True):
        with tab:
            if tab.open:
                with error_boundary():
                    show(run, space)
    if st.button("Export these vectors", icon=":material/ios_share:"):
        st.switch_page("export.py")

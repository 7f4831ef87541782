"""Neighbours: what is near a word, two words beside each other, analogies, the odd one out."""

import streamlit as st

from components import session, tables, tours
from components.error_boundary import error_boundary
from components.nouns import noun_of
from components.space_picker import current_space
from embedviz.core.errors import UnknownLabelError
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import METRICS
from embedviz.store.open_spaces import open_space
from embedviz.store.run import Run

BEFORE, MOVED = "before", "moved"  # the space before training, and the column that says how far each went from it


def known(space: EmbeddingSpace, word: str) -> str:
    """The word, in the case the space has it in."""
    return word if word in space or word.lower() not in space else word.lower()


def unknown(error: UnknownLabelError, go) -> None:
    """Says that the word is not there, and offers the nearest spellings as buttons."""
    st.warning(session.plain(str(error)))
    with st.container(horizontal=True):
        for word in error.suggestions:
            st.button(session.plain(word), key=f"suggest-{word}", on_click=go, args=(word,))


def go(word: str) -> None:
    """Walks on to a word; what lay ahead in the history is let go."""
    trail, at = st.session_state.get("trail", []), st.session_state.get("trail-at", -1)
    if at >= 0 and trail[at] == word:
        return
    st.session_state["trail"] = [*trail[: at + 1], word][-50:]
    st.session_state["trail-at"] = len(st.session_state["trail"]) - 1


def step(by: int) -> None:
    st.session_state["trail-at"] += by


def near(run: Run, space: EmbeddingSpace) -> None:
    default = tables.example_label(space, "king")
    if st.session_state.get("trail-run") != run.id:
        st.session_state.update({"trail-run": run.id, "trail": [default], "trail-at": 0})
    trail, at = st.session_state["trail"], st.session_state["trail-at"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            word = known(
                space,
                tables.label_input(
                    space, noun_of(space).one.capitalize(), trail[at], f"word-{run.id}-{at}-{trail[at]}"
                ),
            )
        st.button("Back", icon=":material/arrow_back:", disabled=at == 0, on_click=step, args=(-1,))
        last = at == len(trail) - 1
        st.button("Forward", icon=":material/arrow_forward:", disabled=last, on_click=step, args=(1,))
    if word != trail[at]:
        go(word)
        st.rerun()
    a, b, c = st.columns(3)
    k = a.number_input("How many", 1, 500, 10, key="k", persist_state="session")
    metric = b.selectbox("Metric", METRICS, key="metric", persist_state="session")
    least = 0
    if "count" in space.columns:
        least = c.number_input("Minimum count", 0, None, 0, key="least", persist_state="session")
    try:
        frame = space.neighbors(word, int(k), metric, int(least) or None)
    except UnknownLabelError as error:
        unknown(error, go)
        return
    table, picture = st.columns([3, 2])
    with table:
        tables.clickable_table(frame, f"near-{run.id}-{word}-{k}-{metric}-{least}-{at}", go)
        st.caption(f"Click a row to go on from that {noun_of(space).one}.")
        tables.csv_button(frame, "neighbours.csv", "download-near")
    with picture:
        facts(space)


def facts(space: EmbeddingSpace) -> None:
    """The claim this all began with, measured: king and queen against table."""
    words = ("king", "queen", "table")
    if not all(word in space for word in words):
        return
    pairs = [("king", "queen"), ("king", "table"), ("queen", "table")]
    values = {pair: space.similarity(*pair) for pair in pairs}
    with st.container(border=True):
        st.markdown("**Is near in space alike in meaning?**")
        for (a, b), value in values.items():
            st.text(f"{a} – {b}: {value:.3f}")
        ahead = values[pairs[0]] - max(values[pairs[1]], values[pairs[2]])
        st.write(
            f"King and queen are {'closer' if ahead > 0 else 'no closer'} than either is to table, by {abs(ahead):.3f} "
            "in cosine similarity."
        )


def two(run: Run, space: EmbeddingSpace) -> None:
    a, b = st.columns(2)
    with a:
        first = known(
            space,
            tables.label_input(
                space, f"First {noun_of(space).one}", tables.example_label(space, "king"), f"first-{run.id}"
            ),
        )
    with b:
        second = known(
            space,
            tables.label_input(
                space, f"Second {noun_of(space).one}", tables.example_label(space, "queen", 1), f"second-{run.id}"
            ),
        )
    try:
        c = space.compare(first, second, 20)
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
        return
    cells = st.columns(3)
    cells[0].metric("Cosine", f"{c.cosine:.3f}")
    cells[1].metric("Euclidean distance", f"{c.euclidean:.3f}")
    cells[2].metric("Dot product", f"{c.dot:.3f}")
    st.text(
        f"“{second}” is neighbour number {c.rank_of_b:,} of “{first}”, and “{first}” number {c.rank_of_a:,} of “{second}”."
    )
    st.text(f"Of their {c.k} nearest they share {len(c.shared)}.")
    if len(c.shared):
        st.dataframe(c.shared, hide_index=True)


def analogy(run: Run, space: EmbeddingSpace) -> None:
    boxes = st.columns(3)
    words = []
    questions = ((f"This {noun_of(space).one}", "man"), ("is to", "king"), ("as", "woman"))
    for place, (box, (label, word)) in enumerate(zip(boxes, questions, strict=True)):
        with box:
            begin = tables.example_label(space, word, place)
            words.append(known(space, tables.label_input(space, label, begin, f"analogy-{place}-{run.id}")))
    a, b, c = words
    st.text(f"{a} is to {b} as {c} is to …   ({b} − {a} + {c})")
    keep = st.toggle(f"Let the answer be one of the three {noun_of(space).many}", key="inputs", persist_state="session")
    try:
        answers = {m: space.analogy([b, c], [a], 10, m, keep) for m in ("3cosadd", "3cosmul")}
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
        return
    left, right = st.columns(2)
    for side, method, title in ((left, "3cosadd", "3CosAdd"), (right, "3cosmul", "3CosMul")):
        with side:
            st.markdown(f"**{title}**")
            frame = answers[method].rename(columns={} if method == "3cosadd" else {"similarity": "ratio"})
            st.dataframe(frame, hide_index=True, column_config=tables.column_config(frame), key=f"answers-{method}")
    if not keep:
        st.caption(
            f"The three {noun_of(space).many} themselves are left out of the answers, as is the custom. Without that the "
            "answer is often one of them."
        )


def odd(space: EmbeddingSpace) -> None:
    noun = noun_of(space)
    example = ["king", "queen", "prince", "bread"] if "bread" in space else []
    options = list(dict.fromkeys([*example, *(space.labels[i] for i in space.most_frequent(5000))]))
    typed = st.multiselect(
        noun.many.capitalize(), options, example, accept_new_options=True, key=f"odd-{space.name}-{len(space)}"
    )
    chosen = [known(space, word) for word in typed]
    if len(set(chosen)) < 3:
        st.caption(f"Give at least three {noun.many}.")
        return
    with error_boundary():
        frame = space.odd_one_out(chosen)
        st.text(f"“{frame['label'].iloc[0]}” fits the others least.")
        st.dataframe(frame, hide_index=True, column_config=tables.column_config(frame))


def moved(run: Run, space: EmbeddingSpace) -> None:
    """How far each word went from where it began, and one word's neighbours before and after."""
    a, b = st.columns([3, 2])
    with a:
        typed = tables.label_input(space, "Word", tables.example_label(space, "good"), f"moved-{run.id}")
        word = known(space, typed)
    least = b.number_input("Minimum count", 0, None, 5, key="moved-least", persist_state="session")
    rest = [column for column in space.columns if column != MOVED]
    frame = space.columns.assign(label=space.labels)[["label", MOVED, *rest]]
    if "count" in frame:
        frame = frame[frame["count"] >= least]
    st.markdown("**What moved most**")
    frame = frame.sort_values(MOVED, ascending=False, ignore_index=True)
    config = {MOVED: st.column_config.NumberColumn(MOVED, format="%.3f", help="1 less the cosine of before and after.")}
    st.dataframe(frame.head(1000), hide_index=True, height=280, column_config=config)
    tables.csv_button(frame, "moved.csv", "download-moved")
    before = open_space(run, BEFORE)
    left, right = st.columns(2)
    for side, title, one in ((left, "Before", before), (right, "After", space)):
        with side:
            st.markdown(f"**{title}**")
            try:
                near = one.neighbors(word, 10)[["label", "similarity"]]
                st.dataframe(near, hide_index=True, column_config=tables.column_config(near), key=f"moved-{title}")
            except UnknownLabelError as error:
                st.warning(session.plain(str(error)))


st.title("Neighbours")
st.write("Ask what lies near what, compare two, and try analogies.")
opened = current_space("look at neighbours")
if opened:
    run, space = opened
    tours.show_step("neighbours")
    st.caption(f"{noun_of(space).counted(len(space))}, {space.dim} numbers each.")
    views = {
        "Neighbours": near,
        f"Two {noun_of(space).many}": two,
        "Analogy": analogy,
        "Odd one out": lambda run, space: odd(space),
    }
    if MOVED in space.columns and space.name in run.space_names and BEFORE in run.space_names:
        views["Moved by training"] = moved
    tabs = st.tabs(list(views), on_change="rerun", key=f"tab-{len(views)}-{noun_of(space).one}")
    for tab, show in zip(tabs, views.values(), strict=True):
        with tab:
            if tab.open:
                with error_boundary():
                    show(run, space)
    with st.expander("Take the vectors away", icon=":material/download:"):
        for name, title, ending in (("glove", "GloVe text", "txt"), ("word2vec", "word2vec text", "vec")):
            st.download_button(
                title,
                lambda name=name: tables.vector_bytes(space, name),
                f"vectors.{ending}",
                on_click="ignore",
                key=f"take-{name}",
            )

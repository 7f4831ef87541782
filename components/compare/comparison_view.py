"""Two spaces compared: what they share, the chance level, the labels whose neighbours changed, one label's two lists."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import live, session, tables
from components.compare.algorithms import has_algorithms
from components.compare.pair_of_maps import draw_pair_of_maps
from components.compare.seed_baseline import draw_seed_baseline
from components.map.session import MapSession
from components.nouns import noun_of
from components.run_picker import labels_of
from embedviz.core.errors import UnknownLabelError
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import EXAMPLE_KINDS
from embedviz.space.searchable_space import COMPOSED
from embedviz.space.two_spaces import TwoSpaces
from embedviz.store.comparisons import comparison_of, twins_of
from embedviz.store.maps import pair_of
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

MAX_NEIGHBORS = 50
DEFAULT_NEIGHBORS = 10
IN_BOTH = "in both"
ALIGNMENT_HELP = (
    "The vectors of one space are rotated onto those of the other as well as possible (orthogonal Procrustes), each at "
    "length 1. What remains is the difference that no rotation explains."
)


def draw_comparison(run: RunFolder, space: EmbeddingSpace) -> None:
    """Draw the choice of the other space, then the comparison."""
    others = _other_spaces(run, space)
    if not others:
        st.info(_nothing_to_compare(space))
        # the page has one primary button: where it has one that trains, that is it
        if st.button("Bring data", type="secondary" if has_algorithms(run) else "primary"):
            st.switch_page("data.py")
        draw_seed_baseline(run, space, DEFAULT_NEIGHBORS)
        return
    menu, number = st.columns([4, 1])
    titles = labels_of(list({other.id: other for other, _ in others}.values()))
    names = [f"{titles[other.id]} · {name}" for other, name in others]
    key = f"other-{run.id}-{len(others)}"
    chosen = menu.selectbox("Compare with", range(len(others)), format_func=names.__getitem__, key=key)
    k = int(
        number.number_input("Neighbours", 1, MAX_NEIGHBORS, DEFAULT_NEIGHBORS, key="compare-k", persist_state="session")
    )
    other, other_name = others[chosen]
    comparison = comparison_of(run, space.name, other, other_name, k)
    if not live.awaited(comparison, key="comparison") or (found := comparison.found) is None:
        return
    noun = noun_of(space)
    st.text(overlap_text(found, noun.one, noun.many, are_drawn=space.kind in EXAMPLE_KINDS))
    if found.residual is not None:
        st.text(
            f"After alignment, the vectors still differ by {found.residual:.0%} of their length.", help=ALIGNMENT_HELP
        )
    draw_seed_baseline(run, space, k)
    other_space = open_space(other, other_name)
    state = st.session_state.setdefault(f"map-session-{comparison.id}", MapSession(run, space))
    pair = pair_of(run, comparison)
    if live.awaited(pair, key="pair"):
        draw_pair_of_maps(pair, state, other_space)
    left, right = st.columns([3, 4], gap="large")
    with left:
        label = _draw_changes(found, noun.many, state, comparison.id)
    with right:
        _draw_lists(space, other_space, label, k)


def _nothing_to_compare(space: EmbeddingSpace) -> str:
    """Return what to do where there is no space to compare with."""
    if space.kind in EXAMPLE_KINDS:
        many = noun_of(space).many
        return f"A space of {many} is compared with another of {many}. Train again on the same data, and compare here."
    return (
        "There is no other space yet. Train again with other settings, another seed or another model, or open "
        "pretrained vectors, and compare here."
    )


def overlap_text(found: TwoSpaces, one: str, many: str, *, are_drawn: bool = False) -> str:
    """Return how many neighbours two spaces share, and how many labels. one, many: what a label is called; are_drawn:
    where not all were looked at, those were drawn."""
    which = f"{found.looked_at:,}, drawn evenly" if are_drawn else f"the {found.looked_at:,} most frequent"
    sampled = f" (measured on {which})" if found.looked_at < found.shared else ""
    return (
        f"On average, a {one} shares {found.overlap:.0%} of its {found.k} nearest neighbours between the two "
        f"spaces{sampled}; unrelated spaces would share {found.chance:.1%}. {found.shared:,} {many} are in both, "
        f"{found.only_a:,} only in this space, {found.only_b:,} only in the other."
    )


def _other_spaces(run: RunFolder, space: EmbeddingSpace) -> list[tuple[RunFolder, str]]:
    """Return the spaces to compare with: this run's own, those of runs that differ in the seed, the rest by age."""
    runs = session.listed_runs()
    twins = {twin.id for twin in twins_of(run, runs)}
    rest = sorted((other for other in runs if other.id != run.id), key=lambda other: other.id not in twins)
    # of a run's own spaces only those of words or of texts hold the same labels: users are not items, nor airports species
    kinds = run.space_kinds.items()
    own = [
        (run, name) for name, kind in kinds if name != space.name and kind == space.kind and kind in ("word", "text")
    ]
    others = [(other, name) for other in rest for name in _comparable(other, space)]
    same_name = [(other, name) for other, name in others if name == space.name]
    other_name = [(other, name) for other, name in others if name != space.name]
    return [*own, *same_name, *other_name]


def _comparable(run: RunFolder, space: EmbeddingSpace) -> list[str]:
    """Return the run's spaces that may share labels with a space: texts and rows are compared with their like alone."""
    kinds = run.space_kinds.items()
    return [name for name, kind in kinds if kind == space.kind or not {kind, space.kind} & set(EXAMPLE_KINDS)]


def _draw_changes(found: TwoSpaces, many: str, state: MapSession, key: str) -> str:
    """Draw the labels whose neighbours changed most. Returns the label in focus."""
    st.markdown(f"**{many.capitalize()} whose neighbours changed most**")
    space = state.space
    tables.clickable_table(found.movers, f"movers-{key}", lambda label: state.fly_to(space.index(label)), height=420)
    st.caption("overlap: the share of nearest neighbours that both spaces have. Click a row to see both lists.")
    tables.csv_button(found.movers, "movers.csv", "download-movers")
    return found.movers["label"].iloc[0] if state.focus is None else space.labels[state.focus]


def _draw_lists(space: EmbeddingSpace, other: EmbeddingSpace, label: str, k: int) -> None:
    """Draw a label's neighbours in both spaces, and which of them are in both lists."""
    st.text(f"Nearest to “{label}”")
    try:
        near = [each.neighbors(label, max(k, DEFAULT_NEIGHBORS)) for each in (space, other)]
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
        return
    common = set(near[0]["label"]) & set(near[1]["label"])
    for column, title, frame in zip(st.columns(2), ("This space", "Other space"), near, strict=True):
        with column:
            st.caption(title)
            if composed := frame.attrs.get(COMPOSED):
                st.caption(session.plain(composed))
            marked = pd.DataFrame({"label": frame["label"], IN_BOTH: frame["label"].isin(list(common))})
            marked["similarity"] = frame["similarity"].map("{:.3f}".format)  # a bar would be cut off here
            st.dataframe(marked, hide_index=True, key=f"list-{title}")

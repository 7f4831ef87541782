"""A space beside another one: the figure in a sentence, the noise beside it, the labels that moved, one label's two lists."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import formatting, live, session, starting, tables
from components.looking import Looking
from components.nouns import noun_of
from components.pair_of_maps import pair_of_maps
from components.run_picker import labels_of
from embedviz.core.errors import UnknownLabelError
from embedviz.jobs.comparison import comparison_of, twins_of
from embedviz.jobs.pair import pair_of
from embedviz.jobs.repeats import SEEDS
from embedviz.space import EmbeddingSpace
from embedviz.space.two_spaces import TwoSpaces
from embedviz.store.label_filter import choices_of
from embedviz.store.open_spaces import open_space
from embedviz.store.run import Run

MOST_NEAR = 50
SHOWN_NEAR = 10
IN_BOTH = "in both"


def show(run: Run, space: EmbeddingSpace) -> None:
    """The choice of the other space, then what the two have in common."""
    others = _others(run, space)
    if not others:
        st.info(
            "There is no other space yet. Train once more with other settings, another seed or another model, or open "
            "ready vectors, and compare here."
        )
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        _twin(run, space, 10)
        return
    a, b = st.columns([4, 1])
    titles = _titles([other for other, _ in others])
    names = [f"{titles[other.id]} · {name}" for other, name in others]
    chosen = a.selectbox(
        "Beside it", range(len(others)), format_func=names.__getitem__, key=f"other-{run.id}-{len(others)}"
    )
    k = int(b.number_input("Neighbours", 1, MOST_NEAR, 10, key="compare-k", persist_state="session"))
    other, other_name = others[chosen]
    asked = comparison_of(run, space.name, other, other_name, k)
    if not live.awaited(asked, key="comparison"):
        return
    found = asked.found
    st.text(sentence(found, noun_of(space).one, noun_of(space).many))
    _twin(run, space, k)
    beside = open_space(other, other_name)
    looking = st.session_state.setdefault(f"looking-{asked.id}", Looking(run, space))
    pair = pair_of(run, asked)
    if live.awaited(pair, key="pair"):
        pair_of_maps(pair, looking, beside)
    left, right = st.columns([3, 4], gap="large")
    with left:
        word = _movers(found, noun_of(space).many, looking, asked.id)
    with right:
        _lists(space, beside, word, k)


def sentence(found: TwoSpaces, one: str, many: str) -> str:
    """What two spaces have in common, in words."""
    of = f"{found.shared:,} {many} are in both, {found.only_a:,} only here, {found.only_b:,} only there."
    looked = f" (the {found.looked_at:,} most frequent were looked at)" if found.looked_at < found.shared else ""
    text = (
        f"{found.overlap:.0%} of a {one}'s {found.k} nearest here are among its {found.k} nearest there{looked}; two "
        f"unrelated spaces would share {found.chance:.1%}. {of}"
    )
    if found.residual is not None:
        text += f" Turned onto each other as well as they can be, the vectors still differ by {found.residual:.0%} of their length."
    return text


def _others(run: Run, space: EmbeddingSpace) -> list[tuple[Run, str]]:
    """The other spaces that may be chosen: this run's own first, then twins and the rest, the newest first."""
    runs = session.store().runs(session.owner())
    twins = {twin.id for twin in twins_of(run, runs)}
    rest = sorted((other for other in runs if other.id != run.id), key=lambda other: other.id not in twins)
    own = [(run, name) for name in run.space_names if name != space.name]
    named_alike = [(other, name) for other in rest for name in other.space_names if name == space.name]
    others = [(other, name) for other in rest for name in other.space_names if name != space.name]
    return [*_of_the_same_labels(own), *named_alike, *others]


def _of_the_same_labels(own: list[tuple[Run, str]]) -> list[tuple[Run, str]]:
    """Users are no items: of a run's own spaces only those of before and after training hold the same labels."""
    return [(run, name) for run, name in own if name in ("word", "before")]


def _titles(runs: list[Run]) -> dict[str, str]:
    return labels_of(list({run.id: run for run in runs}.values()))


def _twin(run: Run, space: EmbeddingSpace, k: int) -> None:
    """What two seeds of this model share: the floor of noise. Where there is no second seed yet, a button trains it."""
    if run.kind != "training" or not session.is_mine(run):
        return
    twins = [twin for twin in twins_of(run, session.store().runs(session.owner())) if space.name in twin.space_names]
    if twins:
        asked = comparison_of(run, space.name, twins[0], space.name, k)
        if live.awaited(asked, key="noise"):
            seed = twins[0].spec["settings"]["seed"]
            st.text(
                f"Trained with another seed ({seed}) and nothing else changed, it shares {asked.found.overlap:.0%} with "
                "itself: two spaces that share as much differ by chance alone."
            )
        return
    if run.status != "done" or not run.spec["data"].get("id"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "How much of this is chance? Trained again with another seed, it takes about "
            f"{formatting.duration(run.record['seconds'])}.", width="content"
        )  # fmt: skip
        if st.button("Train it with another seed", key="train-twin"):
            _train_twin(run)


def _train_twin(run: Run) -> None:
    settings = {**run.spec["settings"], "seed": (run.spec["settings"]["seed"] + 1) % SEEDS}
    dataset = session.store().dataset(run.spec["data"]["id"])
    columns = {role: column for role, column in run.spec["columns"].items() if column}
    starting.start_training(
        run.model, dataset, settings, columns=columns, probes=run.spec["probes"],
        name=f"{run.name}, seed {settings['seed']}"[:120], only=choices_of(run),
    )  # fmt: skip
    st.switch_page("train.py")


def _movers(found: TwoSpaces, many: str, looking: Looking, key: str) -> str:
    """The table of those that moved most; the label in focus."""
    st.markdown(f"**{many.capitalize()} that changed their company most**")
    labels = looking.space.labels

    def go(label: str) -> None:
        looking.fly_to(looking.space.index(label))

    tables.clickable_table(found.movers, f"movers-{key}", go, height=420)
    st.caption("overlap: the share of its nearest that it kept. Click a row to see its two lists and where it lies.")
    tables.csv_button(found.movers, "movers.csv", "download-movers")
    return found.movers["label"].iloc[0] if looking.focus is None else labels[looking.focus]


def _lists(a: EmbeddingSpace, b: EmbeddingSpace, word: str, k: int) -> None:
    """A label's neighbours in both spaces, those that are in both lists marked."""
    st.text(f"Nearest to “{word}”")
    try:
        near = [space.neighbors(word, max(k, SHOWN_NEAR))[["label", "similarity"]] for space in (a, b)]
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
        return
    common = set(near[0]["label"]) & set(near[1]["label"])
    for column, title, frame in zip(st.columns(2), ("Here", "There"), near, strict=True):
        with column:
            st.caption(title)
            marked = pd.DataFrame({"label": frame["label"], IN_BOTH: frame["label"].isin(common)})
            marked["similarity"] = frame["similarity"].map("{:.3f}".format)  # a bar would be cut off here
            st.dataframe(marked, hide_index=True, key=f"list-{title}")

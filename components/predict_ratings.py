"""Asking a model of ratings: what somebody would like, somebody new included, and why; one rating; or a file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import answers, session, tables
from embedviz.jobs.prediction import ask_recommendations, ask_rows
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_knowledge, open_space
from embedviz.store.run import Run

OFFERED = 5000  # items and users to choose from as one types; any other can be typed
RATED_AT_FIRST = 3


def show(run: Run) -> None:
    users, items = open_space(run, "user"), open_space(run, "item")
    answers.tabs(
        {
            "Somebody known": lambda: _known(run, users),
            "Somebody new": lambda: _new(run, items),
            "One rating": lambda: _one(run, users, items),
            "A file of pairs": lambda: answers.predict_file(run, None),
        }
    )


def _options(space: EmbeddingSpace) -> list[str]:
    return [space.labels[i] for i in space.most_frequent(OFFERED)]


def _known(run: Run, users: EmbeddingSpace) -> None:
    a, b = st.columns([3, 1])
    options = _options(users)
    user = a.selectbox("User", options, accept_new_options=True, key=f"user-{run.id}")
    k = b.number_input("How many", 1, 100, 10, key=f"k-{run.id}")
    if user:
        answers.show_when_done(
            ask_recommendations(run, session.owner(), user=user, k=int(k)), _recommended, key="known-progress"
        )


def _new(run: Run, items: EmbeddingSpace) -> None:
    scale = open_knowledge(run)["scale"]
    st.write(
        "Fill in a rating for what you know, or choose other things. A vector is worked out for you at once, from the "
        "items' vectors."
        if scale
        else "Name a few things that you have, and a vector is worked out for you at once, from the items' vectors."
    )
    options = _options(items)
    start = pd.DataFrame({"item": options[:RATED_AT_FIRST]})
    config = {"item": st.column_config.SelectboxColumn("item", options=options, required=True, width="large")}
    if scale:
        start["rating"] = pd.Series(dtype="float64")  # nobody has rated anything yet
        config["rating"] = st.column_config.NumberColumn(
            f"rating, {scale[0]:g} to {scale[1]:g}", min_value=scale[0], max_value=scale[1]
        )
    rated = st.data_editor(start, column_config=config, num_rows="dynamic", hide_index=True, key=f"rated-{run.id}")
    rated = rated.dropna().drop_duplicates("item", keep="last")
    state_key = f"asked-new-{run.id}"
    if st.button("Recommend", type="primary", icon=":material/online_prediction:", key=f"ask-new-{run.id}"):
        given = rated["rating"] if scale else [1.0] * len(rated)
        st.session_state[state_key] = {str(i): float(r) for i, r in zip(rated["item"], given, strict=True)}
    wanted = st.session_state.get(state_key)
    if wanted == {}:
        st.info("Fill in at least one rating first." if scale else "Name at least one thing first.")
    elif wanted:
        answers.show_when_done(
            ask_recommendations(run, session.owner(), rated=wanted), _recommended, key="new-progress"
        )
    elif scale and rated.empty:
        st.caption("No rating is filled in yet.")


def _recommended(answer: pd.DataFrame) -> None:
    frame = answer.copy()
    liked = [", ".join(r["feature"] for r in reasons if r["contribution"] > 0) for reasons in frame.pop("reasons")]
    frame.insert(frame.columns.get_loc("prediction") + 1, "because you liked", liked)
    answers.show_note(frame.iloc[0] if len(frame) else pd.Series(dtype=object))
    frame = frame.drop(columns="note", errors="ignore")
    config = {
        name: st.column_config.NumberColumn(name, format="%.2f")
        for name in ("prediction", "score", "bias", "mean rating")
    }
    st.dataframe(frame, hide_index=True, column_config=config)
    order = " The order is by the prediction and by how many rated an item, weighed as the scores' protocol says."
    st.caption("What was rated already is left out." + (order if "mean rating" in frame else ""))
    tables.csv_button(frame, "recommendations.csv", f"download-{len(frame)}-{hash(tuple(frame['label']))}")


def _one(run: Run, users: EmbeddingSpace, items: EmbeddingSpace) -> None:
    a, b = st.columns(2)
    user = a.selectbox("User", _options(users), accept_new_options=True, key=f"one-user-{run.id}")
    item = b.selectbox("Item", _options(items), accept_new_options=True, key=f"one-item-{run.id}")
    roles = open_knowledge(run)["columns"]
    if user and item:
        row = {roles["user"]: user, roles["item"]: item}
        answers.show_when_done(ask_rows(run, [row], session.owner()), _estimate, key="one")


def _estimate(answer: pd.DataFrame) -> None:
    """The rating, which liked items spoke for it, and everything that it is the sum of."""
    row = answer.iloc[0]
    st.metric("Prediction", f"{row['prediction']:,.2f}", width="content")
    answers.show_note(row)
    reasons = list(row["reasons"])
    if reasons:
        answers.contributions_table(reasons, "what", "one-reasons")
        st.caption(
            "What adds up to it, of the items those that weigh most. Liked are those rated at the user's own mean and at "
            "everybody's or above."
        )

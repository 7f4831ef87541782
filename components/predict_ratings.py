"""The Predict page of a recommender: recommendations for a known or a new user, one rating, or a file of pairs."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import answers, session, tables
from embedviz.jobs.prediction import ask_recommendations, ask_rows
from embedviz.models.ratings.form import RatingsForm
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_form, open_space
from embedviz.store.run_folder import RunFolder

MAX_OPTIONS = 5000  # suggested while typing; any other label can be typed
INITIAL_ROWS = 3


def show_rating_prediction(run: RunFolder) -> None:
    """Show a tab for each kind of question."""
    users, items = open_space(run, "user"), open_space(run, "item")
    answers.tabs(
        {
            "Known user": lambda: _known_user(run, users),
            "New user": lambda: _new_user(run, items),
            "One rating": lambda: _one_rating(run, users, items),
            "File": lambda: answers.predict_file(run, None),
        }
    )


def _options(space: EmbeddingSpace) -> list[str]:
    return [space.labels[i] for i in space.most_frequent(MAX_OPTIONS)]


def _known_user(run: RunFolder, users: EmbeddingSpace) -> None:
    a, b = st.columns([3, 1])
    user = a.selectbox("User", _options(users), accept_new_options=True, key=f"user-{run.id}")
    k = b.number_input("How many", 1, 100, 10, key=f"k-{run.id}")
    if user:
        question = ask_recommendations(run, session.owner(), user=user, k=int(k))
        answers.show_when_done(question, _show_recommendations, key="known-progress")


def _new_user(run: RunFolder, items: EmbeddingSpace) -> None:
    scale = open_form(run, RatingsForm).scale
    st.write(
        "Rate a few items. The model computes a vector for you from the vectors of these items."
        if scale
        else "Choose a few items you have. The model computes a vector for you from the vectors of these items."
    )
    options = _options(items)
    start = pd.DataFrame({"item": options[:INITIAL_ROWS]})
    config = {"item": st.column_config.SelectboxColumn("item", options=options, required=True, width="large")}
    if scale:
        start["rating"] = pd.Series(dtype="float64")  # empty: nothing has been rated yet
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
        st.info("Rate at least one item first." if scale else "Choose at least one item first.")
    elif wanted:
        question = ask_recommendations(run, session.owner(), rated=wanted)
        answers.show_when_done(question, _show_recommendations, key="new-progress")
    elif scale and rated.empty:
        st.caption("You have not rated an item yet.")


def _show_recommendations(answer: pd.DataFrame) -> None:
    frame = answer.copy()
    liked = [", ".join(r["feature"] for r in reasons if r["contribution"] > 0) for reasons in frame.pop("reasons")]
    frame.insert(int(frame.columns.get_indexer(["prediction"])[0]) + 1, "because you liked", liked)
    answers.show_note(frame.iloc[0] if len(frame) else pd.Series(dtype=object))
    frame = frame.drop(columns="note", errors="ignore")
    config = {
        name: st.column_config.NumberColumn(name, format="%.2f")
        for name in ("prediction", "score", "bias", "mean rating")
    }
    st.dataframe(frame, hide_index=True, column_config=config)
    caption = "Items already rated are left out."
    if "mean rating" in frame and not frame["prediction"].is_monotonic_decreasing:
        caption += (
            " They are ordered by the ranking, which learns what goes together; the prediction is the rating that is "
            "expected."
        )
    st.caption(caption)
    tables.csv_button(frame, "recommendations.csv", f"download-{len(frame)}-{hash(tuple(frame['label']))}")


def _one_rating(run: RunFolder, users: EmbeddingSpace, items: EmbeddingSpace) -> None:
    a, b = st.columns(2)
    user = a.selectbox("User", _options(users), accept_new_options=True, key=f"one-user-{run.id}")
    item = b.selectbox("Item", _options(items), accept_new_options=True, key=f"one-item-{run.id}")
    roles = open_form(run, RatingsForm).columns
    if user and item:
        row = {roles["user"]: user, roles["item"]: item}
        answers.show_when_done(ask_rows(run, [row], session.owner()), _show_rating, key="one")


def _show_rating(answer: pd.DataFrame) -> None:
    """Show the predicted rating and the terms of its sum."""
    row = answer.iloc[0]
    st.metric("Prediction", f"{row['prediction']:,.2f}", width="content")
    answers.show_note(row)
    reasons = list(row["reasons"])
    if reasons:
        answers.contributions_table(reasons, "term", "one-reasons")
        st.caption(
            "The prediction is the sum of these terms; of the items, only those with the largest contributions are listed. "
            "An item counts as liked if the rating is at least the user's mean and the mean of all ratings."
        )

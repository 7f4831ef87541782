"""The Home page: what embedviz does, the tours, the ways to start, the latest runs."""

from pathlib import Path

import streamlit as st

from components import formatting, session, starting
from components.tours import guide, times
from components.tours.content import TOURS
from components.training_draft import discard_draft

# the maps at the end of the tours, drawn by docs/tour_pictures.py
PICTURES = Path(__file__).parents[1] / "components" / "pictures"
MAX_RUNS = 5  # that are listed

st.title("See what embeddings learn")
st.markdown(
    "embedviz trains embeddings on your own data, on this machine, and shows what they learned: nearest neighbours, maps, "
    "predictions with their explanations, and how far you can trust each of them."
)


def card(title: str, sentence: str, time: str, button: str, key: str, primary: bool = False) -> bool:
    """Show a card and return whether its button was clicked."""
    with st.container(border=True, height="stretch", vertical_alignment="distribute"):
        if (PICTURES / f"{key}.svg").exists():
            with st.container(key=f"picture-{key}"):
                st.image(PICTURES / f"{key}.svg", width="stretch", alt=f"The map that the tour “{title}” ends on")
        st.markdown(f"## {title}")
        st.write(sentence)
        st.caption(time)
        kind = "primary" if primary else "secondary"
        return st.button(button, type=kind, key=f"card-{key}", width="stretch")


runs = session.listed_runs()
for column, (name, tour) in zip(st.columns(len(TOURS)), TOURS.items(), strict=True):
    with column:
        if card(tour.title, tour.sentence, times.time_of(tour, runs), "Start the tour", name, primary=name == "words"):
            guide.start_tour(name)
            st.switch_page("train.py")
own, ready = st.columns(2)
with own:
    formats = "A text, ratings or a table as TXT, CSV, TSV, JSONL or Parquet, also gzipped or in a zip."
    if card("Open your own data", formats, "Your data stays on this machine.", "Bring data", "data"):
        st.switch_page("data.py")
with ready:
    glove = "The 20,000 most frequent words of GloVe, trained on 6 billion words. Or bring a GloVe or word2vec file."
    if card("Explore pretrained vectors", glove, "There is nothing to train.", "Open the GloVe sample", "glove"):
        starting.open_vectors(starting.sample_dataset("glove"))
        st.switch_page("neighbours.py")

if runs:
    st.header("Latest runs")
    for run in runs[:MAX_RUNS]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{run.name} · {run.status} · {formatting.when(run.created)}", width="stretch")
            if st.button("Open", key=f"open-{run.id}"):
                session.remember(run)
                discard_draft()
                st.switch_page("train.py" if run.kind == "training" else "neighbours.py")

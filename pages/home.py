"""Home: what this is, the tour, one's own data, the last runs."""

import streamlit as st

from components import session, starting, words

st.title("See what embeddings learn")
st.markdown(
    "embedviz trains embeddings on your own text, here, on this machine, and lets you look at what they learned: "
    "which words are near, how a vocabulary lies on a map, and how far the picture can be trusted."
)
left, middle, right = st.columns(3)
with left, st.container(border=True, height="stretch", vertical_alignment="distribute"):
    st.subheader("Words: king, queen and table")
    st.write("Train word vectors on the King James text, watch neighbours form, then walk through them and the map.")
    st.caption("Trained in less than a minute.")
    if st.button("Start the tour", type="primary", icon=":material/play_arrow:", width="stretch"):
        starting.start_tour()
        st.switch_page("train.py")
with middle, st.container(border=True, height="stretch", vertical_alignment="distribute"):
    st.subheader("Open your own data")
    st.write("A text, or a table with a column of text: TXT, CSV, TSV, JSONL or Parquet, plain, gzipped or in a zip.")
    st.caption("It stays on this machine.")
    if st.button("Bring data", icon=":material/upload_file:", width="stretch"):
        st.switch_page("data.py")
with right, st.container(border=True, height="stretch", vertical_alignment="distribute"):
    st.subheader("Look at ready vectors")
    st.write("GloVe's 20,000 most frequent words, trained on six billion. Or bring a GloVe or word2vec file.")
    st.caption("Opens in about two seconds.")
    if st.button("Open the GloVe sample", icon=":material/hub:", width="stretch"):
        starting.open_vectors(starting.sample_dataset("glove"))
        st.switch_page("neighbours.py")

runs = session.store().runs(session.owner())[:5]
if runs:
    st.subheader("Last runs")
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{run.name} · {run.status} · {words.when(run.created)}", width="stretch")
            if st.button("Open", key=f"open-{run.id}"):
                session.remember(run)
                st.switch_page("train.py" if run.kind == "training" else "neighbours.py")

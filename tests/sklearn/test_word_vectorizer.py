"""WordVectorizer in pipelines and searches, and what it promises beyond scikit-learn's checks."""

import datasets
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import embedviz as ev
from embedviz.sklearn import WordVectorizer


@pytest.mark.slow
@pytest.mark.parametrize("algorithm", ["skipgram", "cbow", "glove", "fasttext", "ppmi_svd"])
def test_each_algorithm_tells_texts_apart_in_a_pipeline(topics, algorithm):
    texts, y = topics
    vectorizer = WordVectorizer(algorithm, dim=8, random_state=0)
    model = make_pipeline(vectorizer, LogisticRegression()).fit(texts[:500], y[:500])
    assert model.score(texts[500:], y[500:]) > 0.95


@pytest.mark.slow
def test_word_vectors_are_searched_over(topics):
    texts, y = topics
    pipeline = make_pipeline(WordVectorizer(dim=4, epochs=1, random_state=0), LogisticRegression())
    search = GridSearchCV(pipeline, {"wordvectorizer__dim": [4, 6], "wordvectorizer__weighting": ["sif", "mean"]}, cv=2)
    assert search.fit(texts, y).best_estimator_.named_steps["wordvectorizer"].transform(["cat"]).shape[1] in (4, 6)


def test_a_text_has_the_same_vector_alone_and_among_others(topics):
    texts, _ = topics
    vectorizer = WordVectorizer(dim=4, epochs=1, random_state=0).fit(texts)
    found = vectorizer.transform(texts[:5])
    assert found.dtype == np.float32
    assert np.abs(found).max() > 0
    assert np.allclose(vectorizer.transform(texts[:1]), found[:1], atol=1e-6)
    assert np.allclose(found @ vectorizer.component_, 0, atol=1e-5)
    assert not vectorizer.transform(["zzz", None]).any()


def test_given_vectors_are_used_as_they_are(topics, tmp_path):
    space = ev.EmbeddingSpace(["cat", "saw"], np.array([[1, 0], [0, 2]], np.float32))
    space.save(tmp_path / "vectors.txt")
    for vectors in (space, tmp_path / "vectors.txt"):
        vectorizer = WordVectorizer(vectors=vectors, weighting="mean").fit(topics[0])
        assert vectorizer.transform(["cat saw", "Cat unknown"]).tolist() == [[0.5, 1.0], [1.0, 0.0]]


def test_frequent_words_count_less(topics):
    space = ev.EmbeddingSpace(["cat", "rare"], np.eye(2, dtype=np.float32))
    vectorizer = WordVectorizer(vectors=space).fit(["cat cat cat cat rare", "cat"])
    assert vectorizer._means_weights[0] < vectorizer._means_weights[1]


def test_fasttext_has_a_vector_for_a_word_that_it_never_saw(topics):
    vectorizer = WordVectorizer("fasttext", dim=4, epochs=1, random_state=0, weighting="mean").fit(topics[0])
    assert vectorizer.transform(["hammering"]).any()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"algorithm": "bert"}, "algorithm is one of"),
        ({"weighting": "max"}, "weighting is sif or mean"),
        ({"dim": 0}, "dim"),
        ({"settings": {"seed": 1}}, "seed is not for settings"),
        ({"settings": {"phrases": 1}}, "phrases are joined in the texts of fit alone"),
        ({"n_jobs": 0}, "n_jobs is None"),
        ({"algorithm": "ppmi_svd", "epochs": 3}, "no setting 'epochs'"),
    ],
)
def test_wrong_parameters_are_value_errors_and_ours(topics, parameters, message):
    for kind in (ValueError, ev.EmbedvizError):
        with pytest.raises(kind, match=message):
            WordVectorizer(**parameters).fit(topics[0])


@pytest.mark.parametrize(
    "as_given",
    [
        lambda texts: pl.DataFrame({"t": texts}),
        lambda texts: datasets.Dataset.from_dict({"t": texts}),
        lambda texts: datasets.Dataset.from_dict({"t": texts})["t"],
        lambda texts: pa.chunked_array([texts]),
        pl.Series,
    ],
    ids=["polars", "datasets", "column of datasets", "Arrow array", "polars series"],
)
def test_texts_come_from_any_library(as_given):
    space = ev.EmbeddingSpace(["cat", "saw"], np.array([[1, 0], [0, 2]], np.float32))
    vectorizer = WordVectorizer(vectors=space, weighting="mean").fit(as_given(["cat", "saw"]))
    assert vectorizer.transform(as_given(["cat saw", None])).tolist() == [[0.5, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize(("X", "message"), [("a text", "one text"), ([1, 2], "Text 1 is 1"), ([], "no texts")])
def test_what_is_no_text_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        WordVectorizer().fit(X)

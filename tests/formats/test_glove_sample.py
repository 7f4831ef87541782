"""The 20,000 words of GloVe that come with the project, with figures measured by other means."""

import pytest

from embedviz.formats import load_vectors

SAMPLE = "sample_data/glove.6B.100d.20k.txt.gz"


@pytest.fixture(scope="module")
def glove(request):
    return load_vectors(request.config.rootpath / SAMPLE)


def test_king_starts_as_in_the_original(glove):
    assert (len(glove), glove.dim) == (20_000, 100)
    assert glove.vector("king")[:3].tolist() == pytest.approx([-0.32307, -0.87616, 0.21977])


@pytest.mark.parametrize(
    ("a", "b", "cosine"), [("king", "queen", 0.751), ("king", "table", 0.297), ("queen", "table", 0.340)]
)
def test_king_and_queen_are_closer_than_either_is_to_table(glove, a, b, cosine):
    assert glove.similarity(a, b) == pytest.approx(cosine, abs=0.0005)


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_king_minus_man_plus_woman_is_queen(glove, method):
    assert glove.analogy(["king", "woman"], ["man"], k=1, method=method)["label"].tolist() == ["queen"]


def test_cabbage_is_not_of_the_court(glove):
    assert glove.odd_one_out(["king", "queen", "prince", "cabbage"])["label"].iloc[0] == "cabbage"

"""Every word algorithm on the King James text, with its recommended settings and fewer epochs: neighbours that make sense."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_limits

from embedviz.core.errors import UnknownLabelError
from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.models import model_spec
from tests.models.words.fitting import WORD_MODELS, finish, learner

pytestmark = pytest.mark.slow

QUICK = {
    "skipgram": {"epochs": 5},
    "cbow": {"epochs": 8},
    "glove": {"epochs": 15},
    "fasttext": {"epochs": 5, "buckets": 50_000},
}
SENSIBLE = {
    # royal women, the books of Esther and Kings around them, other rulers
    "queen": "esther vashti sheba bathsheba jezebel athaliah maachah abihail king princess ahasuerus haman mordecai banquet "
    "chamberlains chamberlain petition provinces shushan palace hiram artaxerxes darius uriah benhadad jehoash hazael solomon",
    # waters, and the places that lie on them
    "river": "sea rivers brook waters water bank shore arnon euphrates jordan jabbok chebar kishon gozan nile hiddekel springs "
    "fords ford stream streams valley plain coast border beyond aroer",
    # food, drink and eating
    "bread": "unleavened leavened leaven eat eaten eateth drink drank wine meat flesh water corn cake cakes bake baked loaves loaf "
    "manna morsel parched wafers oil flour meal bottle shewbread food hungry",
    "thirty": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty forty fifty sixty seventy eighty ninety threescore fourscore hundred thousand",
}


@pytest.fixture(scope="module")
def table():
    return read_table(SAMPLES["kjv"].path)


@pytest.fixture(scope="module", params=WORD_MODELS)
def trained(request, table):
    """The model's name, its space and its scores."""
    spec = model_spec(request.param)
    settings = spec.Settings.of(**QUICK.get(request.param, {}))
    corpus = result_of(spec.prepare(table, table.roles, settings))
    with threadpool_limits(1):
        best = finish(learner(corpus)).best()
    return request.param, best.spaces()["word"], spec.evaluate(best, corpus).metrics


@pytest.mark.parametrize("word", list(SENSIBLE))
def test_neighbours_make_sense(trained, word):
    _, space, _ = trained
    found = space.neighbors(word, 10)["label"].tolist()
    assert len(set(found) & set(SENSIBLE[word].split())) >= 2, found


def test_unseen_text_is_told_from_noise(trained):
    _, _, metrics = trained
    assert metrics["test/auc"] > 0.6
    assert metrics["test/loss"] < metrics["baseline/loss"]


def test_a_word_that_never_occurs_has_neighbours_in_fasttext_alone(trained):
    model, space, _ = trained
    assert "kingz" not in space
    if model == "fasttext":
        frame = space.neighbors("kingz", 10)
        assert {"king", "kings", "king's"} & set(frame["label"])
        assert frame.attrs["composed"].startswith("'kingz' is not among the")
    else:
        with pytest.raises(UnknownLabelError, match=r"'kingz'.*Did you mean king"):
            space.neighbors("kingz", 10)


def test_phrases_of_the_text_get_vectors_and_are_listed(table):
    spec = model_spec("ppmi_svd")
    settings = spec.Settings.of(phrases=1, dim=20)
    corpus = result_of(spec.prepare(table, table.roles, settings))
    with threadpool_limits(1):
        best = finish(learner(corpus)).best()
    phrases = spec.evaluate(best, corpus).frames["phrases"]
    space = best.spaces()["word"]
    expected = {"burnt_offering", "jesus_christ", "holy_ghost", "unleavened_bread", "high_priest", "red_sea"}
    assert expected <= set(phrases["phrase"])
    assert expected <= set(space.labels)
    assert not {"and_the", "of_the", "thou_shalt", "king_david"} & set(space.labels)
    offerings = {"sin_offering", "meat_offering", "peace_offerings", "burnt_offerings", "trespass_offering", "bullock"}
    assert len(offerings & set(space.neighbors("burnt_offering", 10)["label"])) >= 2

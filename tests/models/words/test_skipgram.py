import numpy as np
import pytest

from embedviz.core.cost import Machine
from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.evaluation.held_out_pairs import HeldOutPairs, PairScores
from embedviz.models.words import lock_free
from embedviz.models.words.held_out import HeldOut
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.skipgram import SPEC, SkipgramSettings
from embedviz.models.words.trained import WordVectors
from embedviz.models.words.training_text import TrainingText
from embedviz.text.corpus import build_corpus
from embedviz.text.tokens import tokenize
from embedviz.training.devices import choose
from embedviz.training.learner import IterativeLearner

CPU = choose("cpu")


def prepared(text: str, **settings) -> PreparedCorpus:
    table = read_table(text.encode(), name="t.txt")
    chosen = SkipgramSettings.of(
        **{"min_count": 1, "subsample": 0, "learning_rate": 0.025, "negative_samples": 5, **settings}
    )
    return result_of(SPEC.prepare(table, table.roles, chosen))


def learner(text: str, **settings) -> IterativeLearner[WordVectors]:
    corpus = prepared(text, **settings)
    return corpus.learner(corpus.settings, CPU, 1)


def fit(learner: IterativeLearner[WordVectors]) -> IterativeLearner[WordVectors]:
    for _ in learner.run():
        pass
    return learner


def test_words_of_one_topic_end_up_nearer_than_words_of_two(two_topics):
    space = fit(learner(two_topics, dim=16, epochs=40)).best().spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "hammer") + 0.3


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_fifty_words_give_no_nan(optimizer):
    text = "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
    corpus = prepared(text, optimizer=optimizer, learning_rate=0.1, epochs=300)
    fitted = fit(corpus.learner(corpus.settings, CPU, 1))
    assert np.isfinite(fitted.current().centre).all()
    assert np.isfinite(fitted.current().context).all()
    assert np.isfinite(SPEC.evaluate(fitted.best(), corpus).metrics["validation/loss"])


def test_the_best_weights_are_kept_and_never_worse_than_the_last(two_topics):
    corpus = prepared(two_topics, dim=16, epochs=200)
    fitted = fit(corpus.learner(corpus.settings, CPU, 1))
    last = SPEC.evaluate(fitted.current(), corpus).metrics["validation/loss"]
    assert SPEC.evaluate(fitted.best(), corpus).metrics["validation/loss"] <= last + 1e-9


def test_small_texts_are_read_more_often():
    assert SkipgramSettings().epochs_for(789_634) == 19
    assert SkipgramSettings().epochs_for(10_000) == 200
    assert SkipgramSettings().epochs_for(100_000_000) == 5


def test_the_vocabulary_comes_from_the_training_part_alone():
    corpus = build_corpus(result_of(tokenize([f"common word{i}" for i in range(100)])), min_count=1)
    assert sum(corpus.vocabulary.counts) == (corpus.train >= 0).sum()
    seen = {corpus.vocabulary.labels[i] for i in corpus.train[corpus.train >= 0]}
    assert seen == set(corpus.vocabulary.labels)
    assert len(corpus.vocabulary) == 91  # 90 of the 100 units are for training, each with a word of its own


def test_an_estimate_grows_with_the_work():
    table = read_table(b"a b c d\n" * 5000, name="t.txt")
    survey = result_of(SPEC.survey(table, table.roles, SkipgramSettings()))
    measured = Machine(words_per_second=2e6)
    small = SPEC.estimate(SkipgramSettings.of(epochs=5), survey, measured)
    large = SPEC.estimate(SkipgramSettings.of(epochs=500), survey, measured)
    assert large.seconds > small.seconds > 0
    assert SPEC.estimate(SkipgramSettings.of(dim=300), survey, Machine()).memory_bytes > small.memory_bytes


class Wobbling(HeldOutPairs):
    """Held-out pairs whose loss goes up three times on its way down, as King James's does, and up at the end."""

    losses = (2.90, 2.83, 2.85, 2.80, 2.84, 2.75, 2.78, 2.60, 2.61, 2.62, 2.63, 2.64)

    def __init__(self):
        object.__setattr__(self, "left", list(self.losses))

    def __len__(self):
        return 1

    def measure(self, log_probabilities):
        return PairScores(self.left.pop(0), 0.5)


def with_validation(learner: IterativeLearner[WordVectors], pairs: HeldOutPairs) -> IterativeLearner[WordVectors]:
    learner.engine.held_out = HeldOut(pairs, learner.engine.held_out.train)
    return learner


def test_a_held_out_loss_that_wobbles_stops_nothing_and_the_lowest_is_kept(two_topics):
    wobbling = with_validation(learner(two_topics, dim=16, epochs=60), Wobbling())
    seen = []
    for event in wobbling.run():
        if event.metrics:
            seen.append((event.metrics["validation/loss"], event.best, wobbling.engine.W.copy()))
    assert [loss for loss, _, _ in seen] == list(Wobbling.losses)
    assert event.fraction == 1
    assert [loss for loss, best, _ in seen if best] == [2.90, 2.83, 2.80, 2.75, 2.60]
    assert np.array_equal(wobbling.best().centre, seen[7][2][:, :16])


def test_the_places_of_measuring_do_not_hang_on_the_clock(two_topics, monkeypatch):
    def places():
        events = learner(two_topics, dim=16, epochs=60).run()
        return [(event.step, event.metrics["validation/loss"]) for event in events if event.metrics]

    at_leisure = places()
    monkeypatch.setattr(lock_free, "ADVANCE_SECONDS", 0.001)
    assert places() == at_leisure


def test_stopped_before_the_first_measurement_the_vectors_so_far_are_kept(two_topics, monkeypatch):
    monkeypatch.setattr(lock_free, "ADVANCE_SECONDS", 1e-4)
    stopped = learner(two_topics, dim=16, epochs=5000)
    untrained = stopped.engine.W.copy()
    assert not next(iter(stopped.run())).metrics
    assert np.array_equal(stopped.best().spaces()["word"].vectors, stopped.engine.W[:, :16])
    assert not np.array_equal(stopped.engine.W, untrained)


def test_without_pairs_to_measure_the_last_vectors_are_kept():
    text = "\n".join(["salt pepper"] * 5 + ["flour"] * 400)
    corpus = prepared(text, epochs=3, validation_share=0.01, test_share=0)
    no_pairs = HeldOutPairs.draw(np.array([0, -1, 1, -1]), 5, np.ones(3), 0, 10)
    assert len(no_pairs) == 0
    fitted = fit(with_validation(corpus.learner(corpus.settings, CPU, 1), no_pairs))
    assert np.array_equal(fitted.best().centre, fitted.engine.W[:, :100])
    assert "test/loss" not in SPEC.evaluate(fitted.best(), corpus).metrics


def test_the_wildest_settings_end_in_numbers_or_in_a_sentence():
    text = "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
    for optimizer in ("sgd", "adagrad"):
        wild = learner(text, optimizer=optimizer, learning_rate=1, negative_samples=50, window=20, epochs=500)
        try:
            fit(wild)
        except SettingsError as error:
            assert "learning rate of 1" in str(error)
            with pytest.raises(SettingsError, match="learning rate of 1"):  # so do the probes, which look in between
                wild.current()
        else:
            assert np.isfinite(wild.best().spaces()["word"].vectors).all()


def test_vectors_that_are_no_numbers_are_called_so(two_topics):
    broken = learner(two_topics, dim=16, epochs=5)
    broken.engine.W[0, 0] = np.nan
    with pytest.raises(SettingsError, match=r"learning rate of 0\.025|diverged"):
        fit(broken)


def test_frequent_words_are_thinned_and_a_dozen_words_are_not(two_topics):
    few = prepared(two_topics, subsample=1e-3)
    keep = TrainingText.of(few.corpus, few.settings).keep
    assert (keep == 1).all()  # each is a twelfth of the text, far above a share of 0.001
    many = prepared("\n".join(f"the w{i}" for i in range(2000)), subsample=1e-3)
    keep = TrainingText.of(many.corpus, many.settings).keep
    the = many.corpus.vocabulary.labels.index("the")
    assert keep[the] == pytest.approx(np.sqrt(1e-3 / 0.5) + 1e-3 / 0.5, rel=1e-3)
    assert (np.delete(keep, the) == 1).all()

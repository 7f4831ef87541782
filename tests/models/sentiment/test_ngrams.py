import math

import numpy as np
import pytest

from embedviz.models.sentiment import linear as linear_terms
from embedviz.models.sentiment import ngrams as sentiment_ngrams
from embedviz.models.sentiment.linear import Examples, class_ratios, fit_ngrams, fit_vectors
from embedviz.models.sentiment.ngrams import Ngrams, character_ngrams, word_ngrams
from tests.models.sentiment.reviews import finish

TEXTS = [["not", "bad"], ["not", "good"], ["bad", "bad", "film"], ["good", "film"], ["not", "bad", "film"]]


def learned(texts):
    return finish(Ngrams.learn(texts))


def fitted(features, codes, n_classes, validation=None):
    """Fit a term; without validation texts it has the first strength."""
    training = Examples(features, codes)
    return finish(fit_ngrams(training, validation or Examples(features[:0], codes[:0]), n_classes))


def test_only_what_stands_in_two_texts_is_kept():
    labels = set(learned(TEXTS).labels)
    assert {"not", "bad", "good", "film", "not bad", "bad film"} <= labels
    assert not {"not good", "good film", "bad bad"} & labels


def test_words_are_taken_one_to_three_at_a_time_and_the_first_ones_with_a_mark():
    found = dict(word_ngrams(["what", "is", "it"]))
    assert found == {
        "what": (0,),
        "is": (1,),
        "it": (2,),
        "\n what": (0,),
        "what is": (0, 1),
        "is it": (1, 2),
        "\n what is": (0, 1),
        "what is it": (0, 1, 2),
    }
    assert list(word_ngrams([])) == []


def test_the_beginning_of_a_text_counts():
    texts = [["what", "is"], ["is", "what"]] * 20
    codes = np.array([0, 1] * 20)
    features = learned(texts).features(texts)
    assert (fitted(features, codes, 2).logits(features).argmax(1) == codes).all()


def test_the_validation_part_chooses_the_strength(monkeypatch):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 2, 200)
    sure = [["yes" if code else "no", f"w{rng.integers(20)}"] for code in codes]
    features = learned(sure).features(sure)
    heavy = fitted(features, codes, 2)
    light = fitted(features, codes, 2, Examples(features, codes))  # what is certain gains from every strength
    assert np.abs(light.weights).max() > 1.5 * np.abs(heavy.weights).max()
    wrong = fitted(features, codes, 2, Examples(features, 1 - codes))  # the more certain, the worse
    assert np.array_equal(wrong.weights, heavy.weights)
    monkeypatch.setattr(linear_terms, "STRENGTHS", (128.0,))
    assert np.allclose(fitted(features, codes, 2).weights, light.weights, atol=0.3)


def test_vectors_far_from_zero_are_separated_as_well_as_centred_ones():
    rng = np.random.default_rng(0)
    codes = np.arange(200) % 3
    near = (rng.normal(0, 1, (200, 6)) + 3 * np.eye(6)[codes]).astype(np.float32)
    none = Examples(near[:0], codes[:0])
    one = finish(fit_vectors(Examples(near, codes), none, 3)).logits(near)
    far = 10 * near + np.float32(1000)
    two = finish(fit_vectors(Examples(far, codes), none, 3)).logits(far)
    assert (one.argmax(1) == codes).mean() > 0.9
    assert np.allclose(one, two, atol=0.05)


def test_character_ngrams_mark_begin_and_end():
    assert character_ngrams("ab") == ["\t<ab", "\tab>", "\t<ab>"]
    assert len(character_ngrams("x" * 10_000)) < 200


def test_a_texts_words_and_its_character_ngrams_have_length_one_each():
    features = learned(TEXTS).features(TEXTS)
    assert np.allclose(features.multiply(features).sum(1), 2)
    ngrams = learned([["a", "b"], ["a", "b"]])
    row = dict(zip(ngrams.labels, ngrams.features([["a", "b"]]).toarray()[0], strict=True))
    assert row["a b"] == pytest.approx(1 / math.sqrt(5))  # a, b, a b, and the mark with a and with a b
    assert row["\t<a>"] == pytest.approx(1 / math.sqrt(2))  # <a>, <b>


def test_texts_in_blocks_give_what_they_give_at_once(monkeypatch):
    at_once = learned(TEXTS)
    monkeypatch.setattr(sentiment_ngrams, "BLOCK", 4)
    assert learned(TEXTS) == at_once
    assert len(list(at_once.features_in_blocks(TEXTS))) == 3
    assert (finish(at_once.features_in_blocks(TEXTS)) != at_once.features(TEXTS)).nnz == 0


def test_what_is_not_known_counts_for_nothing():
    assert learned(TEXTS).features([["zzz", "qqq"], []]).nnz == 0


def test_words_share_out_the_linear_terms_answer_exactly():
    ngrams = learned(TEXTS)
    weights = np.random.default_rng(0).normal(size=len(ngrams.labels)).astype(np.float32)
    for words in [*TEXTS, ["bad", "not", "bad", "not", "bad"], ["unheard", "film"], []]:
        answer = (ngrams.features([words]) @ weights)[0]
        assert ngrams.contributions(words, weights).sum() == pytest.approx(answer, abs=1e-5)


def test_a_pair_counts_half_for_each_of_its_words():
    ngrams = Ngrams(["not bad"])
    assert ngrams.contributions(["not", "bad", "film"], np.array([3.0])).tolist() == [1.5, 1.5, 0.0]


def test_ratios_are_of_the_class_a_word_is_in():
    ngrams = learned(TEXTS)
    codes = np.array([1, 0, 0, 1, 1])
    ratios = class_ratios(ngrams.features(TEXTS), codes, 2)
    not_bad = ngrams.labels.index("not bad")
    assert ratios[not_bad, 1] > 0 > ratios[not_bad, 0]
    features = ngrams.features(TEXTS)
    assert np.allclose((features.multiply(features) @ ratios**2).mean(0), 1, atol=1e-5)


def test_two_classes_are_sklearns_regression_over_the_same_scaled_features():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    texts = [[f"w{i}" for i in rng.integers(0, 30, 8)] + [f"c{y}"] * (rng.random() < 0.6) for y in (0, 1) * 60]
    codes = np.array([0, 1] * 60)
    features = learned(texts).features(texts)
    ratios = class_ratios(features, codes, 2)
    linear = fitted(features, codes, 2)
    # Two columns of weights share the penalty, so they are one column at twice the strength.
    scaled = features.toarray() * ratios[:, 1]
    peer = LogisticRegression(C=4.0, tol=1e-8, max_iter=2000).fit(scaled, codes)
    logits = linear.logits(features)
    assert np.abs(logits[:, 1] - logits[:, 0] - peer.decision_function(scaled)).max() < 0.1


def test_a_class_without_a_text_is_never_likely():
    features = learned(TEXTS).features(TEXTS)
    logits = fitted(features, np.array([0, 1, 0, 1, 0]), 3).logits(features)
    assert np.isfinite(logits).all()
    assert (logits.argmax(1) != 2).all()


def test_without_any_ngram_the_classes_sizes_are_the_answer():
    features = learned([["a"], ["b"]]).features([["a"], ["b"], ["c"]])
    assert features.shape == (3, 0)
    logits = fitted(features, np.array([0, 0, 1]), 2).logits(features)
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert shares[0] == pytest.approx([2 / 3, 1 / 3], abs=0.02)

"""Settings of the word algorithms: presets of the originals, passes over texts of any size."""

import pytest

from embedviz.models import model_spec
from embedviz.models.words.skipgram import SkipgramSettings

ORIGINAL = {
    "skipgram": {"epochs": 5, "learning_rate": 0.025, "negative_samples": 5, "subsample": 1e-3, "window": 5},
    "cbow": {"epochs": 5, "learning_rate": 0.05, "negative_samples": 5, "subsample": 1e-3, "context_gradient": "whole"},
    "fasttext": {"epochs": 5, "learning_rate": 0.05, "negative_samples": 5, "subsample": 1e-4, "buckets": 2_000_000, "min_n": 3, "max_n": 6},
    "glove": {"epochs": 25, "learning_rate": 0.05, "x_max": 100.0, "weighting_power": 0.75, "dim": 50, "window": 15},
    "ppmi_svd": {"context_smoothing": 1.0, "shift": 5.0, "window": 2, "dim": 500},
}  # fmt: skip


@pytest.mark.parametrize(("model", "values"), ORIGINAL.items(), ids=ORIGINAL)
def test_the_original_preset_has_the_values_of_the_authors(model, values):
    original = model_spec(model).Settings.of(preset="original")
    assert {name: getattr(original, name) for name in values} == values


def test_passes_are_more_for_small_texts_within_bounds():
    settings = SkipgramSettings()
    assert [settings.epochs_for(n) for n in (0, 1, 150_000, 10**9)] == [200, 200, 100, 5]
    assert SkipgramSettings.of(epochs=1).epochs_for(10) == 1


def test_ngrams_may_be_of_one_length_alone():
    settings = model_spec("fasttext").Settings.of(min_n=4, max_n=4)
    assert (settings.min_n, settings.max_n) == (4, 4)

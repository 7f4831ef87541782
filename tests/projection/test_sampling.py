import numpy as np
import pandas as pd
import pytest

from embedviz.project_space import project
from embedviz.projection.sampling import sampled, sampling_sentence
from embedviz.projection.settings import ProjectionSettings
from embedviz.space import EmbeddingSpace


def space_of(n: int, counted: bool = True) -> EmbeddingSpace:
    """Row i is (i, i, 1), called w{i}; its counts go up and down, so that frequency is not the given order."""
    vectors = np.stack([np.arange(n), np.arange(n), np.ones(n)], axis=1).astype(np.float32)
    counts = np.random.default_rng(0).permutation(n) + 1
    return EmbeddingSpace([f"w{i}" for i in range(n)], vectors, pd.DataFrame({"count": counts}) if counted else None)


def stratified(n: int, seed: int = 0) -> ProjectionSettings:
    return ProjectionSettings(n_points=n, sample="stratified", seed=seed)


@pytest.mark.parametrize("n", [3, 10, 37, 100, 199])
@pytest.mark.parametrize("counted", [True, False])
def test_every_tenth_of_the_frequencies_has_its_share(n, counted):
    space = space_of(200, counted)
    points = sampled(space, stratified(n))
    assert points.dtype == np.int64
    assert len(set(points.tolist())) == n
    rank = np.empty(200, int)
    rank[space.by_frequency] = np.arange(200)
    shares = np.bincount(rank[points] // 20, minlength=10)
    assert shares.max() - shares.min() <= 1


def test_points_come_most_frequent_first():
    space = space_of(300)
    counts = space.columns["count"].to_numpy()[sampled(space, stratified(50))]
    assert (np.diff(counts) < 0).all()


def test_the_same_seed_draws_the_same_points_and_another_others():
    space = space_of(300)
    assert np.array_equal(sampled(space, stratified(50, 3)), sampled(space, stratified(50, 3)))
    assert not np.array_equal(sampled(space, stratified(50, 3)), sampled(space, stratified(50, 4)))


@pytest.mark.parametrize("sample", ["most frequent", "stratified"])
@pytest.mark.parametrize("n", [30, 31, 1000])
def test_all_are_shown_where_there_are_no_more(n, sample):
    space = space_of(30)
    points = sampled(space, ProjectionSettings(n_points=n, sample=sample))
    assert np.array_equal(points, space.by_frequency)


def test_by_default_the_most_frequent_are_shown():
    space = space_of(30)
    assert np.array_equal(sampled(space, ProjectionSettings(n_points=7)), space.most_frequent(7))


def test_a_drawn_row_keeps_its_label_vector_and_count():
    space = space_of(300)
    projection = project(space, "pca", n_points=50, sample="stratified", metric="euclidean")
    frame = projection.frame(space)
    rows = frame["label"].str[1:].astype(int).to_numpy()
    assert np.array_equal(projection.points, rows)
    assert np.array_equal(frame["count"], space.columns["count"].to_numpy()[rows])
    order = np.argsort(rows)
    steps = np.diff(frame["x"].to_numpy()[order]) / np.diff(rows[order])  # along (1, 1, 0), the only way they differ
    np.testing.assert_allclose(steps, np.sqrt(2), rtol=1e-4)


def test_a_sample_is_described_as_what_it_is():
    assert sampling_sentence(10, 20, "20 words", "most frequent") == "The 10 most frequent of 20 words"
    assert sampling_sentence(10, 20, "20 words", "stratified") == "10 of 20 words, drawn evenly from rare to frequent"
    assert sampling_sentence(10, 20, "20 texts", "most frequent", "text") == "10 of 20 texts, drawn evenly"
    assert sampling_sentence(20, 20, "20 rows", "most frequent", "row") == "All 20 rows"
    assert sampling_sentence(20, 20, "20 words", "stratified") == "The 20 most frequent of 20 words"


def test_settings_kept_from_before_show_the_most_frequent():
    kept = ProjectionSettings(n_points=7).model_dump()
    del kept["sample"]
    assert ProjectionSettings.of(**kept).sample == "most frequent"


def test_the_first_of_a_sorted_table_s_rows_stand_for_all():
    rows = EmbeddingSpace([f"row {i}" for i in range(1000)], np.ones((1000, 2), np.float32), kind="row")
    points = sampled(rows, ProjectionSettings(n_points=100))
    assert np.bincount(points // 100).max() < 25
    assert np.array_equal(points, sampled(rows, ProjectionSettings(n_points=100)))

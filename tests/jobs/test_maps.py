"""Maps of a run's spaces, drawn as a worker does it."""

import numpy as np
import pytest

import embedviz as ev
from embedviz.jobs.inline import run_inline
from embedviz.projection import ProjectionSettings, map_folder, map_job
from embedviz.projection.partial_layout import PartialLayout
from embedviz.projection.sampling import sampled
from embedviz.store.maps import draw_pca, map_of

pytestmark = pytest.mark.slow

SETTINGS = {"dim": 8, "epochs": 2, "min_count": 1, "subsample": 0, "deterministic": True}
FEW = {"n_neighbors": 4, "epochs": 30}


@pytest.fixture
def run(tmp_path, two_topics):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    return ev.train("skipgram", path, **SETTINGS)


def test_a_map_that_goes_on_from_another_is_another_map_where_the_settings_say_so(run):
    settings = ProjectionSettings(**FEW)
    alone, other = map_of(run, "word", settings), map_of(run, "word", ProjectionSettings(**FEW, n_points=9))
    assert map_of(run, "word", settings, other.id).id != alone.id
    assert map_of(run, "word", settings, "0a").id == alone.id  # of a map that was deleted nothing is left to go on from
    for elsewhere in (ProjectionSettings(**FEW, init="pca"), ProjectionSettings(method="pca")):
        assert map_of(run, "word", elsewhere, other.id).id == map_of(run, "word", elsewhere).id


def test_a_map_goes_on_from_the_points_that_both_have(run):
    first = run_inline(map_of(run, "word", ProjectionSettings(**FEW, n_points=9)))
    second = run_inline(map_of(run, "word", ProjectionSettings(**FEW, hold=True), first.id))
    assert second.init == first.id
    where = {row: at for at, row in enumerate(second.points.tolist())}
    shared = [where[row] for row in first.points.tolist()]
    assert len(second.points) > 9
    assert np.array_equal(second.coords[shared], first.coords)


@pytest.mark.parametrize("begin", ["0" * 32, ""])
def test_a_map_that_is_to_go_on_from_one_that_is_gone_starts_by_itself(run, begin):
    drawn = run_inline(map_of(run, "word", ProjectionSettings(**FEW), begin))
    assert np.array_equal(drawn.coords, run_inline(map_of(run, "word", ProjectionSettings(**FEW))).coords)


def test_points_on_their_way_can_be_looked_at_until_they_arrive(run, monkeypatch):
    drawn = map_of(run, "word", ProjectionSettings(**FEW))
    seen = []
    kept = map_job.write_partial

    def write(folder, coords):
        kept(folder, coords)
        seen.append(drawn.partial_layout())

    monkeypatch.setattr(map_job, "write_partial", write)
    assert drawn.partial_layout() is None
    run_inline(drawn)
    assert seen
    assert len(seen[0][0]) == 4 * len(drawn.points)
    assert drawn.partial_layout() is None


def test_points_that_turn_are_not_handed_to_the_flat_map(tmp_path):
    map_folder.write_partial(tmp_path, PartialLayout(np.zeros((5, 3), np.float32)).coords)
    assert list(tmp_path.iterdir()) == []


def test_pca_is_drawn_once_for_all_settings_of_the_same_points(run):
    one, other = ProjectionSettings(**FEW), ProjectionSettings(method="tsne", perplexity=5, init="random")
    assert draw_pca(run, run.space, one).id == draw_pca(run, run.space, other).id
    assert draw_pca(run, run.space, ProjectionSettings(n_points=5)).coords.shape == (5, 2)


def test_pca_shows_the_sample_that_the_map_it_stands_in_for_shows(run):
    seeds = [{"sample": "stratified", "seed": seed} for seed in range(4)]
    for sample in [{"sample": "most frequent"}, *seeds]:
        settings = ProjectionSettings(**FEW, n_points=6, **sample)
        assert np.array_equal(draw_pca(run, run.space, settings).points, sampled(run.space, settings))

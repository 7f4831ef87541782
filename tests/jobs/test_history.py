import numpy as np
import pytest

import embedviz as ev
from embedviz.core.errors import RunError
from embedviz.jobs.inline import run_inline
from embedviz.projection.alignment import aligned
from embedviz.space.snapshots import FOLDER, read_snapshots
from embedviz.store.maps import has_history, history_of

pytestmark = pytest.mark.slow

SETTINGS = {"dim": 8, "epochs": 40, "min_count": 1, "subsample": 0, "deterministic": True}


@pytest.fixture(scope="module")
def text(two_topics, tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "t.txt"
    path.write_text(two_topics)
    return path


def test_a_trainings_snapshots_become_frames_that_end_in_its_map(text):
    run = ev.train("skipgram", text, **SETTINGS)
    kept = read_snapshots(run.folder, "word")
    assert has_history(run, "word")
    assert kept[0].step == 0
    assert not np.array_equal(kept[0][2], kept[-1][2])
    history = run_inline(history_of(run, "word"))
    assert history.frame_steps == [*(step for step, *_ in kept), None]
    assert history.frames.shape == (len(kept) + 1, 12, 2)
    assert np.array_equal(history.frames[-1], history.coords)
    assert history.clusters is not None
    assert history.quality
    for earlier, later in zip(history.frames, history.frames[1:], strict=False):
        assert aligned(np.asarray(earlier), np.asarray(later)) == pytest.approx(earlier, abs=1e-3)  # turned already


def test_in_the_end_the_topics_are_apart_and_in_the_beginning_they_were_not(text):
    run = ev.train("skipgram", text, **SETTINGS)
    history = run_inline(history_of(run, "word"))
    animals = {"cat", "dog", "horse", "cow", "sheep", "goat"}
    is_animal = np.array([run.space.labels[row] in animals for row in history.points])

    def apart(frame):
        centres = np.stack([frame[is_animal].mean(axis=0), frame[~is_animal].mean(axis=0)])
        nearer = np.linalg.norm(frame[:, None] - centres, axis=2).argmin(axis=1)
        return (nearer == ~is_animal).mean()

    assert apart(history.frames[-1]) == 1
    assert separation(read_snapshots(run.folder, "word")[0][2], is_animal) < separation(
        run.space.vectors[history.points], is_animal
    )


def separation(vectors, is_animal):
    """Return how much more alike words of one topic are than words of two, by cosine."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines, same = unit @ unit.T, is_animal[:, None] == is_animal
    return cosines[same].mean() - cosines[~same].mean()


def test_every_model_keeps_snapshots(film_ratings, tmp_path):
    path = tmp_path / "ratings.csv"
    film_ratings.to_csv(path, index=False)
    run = ev.train("ratings", path, dim=4, epochs=3)
    assert has_history(run, "item")
    assert has_history(run, "user")
    assert read_snapshots(run.folder, "item")[0].step == 0


def test_a_run_without_snapshots_has_no_history(text):
    run = ev.train("skipgram", text, **{**SETTINGS, "epochs": 1})
    for file in (run.folder / FOLDER).iterdir():
        file.unlink()
    assert not has_history(run, "word")
    with pytest.raises(RunError, match="No snapshots"):
        run_inline(history_of(run, "word"))

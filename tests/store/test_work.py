"""Jobs on a run by somebody who is not its owner: in a folder of their own, and the owner's are read where they are done."""

import numpy as np
import pytest

from embedviz.core.errors import RunError
from embedviz.core.jobs.status import Status, write_status
from embedviz.exports.export_job import FOLDER as EXPORTS
from embedviz.exports.export_job import Export, export_of, vectors_export_of
from embedviz.jobs.inline import run_inline
from embedviz.jobs.word_scores import word_scores_of
from embedviz.projection.settings import ProjectionSettings
from embedviz.store.comparisons import comparison_of
from embedviz.store.dataset import Dataset
from embedviz.store.maps import draw_pca, history_of, map_of, open_map, pair_of
from embedviz.store.store import Store
from embedviz.store.work import find_job

OWNER, VISITOR, OTHER = "a" * 32, "b" * 32, "c" * 32
SETTINGS = ProjectionSettings.of(method="umap", epochs=5)


@pytest.fixture
def run(own_home, two_topics):
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [two_topics.encode()], owner=OWNER)
    run = store.create_training("skipgram", dataset, {"min_count": 1, "dim": 4, "epochs": 2}, owner=OWNER)
    run_inline(run)
    return run


def files_of(run):
    return sorted(path for path in run.folder.rglob("*") if path.name != "cache")


def test_what_a_visitor_asks_for_is_done_in_a_folder_of_their_own(run):
    before = files_of(run)
    seen = Store().run(run.id, VISITOR)
    assert seen.owner == OWNER
    drawn = draw_pca(seen, seen.space, ProjectionSettings.of(method="pca"))
    umap = map_of(seen, "word", SETTINGS)
    run_inline(umap)
    scores = word_scores_of(seen, "word", "pairs.tsv", b"cat dog 9\nsaw hammer 8\ncat saw 1\ndog drill 2\n")
    run_inline(scores)
    export = vectors_export_of(seen, "word", "glove")
    run_inline(export)
    history = history_of(seen, "word")
    run_inline(history)
    comparison = comparison_of(seen, "word", seen, "word", 5)
    run_inline(comparison)
    pair = pair_of(seen, comparison)
    run_inline(pair)
    mine = Store().views_folder / VISITOR / run.id
    for job in (drawn, umap, scores, export, history, comparison, pair):
        assert job.folder.parent.parent == mine
    assert umap.coords.shape == (12, 2)
    assert np.isfinite(umap.coords).all()
    assert export.file.stat().st_size > 0
    assert history.frames.shape[0] >= 2
    assert files_of(run) == before


def test_the_owners_map_is_read_where_it_is_done_and_not_touched_while_it_is_not(run):
    own = map_of(run, "word", SETTINGS)
    seen = Store().run(run.id, VISITOR)
    assert map_of(seen, "word", SETTINGS).folder != own.folder
    write_status(own.folder, Status("done"))
    assert map_of(seen, "word", SETTINGS).folder == own.folder
    assert map_of(Store().run(run.id, OWNER), "word", SETTINGS).folder == own.folder
    assert Store().run(run.id).work_folder == run.folder


def test_by_an_address_one_finds_ones_own_and_the_owners_maps_but_not_another_visitors(run):
    own, seen = map_of(run, "word", SETTINGS), Store().run(run.id, VISITOR)
    mine = map_of(seen, "word", SETTINGS)
    assert open_map(seen, own.id).folder == own.folder
    assert open_map(seen, mine.id).folder == mine.folder
    for viewer in (OTHER, OWNER, None):
        with pytest.raises(RunError, match="no longer exists"):
            open_map(Store().run(run.id, viewer), mine.id)
    assert find_job(seen, Export, EXPORTS, "../../run") is None


def test_a_visitors_map_does_not_hold_up_the_deletion(run, hold):
    seen = Store().run(run.id, VISITOR)
    hold(map_of(seen, "word", SETTINGS).folder)
    Store().delete(run)
    assert not run.folder.exists()


def test_the_visitors_map_of_a_run_that_is_gone_fails_in_a_sentence(run):
    seen = Store().run(run.id, VISITOR)
    asked = export_of(seen, "pytorch")
    umap = map_of(seen, "word", SETTINGS)
    Store().delete(run)
    for job in (asked, umap):
        with pytest.raises(RunError) as raised:
            run_inline(job)
        assert "bug" not in str(raised.value)

"""Two maps of two spaces' shared labels, worked out as a worker does it."""

import numpy as np
import pandas as pd
import pytest

import embedviz as ev
from embedviz.jobs.inline import run_inline
from embedviz.projection.alignment import aligned
from embedviz.projection.pair_job import OVERLAP
from embedviz.store.comparisons import comparison_of
from embedviz.store.maps import pair_of

pytestmark = pytest.mark.slow

SETTINGS = {"dim": 8, "epochs": 30, "min_count": 1, "subsample": 0, "deterministic": True}


def test_both_maps_show_the_shared_labels_and_lie_like_each_other(tmp_path, two_topics):
    (tmp_path / "a.txt").write_text(two_topics)
    (tmp_path / "b.txt").write_text(two_topics.replace("hammer", "mallet"))
    a, b = (
        ev.train("skipgram", tmp_path / "a.txt", **SETTINGS),
        ev.train("skipgram", tmp_path / "b.txt", **SETTINGS, seed=1),
    )
    asked = run_inline(comparison_of(a, "word", b, "word", 3))
    pair = run_inline(pair_of(a, asked))
    beside = pair.beside
    assert beside.id != pair.id
    assert np.array_equal(pair.points, beside.points)
    labels = [a.space.labels[row] for row in pair.points]
    assert set(labels) == set(a.space.labels) & set(b.space.labels)
    assert "hammer" not in labels
    assert np.allclose(aligned(np.asarray(beside.coords), np.asarray(pair.coords)), beside.coords, atol=1e-3)
    assert not np.array_equal(pair.coords, beside.coords)
    overlap = asked.found.movers.set_index("label")["overlap"]
    assert pair.columns[OVERLAP].tolist() == overlap[labels].astype(np.float32).tolist()
    pd.testing.assert_series_equal(pair.clusters, beside.clusters)

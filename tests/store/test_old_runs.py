"""Runs of the first version open and show what they hold; what cannot be read is one sentence."""

import json

import pytest

import embedviz as ev
from embedviz.core.errors import DataError, RunError
from embedviz.core.jobs.status import written_status
from embedviz.evaluation.score_rows import row_label
from embedviz.evaluation.score_table import primary_values
from embedviz.jobs.baselines import Baselines
from embedviz.jobs.repeats import kept_repeats
from embedviz.jobs.scores import protocol_of, scores_of
from embedviz.store.maps import open_map
from embedviz.store.open_spaces import open_finished_map, open_space
from embedviz.store.store import Store
from tests.store.first_version import ID, MAP_ID, RUNNING, write_old_run


def test_an_old_run_is_listed_and_opened_with_what_it_holds():
    write_old_run()
    [run] = Store().runs("local")
    assert (run.id, run.name, run.kind, run.model, run.status) == (ID, "An old run", "training", "skipgram", "done")
    assert (run.settings.seed, run.settings.epochs) == (3, 2)
    assert (run.data["title"], run.data["id"], run.spec.probes) == ("t.txt", "c" * 32, ["king"])
    assert [chosen["labels"] for chosen in run.data["only"]] == [2]
    assert (run.metrics["test/loss"], run.record["seconds"]) == (2.6, 2.94)
    assert run.space_names == ["word"]
    assert open_space(run).neighbors("king", 1)["label"].tolist() == ["queen"]
    assert [event.get("loss") for event in run.events().events] == [None, 3.1, 2.7]
    assert ev.open_run(run.folder).name == "An old run"


def test_its_maps_baselines_and_repeats_are_there():
    write_old_run()
    run = Store().run(ID)
    drawn = open_finished_map(run, MAP_ID)
    assert (drawn.space_name, drawn.settings.n_neighbors, drawn.init) == ("word", 4, "")
    assert drawn.coords.shape == (3, 2)
    assert drawn.quality == {"trustworthiness": 0.9}
    assert open_map(run, MAP_ID).status == "done"
    assert [row.name for row in Baselines.at(run).rows] == ["Majority"]
    [repeats] = kept_repeats(run)
    assert (repeats.title, repeats.status, len(repeats.rows)) == ("2 seeds", "done", 2)
    assert primary_values(run.metrics, run.primary_metric) == (2.6, 4.1)
    assert {"Majority", "This run, 2 seeds"} <= {row_label(row) for row in scores_of(run).rows}
    assert run.protocol is None
    assert protocol_of(run) == [
        "An earlier version of embedviz made these scores and kept no protocol that can be shown."
    ]


def test_an_old_run_is_renamed_without_touching_what_it_was_made_of():
    folder = write_old_run()
    before = (folder / "run.json").read_bytes()
    Store().run(ID).rename("  Another   name ")
    assert Store().run(ID).name == "Another name"
    assert (folder / "run.json").read_bytes() == before


def test_one_that_ran_when_its_server_was_replaced_is_interrupted():
    folder = write_old_run(RUNNING)
    assert Store().run(ID).status == "interrupted"
    Store().sweep()
    assert written_status(folder).state == "interrupted"


def test_a_main_space_that_the_data_decided_is_known():
    write_old_run(main_space="word", model="categories", settings={"epochs": 2})
    assert Store().run(ID).main_space == "word"


def test_a_run_that_cannot_be_read_is_a_sentence_and_hides_no_other(own_home):
    folder = write_old_run()
    other = Store().runs_folder / ("d" * 32)
    other.mkdir()
    for content in ("", '{"kind": "trai', json.dumps({"kind": "training", "id": "d" * 32, "created": 1.0})):
        (other / "run.json").write_text(content)
        assert [run.id for run in Store().runs()] == [folder.name]
        with pytest.raises(DataError, match=r"run\.json is damaged, or was written by another version"):
            _ = Store().run("d" * 32).spec


def test_a_model_of_an_earlier_version_is_named_as_old():
    folder = write_old_run(model="sentiment", settings={"vectors": "none"})
    (folder / "model.json").write_text("{}")
    run = Store().run(ID)
    assert not run.predicts
    with pytest.raises(RunError, match="trained by an earlier version of embedviz"):
        run.predictor()


def test_a_setting_that_was_renamed_since_is_read():
    write_old_run(model="ratings", settings={"first_length": 0.25})
    assert Store().run(ID).settings.init_std == 0.25

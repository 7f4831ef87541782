"""Trainings that are shown in TensorBoard and MLflow as well: what is written there, and what goes wrong there."""

import pytest

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.jobs.tracking import checked_targets
from embedviz.store.store import Store

pytestmark = pytest.mark.slow
QUICK = {"min_count": 1, "epochs": 3, "dim": 4}


@pytest.fixture
def text(tmp_path, two_topics):
    path = tmp_path / "t.txt"
    path.write_text(two_topics)
    return path


def validation_losses(run) -> list[float]:
    return [
        event["metrics"]["validation/loss"]
        for event in run.events().events
        if "validation/loss" in event.get("metrics", {})
    ]


@pytest.mark.filterwarnings("ignore")
def test_tensorboard_gets_scalars_settings_and_the_projectors_files(text, tmp_path):
    pytest.importorskip("tensorboard", reason="pip install tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = ev.train("skipgram", text, track=[f"tensorboard:{tmp_path / 'logs'}"], name="A <b> name/of ../it", **QUICK)
    [folder] = (tmp_path / "logs").iterdir()
    assert folder.name.startswith("A-b-name-of-it-")
    events = EventAccumulator(str(folder))
    events.Reload()
    written = [scalar.value for scalar in events.Scalars("validation/loss")]
    assert written == pytest.approx(validation_losses(run), rel=1e-5)
    assert events.Scalars("end/test/loss")[0].value == pytest.approx(run.metrics["test/loss"], rel=1e-5)
    projector = (folder / "projector_config.pbtxt").read_text()
    assert 'tensor_name: "word:' in projector
    [labels] = [path for path in folder.rglob("metadata.tsv") if "word" in str(path)]
    assert sorted(labels.read_text().split()) == sorted(run.space.labels)
    assert len((labels.parent / "tensors.tsv").read_text().splitlines()) == len(run.space)


@pytest.mark.filterwarnings("ignore")
def test_mlflow_gets_settings_metrics_and_the_end_of_the_run(text, tmp_path):
    mlflow = pytest.importorskip("mlflow", reason="pip install mlflow-skinny")
    run = ev.train("skipgram", text, track=[f"mlflow:{tmp_path / 'mlruns'}"], name="cats", **QUICK)
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlruns'}/mlflow.db")
    experiment = client.get_experiment_by_name("embedviz")
    [found] = client.search_runs([experiment.experiment_id])
    assert found.info.run_name == "cats"
    assert found.info.status == "FINISHED"
    assert found.data.params["dim"] == "4"
    assert found.data.metrics["end/test/loss"] == pytest.approx(run.metrics["test/loss"])
    history = [point.value for point in client.get_metric_history(found.info.run_id, "validation/loss")]
    assert history == pytest.approx(validation_losses(run))


def test_a_target_that_fails_ends_up_in_the_log_and_the_training_goes_on(text, tmp_path, monkeypatch, capfd):
    pytest.importorskip("tensorboard", reason="pip install tensorboard")
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("EMBEDVIZ_TRACKING", f"tensorboard:{tmp_path / 'file'} nonsense")
    run = ev.train("skipgram", text, **QUICK)
    assert run.status == "done"
    said = capfd.readouterr().err
    assert f"Tracking at tensorboard:{tmp_path / 'file'} has ended" in said
    assert "'nonsense' is no place" in said


def test_a_target_that_makes_no_sense_is_refused_before_anything_is_created(text):
    with pytest.raises(SettingsError, match="tensorboard:FOLDER, mlflow:FOLDER"):
        ev.train("skipgram", text, track=["wandb:here"], **QUICK)
    assert Store().runs() == []
    with pytest.raises(SettingsError, match="is no place"):
        checked_targets(["tensorboard:"])

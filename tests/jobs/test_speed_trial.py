import threading

import pytest

from embedviz.core.jobs.reporter import Control, Reporter, StopRequested
from embedviz.jobs.speed_trial import MAX_EPOCHS, SpeedTrial, has_epochs, speed_trial
from embedviz.models import model_spec
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store


def test_epochs_fill_what_reading_and_measuring_leave_of_the_time():
    trial = SpeedTrial(fixed_seconds=2.0, epochs_per_second=3.0)
    assert trial.epochs(10.0) == 24
    assert trial.epochs(1.0) == 1
    assert trial.epochs(1e9) == MAX_EPOCHS


def test_models_without_the_setting_have_no_epochs():
    assert has_epochs(model_spec("skipgram"))
    assert not has_epochs(model_spec("ppmi_svd"))


@pytest.mark.slow
def test_a_model_is_tried_on_the_data_itself(tmp_path, two_topics):
    (tmp_path / "small.txt").write_text(two_topics)
    (tmp_path / "large.txt").write_text("\n".join([two_topics] * 40))
    model = model_spec("skipgram")
    settings = model.Settings.of(dim=8, min_count=1)
    _, *small, large = [  # the first loads libraries and kernels
        speed_trial(model, Dataset.at_path(Store().uploads_folder, tmp_path / name), {}, settings, 1.0, Reporter())
        for name in ("small.txt", "small.txt", "small.txt", "large.txt")
    ]
    assert max(trial.epochs_per_second for trial in small) > 5 * large.epochs_per_second  # a fortieth of the words
    assert 0 < min(trial.fixed_seconds for trial in small) < large.fixed_seconds < 30  # either may have been held up


@pytest.mark.slow
def test_a_trial_is_stopped_while_it_trains(tmp_path, two_topics):
    (tmp_path / "t.txt").write_text(two_topics)
    model, control = model_spec("skipgram"), Control()
    dataset = Dataset.at_path(Store().uploads_folder, tmp_path / "t.txt")

    def emit(progress, **_):
        if progress.message.startswith("Counting"):  # the last that is reported before the training
            threading.Timer(0.3, control.request_stop).start()

    with pytest.raises(StopRequested):
        speed_trial(model, dataset, {}, model.Settings.of(dim=8, min_count=1), 60.0, Reporter(emit, control))

"""How long jobs are expected to take, by estimates and by what the last ones took."""

from math import isnan

from embedviz.core.cost import Cost
from embedviz.core.jobs.declaration import Limits
from embedviz.core.jobs.events import EventLog
from embedviz.core.jobs.reporter import Progress
from embedviz.jobs.job_durations import JobDurations, estimated_seconds
from embedviz.jobs.worker_process import HeldJob
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store


def held(estimate: Cost | None = None, limits: Limits | None = None) -> HeldJob:
    store = Store()
    dataset = Dataset.upload(store.uploads_folder, "t.txt", [b"king queen\n"])
    run = store.create_training("skipgram", dataset, {}, estimate=estimate)
    return HeldJob(run, lease=None, seconds=estimated_seconds(run), limits=limits)


def test_without_an_estimate_a_job_is_expected_to_take_as_long_as_the_last_ones(own_home):
    durations = JobDurations()
    assert isnan(durations.expected(held()))
    for seconds in (10, 20, 90):
        durations.add(held(), seconds)
    assert durations.expected(held()) == 20


def test_an_estimate_is_scaled_by_how_wrong_the_last_ones_were(own_home):
    durations = JobDurations()
    assert durations.expected(held(Cost(60, 1e8))) == 60
    durations.add(held(Cost(60, 1e8)), 120)
    assert durations.expected(held(Cost(10, 1e8))) == 20
    assert durations.left(held(Cost(10, 1e8)), so_far=15) == 5
    assert durations.left(held(Cost(10, 1e8)), so_far=100) == 2
    assert durations.expected(held(Cost(10, 1e8), Limits("It", 12, 1e9, "", True))) == 12


def test_a_job_that_was_begun_without_an_estimate_makes_one_itself(own_home):
    durations, job = JobDurations(), held()
    log = EventLog(job.folder)
    log.append(Progress(message="Reading"))
    assert isnan(durations.left(job, so_far=0))
    log.append(Progress(message="Estimated"), estimate=Cost(40, 1e8).fields())
    log.append(Progress(message="Training"))
    assert durations.left(job, so_far=0) == 40
    assert durations.left(job, so_far=10) == 30
    durations.add(job, 80)
    assert durations.expected(held(Cost(10, 1e8))) == 20
    log.close()
    assert not durations._estimates

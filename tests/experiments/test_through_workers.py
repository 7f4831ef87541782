"""An experiment in a worker of the server: it hands in runs, and their baselines, which are no runs."""

import pytest

from embedviz.experiments.experiment import create_experiment
from embedviz.jobs.local_executor import LocalExecutor
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store
from tests.experiments.planted import bought
from tests.jobs.waiting import wait_for

pytestmark = pytest.mark.slow
SETTINGS = {"epochs": 1, "hidden_dim": 4, "members": 1}


@pytest.fixture
def executor(own_home):
    executor = LocalExecutor().start()
    yield executor
    executor.close()


def test_runs_and_their_baselines_are_trained_by_the_server(executor, tmp_path):
    bought(300, towns=10).to_csv(tmp_path / "bought.csv", index=False)
    dataset = Dataset.at_path(Store().uploads_folder, tmp_path / "bought.csv")
    options = {"smallest": 2, "largest": 2, "seeds": 1}
    asked = create_experiment(
        "one_hot", dataset, "categories", budget=200, settings=SETTINGS, options=options, columns={"target": "bought"}
    )
    executor.submit(asked)
    wait_for(lambda: asked.state.is_final, 240)
    assert asked.status == "done", asked.state.reason
    assert [result.outcome for result in asked.results] == ["done", "done"]
    assert [bool(result.baselines) for result in asked.results] == [True, False]
    assert "Boosted trees" in asked.table["inputs"].tolist()

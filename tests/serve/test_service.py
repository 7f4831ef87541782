"""What can be served, by which name."""

import pytest

import embedviz
from embedviz.core.errors import EmbedvizError, RunError, UnknownSpaceError
from embedviz.serve.service import open_service
from embedviz.store.finding import find_run
from embedviz.store.store import Store


def test_a_file_of_vectors_is_served(space, tmp_path):
    space.save(tmp_path / "words.vec")
    service = open_service(tmp_path / "words.vec")
    assert service.space().labels == space.labels
    assert service.predictor is None
    assert service.about["spaces"][0]["dim"] == 8
    assert str(tmp_path) not in str(service.about)


def test_nothing_of_a_name_is_a_sentence():
    with pytest.raises(RunError, match="There is no run 'nothing'"):
        open_service("nothing")


@pytest.mark.slow
def test_a_run_is_served_by_folder_id_and_name_and_one_of_its_spaces_alone(two_topics, tmp_path):
    (tmp_path / "t.txt").write_text(two_topics)
    run = embedviz.train("skipgram", tmp_path / "t.txt", name="Topics", dim=4, epochs=1, min_count=1, device="cpu")
    for name in (run.folder, run.id, run.id[:6], "topics"):
        assert open_service(name).name == "Topics"
    both = open_service(run.id)
    assert list(both.spaces) == ["word", "text"]
    assert list(open_service(run.id, "text").spaces) == ["text"]
    with pytest.raises(UnknownSpaceError, match="It has: word, text"):
        open_service(run.id, "texts")
    with pytest.raises(RunError, match="Did you mean 'Topics'"):
        find_run("Topisc")
    again = embedviz.train("skipgram", tmp_path / "t.txt", name="Topics", dim=4, epochs=1, min_count=1, device="cpu")
    with pytest.raises(RunError, match="2 runs go by 'Topics'"):
        find_run("Topics")
    Store().delete(again)
    assert find_run("Topics").id == run.id


def test_a_run_without_vectors_and_model_has_nothing_to_serve(two_topics, tmp_path, hold):
    (tmp_path / "t.txt").write_text(two_topics)
    from embedviz.store.dataset import Dataset

    store = Store()
    run = store.create_training("skipgram", Dataset.at_path(store.uploads_folder, tmp_path / "t.txt"), {})
    hold(run.folder)
    with pytest.raises(EmbedvizError, match="nothing to serve yet: it is running"):
        open_service(run.id)

"""The Export page, by AppTest: its groups, and a file that a worker prepares."""

from dataclasses import replace

import pytest

import embedviz as ev
from embedviz.core.jobs.status import write_status
from embedviz.exports.export_job import vectors_export_of
from embedviz.exports.vector_exports import vector_exports
from embedviz.jobs.inline import run_inline

pytestmark = pytest.mark.slow


@pytest.fixture
def words(tmp_path):
    (tmp_path / "text.txt").write_text("the cat sat on the mat and the dog sat on the rug " * 50)
    return ev.train("skipgram", tmp_path / "text.txt", dim=4, epochs=1, min_count=1)


def shown(app, run):
    app.query_params["run"] = run.id
    app.switch_page("export.py").run()
    assert not app.exception
    return app


def captions(app) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_without_a_run_the_page_says_what_to_do(app):
    app.run()
    app.switch_page("export.py").run()
    assert "No run is open" in app.info[0].value
    assert [button.label for button in app.button] == ["Open the GloVe sample", "Bring data"]


def test_a_training_has_three_groups_with_who_reads_each(app, words):
    app = shown(app, words)
    assert [heading.value for heading in app.header] == ["Vectors", "The model", "Reproduction"]
    assert "gensim" in "\n".join(text.value for text in app.markdown)
    assert "vectors of 4 dimensions, about" in captions(app)
    assert "does not predict" in captions(app)  # word vectors have no predictor
    labels = [button.label for button in app.button]
    assert {"Prepare the file", "Show me the PyTorch", "Prepare the zip"} <= set(labels)


def test_a_stopped_training_has_a_report_and_cannot_be_made_again(app, words):
    write_status(words.folder, replace(words.state, state="stopped"))
    app = shown(app, words)
    assert "only a training that reached its end can be reproduced" in captions(app)
    assert [button.proto.label for button in app.get("download_button")] == ["Download the report"]


def test_every_format_is_offered_but_a_fasttext_model_without_n_grams(app, words):
    titles = {export.title for export in vector_exports()}
    offered = set(shown(app, words).selectbox(key="export-format").options)
    assert titles - offered == {"fastText model (.bin)"}


def test_a_prepared_file_can_be_downloaded_at_once(app, words):
    run_inline(vectors_export_of(words, "word", "word2vec"))
    app = shown(app, words)
    next(button for button in app.button if button.label == "Prepare the file").click().run()
    assert not app.exception
    links = [link for link in app.get("link_button") if "Download" in link.proto.label]
    assert links[0].proto.url.startswith(f"embedviz/exports/{words.id}/")


def test_opened_vectors_have_no_model_to_take_away(app):
    from components import starting

    run = starting.sample_dataset("glove")
    from embedviz.store.store import Store

    opened = run_inline(Store().create_vectors(run))
    app = shown(app, opened)
    assert [heading.value for heading in app.header] == ["Vectors"]
    assert "no model and no training" in captions(app)

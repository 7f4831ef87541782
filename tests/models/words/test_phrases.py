import pytest

from embedviz.data.reading import read_table
from embedviz.models.words.skipgram import SPEC
from embedviz.training.devices import choose
from tests.text.test_tokens import drain

TEXT = "\n".join(["he saw new york today", "new york is old", "saw he is of it", "is it old today of he"] * 30)


def evaluation(**settings):
    chosen = SPEC.Settings.of(dim=4, epochs=1, min_count=1, deterministic=True, **settings)
    table = read_table(TEXT.encode(), unit="line")
    prepared = drain(SPEC.prepare(table, {"text": "text"}, chosen))[1]
    learner = prepared.learner(chosen, choose("cpu"), 1)
    for _ in learner.run():
        pass
    trained = learner.best()
    return SPEC.evaluate(trained, prepared), trained.spaces()["word"]


def test_phrases_get_vectors_and_are_listed_with_the_scores():
    found, space = evaluation(phrases=1, phrase_threshold=6, phrase_min_count=2)
    assert "new_york" in space
    assert "new_york" in found.frames["phrases"]["phrase"].tolist()
    assert list(found.frames["phrases"].columns) == ["phrase", "count", "score"]
    assert found.protocol.details["phrases"] == len(found.frames["phrases"])


def test_without_phrases_words_stay_apart():
    found, space = evaluation()
    assert "new_york" not in space
    assert found.frames == {}
    assert "phrases" not in found.protocol.details


@pytest.mark.parametrize("memory_mb", [8, 1000])
def test_a_survey_says_when_words_were_left_out_for_memory(memory_mb, monkeypatch):
    monkeypatch.setattr("embedviz.text.tokens.MIN_COMPILED_CHARACTERS", 1)
    monkeypatch.setattr("embedviz.text.numbering.BATCH_CHARACTERS", 10_000)
    text = "\n".join(f"often word{i}" for i in range(80_000))
    settings = SPEC.Settings.of(memory_mb=memory_mb)
    survey = drain(SPEC.survey(read_table(text.encode(), unit="line"), {"text": "text"}, settings))[1]
    assert any("more distinct words than 66,666" in note for note in survey.warnings) is (memory_mb == 8)

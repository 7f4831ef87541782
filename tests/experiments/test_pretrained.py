"""Pre-trained or from scratch? The question, from its runs to its verdict."""

import math

import pytest

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.experiments.pretrained import FINE_TUNED, FROZEN, QUESTION, SCRATCH, PretrainedSettings
from embedviz.experiments.question import Setup
from embedviz.experiments.result import Result
from embedviz.models import model_spec
from tests.experiments.planted import topics


def result(kind, share, seed, test, curve=((1.0, 0.5), (2.0, 0.9))):
    rows = [{"seconds": seconds, "score": score} for seconds, score in curve]
    metrics = {"test/accuracy": test, "validation/accuracy": test}
    factors = {"vectors": kind, "share": share, "seed": seed}
    return Result("", factors, "", "done", metrics=metrics, score="accuracy", seconds=9.0, rows=rows)


def results(scores, shares=(0.1, 1.0)):
    """scores: kind -> the mean at each share; seeds differ together."""
    return [
        result(kind, share, seed, of_kind[i] + seed / 100)
        for kind, of_kind in scores.items()
        for i, share in enumerate(shares)
        for seed in range(3)
    ]


def test_shares_rise_to_the_whole_training_set():
    assert PretrainedSettings.of(smallest=0.01, steps=3).shares() == [0.01, 0.1, 1.0]
    assert PretrainedSettings.of(smallest=0.2, steps=1).shares() == [0.2]
    assert PretrainedSettings.of(smallest=1).shares() == [1.0]


def test_three_kinds_of_vectors_are_planned_for_each_share_and_seed():
    options = PretrainedSettings.of(smallest=0.1, steps=2, seeds=2)
    planner = QUESTION.planner(Setup("sentiment", {}, options))
    runs = [planner.next() for _ in range(planner.total)]
    assert len(runs) == 3 * 2 * 2
    assert [run.settings["vectors"] for run in runs[:3]] == ["glove", "glove", "none"]
    assert [run.settings["fine_tune"] for run in runs[:3]] == [False, True, True]
    assert {run.settings["train_share"] for run in runs} == {0.1, 1.0}
    assert all(run.settings["linear_term"] is False for run in runs)
    kept = QUESTION.planner(Setup("sentiment", {"linear_term": True}, options)).next()
    assert "linear_term" not in kept.settings


def test_it_is_asked_of_models_with_frozen_vectors_and_needs_some():
    assert QUESTION.reason_against(model_spec("sentiment")) == ""
    assert "fine_tune" in QUESTION.reason_against(model_spec("skipgram"))
    with pytest.raises(SettingsError, match="nothing to compare"):
        QUESTION.planner(Setup("sentiment", {"vectors": "none"}, PretrainedSettings.of()))


def test_the_verdict_names_the_shares_with_which_pre_trained_vectors_are_better():
    table = QUESTION.table(results({FROZEN: (0.8, 0.85), FINE_TUNED: (0.82, 0.9), SCRATCH: (0.6, 0.9)}))
    row = table[(table["vectors"] == FROZEN) & (table["share"] == 0.1)].iloc[0]
    assert (row["difference"], row["lower"], row["upper"]) == pytest.approx((0.2, 0.2, 0.2))
    verdict = QUESTION.verdict(table)
    assert verdict.is_decided
    assert verdict.sentences[0] == (
        "Pre-trained vectors are better with 10% of the training set. With 100% it is undecided."
    )
    assert len(QUESTION.figure(table).data) == 3


def test_of_many_comparisons_none_is_decided_by_chance():
    gains = (0.046, 0.024, 0.035)  # its interval alone is above zero
    scratch = [result(SCRATCH, 0.1, seed, 0.7) for seed in range(3)]
    frozen = [result(FROZEN, 0.1, seed, 0.7 + gain) for seed, gain in enumerate(gains)]
    tuned = [result(FINE_TUNED, 0.1, seed, 0.7 - gain / 9) for seed, gain in enumerate((0.1, -0.1, 0.0))]
    alone = QUESTION.verdict(QUESTION.table(frozen + scratch))
    assert alone.is_decided
    together = QUESTION.verdict(QUESTION.table(frozen + tuned + scratch))
    assert not together.is_decided
    assert "The intervals hold for all these comparisons together." in together.sentences
    assert "The intervals hold for all these comparisons together." not in alone.sentences


def test_useless_vectors_lose_or_leave_it_undecided():
    lost = QUESTION.verdict(QUESTION.table(results({FROZEN: (0.5, 0.5), FINE_TUNED: (0.6, 0.6), SCRATCH: (0.7, 0.7)})))
    assert lost.sentences[0] == "Vectors from scratch are better with every share of the training set."
    noisy = [result(FROZEN, 1.0, seed, 0.7 + d) for seed, d in enumerate((0.03, -0.02, 0.01))]
    noisy += [result(SCRATCH, 1.0, seed, 0.7) for seed in range(3)]
    verdict = QUESTION.verdict(QUESTION.table(noisy))
    assert not verdict.is_decided
    assert verdict.sentences[0].startswith("Undecided")
    one = QUESTION.verdict(QUESTION.table([noisy[0], noisy[3]]))
    assert not one.is_decided
    assert "1 seed" in one.sentences[0]
    assert "frozen 0.7300 (+0.0300, in one seed)" in one.sentences[1]


def test_seconds_are_counted_until_the_score_that_all_three_reach():
    curves = {
        FROZEN: [(1.0, 0.7), (2.0, 0.8)],
        FINE_TUNED: [(1.0, 0.6), (3.0, 0.75), (4.0, 0.9)],
        SCRATCH: [(1.0, 0.5), (5.0, 0.75), (6.0, 0.74)],
    }
    found = [result(kind, 1.0, 0, 0.7, curve) for kind, curve in curves.items()]
    table = QUESTION.table(found).set_index("vectors")
    assert table["seconds to reach"].to_dict() == {FROZEN: 2.0, FINE_TUNED: 3.0, SCRATCH: 5.0}
    assert math.isnan(QUESTION.table(found[:2])["seconds to reach"].iloc[0])


@pytest.mark.slow
def test_the_question_is_answered_from_python(tmp_path):
    path = tmp_path / "topics.csv"
    topics().to_csv(path, index=False)
    found = ev.experiment(
        "pretrained", path, model="sentiment", columns={"text": "text", "label": "topic"}, budget="6m", smallest=0.05,
        steps=1, seeds=5, encoder="mean", epochs=30, learning_rate=0.01, dropout=0.0, batch_size=4, known_words=0, test_share=0.4, word_dropout=0.0,
    )  # fmt: skip
    assert [r.outcome for r in found.results] == ["done"] * 15, [r.reason for r in found.results]
    table = found.table.set_index("vectors")
    assert table.loc[FROZEN, "test"] > table.loc[SCRATCH, "test"] + 0.1  # new words' vectors tell nothing of the others
    assert (table["seconds to reach"] > 0).all()
    assert {found.run_of(r).protocol.sizes["train"] for r in found.results} == {10}
    assert found.verdict.sentences[0] == "Pre-trained vectors are better with every share of the training set."
    assert len(found.figure.data) == 3

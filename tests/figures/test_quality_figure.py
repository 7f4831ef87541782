from embedviz.figures.quality_figure import quality_figure


def test_both_scores_are_drawn_by_epoch():
    events = [
        {"epoch": 1.0, "metrics": {"words/similarity": 0.2, "words/analogies": 0.1}},
        {"epoch": 1.5},
        {"epoch": 2.0, "metrics": {"words/similarity": 0.4, "words/analogies": 0.3, "validation/loss": 2.0}},
    ]
    pairs, analogies = quality_figure(events).data
    assert (pairs.name, pairs.x, pairs.y) == ("word pairs (Spearman)", (1.0, 2.0), (0.2, 0.4))
    assert (analogies.name, analogies.y) == ("analogies (MRR)", (0.1, 0.3))


def test_without_scores_there_is_no_figure():
    assert quality_figure([{"epoch": 1.0, "metrics": {"validation/loss": 2.0}}, {"epoch": 2.0}]) is None

from embedviz.map_view.quality_text import quality_text

QUALITY = {
    "neighbors_kept@10": 0.62,
    "chance@10": 0.001,
    "neighbors_kept@50": 0.7,
    "chance@50": 0.005,
    "trustworthiness@10": 0.907,
    "continuity@10": 0.93,
    "chance_trustworthiness@10": 0.5,
    "rows": 30,
    "points": 30,
}


def test_the_figures_come_with_those_of_a_random_layout():
    assert quality_text(QUALITY) == (
        "Trustworthiness 0.907 (0.50), continuity 0.930 (0.50), neighbours kept: 62% of 10 (0.1%), 70% of 50 (0.5%)."
    )


def test_a_sample_and_an_approximate_search_are_named():
    text = quality_text({**QUALITY, "points": 9000, "neighbor_recall@15": 0.98})
    assert text.endswith("Measured on 30 points. The neighbour search was approximate, with a recall of 98%.")


def test_too_few_points_have_no_figures():
    assert quality_text({"rows": 3, "points": 3}) == "There are too few points to measure the quality of the map."

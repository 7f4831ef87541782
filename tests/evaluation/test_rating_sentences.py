"""Sentences on errors by popularity, by rating and by size, and on groups that cluster."""

import pandas as pd

from embedviz.evaluation.figure_sentences import (
    errors_sentence,
    groups_sentence,
    popularity_sentence,
    size_errors_sentence,
)


def popularity(*bins):
    return pd.DataFrame(bins, columns=["from", "to", "rmse", "mae", "rows"])


def test_rare_items_are_predicted_worse_and_a_handful_of_rows_is_no_end_of_its_own():
    frame = popularity((0, 0, 9.0, 9.0, 1), (1, 1, 1.0, 0.8, 99), (2, 3, 0.8, 0.6, 500), (4, 7, 0.5, 0.4, 400))
    sentence = popularity_sentence(frame)
    assert sentence == (  # 1.342 is the root of (81 + 99) / 100
        "Items rated at most once in training have an RMSE of 1.342, items rated 4 times or more 0.500: popular items are "
        "predicted better."
    )


def test_popular_items_may_be_predicted_worse():
    sentence = popularity_sentence(popularity((0, 0, 0.5, 0.4, 50), (1, 1, 0.8, 0.4, 50)))
    assert sentence == (
        "Items never rated in training have an RMSE of 0.500, items rated once or more 0.800: popular items are predicted "
        "worse."
    )


def test_errors_that_differ_little_are_about_the_same():
    assert "about the same" in popularity_sentence(popularity((0, 0, 0.50, 0.4, 50), (1, 1, 0.51, 0.4, 50)))


def test_one_bin_is_nothing_to_compare():
    assert "nothing to compare" in popularity_sentence(popularity((2, 3, 0.5, 0.4, 10)))


def errors(*estimates):
    return pd.DataFrame({"rating": [1.0, 3.0, 5.0], "mean estimate": estimates, "rows": [10, 10, 10]})


def test_estimates_that_are_shrunk_are_distinguished_from_those_that_follow():
    assert "shrunk towards the mean" in errors_sentence(errors(2.5, 3.0, 3.5))
    assert "Ratings of 1 are predicted as 2.50 on average, ratings of 5 as 3.50" in errors_sentence(errors(2.5, 3, 3.5))
    assert "follow the ratings" in errors_sentence(errors(1.1, 3.0, 4.9))


def test_ratings_that_are_all_the_same_are_nothing_to_compare():
    assert "nothing to compare" in errors_sentence(errors(2.5, 3.0, 3.5).head(1))


def test_groups_are_held_against_chance_the_clearest_first():
    frame = pd.DataFrame(
        {"space": ["item", "user"], "column": ["genre", "taste"], "share": [0.14, 0.8], "chance": [0.13, 0.2]}
    )
    first, second = groups_sentence(frame).split(" Of the 10")
    assert "“user”, 80% have the same “taste” (kNN purity); chance gives 20%: the groups cluster." in first
    assert "“item”, 14% have the same “genre” (kNN purity); chance gives 13%: hardly more than chance." in second


def test_numbers_shrunk_to_the_mean_are_distinguished_from_those_that_lean_nowhere():
    frame = pd.DataFrame({"low": [0.0, 10.0], "high": [1.0, 10.0], "mae": [2.0, 4.0], "bias": [1.9, -3.0], "rows": [5, 5]})  # fmt: skip
    sentence = size_errors_sentence(frame)
    assert "True values of 0 to 1 have an MAE of 2; predictions are mostly too high." in sentence
    assert (
        "True values of 10 have an MAE of 4; predictions are mostly too low. Predictions are shrunk towards the mean."
        in sentence
    )
    sentence = size_errors_sentence(frame.assign(bias=[0.1, -0.2]))
    assert "as often too high as too low" in sentence
    assert "shrunk" not in sentence


def test_the_worst_group_is_named_wherever_it_lies_and_then_shrinkage_is_not_to_blame():
    frame = pd.DataFrame({"low": [0, 3, 6, 9], "high": [2, 5, 8, 11], "mae": [2.0, 1.0, 9.0, 2.0], "bias": [1.9, 0.0, 8.0, -1.9], "rows": 5})  # fmt: skip
    sentence = size_errors_sentence(frame)
    assert "True values of 6 to 8 have an MAE of 9; predictions are mostly too high." in sentence
    assert "shrunk" not in sentence

"""Tables of results as people read them."""

import pandas as pd

from embedviz.experiments.display import display_table


def test_scores_have_their_titles_and_ids_and_empty_columns_are_left_out():
    table = pd.DataFrame(
        {"learning_rate": [0.1], "test/auc": [0.7], "set-a/spearman": [0.5], "run id": ["e1"], "epochs": [None]}
    )
    shown = display_table(table)
    assert list(shown) == ["learning rate", "test AUC", "set-a Spearman correlation"]
    assert list(table)[1] == "test/auc"
    assert display_table(pd.DataFrame({"score": ["rmse", "ndcg@10"], "mean": [1.0, 2.0]}))["score"].tolist() == [
        "RMSE",
        "NDCG@10",
    ]

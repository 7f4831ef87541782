from embedviz.evaluation.classification import imbalance_warning


def test_only_classes_more_than_ten_times_apart_are_imbalanced():
    assert imbalance_warning([], "rows") == ""
    assert imbalance_warning([("a", 100), ("b", 10)], "rows") == ""
    assert imbalance_warning([("good", 1010), ("so so", 500), ("bad", 100)], "texts") == (
        "The classes are imbalanced: “bad” has 100 texts, “good” 1,010. Look at macro F1 beside accuracy."
    )

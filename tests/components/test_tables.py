import pandas as pd

from components.tables import column_config


def test_bars_of_similarities_start_at_zero_whatever_is_negative():
    frame = pd.DataFrame({"label": ["a", "b"], "similarity": [0.4, -0.9]})
    bar = column_config(frame)["similarity"]["type_config"]
    assert (bar["type"], bar["min_value"], bar["max_value"]) == ("progress", 0.0, 1.0)

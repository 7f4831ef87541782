import pytest
from streamlit.testing.v1 import AppTest


def script():
    import pandas as pd
    import streamlit as st

    from components.answers import show_classes

    show_classes(pd.Series({"prediction": "x", **st.session_state["probabilities"], "note": ""}))


@pytest.mark.parametrize(
    ("classes", "shown"),
    [(["5", "1", "10"], ["1", "5", "10"]), (["good", "bad", "odd"], ["bad", "odd", "good"])],
)
def test_classes_that_are_numbers_are_shown_in_their_order_and_others_by_probability(classes, shown):
    app = AppTest.from_function(script)
    app.session_state["probabilities"] = {f"p({name})": p for name, p in zip(classes, [0.1, 0.6, 0.3], strict=True)}
    assert app.run().dataframe[0].value["class"].tolist() == shown

"""The Predict page: predictions for new data, with their explanations."""

from collections.abc import Callable
from typing import get_type_hints

import streamlit as st

from components import answers, predict_ratings, predict_row, predict_text, session
from components.error_boundary import error_boundary
from components.tours import guide
from components.tours.content import TOURS
from embedviz.models import MODELS, model_spec
from embedviz.models.categories.form import Form
from embedviz.models.ratings.form import RatingsForm
from embedviz.models.sentiment.trained import TextForm
from embedviz.store.run_folder import RunFolder
from embedviz.training.protocols import Predictor

FORMS: dict[object, Callable[[RunFolder], None]] = {
    TextForm: predict_text.show_text_prediction,
    RatingsForm: predict_ratings.show_rating_prediction,
    Form: predict_row.show_row_prediction,
}


def form_of(model: str | None) -> Callable[[RunFolder], None] | None:
    """Return what shows a model's form, by the class of forms that it returns; for other classes only files are predicted.

    None where the model does not predict.
    """
    trained = model_spec(model).Trained if model in MODELS else object
    if not issubclass(trained, Predictor):
        return None
    return FORMS.get(get_type_hints(trained.form).get("return"), lambda run: answers.predict_file(run, None))


st.title("Predict")
st.write("Get predictions for new data and see what they are based on.")
run = session.current_run()
show_form = form_of(run.model) if run else None
if run is None or show_form is None:
    st.info(
        "No prediction model is open. Open a run of the sentiment, ratings or categories model in the sidebar, or bring "
        "data to train one."
    )
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if "review" in TOURS and st.button(f"Take the tour “{TOURS['review'].title}”"):
            guide.start_tour("review")
            st.switch_page("train.py")
elif not run.predicts:
    st.info(f"This run is {run.status}. It can predict once it has ended.")
    if st.button("See the training", type="primary"):
        st.switch_page("train.py")
else:
    guide.show_step("predict")
    with error_boundary(), st.container(key="prediction"):
        show_form(run)

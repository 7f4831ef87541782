from embedviz.models import MODELS
from embedviz.models.compatibility import compatible_models, used_roles


def by_name(roles):
    return {fit.model.name: fit for fit in compatible_models(roles)}


def test_a_text_alone_fits_word_vectors_and_the_others_say_what_they_need():
    found = by_name({"text": "review"})
    assert len(found) == len(MODELS)
    of_text = {name for name, fit in found.items() if list(fit.model.roles) == ["text"]}
    assert of_text >= {"skipgram", "cbow"}
    assert not any(found[name].reason for name in of_text)
    assert all("Needs: " in fit.reason for name, fit in found.items() if name not in of_text)


def test_nothing_fits_nothing():
    assert all(fit.reason for fit in compatible_models({}))


def test_a_role_that_is_not_chosen_is_none_so_that_no_guess_takes_its_place():
    model = by_name({})["skipgram"].model
    assert used_roles(model, {"text": "a", "label": "b"}) == {"text": "a"}
    assert used_roles(model, {}) == {"text": None}

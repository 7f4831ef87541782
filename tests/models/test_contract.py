"""Every model of the registry keeps the contract. What is checked: embedviz.testing."""

import pytest

from embedviz.core.errors import SettingsError
from embedviz.models import MODELS, model_spec
from embedviz.testing import checks, make_case

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # some checks train every preset


@pytest.fixture(params=list(MODELS), scope="module")
def case(request):
    return make_case(model_spec(request.param))


@pytest.mark.parametrize("check", checks, ids=lambda check: check.__name__)
def test_the_model_passes(case, check):
    check(case)


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match="skipgram"):
        model_spec("skipgrim")

import pytest

from tests.models.categories.shop import KIND, fit, shop


@pytest.fixture(scope="module")
def run():
    return fit(shop(), KIND, epochs=15)

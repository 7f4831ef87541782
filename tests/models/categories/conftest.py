import pytest

from tests.models.categories.shop import KIND, fitted, shop


@pytest.fixture(scope="module")
def model():
    return fitted(shop(), KIND, epochs=15)

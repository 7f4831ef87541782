"""scikit-learn's own checks of its conventions, and what fails of them for a reason."""

import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from embedviz.sklearn import UMAP, CategoryEncoder, MatrixFactorizer, WordVectorizer

QUICK = {"hidden_dim": 8, "members": 2}
CROSS_FITTED = "fit_transform cross-fits, as that of sklearn.preprocessing.TargetEncoder does; cv=None does not"
EXPECTED = {
    "MatrixFactorizer": {
        "check_estimators_dtypes": "its whole numbers make 9 pairs, and at least 10 are needed to learn from some and measure others"
    },
    "CategoryEncoder": {
        "check_transformer_general": CROSS_FITTED,
        "check_transformer_data_not_an_array": CROSS_FITTED,
        "check_n_features_in_after_fitting": CROSS_FITTED,
    },
}
ESTIMATORS = [
    UMAP(n_epochs=20, random_state=0),
    CategoryEncoder(epochs=1, settings=QUICK, cv=None, random_state=0),
    CategoryEncoder(epochs=1, settings=QUICK, cv=2, random_state=0),
    MatrixFactorizer(dim=4, settings={"rounds": 4, "ranking_rounds": 2}, random_state=0),
]


def expected_failures(estimator):
    if getattr(estimator, "cv", 1) is None:
        return {}
    return EXPECTED.get(type(estimator).__name__, {})


@pytest.mark.slow
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "estimator", [*ESTIMATORS, WordVectorizer(settings={"subsample": 0})], ids=lambda e: type(e).__name__
)
def test_parameters_are_stored_as_they_came_and_cloned(estimator):
    parameters = estimator.get_params(deep=False)
    assert all(getattr(estimator, name) is value for name, value in parameters.items())
    assert clone(estimator).get_params(deep=False) == parameters
    assert not [name for name in vars(estimator) if name not in parameters]

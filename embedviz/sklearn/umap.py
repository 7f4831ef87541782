"""UMAP, embedviz's own, by the names of umap-learn's parameters."""

# pyright: reportUntypedBaseClass=false, reportConstantRedefinition=false
# scikit-learn has no types of its own, and calls a table X.

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.projection.settings import ProjectionSettings
from embedviz.sklearn.in_memory import seed_of
from embedviz.sklearn.input_errors import as_value_errors

MAX_COMPONENTS = 100


class UMAP(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Uniform manifold approximation and projection (McInnes, Healy and Melville 2018), in PyTorch: nothing to compile.

    Parameters
    ----------
    n_neighbors : int
        Nearest neighbours that each point is arranged by, the point itself counted.
    n_components : int
        Dimensions of the map.
    metric : {"euclidean", "cosine"}
        Distance metric in the original space.
    n_epochs : int, optional
        Epochs of optimising the layout; by default 200, and 500 for fewer than 2,000 points.
    learning_rate : float
        Initial step size.
    init : {"pca", "random"}
        Where the points start.
    min_dist, spread : float
        How close points may lie, and the scale of the clumps.
    set_op_mix_ratio : float
        1: two points are connected when either is a neighbour of the other; 0: only when both are.
    local_connectivity : int
        Number of nearest neighbours that a point is fully connected with.
    repulsion_strength : float
        Of random points, next to 1 for the attraction of neighbours.
    negative_sample_rate : int
        Random points that repel each point, for every neighbour that attracts it. umap-learn's default is 5.
    device : str
        "cpu", "cuda", or "auto" for the best that there is.
    random_state : int, RandomState instance or None
        An int is the seed: the same one gives the same map on the same device.

    Attributes
    ----------
    embedding_ : ndarray of shape (n, n_components), float32
        The map of the points of `fit`.
    n_features_in_, feature_names_in_
        As scikit-learn defines them.

    Notes
    -----
    The fitted estimator keeps the points of `fit`, for `transform` looks the neighbours of new points up among them. Fewer than four
    points are placed by PCA.

    Examples
    --------
    >>> import numpy as np
    >>> points = np.random.default_rng(0).normal(size=(60, 5))
    >>> umap = UMAP(n_neighbors=5, n_epochs=20, random_state=0).fit(points)
    >>> umap.embedding_.shape, umap.transform(points[:3] + 0.01).shape
    ((60, 2), (3, 2))
    """

    def __init__(
        self,
        n_neighbors: int = 15,
        n_components: int = 2,
        *,
        metric: Literal["euclidean", "cosine"] = "euclidean",
        n_epochs: int | None = None,
        learning_rate: float = 1.0,
        init: Literal["pca", "random"] = "pca",
        min_dist: float = 0.1,
        spread: float = 1.0,
        set_op_mix_ratio: float = 1.0,
        local_connectivity: int = 1,
        repulsion_strength: float = 1.0,
        negative_sample_rate: int = 8,
        device: str = "cpu",
        random_state: Any = None,
    ):
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.metric = metric
        self.n_epochs = n_epochs
        self.learning_rate = learning_rate
        self.init = init
        self.min_dist = min_dist
        self.spread = spread
        self.set_op_mix_ratio = set_op_mix_ratio
        self.local_connectivity = local_connectivity
        self.repulsion_strength = repulsion_strength
        self.negative_sample_rate = negative_sample_rate
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: object = None) -> Self:
        """Lay out points.

        Parameters
        ----------
        X : array of shape (n, n_features)
            Dense and finite.
        y
            Not used.

        Raises
        ------
        EstimatorInputError
            A ValueError: for a parameter out of its range.
        """
        from embedviz.projection.projecting import steps
        from embedviz.training.devices import choose

        points = validate_data(self, X, dtype=np.float32, ensure_min_samples=2)
        with as_value_errors():
            self._settings = self._checked_settings()
            device = choose(self.device).name
            self.embedding_ = np.asarray(result_of(steps(points, self._settings, device)), np.float32)
        self._points = np.array(points)
        return self

    def fit_transform(self, X: Any, y: object = None, **fit_params: Any) -> np.ndarray:
        """Lay out points and return their map: (n, n_components) float32."""
        return self.fit(X, y, **fit_params).embedding_

    def transform(self, X: Any) -> np.ndarray:
        """Place new points on the map, which stays as it is; a point of `fit` lies where it did.

        Parameters
        ----------
        X : array of shape (m, n_features)
            Where a point lies does not depend on the others.

        Returns
        -------
        ndarray of shape (m, n_components), float32
        """
        from embedviz.projection.placing import place_points
        from embedviz.training.devices import choose

        check_is_fitted(self)
        points = validate_data(self, X, dtype=np.float32, reset=False)
        with as_value_errors():
            return place_points(self._points, self.embedding_, points, self._settings, choose(self.device).name)

    @property
    def _n_features_out(self) -> int:
        return self.embedding_.shape[1]

    def _checked_settings(self) -> ProjectionSettings:
        n: Any = self.n_components
        if not isinstance(n, int | np.integer) or not 1 <= n <= MAX_COMPONENTS:
            raise SettingsError(f"n_components is a whole number from 1 to {MAX_COMPONENTS}, not {n!r}.")
        if self.n_epochs == 0:
            raise SettingsError("n_epochs is None or at least 1, not 0.")
        if self.init not in ("pca", "random"):
            raise SettingsError(f"init is pca or random, not {self.init!r}.")
        settings = ProjectionSettings.of(
            n_neighbors=self.n_neighbors,
            metric=self.metric,
            epochs=self.n_epochs or 0,
            learning_rate=self.learning_rate,
            init=self.init,
            min_dist=self.min_dist,
            spread=self.spread,
            set_op_mix_ratio=self.set_op_mix_ratio,
            local_connectivity=self.local_connectivity,
            repulsion_strength=self.repulsion_strength,
            negative_samples=self.negative_sample_rate,
            seed=seed_of(self.random_state),
        )
        return settings.model_copy(update={"n_components": int(n)})  # maps that are drawn have two or three

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

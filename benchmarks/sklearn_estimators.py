"""The scikit-learn estimators beside their peers: cross-fitted encoding, and new points on a UMAP.

python benchmarks/sklearn_estimators.py

Encoding: 2,000 rows with a column of 60 values that act on the target, one of 40 and one of 666 that say nothing. A linear model is
trained on the encoding; its accuracy on the rows that it was fitted to and on 2,000 others. Where the first is far above the second,
the target has leaked into the encoding.

UMAP: seven tenths of the digits of scikit-learn are laid out, the others placed. Accuracy of ten nearest neighbours on the map, and
trustworthiness of all points.
"""

import time
import warnings

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import TargetEncoder

from embedviz.sklearn import UMAP, CategoryEncoder

N_ROWS = 4_000


def rows(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    effect, acting = rng.normal(size=60), rng.integers(0, 60, N_ROWS)
    columns = {"acting": acting, "many": rng.integers(0, N_ROWS // 6, N_ROWS), "few": rng.integers(0, 40, N_ROWS)}
    frame = pd.DataFrame({name: pd.Series(codes).astype(str) + name for name, codes in columns.items()})
    return frame, (rng.random(N_ROWS) < 1 / (1 + np.exp(-1.2 * effect[acting]))).astype(int)


def encoding(seed: int) -> None:
    X, y = rows(seed)
    train, test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)
    encoders = {
        "TargetEncoder, cross-fitted": (TargetEncoder(random_state=0), True),
        "TargetEncoder": (TargetEncoder(random_state=0), False),
    }
    for min_count in (1, 5):
        for cv in (5, None):
            name = f"CategoryEncoder, min_count {min_count}{', cross-fitted' if cv else ''}"
            encoders[name] = (CategoryEncoder(dim=8, min_count=min_count, cv=cv, random_state=0), True)
    for name, (encoder, at_once) in encoders.items():
        begun = time.perf_counter()
        encoded = encoder.fit_transform(train, y_train) if at_once else encoder.fit(train, y_train).transform(train)
        seconds = time.perf_counter() - begun
        model = LogisticRegression(max_iter=1000).fit(encoded, y_train)
        fitted, other = model.score(encoded, y_train), model.score(encoder.transform(test), y_test)
        print(f"{name:45} fitted rows {fitted:.3f}, others {other:.3f}, {seconds:6.1f} s", flush=True)


def placing() -> None:
    from umap import UMAP as UmapLearn

    X, y = load_digits(return_X_y=True)
    train, test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
    for name, umap in (("embedviz", UMAP(random_state=0)), ("umap-learn", UmapLearn(random_state=0))):
        umap.fit(train)
        begun = time.perf_counter()
        placed = umap.transform(test)
        seconds = time.perf_counter() - begun
        accuracy = KNeighborsClassifier(10).fit(umap.embedding_, y_train).score(placed, y_test)
        faithful = trustworthiness(np.r_[train, test], np.r_[umap.embedding_, placed], n_neighbors=10)
        print(f"{name:12} accuracy {accuracy:.3f}, trustworthiness {faithful:.3f}, {seconds:5.1f} s", flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # umap-learn's, that a seed means one thread
    encoding(0)
    placing()

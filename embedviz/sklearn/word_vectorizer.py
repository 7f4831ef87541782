"""Texts to vectors: the mean, or the smooth inverse frequency (SIF), of the vectors of their words."""

# pyright: reportUntypedBaseClass=false, reportConstantRedefinition=false
# scikit-learn has no types of its own, and calls a table X.

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast

import numpy as np
import pandas as pd
import sklearn
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from embedviz.core.errors import DataError, SettingsError
from embedviz.data.table_like import as_arrow, is_foreign_table
from embedviz.models import model_spec
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.text_vectors import first_component, sif_weights, text_means, without_component
from embedviz.sklearn.in_memory import train_in_memory
from embedviz.sklearn.input_errors import as_value_errors
from embedviz.space import EmbeddingSpace
from embedviz.text.tokenizers import tokenizer
from embedviz.text.word_table import END

if TYPE_CHECKING:
    from embedviz.space.subwords import Subwords

ALGORITHMS = ("skipgram", "cbow", "glove", "fasttext", "ppmi_svd")
TEXT = "text"
NOT_FOLLOWED = ("phrases",)  # settings that would join words in the training texts alone


class WordVectorizer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Turn texts into vectors, by word vectors that are trained on them or given.

    Parameters
    ----------
    algorithm : {"skipgram", "cbow", "glove", "fasttext", "ppmi_svd"}
        What the word vectors are trained by. "fasttext" has vectors of character n-grams, so that unknown words have one.
    dim : int
        Dimensions of a vector.
    window : int
        Words on each side that count as context.
    min_count : int
        Words seen less often than this are left out.
    epochs : int, optional
        Passes over the texts; by default more for small ones. "ppmi_svd" has none.
    weighting : {"sif", "mean"}
        "sif": each word counts a / (a + p), p its share of all words and a = 0.001, and the first principal component of the
        texts of `fit` is taken out (Arora, Liang and Ma 2017). "mean": all words count the same.
    vectors : EmbeddingSpace, str or Path, optional
        Word vectors that are used as they are: a space, a run's folder, or what `embedviz.open_space` opens. Nothing is
        trained then, and algorithm, dim, window, min_count and epochs do not count. The words of `fit` are counted for "sif".
    settings : dict, optional
        Further settings of the algorithm, such as {"subsample": 1e-4}; with `vectors`, "tokenizer" and "lowercase".
    n_jobs : int, optional
        Threads. With None, which is one, the same random_state gives the same vectors; several train without locks.
    device : str
        "cpu", "cuda", or "auto" for the best that there is.
    random_state : int, RandomState instance or None
        An int is the seed of the training.

    Attributes
    ----------
    vocabulary_ : list of str
        (V) words, the most frequent first where they were trained.
    word_vectors_ : ndarray of shape (V, dim), float32
    counts_ : ndarray of shape (V,), int64
        Of each word in the texts of `fit`.
    component_ : ndarray of shape (dim,), float64
        The direction that is taken out of each text; zeros for "mean".

    See Also
    --------
    embedviz.train : The same training with its scores, kept in a folder.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> texts = ["cat dog horse cow sheep", "saw hammer nail drill screw"] * 40
    >>> model = make_pipeline(WordVectorizer(dim=8, min_count=1, epochs=5, random_state=0), LogisticRegression())
    >>> model.fit(texts, [0, 1] * 40).predict(["a sheep and a horse", "hammer and nail"]).tolist()
    [0, 1]
    """

    def __init__(
        self,
        algorithm: Literal["skipgram", "cbow", "glove", "fasttext", "ppmi_svd"] = "skipgram",
        *,
        dim: int = 100,
        window: int = 5,
        min_count: int = 5,
        epochs: int | None = None,
        weighting: Literal["sif", "mean"] = "sif",
        vectors: EmbeddingSpace | str | Path | None = None,
        settings: Mapping[str, Any] | None = None,
        n_jobs: int | None = None,
        device: str = "cpu",
        random_state: Any = None,
    ):
        self.algorithm = algorithm
        self.dim = dim
        self.window = window
        self.min_count = min_count
        self.epochs = epochs
        self.weighting = weighting
        self.vectors = vectors
        self.settings = settings
        self.n_jobs = n_jobs
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: object = None) -> Self:
        """Train word vectors on texts, or take those that were given, and find the component that "sif" takes out.

        Parameters
        ----------
        X : sequence of str, Series, or table of one column
            n texts; missing ones count as empty. A table is what `embedviz.train` takes, such as a frame of polars.
        y
            Not used.

        Raises
        ------
        EstimatorInputError
            A ValueError: for data that holds no texts, or a parameter that is wrong.
        """
        with as_value_errors():
            self._check_parameters()
            texts = texts_of(X)
            if self.vectors is None:
                self._train(texts)
            else:
                self._take(texts)
            self._means_weights = (
                sif_weights(self.counts_) if self.weighting == "sif" else np.ones(len(self.counts_), np.float32)
            )
            self.component_ = np.zeros(self.word_vectors_.shape[1])
            if self.weighting == "sif":
                self.component_ = first_component(self._means(texts))
        return self

    def transform(self, X: Any) -> Any:
        """Return a vector for each text.

        Parameters
        ----------
        X : sequence of str, Series, or frame of one column
            n texts. One without a known word, or a missing one, gets zeros.

        Returns
        -------
        ndarray of shape (n, dim), float32
            A frame with the same index where `set_output` asks for pandas.
        """
        check_is_fitted(self)
        with as_value_errors():
            means = self._means(texts_of(X))
        found = without_component(means, self.component_)
        found[~means.any(axis=1)] = 0
        if isinstance(X, pd.Series) and self._output() == "pandas":  # scikit-learn takes the index of frames alone
            return pd.DataFrame(found, index=X.index, columns=self.get_feature_names_out())
        return found

    @property
    def _n_features_out(self) -> int:
        return self.word_vectors_.shape[1]

    def _output(self) -> str:
        own = getattr(self, "_sklearn_output_config", {}).get("transform")
        return own or sklearn.get_config()["transform_output"]

    def _check_parameters(self) -> None:
        if self.algorithm not in ALGORITHMS:
            raise SettingsError(f"algorithm is one of {', '.join(ALGORITHMS)}, not {self.algorithm!r}.")
        if self.weighting not in ("sif", "mean"):
            raise SettingsError(f"weighting is sif or mean, not {self.weighting!r}.")
        if no := [name for name in NOT_FOLLOWED if (self.settings or {}).get(name)]:
            raise SettingsError(
                f"{no[0]} are joined in the texts of fit alone, and not in those of transform. Leave {no[0]} at 0."
            )

    def _train(self, texts: list[str]) -> None:
        settings = {"dim": self.dim, "window": self.window, "min_count": self.min_count, "epochs": self.epochs}
        trained = train_in_memory(
            self,
            self.algorithm,
            pd.DataFrame({TEXT: pd.Series(texts, dtype="str")}),
            {TEXT: TEXT},
            settings,
        )
        self.vocabulary_: list[str] = list(trained.labels)
        self.word_vectors_ = np.ascontiguousarray(trained.vectors, np.float32)
        self.counts_ = np.asarray(trained.counts, np.int64)
        self._subwords: Subwords | None = trained.subwords

    def _take(self, texts: list[str]) -> None:
        space = self._space()
        self.vocabulary_ = list(space.labels)
        self.word_vectors_ = np.asarray(space.vectors, np.float32)
        self._subwords = space.subwords
        split = self._tokenizer()
        counts = Counter(word for text in texts for word in split(text))
        self.counts_ = np.array([counts[word] for word in self.vocabulary_], np.int64)

    def _space(self) -> EmbeddingSpace:
        if isinstance(self.vectors, EmbeddingSpace):
            return self.vectors
        from embedviz.store.opening import open_space

        return open_space(cast("str | Path", self.vectors))

    def _tokenizer(self) -> Callable[[str], list[str]]:
        given, fields = (
            self.settings or {},
            cast("type[WordSettings]", model_spec(self.algorithm).Settings).model_fields,
        )
        return tokenizer(*(given.get(name, fields[name].default) for name in ("tokenizer", "lowercase")))

    def _means(self, texts: list[str]) -> np.ndarray:
        """Return the weighted means of the vectors of each text's words: (n, dim) float32, zeros without a known word."""
        split, place = self._tokenizer(), {word: i for i, word in enumerate(self.vocabulary_)}
        composed: list[np.ndarray] = []  # of words that are not in the vocabulary
        ids: list[int] = []
        for text in texts:
            for word in split(text):
                if word not in place:
                    vector = None if self._subwords is None else self._subwords.compose(word)
                    place[word] = END if vector is None else len(self.vocabulary_) + len(composed)
                    composed += [] if vector is None else [vector]
                if place[word] != END:
                    ids.append(place[word])
            ids.append(END)
        vectors, weights = self.word_vectors_, self._means_weights
        if composed:
            vectors = np.concatenate([vectors, np.stack(composed)])
            weights = np.concatenate([weights, np.ones(len(composed), np.float32)])  # never seen: a / (a + 0)
        return text_means(np.array(ids, np.int32), vectors, weights)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []
        return tags


def texts_of(X: Any) -> list[str]:
    """Return texts from a sequence, a series or a table of one column; a missing one is empty.

    Raises
    ------
    DataError
        For anything else.
    """
    if isinstance(X, str | bytes) or not (isinstance(X, Iterable) or is_foreign_table(X)):
        raise DataError(
            f"Expected a sequence of texts, got {'one text' if isinstance(X, str) else repr(X)}. Put it into a list."
        )
    if isinstance(X, pd.DataFrame) or is_foreign_table(X):
        table = as_arrow(X)
        if table.num_columns != 1:
            raise DataError(
                f"Expected one column of texts, got {table.num_columns}. Choose one, as by ColumnTransformer."
            )
        X = table.column(0).to_pylist()
    elif isinstance(X, np.ndarray) and X.ndim == 2 and X.shape[1] == 1:
        X = X[:, 0]
    texts: list[str] = []
    for number, text in enumerate(X, 1):
        is_missing = text is None or text is pd.NA or (isinstance(text, float) and np.isnan(text))
        if not (isinstance(text, str) or is_missing):
            raise DataError(f"Text {number:,} is {text!r}, but a str was expected.")
        texts.append("" if is_missing else str(text))
    if not texts:
        raise DataError("There are no texts: the sequence is empty.")
    return texts

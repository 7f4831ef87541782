"""scikit-learn estimators: word vectors of texts, vectors of categories, factors of users and items, and UMAP.

They train in the process that calls `fit`, in memory: nothing is written into the store. What is fitted is arrays, so a fitted
estimator can be pickled, copied and sent to another process. Seeds of other libraries are left alone, and so are the numbers of
threads once `fit` has returned.

>>> from embedviz.sklearn import WordVectorizer
>>> texts = ["the cat sat on the mat", "the dog sat on the rug"] * 30
>>> WordVectorizer(dim=4, min_count=1, epochs=1, random_state=0).fit_transform(texts).shape
(60, 4)
"""

from embedviz.sklearn.category_encoder import CategoryEncoder
from embedviz.sklearn.matrix_factorizer import MatrixFactorizer
from embedviz.sklearn.umap import UMAP
from embedviz.sklearn.word_vectorizer import WordVectorizer

__all__ = ["UMAP", "CategoryEncoder", "MatrixFactorizer", "WordVectorizer"]

"""Terms of the app, each explained in a sentence."""

from embedviz.evaluation.scores import SCORES

TERMS = {
    "Analogy": "A question such as: king is to man as what is to woman? It is answered by adding and subtracting vectors.",
    "Baseline": "A simple way of predicting that a model has to beat. The trivial baseline predicts the same for every row.",
    "Cosine similarity": "Cosine of the angle between two vectors: 1 for the same direction, 0 for unrelated ones.",
    "Embedding": "A vector of numbers for a word, a user, an item or a value, learned so that similar ones are close.",
    "Epoch": "One pass over the training set. Alternating least squares calls it a round.",
    "Fidelity": "How well a map shows which points are near each other in the original space.",
    "Fine-tuning": "Training that goes on from vectors which were trained before, on other data.",
    "Lookup table": "The matrix that holds the vectors. The index of a word is the number of its row.",
    "Matrix factorisation": "A rating is estimated by the dot product of a user's and an item's vector.",
    "Neighbours": "The labels whose vectors are most similar to a label's vector.",
    "Test set": "Rows that are held out until the end, to measure the model once.",
    "Training set": "Rows that the model learns from.",
    "Validation set": "Rows that are held out of training, to choose the best epoch and settings.",
}


def glossary() -> dict[str, str]:
    """Return all terms with their explanations, in alphabetical order: those of the app and the names of scores."""
    scores = {f"{score.title[:1].upper()}{score.title[1:]}": score.gloss for score in SCORES.values()}
    return dict(sorted((TERMS | scores).items(), key=lambda pair: pair[0].casefold()))

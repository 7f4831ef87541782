"""What has to be known to read a comparison of algorithms for word vectors."""

from __future__ import annotations

from collections.abc import Sequence

from embedviz.experiments.result import Result
from embedviz.jobs.speed_trial import EPOCHS
from embedviz.models import model_spec
from embedviz.models.algorithm_titles import algorithm_title
from embedviz.models.words.settings import WordSettings

MODEL = "model"  # factors of its runs
SECONDS = "seconds for each"


def algorithm_notes(results: Sequence[Result]) -> list[str]:
    """Return the notes, in sentences.

    Parameters
    ----------
    results : sequence of Result
        Of runs that are done, at least one.
    """
    models = list(dict.fromkeys(str(result.factors[MODEL]) for result in results))
    with_epochs = {str(result.factors[MODEL]) for result in results if EPOCHS in result.factors}
    without_epochs = [algorithm_title(model) for model in models if model not in with_epochs]
    from_windows = [algorithm_title(model) for model in models if predicts_from_windows(model)]
    seconds = float(results[0].factors[SECONDS])
    notes = [
        f"Epochs were chosen so that each run takes about {seconds:g} s with reading and measuring, and its learning rate "
        f"reaches the end of its schedule; seconds are what it took."
    ]
    if without_epochs:
        verb = "has" if len(without_epochs) == 1 else "have"
        notes.append(f"{', '.join(without_epochs)} {verb} no epochs and took the time that was needed.")
    if 0 < len(from_windows) < len(models):
        notes.append(
            f"The test scores of {', '.join(from_windows)} are of a word predicted from its whole window, those of the others of "
            f"pairs of words. Compare them by similarity and analogies."
        )
    if not any(result.rows for result in results):
        notes.append("These words do not look English, and there is no small set of words in another language.")
    return notes


def predicts_from_windows(model: str) -> bool:
    """Return True for an algorithm whose scores are of a word and its whole window, not of pairs of words."""
    settings = model_spec(model).Settings
    return issubclass(settings, WordSettings) and settings.predicts_from_windows

"""What a tour claims, measured on the run that it has trained."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from components.formatting import similarity
from embedviz.evaluation.score_sentences import result_sentence
from embedviz.figures.similarity_change_figure import similarity_change_figure
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

OPPOSITES = (("good", "bad"), ("best", "worst"), ("funny", "boring"), ("great", "awful"), ("enjoyable", "dull"))


class Claim(NamedTuple):
    """What is claimed, and a figure of it where one says more."""

    sentence: str
    figure: go.Figure | None = None


def _of_table(run: RunFolder) -> Claim:
    """Return the size of the lookup table."""
    space = open_space(run, "word")
    return Claim(f"This table has {len(space):,} rows of {space.dim} numbers.")


def _of_king_and_queen(run: RunFolder) -> Claim:
    """Return where queen and table are among the neighbours of king."""
    space = open_space(run, "word")
    near, far = space.compare("king", "queen"), space.compare("king", "table")
    return Claim(
        f"Among the {len(space) - 1:,} other words, queen is number {near.rank_of_b:,} next to king, with a cosine "
        f"similarity of {similarity(near.cosine)}; table is number {far.rank_of_b:,}, with {similarity(far.cosine)}."
    )


def _of_map(run: RunFolder) -> Claim:
    """Return the similarities of the three words in the original space."""
    space = open_space(run, "word")
    pairs = (("king", "queen"), ("king", "table"), ("queen", "table"))
    found = ", ".join(f"{a} and {b} {similarity(space.similarity(a, b))}" for a, b in pairs)
    return Claim(f"Cosine similarities in the original space: {found}.")


def _of_opposites(run: RunFolder) -> Claim:
    """Return how far opposites have come apart, with a figure of the pairs."""
    frame = _opposites(run)
    before, after = float(frame["before"].mean()), float(frame["after"].mean())
    verb = "falls" if after < before else "rises"
    return Claim(
        f"The mean cosine similarity of {len(frame)} pairs of opposites {verb} from {similarity(before)} to "
        f"{similarity(after)}.",
        similarity_change_figure(frame),
    )


def _of_ratings(run: RunFolder) -> Claim:
    """Return the sizes of the two tables of vectors."""
    users, items = open_space(run, "user"), open_space(run, "item")
    return Claim(f"{len(users):,} users and {len(items):,} films have {users.dim} numbers each.")


def _of_tastes(run: RunFolder) -> Claim:
    """Return how many of a user's neighbours share its taste, beside chance."""
    name = "user/knn_purity@10/taste"
    share, chance = run.metrics[name], run.metrics[f"{name}/chance"]
    return Claim(
        f"Of a user's ten nearest, {share:.0%} are of the same group; of ten random users {chance:.0%} would be."
    )


def _of_classes(run: RunFolder) -> Claim:
    """Return the score on the test set beside the baseline's."""
    return Claim(result_sentence(run.metrics, run.primary_metric))


def _of_owls(run: RunFolder) -> Claim:
    """Return how similar a bird of the night is to another one, and to one of the day."""
    space, owl = open_space(run, "Wildlife Species"), "Barn owl"
    night, day = (similarity(space.similarity(owl, bird)) for bird in ("Common nighthawk", "Barn swallow"))
    return Claim(f"The cosine similarity of Barn owl is {night} to Common nighthawk and {day} to Barn swallow.")


def _opposites(run: RunFolder) -> pd.DataFrame:
    """Return "pair", and its cosine similarity "before" and "after" fine-tuning; pairs of unknown words are left out."""
    before, after = open_space(run, "before"), open_space(run, "word")
    rows = [
        (f"{a} – {b}", before.similarity(a, b), after.similarity(a, b))
        for a, b in OPPOSITES
        if all(word in space for word in (a, b) for space in (before, after))
    ]
    return pd.DataFrame(rows, columns=["pair", "before", "after"])


CLAIMS = {
    "table": _of_table,
    "king_and_queen": _of_king_and_queen,
    "map": _of_map,
    "opposites": _of_opposites,
    "ratings": _of_ratings,
    "tastes": _of_tastes,
    "classes": _of_classes,
    "owls": _of_owls,
}

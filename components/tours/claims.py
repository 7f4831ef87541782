"""What a tour claims, measured on the run that it has trained."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from components.formatting import similarity
from embedviz.evaluation.score_sentences import result_sentence
from embedviz.figures.similarity_change_figure import similarity_change_figure
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

OPPOSITES = (("good", "bad"), ("best", "worst"), ("funny", "boring"), ("great", "awful"), ("enjoyable", "dull"))


def of_table(run: RunFolder) -> str:
    """Return the size of the lookup table."""
    space = open_space(run, "word")
    return f"This table has {len(space):,} rows of {space.dim} numbers."


def of_king_and_queen(run: RunFolder) -> str:
    """Return where queen and table are among the neighbours of king."""
    space = open_space(run, "word")
    near, far = space.compare("king", "queen"), space.compare("king", "table")
    return (
        f"Among the {len(space) - 1:,} other words, queen is number {near.rank_of_b:,} next to king, with a cosine "
        f"similarity of {similarity(near.cosine)}; table is number {far.rank_of_b:,}, with {similarity(far.cosine)}."
    )


def of_map(run: RunFolder) -> str:
    """Return the similarities of the three words in the original space."""
    space = open_space(run, "word")
    pairs = (("king", "queen"), ("king", "table"), ("queen", "table"))
    found = ", ".join(f"{a} and {b} {similarity(space.similarity(a, b))}" for a, b in pairs)
    return f"Cosine similarities in the original space: {found}."


def opposites(run: RunFolder) -> pd.DataFrame:
    """Return "pair", and its cosine similarity "before" and "after" fine-tuning; pairs of unknown words are left out."""
    before, after = open_space(run, "before"), open_space(run, "word")
    rows = [
        (f"{a} – {b}", before.similarity(a, b), after.similarity(a, b))
        for a, b in OPPOSITES
        if all(word in space for word in (a, b) for space in (before, after))
    ]
    return pd.DataFrame(rows, columns=["pair", "before", "after"])


def of_opposites(run: RunFolder) -> str:
    """Return how far opposites have come apart."""
    frame = opposites(run)
    before, after = float(frame["before"].mean()), float(frame["after"].mean())
    verb = "falls" if after < before else "rises"
    return (
        f"The mean cosine similarity of {len(frame)} pairs of opposites {verb} from {similarity(before)} to "
        f"{similarity(after)}."
    )


def draw_opposites(run: RunFolder) -> go.Figure | None:
    """Draw the pairs before and after."""
    frame = opposites(run)
    return similarity_change_figure(frame) if len(frame) else None


def of_ratings(run: RunFolder) -> str:
    """Return the sizes of the two tables of vectors."""
    users, items = open_space(run, "user"), open_space(run, "item")
    return f"{len(users):,} users and {len(items):,} films have {users.dim} numbers each."


def of_tastes(run: RunFolder) -> str:
    """Return how many of a user's neighbours share its taste, beside chance."""
    name = "user/knn_purity@10/taste"
    share, chance = run.metrics[name], run.metrics[f"{name}/chance"]
    return f"Of a user's ten nearest, {share:.0%} are of the same group; of ten random users {chance:.0%} would be."


def of_classes(run: RunFolder) -> str:
    """Return the score on the test set beside the baseline's."""
    return result_sentence(run.metrics, run.primary_metric)


def of_owls(run: RunFolder) -> str:
    """Return how similar a bird of the night is to another one, and to one of the day."""
    space, owl = open_space(run, "Wildlife Species"), "Barn owl"
    night, day = (similarity(space.similarity(owl, bird)) for bird in ("Common nighthawk", "Barn swallow"))
    return f"The cosine similarity of Barn owl is {night} to Common nighthawk and {day} to Barn swallow."

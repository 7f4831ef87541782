"""The tours: what each trains, its steps, and what each step claims and points at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from embedviz.models import MODELS


@dataclass(frozen=True)
class Step:
    """A step of a tour.

    Attributes
    ----------
    page
        The page that it is on, without ".py".
    idea
        The term that it explains.
    text
        What the term means, and what to do here.
    target
        Key of the container on the page that it points at; empty for none.
    claim
        Name in `components.tours.claims.CLAIMS` of what is claimed and measured; empty where nothing is. A name: claims
        bring pandas and Plotly, and the Home page lists the tours without them.
    """

    page: str
    idea: str
    text: str
    target: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Tour:
    """A guided tour.

    Attributes
    ----------
    title, sentence
        Of its card.
    work
        Seconds of its training on a machine of a million words a second; others are faster or slower in proportion.
    sample, model, settings, columns, probes
        Of its training.
    steps
        In their order; the first is on the page Train, and the last on the map.
    space, color
        The space and the colour column of the map; empty for the map's defaults.
    find
        What is searched for on the map.
    """

    title: str
    sentence: str
    work: float
    sample: str
    model: str
    steps: tuple[Step, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    space: str = ""
    color: str = ""
    find: str = ""

    @property
    def run_name(self) -> str:
        """Name of its runs."""
        return f"Tour: {self.title}"


_ALL_TOURS: dict[str, Tour] = {
    "words": Tour(
        title="Words: king, queen and table",
        sentence="Start from GloVe's vectors, train them on the King James Bible, then look at neighbours and the map.",
        work=6,
        sample="kjv",
        model="skipgram",
        settings={"vectors": "glove", "min_count": 10},
        probes=("king", "queen", "table"),
        space="word",
        find="/^(king|queen|table)$/",
        steps=(
            Step(
                "train",
                "Embedding",
                "An embedding is a table of numbers with a row for each word: its vector. Skip-gram adjusts the rows until "
                "each helps to guess the words around it, so that words of similar use end up with similar rows. Read which "
                "are next to king, queen and table; the network of this very model is drawn below them.",
                "probes",
                "table",
            ),
            Step(
                "neighbours",
                "Cosine similarity",
                "The cosine of the angle between two vectors: 1 in the same direction, 0 when unrelated. Click a row to go "
                "to that word.",
                "neighbours-table",
                "king_and_queen",
            ),
            Step(
                "map",
                "Projection",
                "UMAP draws the 100 dimensions in two, and keeps neighbours together as well as it can. The three words are "
                "highlighted. Click one to see its neighbours in the original space.",
                claim="map",
            ),
        ),
    ),
    "review": Tour(
        title="A film review, word by word",
        sentence="Fine-tune pretrained vectors to tell praise from criticism, then see what each word of a review contributes.",
        work=15,
        sample="movie_reviews",
        model="sentiment",
        settings={"preset": "fast"},
        probes=("good", "bad", "funny", "boring"),
        space="word",
        color="moved",
        steps=(
            Step(
                "train",
                "Fine-tuning",
                "The vectors begin as GloVe's, where good and bad are neighbours because they occur in the same places. "
                "Training on reviews goes on from there and sets them apart. The network, from the index of a word to the "
                "answer, is drawn beside the curve.",
                "network",
                claim="opposites",
            ),
            Step(
                "predict",
                "Attribution",
                "Press Predict: the colours say how much each word adds to the prediction. Then change a word and predict again.",
                "prediction",
            ),
            Step(
                "map",
                "Before and after",
                "The colour is the cosine distance of each word from where it began. Click good, then bad: which words are "
                "next to them now?",
            ),
        ),
    ),
    "tastes": Tour(
        title="People who like the same things",
        sentence="Learn a vector for each user and each film from ratings alone; users of the same taste should end up together.",
        work=13,
        sample="ratings",
        model="ratings",
        settings={"use_columns": False},
        space="user",
        color="taste",
        steps=(
            Step(
                "train",
                "Matrix factorisation",
                "The ratings are a table of users and films that is mostly empty. It is approximated by a vector for each "
                "user and each film: the dot product of two says how much the one likes the other.",
                "network",
                claim="ratings",
            ),
            Step(
                "predict",
                "Recommendation",
                "Films that the user has not rated, the best first. Each names the rated films that speak for it.",
                "prediction",
            ),
            Step(
                "map",
                "Users of similar taste",
                "The colours are the groups that the data was generated with. The training saw ratings alone.",
                claim="tastes",
            ),
        ),
    ),
    "birds": Tour(
        title="Birds of day and night",
        sentence="Predict from 10,000 bird strikes at what time of day each happened; species of the night end up together.",
        work=12,
        sample="bird_strikes",
        model="categories",
        columns={"target": "Time of day"},
        space="Wildlife Species",
        color="Time of day",
        find="/owl|nighthawk|swallow/",
        steps=(
            Step(
                "train",
                "Entity embedding",
                "A category such as the species has a vector for each of its values, learned by predicting another column "
                "from the row. Values that change the prediction in the same way get similar vectors. Each column has its own "
                "lookup table: see the network.",
                "network",
                claim="classes",
            ),
            Step(
                "predict",
                "What a column contributes",
                "Press Predict: each bar is what a column of the row adds to the prediction. Then change the species and predict "
                "again.",
                "prediction",
            ),
            Step(
                "map",
                "Similar in effect, not in looks",
                "The colour is the time at which a species is hit most often. Owls and nighthawks are highlighted, and "
                "swallows too.",
                claim="owls",
            ),
        ),
    ),
}
TOURS = {name: tour for name, tour in _ALL_TOURS.items() if tour.model in MODELS}

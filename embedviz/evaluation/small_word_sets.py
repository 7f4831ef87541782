"""A small set of word pairs and analogies that is embedviz's own, for a first look and for a curve while training.

English only. It was written for this project: everyday words that a modern text and the King James Bible both use, beside a
few that only one of them has. It is small, and one person's judgement in three levels; scores on it are for comparing a space
with itself, from epoch to epoch. To compare with what others report, bring a published set.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from embedviz.evaluation.word_analogies import AnalogySection, WordAnalogies
from embedviz.evaluation.word_similarity import WordSimilarity
from embedviz.space import EmbeddingSpace

SAME, RELATED, UNRELATED = 2.0, 1.0, 0.0  # levels of the judgements
LOOKED_AT = 1000  # most frequent words of a vocabulary that tell its language
MIN_SHARE = 0.8  # of the function words, that are among them in an English text

# Words without which no English text of some length is written, whatever it is about; few are words of another language.
_FUNCTION_WORDS = {
    "en": (
        "the and of that with for this from they which have not but his their are were been will what when there who would "
        "into them than then upon our you your"
    )
}

# Each section: pairs in the same relation; a question is made of every two.
_ANALOGIES = {
    "family": (
        "man woman, king queen, father mother, son daughter, brother sister, husband wife, he she, his her, men women, "
        "sons daughters"
    ),
    "opposites": (
        "good evil, day night, life death, light darkness, rich poor, first last, old new, strong weak, high low, up down, "
        "before after, true false"
    ),
    "ordinals": "two second, three third, four fourth, five fifth, six sixth, seven seventh, eight eighth, ten tenth",
    "capitals": (
        "rome italy, athens greece, damascus syria, jerusalem israel, cairo egypt, paris france, london england, "
        "madrid spain, berlin germany, moscow russia, tokyo japan, beijing china"
    ),
    "gram plural": (
        "hand hands, year years, day days, house houses, city cities, river rivers, stone stones, word words, tree trees, "
        "wall walls, friend friends, child children"
    ),
    "gram past tense": (
        "go went, see saw, give gave, take took, come came, know knew, say said, find found, fall fell, hear heard, "
        "send sent, bring brought"
    ),
    "gram comparative": (
        "great greater, strong stronger, high higher, good better, bad worse, long longer, low lower, young younger"
    ),
}

_SAME = (
    "small little, large great, path way, road way, begin start, speak talk, sea ocean, land country, war battle, "
    "enemy foe, anger wrath, joy delight, sorrow grief, house home, king ruler, stone rock, city town, child baby, "
    "gift present, sick ill, swift quick, destroy ruin, money silver, servant slave, law rule, wise clever, afraid fearful, "
    "answer reply, near close, high tall, woods forest, boat ship, garment clothes, cry shout, hide conceal, error mistake, "
    "riches wealth, strength power, border boundary, flee escape"
)
_RELATED = (
    "king throne, horse rider, bread wine, sheep shepherd, sword war, ship sea, tree fruit, fire smoke, cloud rain, "
    "father son, doctor sick, night dark, hand finger, river water, book write, judge law, door house, gold crown, "
    "soldier army, mountain valley, eye see, ear hear, mouth tongue, seed field, summer heat, winter snow, priest temple, "
    "bird wing, fish net, lamp light, mother child, grave death, city wall, cup drink, bed sleep, milk honey, song sing, "
    "salt taste, lion beast, market buy"
)
_UNRELATED = (
    "king honey, horse letter, bread valley, sword milk, ship tongue, tree anger, cloud brother, judge salmon, door seed, "
    "gold sleep, soldier fruit, mountain gift, eye market, ear wine, mouth border, field throne, summer law, priest snow, "
    "bird crown, fish book, lamp enemy, mother stone, grave song, city wing, cup army, bed river, finger war, salt sister, "
    "lion door, water answer, garment judge, path milk, hand summer, sheep word, house third, temple fish, smoke daughter, "
    "silver neck, rain servant, bone music"
)


@dataclass(frozen=True)
class SmallWordSet:
    """The small set of a language.

    Attributes
    ----------
    language
        "en".
    similarity
        120 word pairs in three levels: the same or nearly, related, unrelated.
    analogies
        Analogies in seven sections, those of grammar named "gram ...".
    """

    language: str
    similarity: WordSimilarity
    analogies: WordAnalogies


def small_word_set(language: str | None) -> SmallWordSet | None:
    """Return the small set of a language; None where there is none, or no language is known.

    Parameters
    ----------
    language : str, optional
        "en", as `vocabulary_language` says.
    """
    if language != "en":
        return None
    levels = ((_SAME, SAME), (_RELATED, RELATED), (_UNRELATED, UNRELATED))
    judged = [(pair, level) for text, level in levels for pair in _pairs(text)]
    pairs, expected = zip(*judged, strict=True)
    sections = tuple(
        AnalogySection(name, tuple((*first, *second) for first, second in permutations(_pairs(text), 2)))
        for name, text in _ANALOGIES.items()
    )
    return SmallWordSet(
        language,
        WordSimilarity(pairs, expected, "small English word pairs"),
        WordAnalogies(sections, "small English analogies"),
    )


def vocabulary_language(space: EmbeddingSpace) -> str | None:
    """Return the language of a space of words; None where it is not known.

    A simple test: the share of a language's function words that are among the most frequent 1,000. It knows English.
    """
    frequent = {space.labels[row].lower() for row in space.most_frequent(LOOKED_AT)}
    for language, text in _FUNCTION_WORDS.items():
        words = text.split()
        if sum(word in frequent for word in words) >= MIN_SHARE * len(words):
            return language
    return None


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = [pair.split() for pair in text.split(", ")]
    return [(first, second) for first, second in pairs]

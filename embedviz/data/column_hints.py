"""Roles that a column's name suggests."""

from __future__ import annotations

import re

# role -> words in a column's name that suggest it, the strongest first
HINTS: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "review", "comment", "sentence", "body", "content", "message", "description", "verse", "abstract",
        "tweet", "post", "phrase", "utterance", "headline", "summary", "question", "notes", "title", "word",
    ),
    "user": (
        "user", "uid", "customer", "cust", "reviewer", "viewer", "member", "visitor", "reader", "listener", "buyer",
        "client", "username", "person", "account",
    ),
    "item": (
        "item", "iid", "movie", "film", "product", "book", "song", "track", "article", "isbn", "asin", "game", "anime",
        "artist", "joke", "business", "recipe", "place", "hotel", "restaurant", "course", "stock", "beer", "show",
        "video", "app", "sku", "title",
    ),
    "rating": (
        "rating", "stars", "star", "overall", "score", "grade", "vote", "rate", "points", "like", "liked",
        "favorite", "favourite", "preference", "value", "r",
    ),
    "time": ("timestamp", "unixtime", "time", "date", "datetime", "when", "day"),
    "label": (
        "label", "class", "sentiment", "category", "target", "polarity", "topic", "intent", "emotion", "mood", "tone",
        "stars", "star", "rating", "overall", "score", "recommended", "positive", "spam", "toxic", "outcome", "y",
    ),
    "target": (
        "target", "label", "class", "outcome", "diagnosis", "churn", "churned", "survived", "default", "fraud",
        "exited", "attrition", "result", "income", "salary", "price", "charges", "revenue", "response", "approved",
        "species", "variety", "quality", "status", "type", "y",
    ),
    "split": ("split", "partition", "subset", "fold", "usage", "set", "dataset", "part"),
}  # fmt: skip
UNAMBIGUOUS = ("label", "class", "target", "sentiment")  # names that say what a column is, whatever it holds
_NOT_RATING = {"id", "count", "num", "number", "n", "total", "code", "helpfulness", "helpful", "votes"}
_SUFFIXES = ("id", "no", "code", "name")  # run together with the word before them: userid, itemcode


def words_of(column: object) -> list[str]:
    """Return the words of a name in lower case: userId, USER_ID and userid are user and id."""
    words = []
    for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", str(column)):
        word = word.lower()
        suffix = next((end for end in _SUFFIXES if word.endswith(end) and word[: -len(end)] in _USER_OR_ITEM), None)
        words += [word[: -len(suffix)], suffix] if suffix else [word]
    return words


def hint(column: object, role: str) -> int:
    """Return how strongly a column's name suggests a role, 0 for not at all."""
    words, known = words_of(column), HINTS[role]
    if role == "rating" and _NOT_RATING & set(words):
        return 0
    found = [len(known) - known.index(w) for word in words for w in (word, word.rstrip("s")) if w in known]
    return max(found, default=0)


def is_unambiguous(column: object) -> bool:
    """Return True for a column called label, class, target or sentiment and nothing else."""
    return " ".join(words_of(column)) in UNAMBIGUOUS


def has_id(column: object) -> bool:
    """Return True when the name says that the column holds ids."""
    words = words_of(column)
    return "id" in words or (bool(words) and words[-1] in ("code", "no", "key"))


_USER_OR_ITEM = {word for role in ("user", "item") for word in HINTS[role]}

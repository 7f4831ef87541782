"""tokenizer.json: the tokenizer of a run as Hugging Face's tokenizers library reads it, a word of the vocabulary a token.

Normalizers change the text, a pre-tokenizer splits it, and each piece is looked up
(https://huggingface.co/docs/tokenizers/pipeline). Its regular expressions are Oniguruma's, in which `\\w` holds marks as well,
so letters and digits are named by their Unicode classes.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from embedviz.core.typed_json import JsonObject
from embedviz.text.treebank import CLITIC_ENDING, TOKEN
from embedviz.text.unseen import LIGATURES, UNSEEN
from embedviz.text.word_patterns import ANY_WORD

UNKNOWN = "[UNK]"  # stands for every word that is not in the vocabulary
# Python's classes beside Oniguruma's.
_CLASSES = {r"[^\W_]": r"[\p{L}\p{N}]", r"[^\\w\\s]": r"[^\p{L}\p{N}_\s]", r"[^\w\s]": r"[^\p{L}\p{N}_\s]"}
FINAL_SIGMA = r"(?<=\p{L})Σ(?!\p{L})"  # whose lower case Python knows by what surrounds it, and Lowercase does not
_MARKS = ".,()!?"  # words of their own in torchtext's basic_english


def tokenizer_json(labels: Sequence[str], tokenizer: str, lowercase: bool) -> JsonObject:
    """Return the content of a tokenizer.json whose token i is the label i, and whose last token is the unknown word.

    Parameters
    ----------
    labels : sequence of str
        N words.
    tokenizer : str
        A name of `embedviz.text.tokenizers.TOKENIZERS`.
    lowercase : bool
        Whether texts are lower-cased.
    """
    normalizers, pre_tokenizer = _pipeline(tokenizer, lowercase)
    vocabulary: JsonObject = {label: row for row, label in enumerate(labels)}
    unknown = unknown_token(labels)
    vocabulary[unknown] = len(labels)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": pre_tokenizer,
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": unknown},
    }


def unknown_token(labels: Sequence[str]) -> str:
    """Return a token for unknown words that is no label."""
    taken = set(labels)
    return next(token for token in (UNKNOWN, *(f"[UNK {n}]" for n in range(2, len(taken) + 3))) if token not in taken)


def _pipeline(tokenizer: str, lowercase: bool) -> tuple[list[JsonValue], JsonObject]:
    seen: list[JsonValue] = [
        _replace(UNSEEN.pattern.replace("(?:^|", r"(?:\A|"), "", is_pattern=True),
        *(_replace(ligature, letters) for ligature, letters in LIGATURES.items()),
    ]
    lower: list[JsonValue] = []
    if lowercase or tokenizer == "basic_english":
        lower = [_replace(FINAL_SIGMA, "ς", is_pattern=True), {"type": "Lowercase"}]
    straight: list[JsonValue] = [_replace(curly, "'") for curly in "’ʼ"]
    if tokenizer == "whitespace":
        return [*lower, *seen], {"type": "WhitespaceSplit"}
    if tokenizer == "basic_english":
        parted: list[JsonValue] = [_replace('"', ""), _replace("<br />", " ")]
        parted += [_replace(mark, f" {mark} ") for mark in _MARKS]
        parted += [_replace("'", " '  "), _replace(";", " "), _replace(":", " ")]
        return [*lower, *seen, *parted], {"type": "WhitespaceSplit"}
    if tokenizer == "treebank":
        quotes: list[JsonValue] = [_replace(curly, '"') for curly in "“”"]
        spelling: list[JsonValue] = [{"type": "NFC"}, _replace(r"\.\.+", "...", is_pattern=True)]
        spelling += [_replace("''", '"'), _replace("``", '"')]
        words = _split(_onig(TOKEN.pattern), keeps_matches=True)
        clitics: JsonObject = _split(_onig(CLITIC_ENDING), keeps_matches=False)
        both: JsonObject = {"type": "Sequence", "pretokenizers": [words, clitics]}
        return [*seen, *straight, *quotes, *spelling, *lower], both
    return [*lower, *seen, *straight, {"type": "NFC"}], _split(_onig(ANY_WORD), keeps_matches=True)


def _onig(pattern: str) -> str:
    for python, onig in _CLASSES.items():
        pattern = pattern.replace(python, onig)
    return pattern


def _split(pattern: str, *, keeps_matches: bool) -> JsonObject:
    """Return a pre-tokenizer: its matches alone are the pieces, or a piece ends before and behind each of them."""
    behavior = "Removed" if keeps_matches else "Isolated"
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": keeps_matches}


def _replace(what: str, by: str, *, is_pattern: bool = False) -> JsonObject:
    return {"type": "Replace", "pattern": {"Regex" if is_pattern else "String": what}, "content": by}

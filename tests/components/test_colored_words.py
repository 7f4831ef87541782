from components.colored_words import MAX_OPACITY, class_colors, describe, split_text
from embedviz.figures.colors import DISTINCT_COLORS, OTHERS_COLOR

TEXT = "  It isn't good, is it?"
COLORS = {"bad": "blue", "good": "orange"}


def reason(word, start=0, towards="good", strength=0.5, is_known=True):
    return {
        "feature": word, "start": start, "end": start + len(word), "towards": towards, "strength": strength,
        "is_known": is_known,
    }  # fmt: skip


def reasons(*words):
    found, at = [], 0
    for word in words:
        start = TEXT.index(word, at)
        at = start + len(word)
        found.append(reason(word, start))
    return found


def test_the_text_comes_back_as_it_was_written():
    parts = split_text(TEXT, reasons("It", "is", "n't", "good", ",", "is", "it", "?"), COLORS)
    assert "".join(part.text for part in parts) == TEXT
    assert [part.text for part in parts if part.color] == [
        "It",
        "is",
        "n't",
        "good",
        ",",
        "is",
        "it",
        "?",
    ]  # no space before a clitic
    assert parts[0] == ("  ", "", 0.0, "")


def test_what_was_not_read_stays_as_plain_text():
    assert [part.text for part in split_text(TEXT, reasons("It"), COLORS)] == ["  ", "It", " isn't good, is it?"]
    assert split_text("", [], COLORS) == []


def test_a_word_has_the_colour_of_its_class_on_a_scale_that_no_other_word_changes():
    weak, strong = reason("It", 2, "bad", 0.25), reason("good", 11, "good", 7.0)
    alone, beside = split_text(TEXT, [weak], COLORS)[1], split_text(TEXT, [weak, strong], COLORS)
    assert alone == beside[1] == ("It", "blue", MAX_OPACITY / 4, "bad +0.25")
    assert beside[3][:3] == ("good", "orange", MAX_OPACITY)


def test_unknown_words_are_grey_whatever_their_letters_speak_for():
    [part, _] = split_text("qwx!", [reason("qwx", is_known=False)], COLORS)
    assert (part.color, part.title) == (OTHERS_COLOR, "unknown word, good +0.50")


def test_classes_have_their_colours_in_their_order_whatever_the_text():
    assert class_colors([], ["3", "1", "2"]) == dict(zip(["1", "2", "3"], DISTINCT_COLORS, strict=False))
    assert class_colors([reason("x", towards="3")], ["3", "1", "2"]) == class_colors([], ["3", "1", "2"])


def test_of_many_classes_those_that_the_text_speaks_for_have_a_colour():
    classes = [f"c{i}" for i in range(9)]
    found = class_colors([reason("x", towards="c8"), reason("y", towards="c4")], classes)
    assert {"c4", "c8"} < set(found)
    assert len(found) == len(set(found.values())) == len(DISTINCT_COLORS)
    [part] = split_text("x", [reason("x", towards="c7")], found)
    assert part.opacity == 0


def test_the_colours_are_described_in_words():
    found = [reason("warm", towards="good", strength=0.2), reason("never", towards="bad", strength=0.31),
             reason("funny", towards="good", strength=0.9), reason("qwx", is_known=False)]  # fmt: skip
    assert describe(found, ["bad", "good"]) == (
        "Words for bad: never +0.31. Words for good: funny +0.90, warm +0.20. Unknown words: qwx."
    )

from components.colored_words import split_text

TEXT = "  It isn't good, is it?"


def reasons(*words):
    found, at = [], 0
    for word in words:
        start = TEXT.index(word, at)
        at = start + len(word)
        found.append({"start": start, "end": at, "contribution": float(len(found))})
    return found


def test_the_text_comes_back_as_it_was_written():
    parts = split_text(TEXT, reasons("It", "is", "n't", "good", ",", "is", "it", "?"))
    assert "".join(part for part, _ in parts) == TEXT
    assert [part for part, value in parts if value is not None] == ["It", "is", "n't", "good", ",", "is", "it", "?"]
    assert ("n't", 2.0) in parts  # no space before a clitic
    assert parts[0] == ("  ", None)


def test_what_was_not_read_stays_as_plain_text():
    assert split_text(TEXT, reasons("It")) == [("  ", None), ("It", 0.0), (" isn't good, is it?", None)]
    assert split_text("", []) == []

from embedviz.data.matching_columns import match_columns, no_columns_sentence, renamed_note


def test_the_exact_name_comes_first():
    assert match_columns(["Size", "size"], ["size", "Size"]) == {"Size": "Size", "size": "size"}
    assert match_columns(["size"], ["Size", "size"]) == {"size": "size"}


def test_capitals_blanks_underscores_and_accents_written_apart_are_no_difference():
    given = ["BODY TYPE ", "gro\u0308ße", "Km.Stand", "x-1"]
    assert match_columns(["body_type", "größe", "kmstand", "X1"], given) == {
        "body_type": "BODY TYPE ",
        "größe": "gro\u0308ße",
        "kmstand": "Km.Stand",
        "X1": "x-1",
    }


def test_a_doubt_on_either_side_finds_nothing():
    assert match_columns(["size"], ["Size", "SIZE"]) == {}
    assert match_columns(["a b", "a_b"], ["AB"]) == {}
    assert match_columns(["_"], ["-"]) == {}
    assert match_columns(["size"], ["sizes"]) == {}


def test_sentences_name_what_was_expected_and_what_came():
    assert renamed_note({"size": "Size", "x": "x"}) == "Columns taken in spite of their spelling: “Size” as “size”."
    assert renamed_note({"x": "x"}) == ""
    sentence = no_columns_sentence(["size", "body"], ["Länge"])
    assert "“size”, “body” were expected, these rows have “Länge”" in sentence

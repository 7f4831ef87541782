import pytest

from embedviz.core.errors import DataError, SettingsError
from embedviz.evaluation.outlier_detection import OutlierDetection, OutlierGroup
from embedviz.evaluation.word_analogies import AnalogySection, WordAnalogies
from embedviz.evaluation.word_sets import MAX_BYTES, read_word_set
from embedviz.evaluation.word_similarity import WordSimilarity

PAIRS = (("tiger", "cat"), ("sun", "moon"))
SIMLEX = (
    "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\n"
    "tiger\tcat\tN\t7.5\t4.9\t4.8\t4\t7.2\t1\t0.4\n"
    "sun\tmoon\tN\t2\t4.9\t4.7\t4\t3.1\t1\t1.2\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\n# Word 1\tWord 2\tHuman (mean)\ntiger\tcat\t7.5\nsun\tmoon\t2\n",
        "Word 1,Word 2,Human (mean)\ntiger,cat,7.5\nsun,moon,2\n",
        "tiger cat 7.5\nsun moon 2\n",
        "tiger;cat;7.5\r\n\r\nsun;moon;2\r\n",
        "tiger\tcat\t7.5\t8\t7\nsun\tmoon\t2\t0\t4\n",  # as in RareWords, with each person's judgement
        SIMLEX,
    ],
)
def test_word_pairs_are_read_in_every_form(text):
    assert read_word_set(text.encode(), "pairs.txt") == WordSimilarity(PAIRS, (7.5, 2.0), "pairs.txt")


def test_the_score_of_simlex_is_its_own_column_where_another_number_stands_before_it():
    text = SIMLEX.replace("\tPOS\t", "\tN\t").replace("\tN\t7.5", "\t1\t7.5").replace("\tN\t2", "\t1\t2")
    found = read_word_set(text.encode())
    assert found.expected == (7.5, 2.0)


def test_analogies_are_read_with_their_sections():
    text = ": family\nman king woman queen\nman woman king queen\n: gram8-plural\ncat cats dog dogs\n"
    assert read_word_set(text.encode(), "a.txt") == WordAnalogies(
        (
            AnalogySection("family", (("man", "king", "woman", "queen"), ("man", "woman", "king", "queen"))),
            AnalogySection("gram8-plural", (("cat", "cats", "dog", "dogs"),)),
        ),
        "a.txt",
    )


def test_analogies_without_a_section_are_analogies():
    found = read_word_set(b"man king woman queen\n")
    assert found == WordAnalogies((AnalogySection("", (("man", "king", "woman", "queen"),)),), "the file")


def test_groups_with_outliers_are_read_with_and_without_their_names():
    text = "robin\nwren\nowl\n\ncar\nblue whale\n\n{}oak\nelm\nash\n\nstone\n"
    birds = (("robin", "wren", "owl"), ("car", "blue whale"))
    trees = (("oak", "elm", "ash"), ("stone",))
    assert read_word_set(text.format("").encode(), "o") == OutlierDetection(
        (OutlierGroup("group 1", *birds), OutlierGroup("group 2", *trees)), "o"
    )
    named = ": birds\n" + text.format(": trees\n")
    assert read_word_set(named.encode(), "o") == OutlierDetection(
        (OutlierGroup("birds", *birds), OutlierGroup("trees", *trees)), "o"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "tiger\tcat\t7.5\nsun\tmoon\tnear\n",
            "f, line 2: expected two words and a number, got 'sun\\\\tmoon\\\\tnear'",
        ),
        ("tiger\tcat\t7.5\nsun\tmoon\tnan\n", "f, line 2: expected two words"),
        (": family\nman king woman queen\nman king woman\n", "f, line 3: expected four words, got 'man king woman'"),
        ("robin\nwren\nowl\n\ncar\n\noak\nelm\n", "f, line 7: expected the outliers of this group"),
        ("One sentence that is neither of the three.\n", "f, line 1: expected word pairs .* got 'One sentence"),
        ("robin\nwren\nowl\n", "expected word pairs"),
        ("robin\nwren\n\ncar\n", "needs at least 3 words"),
        ("\n# nothing\n", "holds no words"),
        ("", "holds no words"),
        (": family\n", "no analogies"),
        ("a" * 300 + " b 3\n", "line 1: a word has 300 characters"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(text, message):
    with pytest.raises(DataError, match=message):
        read_word_set(text.encode(), "f")


def test_a_long_line_is_cut_in_the_message():
    with pytest.raises(DataError) as caught:
        read_word_set(b"word " * 1000, "f")
    assert len(str(caught.value)) < 400


def test_a_file_is_opened_by_its_path_and_named_after_it(tmp_path):
    path = tmp_path / "own pairs.txt"
    path.write_text("tiger cat 7.5\nsun moon 2\n", encoding="utf-8")
    assert read_word_set(path).name == "own pairs.txt"
    with pytest.raises(DataError, match="There is no file"):
        read_word_set(tmp_path / "missing.txt")


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    with pytest.raises(DataError, match="larger than 8 MB"):
        read_word_set(b"a b 1\n" * (MAX_BYTES // 6 + 1), "f")
    monkeypatch.setattr("embedviz.evaluation.word_sets.MAX_LINES", 3)
    with pytest.raises(DataError, match="f has 4 lines"):
        read_word_set(b"a b 1\n" * 4, "f")


def test_binary_content_is_no_set():
    with pytest.raises(DataError):
        read_word_set(bytes(range(256)) * 10, "f.bin")


def test_the_kind_can_be_given_where_the_content_does_not_tell():
    assert read_word_set(b"a b c 3\n").kind == "similarity"
    assert read_word_set(b"a b c 3\n", kind="analogies").kind == "analogies"
    with pytest.raises(SettingsError, match="similarity, analogies, outliers"):
        read_word_set(b"a b 1\n", kind="sentences")

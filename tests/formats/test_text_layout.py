"""What text is told to be from its first lines: vectors, a table, sparse vectors, numbers alone."""

import numpy as np
import pytest

from embedviz.core.errors import VectorFormatError
from embedviz.data.reading import read_table
from embedviz.formats import FORMATS, load_vectors
from embedviz.formats.text_layout import TextHead

RANDOM = np.random.default_rng(0)


def lines(rows, separator):
    return "".join(separator.join(map(str, row)) + "\n" for row in rows).encode()


def ratings(n=200, user="{}", stars=(1, 2, 3, 4, 5), time=True):
    return [
        [
            user.format(RANDOM.integers(1, 944)),
            RANDOM.integers(1, 1683),
            RANDOM.choice(stars),
            *([RANDOM.integers(874_724_710, 893_286_638)] if time else []),
        ]
        for _ in range(n)
    ]


def embeddings(n, dim, label="w{}"):
    return [[*([label.format(i)] if label else []), *np.round(RANDOM.normal(0, 0.5, dim), 4)] for i in range(n)]


TABLES = {
    "MovieLens u.data": lines(ratings(), "\t"),
    "ratings without time": lines(ratings(time=False), "\t"),
    "ratings of named users": lines(ratings(user="user{}"), "\t"),
    "half stars": lines(ratings(stars=(0.5, 1.0, 3.5, 4.0)), "\t"),
    "three rows of ratings": lines(ratings(3), "\t"),
    "ratings with blanks": lines(ratings(), " "),
    "half stars with blanks": lines(ratings(stars=(0.5, 1.0, 3.5, 4.0)), " "),
    "three rows with timestamps": lines(ratings(3), " "),
    "named users with blanks": lines(ratings(user="user{}"), " "),
    "names of columns": b"user item rating\n1 20 5\n2 30 4\n3 40 1\n",
    "names of columns and tabs": b"user\titem\trating\n1\t20\t5\n2\t30\t4\n",
    "measurements": lines(np.round(RANDOM.uniform(0, 9, (40, 5)), 1).tolist(), "\t"),
    "measurements with blanks": lines(np.round(RANDOM.uniform(0, 9, (40, 14)), 1).tolist(), "  "),
    "prices": lines([[f"bread {i}", i + 0.5, i + 0.75] for i in range(20)], "\t"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_not_taken_for_vectors_and_opens_as_a_table(name):
    data = TABLES[name]
    assert not any(format.sniff(data) for format in FORMATS.values())
    with pytest.raises(VectorFormatError, match=r'^t\.txt looks like a table, not like vectors: .* format="glove"'):
        load_vectors(data, name="t.txt")
    assert read_table(data).kind == "table"


def test_a_named_format_reads_what_looks_like_a_table():
    found = load_vectors(b"king\t1\t2\t3\nqueen\t4\t5\t6\n", format="glove")
    assert found.labels == ["king", "queen"]
    assert found.vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("label", "separator", "dim"),
    [
        ("w{}", " ", 2),
        ("w{}", " ", 100),
        ("w{}", "\t", 50),
        ("{}", " ", 8),
        ("new york {}x", "\t", 50),
        ("w{}", "  ", 8),
    ],
)
def test_vectors_are_not_taken_for_a_table(label, separator, dim):
    rows = embeddings(60, dim, label)
    found = load_vectors(lines(rows, separator))
    assert found.labels == [row[0] for row in rows]
    np.testing.assert_allclose(found.vectors, [row[1:] for row in rows], rtol=1e-6)
    assert found.notes == ()


@pytest.mark.parametrize("separator", ["\t", " "], ids=["tabs", "one tab behind the word"])
def test_tabs_let_labels_end_in_numbers_without_a_header(separator):
    rows = embeddings(60, 8, "Toy Story {}")
    data = "".join(f"{row[0]}\t{separator.join(map(str, row[1:]))}\n" for row in rows).encode()
    found = load_vectors(data)
    assert found.labels == [row[0] for row in rows]
    np.testing.assert_allclose(found.vectors, [row[1:] for row in rows], rtol=1e-6)
    assert found.notes == ()


@pytest.mark.parametrize("separator", ["\t", " "], ids=["tabs", "one tab behind the word"])
def test_a_number_too_many_behind_a_tab_is_no_part_of_the_label(separator):
    rows = embeddings(60, 8)
    rows[30].append(0.5)
    found = load_vectors("".join(f"{row[0]}\t{separator.join(map(str, row[1:]))}\n" for row in rows).encode())
    assert found.labels == [f"w{i}" for i in range(60) if i != 30]
    assert found.notes == ("59 of 60 lines were read; line 31: expected a word and 8 numbers, got 9 numbers.",)


def test_words_and_whole_numbers_are_vectors():
    rows = [[f"w{i}", *RANDOM.integers(-127, 127, 6)] for i in range(50)]
    assert load_vectors(lines(rows, " ")).dim == 6


@pytest.mark.parametrize("separator", ["\t", " ", "  "])
@pytest.mark.parametrize("first", [b"", b"40 8\n"], ids=["alone", "with a header"])
def test_numbers_without_words_keep_every_dimension_and_are_numbered(separator, first):
    rows = embeddings(40, 8, label=None)
    found = load_vectors(first + lines(rows, separator))
    assert found.labels == [str(i + 1) for i in range(40)]
    np.testing.assert_allclose(found.vectors, rows, rtol=1e-6)
    assert found.notes[0].endswith(": its rows are numbered.")


def test_rows_that_are_left_out_keep_their_number_to_themselves(monkeypatch):
    monkeypatch.setattr("embedviz.formats.text_rows.PIECE", 100)
    rows = embeddings(40, 8, label=None)
    data = lines(rows, "\t").split(b"\n")
    data[4] = b"0.5\t-0.5"
    found = load_vectors(b"\n".join(data))
    assert found.labels == [str(i + 1) for i in range(40) if i != 4]
    assert found.notes[0] == "39 of 40 lines were read; line 5: expected 8 numbers, got 2 numbers."


@pytest.mark.parametrize(
    ("first", "problem"),
    [("# vectors of 2024", "got 1 number"), ("NA\t" + "0.5\t" * 7, "but 'NA' is not a number")],
    ids=["comment", "no number"],
)
def test_a_line_that_is_no_numbers_does_not_cost_the_others_a_dimension(first, problem):
    rows = embeddings(40, 8, label=None)
    found = load_vectors(first.encode() + b"\n" + lines(rows, "\t"))
    assert found.labels == [str(i + 2) for i in range(40)]
    assert found.dim == 8
    assert found.notes[0].endswith(f"40 of 41 lines were read; line 1: expected 8 numbers, {problem}.")


def test_numbers_that_repeat_are_no_labels_even_when_told_to_be_vectors():
    found = load_vectors(b"0 1 2\n0 3 4\n1 5 6\n", format="glove")
    assert found.vectors.tolist() == [[0, 1, 2], [0, 3, 4], [1, 5, 6]]


@pytest.mark.parametrize(
    "data",
    [
        b"3 8\nw0 0:0.637 2:1.181 4:0.447 6:-1.400\nw1 1:0.913 3:0.903 5:-0.246 7:0.412\n",
        b"w0 0:0.637 2:1.181\nw1 1:0.913\n",
        b"+1 3:1 11:1 14:1\n-1 3:1 6:1 17:1\n",
        b"w0\t0:0.637\t2:1e-05\nw1\t1:0.913\t2:5\n",
        b"%%MatrixMarket matrix coordinate real general\n3 3 2\n1 1 0.5\n3 3 1.5\n",
    ],
    ids=["with a header", "words", "libsvm", "tabs", "Matrix Market"],
)
def test_sparse_vectors_are_called_sparse(data):
    assert not any(format.sniff(data) for format in FORMATS.values())
    with pytest.raises(
        VectorFormatError, match=r"^v\.txt holds sparse vectors \(indices and numbers\).*Write out every number"
    ):
        load_vectors(data, name="v.txt")


def test_text_of_the_same_length_as_binary_is_not_binary():
    text = b"4 2\n" + b"w0 abcdefgh\nw1 ijklmnop\nw2 qrstuvwx\nw3 yzabcdef\n" * 2
    with pytest.raises(VectorFormatError, match="does not look like vectors"):
        load_vectors(text)


def test_a_last_line_that_the_head_cuts_does_not_count():
    wide = " ".join(["0.25"] * 200_000)
    assert TextHead(f"king {wide}\nqueen {wide}"[: 1 << 20].encode()).dim == 200_000

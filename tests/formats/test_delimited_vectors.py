"""CSV and TSV: what is clearly vectors, what is a table, and what is read when it is asked for."""

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import VectorFormatError
from embedviz.formats import is_vectors, load_vectors
from tests.formats.written import VECTORS, WORDS

RNG = np.random.default_rng(0)
WIDE = RNG.normal(size=(30, 16)).astype(np.float32)
TWENTY = pd.DataFrame(WIDE).add_prefix("V")


def csv_of(frame, **options):
    return frame.to_csv(index=False, **options).encode()


@pytest.mark.parametrize("sep", [",", "\t", ";", "|"])
def test_numbered_columns_beside_labels_are_vectors_whatever_separates_them(sep):
    frame = TWENTY.assign(word=[f"word {i}" for i in range(30)], year=range(30), kind=["a", "b", "c"] * 10)
    assert is_vectors(csv_of(frame, sep=sep))
    space = load_vectors(csv_of(frame, sep=sep))
    np.testing.assert_array_equal(space.vectors, WIDE)
    assert space.labels[:2] == ["word 0", "word 1"]
    assert space.columns.to_dict("list") == {"year": list(range(30)), "kind": ["a", "b", "c"] * 10}


def test_without_names_the_first_field_is_the_label():
    frame = pd.concat([pd.Series([f"w{i}, it" for i in range(30)]), pd.DataFrame(WIDE)], axis=1)
    space = load_vectors(csv_of(frame, header=False))
    np.testing.assert_array_equal(space.vectors, WIDE)
    assert space.labels[0] == "w0, it"


@pytest.mark.parametrize(
    "cell",
    [
        lambda v: str(v.tolist()),
        lambda v: np.array2string(v, max_line_width=30),
        lambda v: str(v.tolist()).replace(" ", ""),
    ],
)
def test_a_column_of_lists_is_the_vectors(cell):
    frame = pd.DataFrame({"title": [f"t{i}" for i in range(30)], "embedding": [cell(v) for v in WIDE], "n": range(30)})
    assert is_vectors(csv_of(frame))
    space = load_vectors(csv_of(frame))
    np.testing.assert_allclose(space.vectors, WIDE, atol=1e-6)
    assert (space.labels[1], space.columns["n"].tolist()[:2]) == ("t1", [0, 1])


def test_a_list_that_was_shortened_is_refused():
    frame = pd.DataFrame({"title": ["a", "b"], "embedding": ["[0.5 0.25 ... 1. 2.]"] * 2})
    with pytest.raises(VectorFormatError, match="was shortened to"):
        load_vectors(csv_of(frame), format="csv")


@pytest.mark.parametrize(
    "data",
    [
        csv_of(TWENTY.assign(Time=range(30), Amount=WIDE[:, 0], Class=[0, 1] * 15)),  # a table of measurements
        csv_of(TWENTY.assign(Class=["rock", "mine"] * 15)),
        csv_of(TWENTY.assign(Class=["R", "M"] * 15), header=False),
        b"user,item,rating\n1,2,3.5\n2,3,4.5\n",
        b'movie,genres\nHeat,"[18, 80]"\nUp,"[1, 2]"\n',
        b"city,lat,lon\nParis,48.85,2.35\nOslo,59.91,10.75\n",
        csv_of(pd.DataFrame(RNG.integers(0, 255, (30, 64))).add_prefix("pixel_").assign(label=range(30))),
        csv_of(
            pd.DataFrame(RNG.random((30, 3)), columns=["year2019", "year2020", "year2021"]).assign(
                country=[f"c{i}" for i in range(30)]
            )
        ),
        b"a,b\n1,2,3\n",
        b"",
    ],
)
def test_tables_are_left_alone(data):
    if data:
        assert not is_vectors(data)
    with pytest.raises(VectorFormatError):
        load_vectors(data)


def test_what_is_asked_for_is_read():
    data = "word,sweet,sour,bitter\n" + "".join(
        f"{w},{','.join(map(str, v))}\n" for w, v in zip(WORDS, VECTORS, strict=True)
    )
    with pytest.raises(VectorFormatError, match=r'load_vectors\(…, format="csv"\)'):
        load_vectors(data.encode())
    space = load_vectors(data.encode(), format="csv")
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert space.labels == WORDS


def test_few_dimensions_are_vectors_where_their_names_say_so():
    space = load_vectors(b"label,dim_0,dim_1\n007,1,2\nNA,3,4\n")
    assert (space.labels, space.vectors.tolist()) == (["007", "NA"], [[1, 2], [3, 4]])


def test_labels_in_another_encoding():
    frame = TWENTY.assign(word=[f"слово {i}" for i in range(30)])
    assert load_vectors(csv_of(frame, encoding=None).decode().encode("cp1251")).labels[3] == "слово 3"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            "label,dim_0,dim_1\na,1,2\nb,3\n",
            "cannot be read as CSV of vectors: CSV parse error: Row #3: Expected 3 columns, got 2",
        ),
        ("label,dim_0,dim_1\na,1,2\nb,3,x\n", "cannot be read as CSV of vectors"),
        ("dim_0,dim_0\n1,2\n", "'dim_0' is named twice"),
        ("word,text\na,b\n", "holds no vectors"),
    ],
)
def test_a_broken_file_is_refused_in_a_sentence(data, message):
    with pytest.raises(VectorFormatError, match=message) as caught:
        load_vectors(data.encode(), format="csv")
    assert "\n" not in str(caught.value)

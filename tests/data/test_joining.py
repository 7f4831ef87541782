"""Files of one split, each read on its own and brought together."""

import io
import zipfile
from functools import partial

import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.data.reading import read_parts, read_table


def read(limit_bytes=None, header=None, **files):
    """Bring files together: part=(name, bytes)."""
    return read_parts(
        {
            part: partial(read_table, data, name=name, limit_bytes=limit_bytes, header=header)
            for part, (name, data) in files.items()
        }
    )


TRAIN = ("train.csv", b"film,stars\nAlien,5\nBrazil,4\nCarrie,3\n")


def test_the_rows_of_each_file_say_which_part_they_are():
    table = read(
        test=("test.csv", b"stars,film\n2,Dune\n"), train=TRAIN, validation=("dev.csv", b"film,stars\nEllen,1\n")
    )
    assert table.frame.to_dict("list") == {
        "film": ["Alien", "Brazil", "Carrie", "Ellen", "Dune"],
        "stars": [5, 4, 3, 1, 2],
        "split": ["train"] * 3 + ["validation", "test"],
    }
    assert table.roles["split"] == "split"
    assert (table.report.rows, table.report.name) == (5, "train.csv, dev.csv, test.csv")


def test_encodings_and_delimiters_may_differ():
    table = read(train=TRAIN, test=("test.tsv", "film\tstars\nAmélie à Orléans\t5\nÉté\t4\n".encode("latin-1")))
    assert table.frame["film"].tolist()[3:] == ["Amélie à Orléans", "Été"]
    assert table.report.sentences()[0] == "5 rows read from train.csv, test.tsv."
    assert "Columns are separated by comma, tab." in table.report.sentences()


def test_a_missing_and_a_further_column_are_named():
    with pytest.raises(DataError, match=r"test\.csv lacks the column “stars”, which train\.csv has"):
        read(train=TRAIN, test=("test.csv", b"film\nDune\n"))
    with pytest.raises(DataError, match=r"test\.csv has the columns “id”, “year”, which train\.csv lacks"):
        read(train=TRAIN, test=("test.csv", b"film,stars,id,year\nDune,3,1,1984\n"))


def test_a_first_line_is_taken_as_that_of_the_training_file():
    rows = b"".join(b"%d\t%d\t%d\t%d\n" % (i % 9, i % 7, i % 5, 880000000 + i) for i in range(40))
    table = read(train=("u1.base", rows), test=("u1.test", b"a\tb\tc\td\n1\t2\t3\t880000000\n"))
    assert len(table.frame) == 42  # a short file alone looks like plain text, and its first line like names
    assert list(table.frame)[-1] == "split"
    with pytest.raises(DataError, match=r"train\.csv was taken to begin with column names and test\.csv not"):
        read(train=TRAIN, test=("test.csv", b"1,2\n3,4\n5,6\n"))


def test_numbers_beside_text_are_text_as_in_one_file():
    table = read(train=TRAIN, test=("test.csv", b"film,stars\nDune,good\nEllen,4\n"))
    assert table.frame["stars"].tolist() == ["5", "4", "3", "good", "4"]
    one = read_table(b"film,stars\nA,5\nB,4.5\nC,good\n", name="t.csv").frame["stars"]
    assert table.frame["stars"].dtype == one.dtype
    fractions = read(train=("a.csv", b"x,y\n1.5,a\n2,b\n"), test=("b.csv", b"x,y\nn,c\n")).frame["x"]
    assert fractions.tolist() == ["1.5", "2", "n"]


def test_a_column_that_is_empty_in_one_file_keeps_the_type_of_the_other():
    table = read(train=TRAIN, test=("test.csv", b"film,stars\nDune,\nEllen,\n"))
    assert table.frame["stars"].isna().tolist() == [False] * 3 + [True] * 2
    assert pd.api.types.is_numeric_dtype(table.frame["stars"])
    table = read(train=("a.csv", b"x,y\na,\nb,\n"), test=("b.csv", b"x,y\nc,word\n"))
    assert table.frame["y"].isna().tolist() == [True, True, False]


def test_a_column_of_the_files_that_is_called_split_stays():
    table = read(train=("a.csv", b"x,split\n1,p\n2,q\n"), test=("b.csv", b"x,split\n3,p\n"))
    assert list(table.frame) == ["x", "split", "split (file)"]
    assert table.roles["split"] == "split (file)"
    parts = b"x,split\n1,train\n2,validation\n"
    table = read(train=("a.csv", parts), test=("b.csv", b"x,split\n3,test\n"))
    assert table.roles["split"] == "split (file)"  # what the caller asked for


def test_plain_texts_have_no_columns_to_bring_together():
    with pytest.raises(DataError, match=r"notes\.txt is plain text without columns"):
        read(train=TRAIN, test=("notes.txt", b"It was a dark night. The wind blew.\n" * 5))


def test_what_was_left_out_names_its_file():
    table = read(train=TRAIN, test=("test.csv", b'film,stars\nDune,3\nEllen,"4,5,6,7\nFargo,1\n'))
    notes = [row.reason for row in (*table.report.dropped, *table.report.mended)] + table.report.warnings
    assert notes
    assert all(note.startswith("test.csv: ") for note in notes)


def test_full_stops_behind_the_labels_of_one_file_are_left_out_and_said():
    """adult.test writes <=50K. where adult.data writes <=50K."""
    train = "".join(f"{20 + i}, {('HS', 'BA')[i % 2]}, {('<=50K', '>50K')[i % 2]}\n" for i in range(40)).encode()
    test = b"|1x3 Cross validator\n" + train.replace(b"0K\n", b"0K.\n")
    table = read(train=("adult.data", train), test=("adult.test", test))
    assert table.frame["column 3"].value_counts().to_dict() == {"<=50K": 40, ">50K": 40}
    assert any("adult.test: each cell of “column 3” ends in a full stop" in note for note in table.report.warnings)
    other = read(train=("adult.data", train), test=("adult.test", train.replace(b">50K\n", b"many.\n")))
    assert set(other.frame["column 3"]) == {"<=50K", ">50K", "many."}
    strange = read(train=("adult.data", train), test=("adult.test", train.replace(b"0K\n", b"1K.\n")))
    assert set(strange.frame["column 3"]) == {"<=50K", ">50K", "<=51K.", ">51K."}


def zipped(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_files_of_a_zip_are_named_by_their_parts():
    data = zipped(**{"train.csv": TRAIN[1], "test.csv": b"film;stars\nDune;1\n", "README": b"read me"})
    table = read_table(data, name="films.zip", member={"train": "train.csv", "test": "test.csv"})
    assert table.frame["split"].tolist() == ["train"] * 3 + ["test"]
    assert table.report.size_bytes == len(data)
    with pytest.raises(DataError, match=r"holds no file 'dev\.csv'"):
        read_table(data, name="films.zip", member={"train": "train.csv", "test": "dev.csv"})
    with pytest.raises(DataError, match="a file for train and another"):
        read_table(data, name="films.zip", member={"train": "train.csv"})


def test_a_preview_holds_the_beginning_of_each():
    long = b"film,stars\n" + b"Alien,5\n" * 5000
    table = read(limit_bytes=1000, train=("train.csv", long), test=("test.csv", long))
    sizes = table.frame["split"].value_counts()
    assert table.report.truncated
    assert 50 < sizes["train"] < 200
    assert sizes["train"] == sizes["test"]

"""Every format gives back what was written, through every door."""

import gzip
import io
import re
import zipfile

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from embedviz.core.errors import DataError
from embedviz.formats import FORMATS, load_vectors, write_vectors
from embedviz.formats.labels import without_blanks
from embedviz.space import EmbeddingSpace

LABELS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), unique=True, min_size=1, max_size=8)


@st.composite
def spaces(draw, min_dim=1):
    labels = draw(LABELS.filter(_stays_unique))
    shape = (len(labels), draw(st.integers(min_dim, 5)))
    return EmbeddingSpace(
        labels, draw(hnp.arrays(np.float32, shape, elements=st.floats(-(2.0**49), 2.0**49, width=32)))
    )


def _stays_unique(labels):
    try:
        return len(set(without_blanks(labels))) == len(labels)
    except DataError:
        return False


def _is_number(label):
    try:
        float(label)
    except ValueError:
        return False
    return True


def written_labels(space, format):
    """The labels as the format holds them: a blank ends a word in some, a tab or line break in the Projector's files."""
    if format in ("word2vec", "word2vec-binary", "glove", "fasttext"):
        return without_blanks(space.labels)
    return [re.sub(r"[\t\n\r]", " ", label) for label in space.labels] if format == "projector" else space.labels


def written(space, format):
    stream = io.BytesIO()
    write_vectors(space, stream, format)
    return stream.getvalue()


@pytest.mark.parametrize("format", FORMATS)
@settings(deadline=None)
@given(spaces())
def test_labels_and_numbers_come_back_to_the_bit(format, space):
    assume(format != "glove" or not any(map(_is_number, space.labels)))  # a line of numbers alone has no word
    found = load_vectors(written(space, format), format=format)
    assert found.labels == written_labels(space, format)
    assert found.vectors.tobytes() == space.vectors.tobytes()
    assert found.notes == ()


@pytest.mark.parametrize("format", FORMATS)
@settings(deadline=None)
@given(spaces(min_dim=2))
def test_the_content_alone_tells_the_format(format, space):
    assume(not any(map(_is_number, space.labels)))  # numbers before numbers can be a table's, or vectors without words
    data = written(space, format)
    found = load_vectors(data)
    assert found.labels == written_labels(space, format)
    assert found.vectors.tobytes() == space.vectors.tobytes()


@pytest.mark.parametrize("format", FORMATS)
@settings(deadline=None)
@given(space=spaces(), data=st.data())
def test_a_damaged_file_gets_a_sentence_or_a_space_never_a_traceback(format, space, data):
    whole = bytearray(written(space, format))
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    found, sentence = space_or_sentence(cut)
    if found is None:
        assert sentence.startswith("bad.txt")
    else:
        assert len(found) > 0
        assert np.isfinite(found.vectors).all()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_get_a_sentence_or_a_space(data):
    found, sentence = space_or_sentence(data)
    assert found is not None or sentence.startswith("bad.txt")


def space_or_sentence(data):
    try:
        return load_vectors(data, name="bad.txt"), ""
    except DataError as error:
        return None, str(error)


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="\ufeff"), min_size=1, max_size=6
)


@settings(deadline=None)
@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), unique=True, min_size=1, max_size=8),
    st.integers(1, 5),
    st.sampled_from([" ", "\t"]),
    st.sampled_from(["\n", "\r\n", " \n"]),
    st.sampled_from([1, 1 << 16]),
)
def test_a_header_lets_labels_hold_blanks_and_end_in_numbers(labels, dim, separator, line_end, piece):
    vectors = np.random.default_rng(0).normal(size=(len(labels), dim)).astype(np.float32)
    rows = [separator.join([label, *map(str, row)]) for label, row in zip(labels, vectors.tolist(), strict=True)]
    data = line_end.join([f"{len(labels)} {dim}", *rows, ""]).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embedviz.formats.text_rows.PIECE", piece)
        found = load_vectors(data, format="word2vec")
    assert found.labels == labels
    np.testing.assert_array_equal(found.vectors, vectors)
    assert found.notes == ()


@pytest.mark.parametrize("format", FORMATS)
def test_gzipped_and_zipped_files_open_alike(format):
    space = EmbeddingSpace(["king", "queen"], np.array([[1, 2], [3, 4]], np.float32))
    data = written(space, format)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("inner.txt", data)
    for packed in (gzip.compress(data), archive.getvalue()):
        found = load_vectors(packed)
        assert found.labels == space.labels
        assert found.vectors.tolist() == space.vectors.tolist()


@pytest.mark.parametrize("format", FORMATS)
def test_a_limit_reads_the_first_vectors_alone(format):
    vectors = np.arange(3000, dtype=np.float32).reshape(1000, 3)
    space = EmbeddingSpace([f"w{i}" for i in range(1000)], vectors)
    found = load_vectors(written(space, format), limit=7)
    assert found.labels == space.labels[:7]
    assert found.vectors.tolist() == vectors[:7].tolist()


@pytest.mark.parametrize("format", FORMATS)
def test_blocks_end_anywhere_and_progress_reaches_the_end(format, monkeypatch):
    for module in ("text_rows", "word2vec_binary", "fasttext_binary"):
        monkeypatch.setattr(f"embedviz.formats.{module}.BLOCK", 50)
    space = EmbeddingSpace([f"w{i}" for i in range(40)], np.arange(120, dtype=np.float32).reshape(40, 3))
    data, events = written(space, format), []
    found = load_vectors(data, on_progress=events.append)
    assert found.labels == space.labels
    assert found.vectors.tolist() == space.vectors.tolist()
    assert events[-1].fraction == 1
    steps = [event.step for event in events]
    assert steps == sorted(steps)
    assert any(event.message == "Read 40 vectors" for event in events)


@pytest.mark.filterwarnings("ignore:unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning")  # gensim's
@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary", "glove"])
def test_gensim_agrees_about_the_file(format, tmp_path):
    keyed_vectors = pytest.importorskip("gensim.models", reason="gensim comes with requirements-dev.txt").KeyedVectors
    space = EmbeddingSpace(["king", "übel", "new york"], np.array([[0.1, -2], [3e-7, 4], [5, 6]], np.float32))
    path = tmp_path / "vectors"
    path.write_bytes(written(space, format))
    if format == "fasttext":
        from gensim.models.fasttext import load_facebook_vectors

        theirs = load_facebook_vectors(str(path))
        assert theirs.index_to_key == ["king", "übel", "new_york"]
        np.testing.assert_array_equal(theirs.vectors, space.vectors)
        return
    theirs = keyed_vectors.load_word2vec_format(
        str(path), binary=format == "word2vec-binary", no_header=format == "glove"
    )
    assert theirs.index_to_key == ["king", "übel", "new_york"]
    np.testing.assert_array_equal(theirs.vectors, space.vectors)
    if format != "glove":
        theirs.save_word2vec_format(str(path), binary=format == "word2vec-binary")
        np.testing.assert_array_equal(load_vectors(path).vectors, space.vectors)

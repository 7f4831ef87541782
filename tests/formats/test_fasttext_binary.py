"""fastText's model file: words, n-grams, and what is refused."""

import gzip
import io
import struct

import numpy as np
import pytest

from embedviz.core.errors import UnknownLabelError, VectorFormatError
from embedviz.formats import load_vectors, write_vectors
from embedviz.space.subwords import Subwords

DIM, BUCKETS = 3, 7
WORDS = [(b"king", 9), ("übel".encode(), 4), (b"</s>", 30)]


def fnv1a(ngram):
    """The hash as it is defined, one signed byte after the other."""
    value = 2166136261
    for byte in ngram:
        value ^= byte if byte < 128 else byte | 0xFFFFFF00
        value = value * 16777619 % (1 << 32)
    return value


def ngrams_of(word, min_n, max_n):
    marked = f"<{word}>"
    pieces = [marked[i : i + n] for i in range(len(marked)) for n in range(min_n, max_n + 1) if i + n <= len(marked)]
    return [piece for piece in pieces if piece not in ("<", ">")]


def model(
    version=12,
    kind=2,
    dim=DIM,
    buckets=BUCKETS,
    min_n=2,
    max_n=3,
    words=WORDS,
    labels=(),
    quantised=False,
    rows=None,
    kept=-1,
):
    data = struct.pack("<ii", 793712314, version)
    data += struct.pack("<12id", dim, 5, 5, 1, 5, 1, 2, kind, buckets, min_n, max_n, 100, 1e-4)
    data += struct.pack("<iiiqq", len(words) + len(labels), len(words), len(labels), 100, kept)
    for word, count in words:
        data += word + b"\0" + struct.pack("<qb", count, 0)
    for label, count in labels:
        data += label + b"\0" + struct.pack("<qb", count, 1)
    matrix = rows_of(len(words) + buckets, dim)
    data += struct.pack("<?qq", quantised, rows or len(matrix), dim) + matrix.tobytes()
    return data + struct.pack("<?qq", False, len(words), dim) + matrix[: len(words)].tobytes()


def rows_of(count, dim=DIM):
    return np.random.default_rng(0).normal(size=(count, dim)).astype("<f4")


@pytest.mark.parametrize("version", [11, 12])
@pytest.mark.parametrize(("min_n", "max_n"), [(2, 3), (3, 6), (1, 2), (4, 4)])
def test_a_words_vector_is_the_mean_of_its_row_and_its_ngrams(version, min_n, max_n):
    space = load_vectors(model(version, min_n=min_n, max_n=max_n))
    rows = rows_of(3 + BUCKETS)
    assert space.labels == ["king", "übel", "</s>"]
    assert space.columns["count"].tolist() == [9, 4, 30]
    for at, word in enumerate(["king", "übel"]):
        used = [at, *(3 + fnv1a(ngram.encode()) % BUCKETS for ngram in ngrams_of(word, min_n, max_n))]
        np.testing.assert_allclose(space.vectors[at], rows[used].mean(axis=0), rtol=1e-5)
    assert space.vectors[2].tolist() == rows[2].tolist()  # the end of a sentence has no n-grams


@pytest.mark.parametrize("word", ["kings", "Übelkeit", "日本語", "😀", "a"])
def test_an_unknown_word_gets_the_mean_of_its_ngrams(word):
    space = load_vectors(model())
    used = [3 + fnv1a(ngram.encode()) % BUCKETS for ngram in ngrams_of(word, 2, 3)]
    np.testing.assert_allclose(space.vector(word), rows_of(3 + BUCKETS)[used].mean(axis=0), rtol=1e-5, atol=1e-7)
    assert space.is_composed(word)
    assert not space.is_composed("king")


def test_neighbours_of_an_unknown_word_are_marked_as_an_estimate():
    space = load_vectors(model())
    frame = space.neighbors("kings", k=3)
    assert sorted(frame["label"]) == ["</s>", "king", "übel"]
    assert frame.attrs["composed"] == (
        "'kings' is not among the 3 words; its vector is an estimate, composed from its character n-grams."
    )
    assert space.neighbors("king").attrs == {}
    assert space.similarity("kings", "king") == pytest.approx(frame.set_index("label")["similarity"]["king"], abs=1e-6)
    assert "'kings'" in space.analogy(["kings", "übel"], ["king"]).attrs["composed"]
    assert "kings" not in space


def test_without_ngrams_an_unknown_word_stays_unknown():
    for data in (model(buckets=0, min_n=0, max_n=0), model(max_n=0)):
        space = load_vectors(data)
        np.testing.assert_array_equal(space.vectors, rows_of(3 + BUCKETS)[:3])
        assert space.subwords is None
        with pytest.raises(UnknownLabelError, match="Did you mean king"):
            space.neighbors("kings")


def test_ngrams_come_back_when_the_space_is_written_as_a_model():
    space = load_vectors(model())
    stream = io.BytesIO()
    write_vectors(space, stream, "fasttext")
    found = load_vectors(stream.getvalue())
    np.testing.assert_allclose(found.vectors, space.vectors, atol=1e-6)
    np.testing.assert_array_equal(found.vector("kings"), space.vector("kings"))
    assert found.columns["count"].tolist() == [9, 4, 30]


def test_a_limit_reads_the_first_words_and_all_ngrams():
    space = load_vectors(model(), limit=2)
    assert space.labels == ["king", "übel"]
    np.testing.assert_array_equal(space.vector("kings"), load_vectors(model()).vector("kings"))


def test_gzip_and_words_that_are_not_utf8():
    space = load_vectors(gzip.compress(model(words=[(b"caf\xe9", 5), (b"king", 2)])))
    assert space.labels == ["caf\ufffd", "king"]


def test_a_classifier_gives_its_words_and_says_so():
    space = load_vectors(model(kind=3, labels=[(b"__label__good", 3)]))
    assert space.labels == ["king", "übel", "</s>"]
    assert space.notes == ("This is a fastText classifier: its words were read, its labels were left out.",)
    assert load_vectors(model(11, kind=3, labels=[(b"__label__good", 3)])).subwords is None  # it used none


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (model(quantised=True), "is a quantised fastText model .*print-word-vectors"),
        (model(kept=2), "is a quantised fastText model"),
        (model(version=13), "of version 13; versions 11 and 12 are read"),
        (model(dim=3, rows=99), "contradicts itself: 3 words and 7 buckets of 3 dimensions, but a matrix of 99 x 3"),
        (model(labels=[(b"__label__good", 3)]), "contradicts itself: 4 entries, but 3 words and 1 labels"),
        (model(max_n=9999), "header cannot be right"),
        (model()[:20], "breaks off in its header"),
        (model()[:70], "breaks off in its dictionary"),
        (model()[:100], "breaks off in word 1 of 3"),
        (model()[:200], "breaks off in its vectors"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(data, message):
    with pytest.raises(VectorFormatError, match=rf"^m\.bin .*{message}"):
        load_vectors(data, name="m.bin")


def test_ngrams_that_cannot_be_compared_are_set_to_zero_and_counted():
    data = bytearray(model())
    end = 1 + 16 + 3 * DIM * 4  # the output matrix
    data[-end - 4 : -end] = np.float32(np.nan).tobytes()
    space = load_vectors(bytes(data))
    assert space.subwords.vectors[-1].tolist() == [0, 0, 0]
    assert "were set to 0: 1 of 7" in space.notes[0]
    assert np.isfinite(space.vectors).all()


def test_ngrams_are_kept_with_the_space(tmp_path):
    from embedviz.space.storage import read_space, write_space

    space = load_vectors(model())
    write_space(space, tmp_path, "word")
    found = read_space(tmp_path, "word")
    assert isinstance(found.subwords.vectors, np.memmap)
    np.testing.assert_array_equal(found.vector("kings"), space.vector("kings"))
    assert found.neighbors("kings").attrs == space.neighbors("kings").attrs


def test_words_are_hashed_alike_one_by_one_and_together():
    subwords = Subwords(rows_of(1000), 3, 6)
    words = [w.encode() for w in ["king", "übel", "", "日本語", "a", "supercalifragilistic"]] + [b"\x80\x80bad\xff"]
    owners, buckets = subwords.buckets(words)
    assert sorted(owners) == owners.tolist()
    for at, word in enumerate(words):
        assert buckets[owners == at].tolist() == subwords.buckets([word])[1].tolist()


def test_gensim_agrees_about_words_and_unknown_words(tmp_path):
    fasttext = pytest.importorskip("gensim.models.fasttext", reason="gensim comes with requirements-dev.txt")
    sentences = [["the", "king", "rules", "übel", "日本語"], ["the", "queen", "rules", "über", "x"]] * 20
    theirs = fasttext.FastText(sentences, vector_size=8, min_count=1, bucket=300, epochs=2, seed=1, workers=1)
    path = str(tmp_path / "model.bin")
    fasttext.save_facebook_model(theirs, path)
    ours = load_vectors(path)
    assert ours.labels == theirs.wv.index_to_key
    for word in [*ours.labels, "kings", "überall", "日本", "zz"]:
        np.testing.assert_allclose(ours.vector(word), theirs.wv[word], atol=1e-7)
    ours.save(path, format="fasttext")
    again = fasttext.load_facebook_vectors(path)
    for word in [*ours.labels, "kings", "überall"]:
        np.testing.assert_allclose(again[word], theirs.wv[word], atol=1e-6)

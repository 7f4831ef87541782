"""Character n-grams and their hashes: values of the original, and buckets of which only some have vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.space.embedding_space import EmbeddingSpace
from embedviz.space.storage import read_space, write_space
from embedviz.space.subwords import END_OF_SENTENCE, Subwords

B = 2_000_000  # buckets, as the original has them
# 32-bit FNV-1a over signed bytes; the first three are test vectors of the hash's authors, the last two have bytes past 127
HASHES = {
    b"a": 0xE40C292C,
    b"b": 0xE70C2DE5,
    b"foobar": 0xBF9CF968,
    "日".encode(): 0xBF8A57FD,
    "übe".encode(): 0x37170527,
}


def hashing(min_n=3, max_n=6, buckets=B):
    return Subwords(np.empty((0, 0), np.float32), min_n, max_n, None, buckets)


def buckets_of(word, *arguments):
    return hashing(*arguments).buckets([word.encode()])[1].tolist()


def sparse(used, n_buckets, dim=4, min_n=2, max_n=4):
    vectors = np.random.default_rng(0).normal(size=(len(used), dim)).astype(np.float32)
    return Subwords(vectors, min_n, max_n, np.array(used, np.int64), n_buckets)


def as_dense(subwords):
    vectors = np.zeros((len(subwords), subwords.vectors.shape[1]), np.float32)
    vectors[subwords.used] = subwords.vectors
    return Subwords(vectors, subwords.min_n, subwords.max_n)


@pytest.mark.parametrize(("text", "value"), HASHES.items())
def test_an_ngram_is_hashed_as_in_the_original(text, value):
    n = len(text.decode())
    with_marks = [b"<" + text[: n - 1], text, text[1:] + b">"]  # of n characters; of one character the marks are none
    found = buckets_of(text.decode(), n, n, 1 << 31)
    assert found[len(found) // 2] == value % (1 << 31)
    assert len(found) == (1 if n == 1 else len(with_marks))


def test_the_buckets_of_king_are_those_of_the_original():
    assert buckets_of("king", 3, 3) == [299675, 1950837, 771707, 217300]


def test_ngrams_and_hashes_are_those_of_gensim():
    inner = pytest.importorskip("gensim.models.fasttext_inner", reason="gensim comes with requirements-dev.txt")
    for word in ("king", "a", "übel", "日本語", "naïve-ish", "😀x"):
        for min_n, max_n in ((3, 6), (2, 3), (4, 4), (1, 2)):
            ngrams = [ngram for ngram in inner.compute_ngrams_bytes(word, min_n, max_n) if ngram not in (b"<", b">")]
            expected = [inner.ft_hash_bytes(ngram) % B for ngram in ngrams]
            assert buckets_of(word, min_n, max_n) == expected, (word, min_n, max_n)


@given(st.lists(st.text(max_size=8), max_size=5), st.integers(1, 4), st.integers(0, 3))
def test_ngrams_of_several_words_are_those_of_each(words, min_n, more):
    hashes = hashing(min_n, min_n + more, 1000)
    encoded = [word.encode("utf-8", "replace") for word in words]
    owners, buckets = hashes.buckets(encoded)
    for at, word in enumerate(encoded):
        assert buckets[owners == at].tolist() == hashes.buckets([word])[1].tolist()


def test_buckets_without_a_vector_count_as_zero():
    subwords = sparse([2, 5, 9], 12)
    assert len(subwords) == 12
    found = subwords.of_buckets(np.array([5, 0, 9, 11, 2]))
    assert np.array_equal(found, np.stack([subwords.vectors[1], np.zeros(4), subwords.vectors[2], np.zeros(4), subwords.vectors[0]]))  # fmt: skip
    assert not sparse([], 12).of_buckets(np.array([3])).any()


@given(st.text(min_size=1, max_size=8), st.sets(st.integers(0, 19)))
def test_sparse_buckets_compose_as_dense_ones_with_zeros(word, used):
    subwords = sparse(sorted(used), 20)
    composed, expected = subwords.compose(word), as_dense(subwords).compose(word)
    if expected is None:
        assert composed is None
    else:
        assert composed == pytest.approx(expected, abs=1e-6)


def test_the_end_of_a_sentence_and_words_shorter_than_an_ngram_have_no_vector():
    assert sparse([1], 12).compose(END_OF_SENTENCE) is None
    assert sparse([1], 12, min_n=5, max_n=6).compose("ab") is None


def test_a_word_that_no_utf8_has_is_asked_for_without_an_error():
    assert np.array_equal(sparse([1, 4], 12).compose("\ud800ab"), sparse([1, 4], 12).compose("?ab"))


def test_sparse_buckets_are_kept_with_the_space(tmp_path):
    subwords = sparse([2, 5, 9], 12)
    space = EmbeddingSpace(["king", "queen"], np.eye(2, 4, dtype=np.float32), subwords=subwords)
    write_space(space, tmp_path, "word")
    found = read_space(tmp_path, "word").subwords
    assert (len(found), found.min_n, found.max_n) == (12, 2, 4)
    assert found.used.tolist() == [2, 5, 9]
    assert np.array_equal(found.compose("kings"), subwords.compose("kings"))


def test_spaces_that_were_kept_before_buckets_could_be_sparse_are_read(tmp_path):
    from safetensors.numpy import load_file, save_file

    dense = Subwords(np.ones((7, 4), np.float32), 2, 3)
    write_space(EmbeddingSpace(["a", "b"], np.eye(2, 4, dtype=np.float32), subwords=dense), tmp_path, "word")
    path = tmp_path / "word.safetensors"
    tensors = load_file(path)
    tensors["subwords.sizes"] = tensors["subwords.sizes"][:2]  # as it was written then
    save_file(tensors, path)
    found = read_space(tmp_path, "word").subwords
    assert (len(found), found.min_n, found.max_n, found.used) == (7, 2, 3, None)
    assert np.array_equal(found.compose("kings"), dense.compose("kings"))

"""Words of a text for sentiment."""

from embedviz.text.treebank import Word, placed_words, words_of

__all__ = ["Word", "placed_words", "words_of"]

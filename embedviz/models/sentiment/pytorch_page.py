"""A trained sentiment model in plain PyTorch: the text's classifier, or the recommended one with its linear terms.

Letters: V words that learn, R further words, D dimensions, N texts, C classes.
"""

from __future__ import annotations

from string import Template

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.core.value_text import without_folder
from embedviz.models.sentiment import page_sections as sections
from embedviz.models.sentiment.sentence_encoder import open_encoder
from embedviz.models.sentiment.settings import NO_VECTORS, SentimentSettings
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.trained import EXAMPLE_TEXT, TrainedSentiment
from embedviz.models.sentiment.vocabulary import UNKNOWN
from embedviz.text.plain_tokenizers import MODULES, tokenizer_source, tokenizer_values
from embedviz.text.treebank import words_of
from embedviz.training.pytorch_page import PyTorchPage, as_comment, fill, make_script, percentage

N_WORDS = 10  # of an example text made of the vocabulary


def sentiment_page(trained: TrainedSentiment) -> PyTorchPage:
    """Return the page of a sentiment model, with the parts that it has."""
    texts = example_texts(trained)
    words = example_words(trained, texts)
    inputs, sentences = example_inputs(trained, texts)
    outputs: JsonObject = {"words": [[*text] for text in words]}
    if trained.sentence is not None and sentences is not None:
        outputs["logits of the sentence encoder"] = trained.sentence.logits(sentences).tolist()
    if trained.use_network:
        coded = CodedTexts.of(
            trained.vocabulary.encode(text) if text else np.array([UNKNOWN], np.int32) for text in words
        )
        outputs["logits of the network"] = trained.network.logits(coded, np.arange(len(coded))).tolist()
    if trained.linear is not None and trained.ngrams is not None:
        outputs["logits of the linear term"] = trained.linear.logits(trained.ngrams.features(words)).tolist()
    outputs["probabilities"] = trained.answers(words, sentences).probabilities.tolist()
    return PyTorchPage(_script(trained), page_tensors(trained), page_values(trained), inputs, outputs)


def example_texts(trained: TrainedSentiment) -> list[str]:
    """Return texts of known words, of known and unknown ones, of unknown ones alone, and one without words."""
    labels = trained.vocabulary.labels
    frequent = " ".join(labels[:N_WORDS])
    spread = " ".join(labels[place] for place in np.linspace(0, len(labels) - 1, N_WORDS).astype(int))
    return [EXAMPLE_TEXT, frequent, f"{spread.upper()}, qzx “don't” :-) naïve...", labels[0], "qzxv wvqx", ""]


def example_words(trained: TrainedSentiment, texts: list[str]) -> list[list[str]]:
    """Return the words of the texts that the model reads."""
    return [words_of(text, trained.settings.lowercase)[: trained.settings.max_length] for text in texts]


def example_inputs(trained: TrainedSentiment, texts: list[str]) -> tuple[JsonObject, np.ndarray | None]:
    """Return texts as examples, and the sentence encoder's vectors where the model has one: (N, E) float32."""
    if trained.sentence is None:
        return {"texts": [*texts]}, None
    sentences = open_encoder(trained.settings.sentence_encoder).encode(texts)
    return {"texts": [*texts], "sentence vectors": sentences.tolist()}, sentences


def page_values(trained: TrainedSentiment) -> JsonObject:
    """Return the tokeniser's expressions, the vocabulary, the classes, and the n-grams where the model has some."""
    values: JsonObject = {
        "tokenizer": tokenizer_values("treebank"),
        "vocabulary": [*trained.vocabulary.labels, *trained.vocabulary.further],
        "classes": [*trained.classes],
    }
    if trained.ngrams is not None:
        values["ngrams"] = [*trained.ngrams.labels]
    return values


def nothing_known(trained: TrainedSentiment) -> str:
    """Return Python that is true where nothing is known of ``words``, so that the shares of the classes are predicted."""
    if trained.sentence is not None:
        return "not words"
    unknown = "not any(word in WORDS for word in words)"
    return unknown if trained.linear is None else f"{unknown} and not any(known_ngrams(words))"


def page_tensors(trained: TrainedSentiment) -> dict[str, np.ndarray]:
    """Return the tensors of the page. The LSTM that reads from the end has torch's names of a second direction."""
    tensors = {"shares": trained.shares}
    if trained.use_network:
        tensors["words"] = trained.weights["embedding.weight"]
        if len(trained.further):
            tensors["further words"] = trained.further
        for name, array in trained.weights.items():
            layer, _, rest = name.partition(".")
            if layer == "lstm_back":
                layer, rest = "lstm", f"{rest}_reverse"
            if layer != "embedding":
                tensors[f"model.{layer}.{rest}"] = array
    for name, term in (("linear", trained.linear), ("sentence", trained.sentence)):
        if term is not None:
            tensors |= {f"{name}.weights": term.weights, f"{name}.bias": term.bias}
    return tensors


def _is_textbook(trained: TrainedSentiment) -> bool:
    s = trained.settings
    is_plain = s.encoder == "lstm" and not s.bidirectional and s.pooling == "last"
    return is_plain and trained.linear is None and trained.sentence is None


def _script(trained: TrainedSentiment) -> str:
    s = trained.settings
    source = [tokenizer_source("treebank", s.lowercase), sections.VOCABULARY]
    imports = [*MODULES]
    parts: list[tuple[str, str]] = []  # a call that gives logits, and its name among the outputs
    if trained.use_network:
        source += [_network(trained), _train_step(s), sections.NETWORK_LOGITS]
        parts.append(("network_logits({})", "logits of the network"))
    if trained.linear is not None:
        source += [sections.NGRAMS, sections.LINEAR]
        imports.append("math")
        parts.append(("linear_logits({})", "logits of the linear term"))
    if trained.sentence is not None:
        source.append(Template(sections.SENTENCE).substitute(encoder=as_comment(without_folder(s.sentence_encoder))))
        parts.append(("sentence_logits({})", "logits of the sentence encoder"))
    source.append(_predict(trained, parts))
    title = "Sentiment of texts, the model of the text" if _is_textbook(trained) else "Sentiment of texts"
    return make_script(title, _about(trained), source, imports)


def _network(trained: TrainedSentiment) -> str:
    s = trained.settings
    bidirectional = s.encoder == "lstm" and s.bidirectional
    lines, text = sections.POOLINGS[s.encoder, bidirectional, s.pooling]
    factor = (2 if bidirectional else 1) * (1 if s.pooling == "last" else 2)
    size = "hidden_dim" if s.encoder == "lstm" else "vectors.shape[1]"
    hidden = f"hidden_dim={s.hidden_dim}, " if s.encoder == "lstm" else ""
    both = ", bidirectional=True" if bidirectional else ""
    start = "drawn at random" if s.vectors == NO_VECTORS else f"from {as_comment(without_folder(s.vectors))}"
    kept = "and trained further" if s.fine_tune else "kept as they were"
    vectors = 'vectors = WEIGHTS["words"]'
    source = f"The vectors of the {len(trained.vocabulary.labels):,} words of the training set: {start}, {kept}."
    if len(trained.further):
        vectors = 'vectors = torch.cat([WEIGHTS["words"], WEIGHTS["further words"].float()])'
        source += f" Behind them {len(trained.further):,} more of the\n# pretrained words, which are kept as they were."
    network = Template(sections.NETWORK).substitute(
        about=_network_sentence(trained),
        arguments="hidden_dim, output_dim" if hidden else "output_dim",
        freeze=not s.fine_tune,
        layers=Template(sections.LSTM).substitute(both=both) if s.encoder == "lstm" else "",
        pooled=size if factor == 1 else f"{factor} * {size}",
        pooling=lines,
        text=text,
        vectors=vectors,
        source=source,
        values=f"{hidden}output_dim={len(trained.classes)}",
    )
    return "\n".join(
        line for line in network.split("\n") if line.strip() or not line
    )  # lines that this run lacks are blank


def _network_sentence(trained: TrainedSentiment) -> str:
    s = trained.settings
    if _is_textbook(trained):
        return "This is the network of the text (Example 1): word vectors, an LSTM, and its last state to the classes."
    if s.encoder == "mean":
        rest = "the last one to the classes" if s.pooling == "last" else "the order of words is ignored"
        return f"Word vectors, without the LSTM of the text (Example 1): {rest}."
    both = "from both ends" if s.bidirectional else "once"
    pooled = "its last state" if s.pooling == "last" else "the mean and the maximum of its states"
    return f"The network of the text (Example 1), read {both}; {pooled} to the classes."


def _train_step(s: SentimentSettings) -> str:
    details = [
        f"The run read batches of {s.batch_size} texts of about one length at once, padded; one text after the other gives the "
        f"same. It kept the epoch with the lowest loss on the validation set."
    ]
    if s.fine_tune:
        details.append(f"The word vectors had a learning rate of their own, {s.embedding_rate:g}.")
    dropped = [f"{percentage(s.dropout)} of what fc reads was set to zero"] if s.dropout else []
    dropped += [f"{percentage(s.word_dropout)} of the words were made unknown"] if s.word_dropout else []
    if dropped:
        details.append(f"In training {' and '.join(dropped)}.")
    return Template(sections.TRAIN_STEP).substitute(
        learning_rate=f"{s.learning_rate:g}",
        details=fill(" ".join(details), indent=4).strip(),
        max_length=s.max_length,
    )


def _predict(trained: TrainedSentiment, parts: list[tuple[str, str]]) -> str:
    has_sentence = trained.sentence is not None
    calls = [call.format("vector" if "sentence" in call else "words") for call, _ in parts]
    entries = [
        f'        "{name}": torch.stack([{call.format("vector")} for vector in vectors]),\n'
        if "sentence" in call
        else f'        "{name}": torch.stack([{call.format("text")} for text in words]),\n'
        for call, name in parts
    ]
    return Template(sections.PREDICT).substitute(
        sentence_argument=", vector" if has_sentence else "",
        max_length=trained.settings.max_length,
        nothing_known=nothing_known(trained),
        logits=", ".join(calls),
        vectors='    vectors = torch.tensor(inputs["sentence vectors"])\n' if has_sentence else "",
        predicted="predict(text, vector) for text, vector in zip(texts, vectors)"
        if has_sentence
        else "predict(text) for text in texts",
        parts="".join(entries),
    )


def _about(trained: TrainedSentiment) -> list[str]:
    s = trained.settings
    about = [
        "The text's Example 1, “Word Embeddings for Sentiment Analysis”, reads the vectors of a text's words with an LSTM and takes "
        "its last state to the classes."
    ]
    reasons = _network_reasons(s) if trained.use_network else [_LINEAR_ONLY]
    if trained.linear is not None and trained.use_network:
        reasons.append(
            "A linear term over n-grams is averaged with the network: it is strong on few texts, and errs on others than the network does."
        )
    if trained.sentence is not None:
        reasons.append(
            "The average holds a linear term over the vectors of a ready sentence encoder too, which is not part of this page."
        )
    if _is_textbook(trained):
        about.append(" ".join(["This is that network.", *reasons]))
    else:
        about.append(" ".join(["This model departs from it.", *reasons]))
    about.append(
        f"Texts are split as the Penn Treebank does, as GloVe's were, and {s.max_length:,} words of each are read."
    )
    return about


_LINEAR_ONLY = "The training ended before the network was measured, so that only linear terms predict."


def _network_reasons(s: SentimentSettings) -> list[str]:
    """Return in what the network departs from the text's."""
    reasons: list[str] = []
    parts = ["reads from both ends"] if s.bidirectional else []
    if s.pooling != "last":
        parts.append("counts all its states")
    if s.encoder == "mean":
        read = "the vector of the last word" if s.pooling == "last" else "the mean and the maximum of the vectors"
        reasons.append(f"The LSTM is left out, which takes less time: the classes are made of {read}.")
    elif parts:
        reasons.append(
            f"The LSTM {' and '.join(parts)}, because the last state of a long text has forgotten its beginning."
        )
    if s.fine_tune and s.vectors != NO_VECTORS:
        reasons.append(
            "The vectors are trained further, since pretrained ones put good beside bad: they stand in the same sentences."
        )
    elif s.fine_tune:
        reasons.append("The vectors began at random and were trained, as no pretrained ones were chosen.")
    return reasons

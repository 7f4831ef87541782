"""Source text for the PyTorch page of a sentiment model: the network, the linear terms, and the prediction of both."""

from __future__ import annotations

from embedviz.training.pytorch_page import train_step

VOCABULARY = '''
# The words that have a row, after padding (row 0, which stands before no text here) and the unknown word (row 1).
WORDS = {word: row for row, word in enumerate(VALUES["vocabulary"], start=2)}


def rows_of(words):
    """Return the rows of the embedding for the words of a text; a text without any word is one unknown word."""
    return [WORDS.get(word, 1) for word in words] or [1]
'''

NETWORK = '''
class SentimentClassifier(nn.Module):
    """$about"""

    def __init__(self, vectors, $arguments):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(vectors, freeze=$freeze)
$layers
        self.fc = nn.Linear($pooled, output_dim)

    def forward(self, text):  # (L, B) rows of words -> (B, C) logits
        embedded = self.embedding(text)  # (L, B, D)
$pooling
        return self.fc($text)


# $source
$vectors
model = SentimentClassifier(vectors, $values)
model.load_state_dict(state_of("model."), strict=False)  # the vectors are there already
model.eval()  # PyTorch's evaluation mode, without dropout: it runs no text as code
'''

LSTM = "        self.lstm = nn.LSTM(vectors.shape[1], hidden_dim$both)"
READ = "        output, (hidden, cell) = self.lstm(embedded)"
POOLINGS = {  # of (encoder, bidirectional, pooling): the lines of forward, and what fc reads
    ("lstm", False, "last"): (READ, "hidden[-1]"),
    ("lstm", True, "last"): (READ, "torch.cat([hidden[0], hidden[1]], dim=1)"),
    ("lstm", False, "mean and max"): (READ, "torch.cat([output.mean(dim=0), output.amax(dim=0)], dim=1)"),
    ("lstm", True, "mean and max"): (READ, "torch.cat([output.mean(dim=0), output.amax(dim=0)], dim=1)"),
    ("mean", False, "last"): ("", "embedded[-1]"),
    ("mean", False, "mean and max"): ("", "torch.cat([embedded.mean(dim=0), embedded.amax(dim=0)], dim=1)"),
}

TRAIN_STEP = train_step(
    "texts, classes",
    "Take one step of training on some texts and their classes by number. Return the loss.",
    """\
optimizer = torch.optim.Adam(model.parameters(), lr=$learning_rate)

$details""",
    """\
logits = [model(torch.tensor(rows_of(words_of(text)[:$max_length]))[:, None]) for text in texts]  # (1, C) each
loss = nn.functional.cross_entropy(torch.cat(logits), torch.tensor(classes))""",
)

NETWORK_LOGITS = '''
def network_logits(words):
    """Return the logits of the network for a text given as words: (C,)."""
    return model(torch.tensor(rows_of(words))[:, None])[0]
'''

NGRAMS = '''
# N-grams that have a weight for each class: the most frequent ones of the training texts.
NGRAMS = {ngram: row for row, ngram in enumerate(VALUES["ngrams"])}


def word_ngrams(words):
    """Return the runs of one to three neighbouring words; a mark before the first word is part of runs of two or three."""
    marked = ["\\n", *words]
    return {" ".join(marked[i : i + n]) for n in (1, 2, 3) for i in range(n == 1, len(marked) - n + 1)}


def character_ngrams(words):
    """Return the runs of 3 to 5 characters of each word between marks for its begin and end; a tab tells them from words."""
    marked = [f"<{word[:40]}>" for word in words]
    return {f"\\t{word[i : i + n]}" for word in marked for n in (3, 4, 5) for i in range(len(word) - n + 1)}


def known_ngrams(words):
    """Return the rows of the known n-grams of words, and those of characters."""
    return [sorted(NGRAMS[ngram] for ngram in kind if ngram in NGRAMS) for kind in (word_ngrams(words), character_ngrams(words))]
'''

LINEAR = '''
def linear_logits(words):
    """Return the logits of the linear term for a text given as words: (C,).

    It is logistic regression (Wang and Manning 2012): nn.Linear over a vector that is 1/√n for the n known n-grams of a kind and
    0 elsewhere. So few are not 0 that their rows of the weights are looked up and added.
    """
    logits = WEIGHTS["linear.bias"]
    for rows in known_ngrams(words):
        if rows:
            logits = logits + WEIGHTS["linear.weights"][rows].sum(dim=0) / math.sqrt(len(rows))
    return logits
'''

SENTENCE = '''
def sentence_logits(vector):
    """Return the logits of the linear term over a sentence encoder's vector: (E,) -> (C,).

    The encoder ($encoder) is no part of this page; examples.json holds its vectors of the examples.
    """
    return vector @ WEIGHTS["sentence.weights"] + WEIGHTS["sentence.bias"]
'''

PREDICT = '''
@torch.no_grad()
def predict(text$sentence_argument):
    """Return the probabilities of the classes for a text: (C,)."""
    words = words_of(text)[:$max_length]
    if $nothing_known:
        return WEIGHTS["shares"]  # nothing is known of it, so the shares of the classes in the training set
    logits = [$logits]
    return torch.stack(logits).mean(dim=0).softmax(dim=0)


def answers(inputs):
    """Return the words of some texts, the logits of each part of the model, and the probabilities of the classes."""
    texts = inputs["texts"]
    words = [words_of(text)[:$max_length] for text in texts]
$vectors    probabilities = torch.stack([$predicted])
    for text, found in zip(texts, probabilities):
        print(f"{text[:60]!r}: {VALUES['classes'][int(found.argmax())]} ({found.max():.0%})")
    return {
        "words": words,
        "probabilities": probabilities,
$parts    }
'''

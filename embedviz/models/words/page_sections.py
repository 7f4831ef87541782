"""Source text for the PyTorch pages of word vectors: the two embedding tables of each algorithm, and what it minimises."""

from __future__ import annotations

from string import Template

VOCABULARY = '''
# The vocabulary, the most frequent word first: word -> row of the embeddings.
WORDS = {word: row for row, word in enumerate(VALUES["vocabulary"])}


def rows_of(text):
    """Return the rows of the words of a text; words that are not in the vocabulary are left out."""
    return [WORDS[word] for word in words_of(text) if word in WORDS]
'''

_TWO_TABLES = Template('''
class $name(nn.Module):
    """$about"""

    def __init__(self, num_words, embedding_dim):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_dim)
        self.context_embedding = nn.Embedding($contexts, embedding_dim)
        self.register_buffer("context_bias", torch.zeros(num_words))  # $bias

    def input_vectors(self, $taken):  # $shape -> (B, D)
        return $vector

    def forward(self, $taken, targets):  # $shape, (B, K) -> (B, K)
        return torch.einsum("bd,bkd->bk", self.input_vectors($taken), self.context_embedding(targets))


model = $name(num_words=$words, embedding_dim=$dim)
model.load_state_dict(state_of("model."))
''')

SKIPGRAM = _TWO_TABLES.safe_substitute(
    name="SkipGram",
    about="Two tables: the vectors of words, and vectors of the same words as context of others.",
    bias="not learned; see log_probability",
    taken="words",
    shape="(B,)",
    vector="self.embedding(words)",
)

CBOW = _TWO_TABLES.safe_substitute(
    name="ContinuousBagOfWords",
    about="Two tables: the vectors of words, whose mean over a window predicts the word in its middle, and vectors to predict.",
    bias="not learned; see log_probability",
    taken="windows",
    shape="(B, M)",
    vector="self.embedding(windows).mean(dim=1)",
)

_FACTORISATION = _TWO_TABLES.safe_substitute(
    name="Factorisation",
    about="Two tables of vectors whose products estimate a matrix; they come from its singular vectors, not from training.",
    bias="log P(context) + log shift",
    contexts="num_words",
    taken="words",
    shape="(B,)",
    vector="self.embedding(words)",
)

FASTTEXT = '''
def ngrams(word):
    """Return the runs of $min_n to $max_n characters of a word between marks for its begin and end. A mark alone is none."""
    marked = f"<{word}>"
    runs = [marked[i : i + n] for i in range(len(marked)) for n in range($min_n, $max_n + 1) if i + n <= len(marked)]
    return [run for run in runs if run not in "<>"]


def bucket(ngram):
    """Return the bucket of an n-gram: its 32-bit FNV-1a hash over signed bytes, as fastText computes it."""
    found = 2166136261
    for byte in ngram.encode("utf-8", "replace"):
        found ^= byte if byte < 128 else byte | 0xFFFFFF00
        found = found * 16777619 & 0xFFFFFFFF
    return found % $buckets


# The rows of the n-grams follow those of the words; only buckets that a word of the vocabulary falls into have one.
NGRAM_ROWS = {number: $words + row for row, number in enumerate(WEIGHTS["buckets"].tolist())}


class FastText(nn.Module):
    """A word's vector is the mean of a row of its own and of the rows of its character n-grams."""

    def __init__(self, num_rows, num_words, embedding_dim):
        super().__init__()
        self.embedding = nn.EmbeddingBag(num_rows, embedding_dim, mode="mean")
        self.context_embedding = nn.Embedding($contexts, embedding_dim)
        self.register_buffer("context_bias", torch.zeros(num_words))  # not learned; see log_probability

    def input_vectors(self, words):  # (B,) -> (B, D)
        rows = [[word, *(NGRAM_ROWS[bucket(ngram)] for ngram in ngrams(VALUES["vocabulary"][word]))] for word in words.tolist()]
        starts = torch.tensor([0, *(len(found) for found in rows[:-1])]).cumsum(dim=0)
        return self.embedding(torch.tensor([row for found in rows for row in found]), starts)

    def forward(self, words, targets):  # (B,), (B, K) -> (B, K)
        return torch.einsum("bd,bkd->bk", self.input_vectors(words), self.context_embedding(targets))

    def unknown_word(self, word):
        """Return a vector for any word: the mean of its n-grams, 0 for those whose bucket has no row: (D,). None without any."""
        rows = [NGRAM_ROWS.get(bucket(ngram)) for ngram in ngrams(word)]
        if not rows:
            return None
        known = self.embedding.weight[[row for row in rows if row is not None]]
        return known.sum(dim=0) / len(rows)


model = FastText(num_rows=$rows, num_words=$words, embedding_dim=$dim)
model.load_state_dict(state_of("model."))
'''

NEGATIVE_SAMPLING = '''
def loss(words, contexts, noise):
    """Return what the training minimises, for each input: (B,), contexts (B, M), noise words (B, K) -> (B,).

    Negative sampling (Mikolov, Sutskever, Chen, Corrado and Dean 2013, equation 4): the products with true context words are
    to be high, those with drawn words low. The same $negative_samples noise words serve all M pairs of an input, so they weigh M.
    Words are drawn by their count to the power of $noise_power. Products are held to ±6, as word2vec.c does.
    """
    true = model(words, contexts).clamp(-6, 6)
    false = model(words, noise).clamp(-6, 6)
    softplus = nn.functional.softplus  # log(1 + exp(x))
    return softplus(-true).sum(dim=1) + contexts.shape[1] * softplus(false).sum(dim=1)
'''

LOG_PROBABILITY = '''
def log_probability(words, contexts):
    """Return log P(context | word) as the run's scores take it: (B,), (B, K) -> (B, K).

    A classifier of true pairs against k noise words has learned log P - log(k · P_noise) (Levy and Goldberg 2014), so that is
    added again, as is what sub-sampling of frequent words has changed.
    """
    return model(words, contexts) + model.context_bias[contexts]
'''

TREE = '''
def path_of(word):
    """Return the inner nodes of the Huffman tree above a word, and the turns there: 1 to the rarer side, else -1."""
    first, last = WEIGHTS["tree.starts"][word : word + 2].tolist()
    return WEIGHTS["tree.nodes"][first:last].long(), 2 * WEIGHTS["tree.turns"][first:last] - 1


def loss(words, contexts):
    """Return what the training minimises, for each input: -log P of its M context words. (B,), (B, M) -> (B,).

    Hierarchical softmax (Morin and Bengio 2005): a word's probability is that of the turns on its path from the root of a
    Huffman tree, so no noise words are drawn. The context embedding holds the tree's inner nodes.
    """
    return -torch.stack([path_log_probability(h, row) for h, row in zip(model.input_vectors(words), contexts)]).sum(dim=1)


def path_log_probability(vector, contexts):
    """Return log P of context words given an input vector: (D,), (K,) -> (K,)."""
    found = []
    for word in contexts.tolist():
        nodes, turns = path_of(word)
        found.append(-nn.functional.softplus(turns * (model.context_embedding.weight[nodes] @ vector)).sum())
    return torch.stack(found)


def log_probability(words, contexts):
    """Return log P(context | word) as the run's scores take it: (B,), (B, K) -> (B, K). What sub-sampling changed is undone."""
    found = [path_log_probability(h, row) for h, row in zip(model.input_vectors(words), contexts)]
    return torch.stack(found) + model.context_bias[contexts]
'''

GLOVE = '''
class GloVe(nn.Module):
    """Two tables of vectors and two of biases: together they estimate how often two words stand near each other."""

    def __init__(self, num_words, embedding_dim):
        super().__init__()
        self.embedding = nn.Embedding(num_words, embedding_dim)
        self.context_embedding = nn.Embedding(num_words, embedding_dim)
        self.bias = nn.Embedding(num_words, 1)
        self.context_bias = nn.Embedding(num_words, 1)

    def forward(self, words, contexts):  # (B,), (B,) -> (B,)
        dot_product = torch.sum(self.embedding(words) * self.context_embedding(contexts), dim=1)
        return self.bias(words)[:, 0] + self.context_bias(contexts)[:, 0] + dot_product


model = GloVe(num_words=$words, embedding_dim=$dim)
model.load_state_dict(state_of("model."))


def loss(words, contexts, counts, totals):
    """Return what the training minimises, for each pair: weighted squared errors (Pennington, Socher and Manning 2014).

    The pair was counted X = counts times, the word beside any other totals times: (B,) each. The run keeps the bias of a word
    less log(totals), so that the model's sum estimates log P(context | word); it is added here, which gives log X.
    """
    error = model(words, contexts) + totals.log() - counts.log()
    weight = (counts / $x_max).pow($weighting_power).clamp(max=1)
    return 0.5 * weight * error.pow(2)


def log_probability(words, contexts):
    """Return log P(context | word) as the run's scores take it: (B,), (B, K) -> (B, K)."""
    return torch.stack([model(words, column) for column in contexts.T], dim=1)
'''

PPMI = f'''{_FACTORISATION}

def ppmi(counts):
    """Return how much more often than by chance words stand together: counts of pairs (n, n) -> (n, n), 0 for less often.

    Positive pointwise mutual information: log P(i, j) / (P(i) · P(j)), where P(j) is of counts to the power of
    $context_smoothing, less log $shift.
    """
    sums = counts.sum(dim=1)
    smooth = sums.pow($context_smoothing)
    by_chance = sums.log()[:, None] + (smooth / smooth.sum()).log()
    return (counts.log() - by_chance - math.log($shift)).clamp(min=0)


def loss(words, counts):
    """Return the sum of squared errors over some words, whose pairs were counted as counts (n, n) say.

    Over the whole matrix no two tables of $dim dimensions have less: that is what the truncated singular value decomposition
    gives (Levy and Goldberg 2014; Halko, Martinsson and Tropp 2011). The singular values are shared between both tables.
    """
    return (ppmi(counts) - model(words, words.expand(len(words), -1))).pow(2).sum()


def log_probability(words, contexts):
    """Return log P(context | word) as the run's scores take it: (B,), (B, K) -> (B, K)."""
    return model(words, contexts) + model.context_bias[contexts]
'''

NEIGHBOURS = '''
# What the app shows as the space of words: $shown.
VECTORS = $vectors


def neighbours(word, k):
    """Return the k words whose vectors have the highest cosine similarity with a word's, and the similarities."""
    unit = nn.functional.normalize(VECTORS, dim=1)
    similarities = unit @ unit[WORDS[word]]
    similarities[WORDS[word]] = -torch.inf
    best = similarities.argsort(descending=True, stable=True)[:k]
    return [VALUES["vocabulary"][row] for row in best.tolist()], similarities[best]


def similarities_of(word, others):
    """Return the cosine similarities of a word with others."""
    rows = VECTORS[[WORDS[other] for other in others]]
    return nn.functional.cosine_similarity(VECTORS[WORDS[word]][None], rows)
'''

ANSWERS = '''
def answers(inputs):
    """Return the words of a text, the neighbours of some words, log-probabilities and the loss of some examples."""
    highest, chosen = [], []
    for word, others in inputs["neighbours"].items():
        names, found = neighbours(word, len(others))
        print(f"Near {word}: {', '.join(names)}")
        highest += found.tolist()
        chosen += similarities_of(word, others).tolist()
    $examples
    return {
        "words of the text": words_of(inputs["text"]),
        "rows of the text": rows_of(inputs["text"]),
        "highest similarities": torch.tensor(highest),
        "similarities of the run's neighbours": torch.tensor(chosen),
        "log-probabilities": log_probability(words, contexts),
        "loss": $loss,$further
    }
'''

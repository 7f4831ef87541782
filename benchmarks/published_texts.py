"""The model of texts on published splits beside its peers: accuracy, seconds, and how few labels are enough.

    python benchmarks/published_texts.py FOLDER [--folds N] [--only mr trec subj movie_reviews] [--vectors PATH] [--encoder PATH]

FOLDER holds mr.tsv, subj.tsv, trec_train.tsv and trec_test.tsv (columns label and text), as the repository
harvardnlp/sent-conv-torch has them; movie_reviews is the sample. Reviews and subjectivity are measured on ten folds drawn by
seed 0, of which the first N are run, TREC on its published test set with three seeds, the sample on five folds. A tenth of
each training set chooses epoch and strength, and the test set is measured once; peers that choose nothing learn from that
tenth too. The settings are those of the preset "recommended" throughout. N-grams, strengths and the
plain mean of the terms were chosen by accuracy and log loss on validation sets alone: of two folds of MR and of the sample,
one of Subj, and TREC's training questions. --vectors takes a file of word vectors in place of the sample's 20,000
words, --encoder a folder of a sentence encoder for a row of its own. The peers:

- TF-IDF of words and pairs of words, logistic regression (scikit-learn).
- NBSVM: Wang and Manning 2012, "Baselines and bigrams" (ACL), section 2.3: a linear support vector machine over binary words
  and pairs scaled by log-count ratios, its weights interpolated by 0.25 with their mean; one against the rest.
- CNN: Kim 2014, "Convolutional neural networks for sentence classification" (EMNLP), the static variant on the same vectors:
  widths 3, 4 and 5 with 100 filters each, dropout 0.5, rows of the last layer at most 3 long, Adadelta, batches of 50. It is
  slow, so that one fold is run unless --cnn-folds says more.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.svm import LinearSVC
from torch.nn import functional

from embedviz.core.generators import result_of
from embedviz.data.folds import Fold
from embedviz.data.reading import Table, read_table
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.models.sentiment.prepared import PreparedSentiment
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.spec import SPEC
from embedviz.models.sentiment.vocabulary import has_vector
from embedviz.space import EmbeddingSpace
from embedviz.training.devices import choose

FOLDS = {"mr": 10, "trec": 0, "subj": 10, "movie_reviews": 5}  # 0: the published test set
SEEDS = 3  # of a published test set
FEW_LABELS, DRAWS = (100, 1000), 3
OURS, ENCODER, TF_IDF, NBSVM, CNN = "embedviz", "embedviz, encoder", "TF-IDF", "NBSVM", "CNN"
INTERPOLATION = 0.25  # of an NBSVM's weights with their mean
WIDTHS, FILTERS, MAX_NORM, BATCH, EPOCHS = (3, 4, 5), 100, 3.0, 50, 10  # of the CNN

Row = tuple[str, str, str, float, float, float, int]  # data, measure, model, mean, deviation, seconds, folds
Trial = Callable[[PreparedSentiment, SentimentSettings], float]


def rows(
    folder: Path,
    folds: int | None = None,
    only: tuple[str, ...] = tuple(FOLDS),
    vectors: str | None = None,
    encoder: str = "",
    cnn_folds: int = 1,
    few_labels: bool = True,
) -> Iterator[Row]:
    """Yield the rows of the table, data set after data set: (data, measure, model, mean, deviation, seconds a fold, folds)."""
    space = load_vectors(vectors or SAMPLES["glove"].path)
    for data in only:
        table, columns = read_data(data, folder)
        measured: dict[tuple[str, str], list[tuple[float, float]]] = {}
        models = [OURS, *([ENCODER] if encoder else []), TF_IDF, NBSVM, CNN]
        n_trials = FOLDS[data] or SEEDS
        for number in range(min(folds or n_trials, n_trials)):
            fold, seed = (Fold(number, FOLDS[data]), 0) if FOLDS[data] else (None, number)
            for model in models:
                is_run = number < cnn_folds if model == CNN else fold or not number or model in (OURS, ENCODER)
                if is_run:
                    settings = SentimentSettings.of(seed=seed, sentence_encoder=encoder if model == ENCODER else "")
                    found = trial(model, table, columns, settings, space, fold)
                    keep(measured, data, "accuracy", model, found)
        for n in FEW_LABELS if few_labels else ():
            for draw in range(DRAWS):
                drawn = few(table, columns, n, draw)
                for model in (OURS, TF_IDF):
                    settings = SentimentSettings.of(seed=draw)
                    found = trial(model, drawn, columns | {"split": "part"}, settings, space, None)
                    keep(measured, data, f"accuracy, {n:,} labels", model, found)
        for (measure, model), found in measured.items():
            accuracies, seconds = np.array(found).T
            yield data, measure, model, accuracies.mean(), accuracies.std(), seconds.mean(), len(found)


def trial(
    model: str,
    table: Table,
    columns: dict[str, Any],
    settings: SentimentSettings,
    space: EmbeddingSpace,
    fold: Fold | None,
) -> tuple[float, float]:
    """Return accuracy and seconds; those of embedviz contain the preparation of the texts."""
    started = time.perf_counter()
    prepared = result_of(SPEC.prepare(table, columns, settings, space, fold))
    if model in PEERS:
        started = time.perf_counter()
    accuracy = PEERS.get(model, ours)(prepared, settings)
    return accuracy, time.perf_counter() - started


def keep(
    measured: dict[tuple[str, str], list[tuple[float, float]]],
    data: str,
    measure: str,
    model: str,
    found: tuple[float, float],
) -> None:
    measured.setdefault((measure, model), []).append(found)
    print(f"  {data} {measure} {model}: {found[0]:.4f}, {found[1]:.1f} s", file=sys.stderr, flush=True)


def read_data(data: str, folder: Path) -> tuple[Table, dict[str, Any]]:
    """Return a data set and its columns by role."""
    if data == "movie_reviews":
        table = read_table(SAMPLES["movie_reviews"].path)
        return table, dict(table.roles)
    columns = {"text": "text", "label": "label"}
    if data != "trec":
        return read_table(folder / f"{data}.tsv"), columns
    train, test = (read_table(folder / f"trec_{part}.tsv") for part in ("train", "test"))
    frame = pd.concat([train.frame.assign(part="train"), test.frame.assign(part="test")], ignore_index=True)
    return Table(frame, train.report, "trec"), columns | {"split": "part"}


def few(table: Table, columns: dict[str, Any], n: int, draw: int) -> Table:
    """Return n training rows, every class in proportion, and the test rows: a tenth that the draw chooses, or the published ones."""
    rng, labels = np.random.default_rng(draw), table.frame[columns["label"]].to_numpy()
    part = np.full(len(labels), "", object)
    if "split" in columns:
        is_test = (table.frame[columns["split"]] == "test").to_numpy()
    else:
        is_test = rng.permutation(len(labels)) % 10 == 0
    part[is_test] = "test"
    pool = rng.permutation(np.flatnonzero(~is_test))
    place = pd.Series(labels[pool]).groupby(labels[pool]).cumcount() / pd.Series(labels[pool]).map(
        pd.Series(labels[pool]).value_counts()
    )
    part[pool[np.argsort(place.to_numpy(), kind="stable")[:n]]] = "train"
    return Table(table.frame.assign(part=part), table.report, "few labels")


def ours(prepared: PreparedSentiment, settings: SentimentSettings) -> float:
    learner = prepared.learner(settings, choose("cpu"), 1)
    for _ in learner.run():
        pass
    return SPEC.evaluate(learner.best(), prepared).metrics["test/accuracy"]


def tf_idf(prepared: PreparedSentiment, settings: SentimentSettings) -> float:
    split = prepared.split
    whole = replace(split, train=np.sort(np.concatenate([split.train, split.validation])), validation=split.train[:0])
    [baseline] = [each for each in SPEC.baselines(replace(prepared, split=whole)) if each.name == TF_IDF]
    return result_of(baseline.measure())["test/accuracy"]


def nbsvm(prepared: PreparedSentiment, settings: SentimentSettings) -> float:
    data, split = prepared.data, prepared.split
    train = np.concatenate([split.train, split.validation])
    counter = CountVectorizer(analyzer=lambda words: [*words, *map(" ".join, zip(words, words[1:], strict=False))])
    counter.set_params(binary=True)
    x, codes = counter.fit_transform(data.words(train)).astype(np.float32), data.codes[train]
    measured = counter.transform(data.words(split.test)).astype(np.float32)
    scores = np.full((len(split.test), len(data.classes.names)), -np.inf)
    for code in np.unique(codes):
        is_class = codes == code
        p, q = (1 + np.asarray(x[rows].sum(0)).ravel() for rows in (is_class, ~is_class))
        ratio = np.log(p / p.sum()) - np.log(q / q.sum())
        machine = LinearSVC(C=1.0).fit(x.multiply(ratio).tocsr(), is_class)
        weights = machine.coef_[0]
        weights = (1 - INTERPOLATION) * np.abs(weights).mean() + INTERPOLATION * weights
        scores[:, code] = measured.multiply(ratio).tocsr() @ weights + machine.intercept_[0]
    return float((scores.argmax(1) == data.codes[split.test]).mean())


class KimCnn(torch.nn.Module):
    """Static vectors (V, D) -> convolutions, each with its maximum over the text -> dropout -> classes."""

    def __init__(self, vectors: torch.Tensor, n_classes: int):
        super().__init__()
        self.embedding = torch.nn.Embedding.from_pretrained(vectors, freeze=True, padding_idx=0)
        self.convolutions = torch.nn.ModuleList(torch.nn.Conv1d(vectors.shape[1], FILTERS, width) for width in WIDTHS)
        self.last = torch.nn.Linear(FILTERS * len(WIDTHS), n_classes)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = functional.pad(self.embedding(words).transpose(1, 2), (max(WIDTHS) - 1,) * 2)
        pooled = torch.cat([functional.relu(convolution(x)).amax(2) for convolution in self.convolutions], 1)
        return self.last(functional.dropout(pooled, 0.5, self.training))


def cnn(prepared: PreparedSentiment, settings: SentimentSettings) -> float:
    split, codes, texts = prepared.split, prepared.data.codes, prepared.data.texts
    assert prepared.pretrained is not None
    rng, generator = np.random.default_rng(split.seed), torch.Generator().manual_seed(split.seed)
    vectors = torch.from_numpy(
        np.vstack([np.zeros((1, prepared.pretrained.shape[1]), np.float32), prepared.pretrained])
    )
    unknown = torch.from_numpy(~has_vector(prepared.pretrained)).nonzero()[:, 0] + 1
    vectors[unknown] = torch.empty(len(unknown), vectors.shape[1]).uniform_(-0.25, 0.25, generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(split.seed)
        network = KimCnn(vectors, len(prepared.data.classes.names))
        learned = [parameter for parameter in network.parameters() if parameter.requires_grad]
        optimizer = torch.optim.Adadelta(learned, lr=1.0, rho=0.95, eps=1e-6)
        shifted = texts.recoded(np.arange(1, len(prepared.data.labels) + 1, dtype=np.int32))  # 0 is padding

        def accuracy(part: np.ndarray) -> float:
            network.train(False)
            with torch.no_grad():
                hits = [
                    (
                        network(torch.from_numpy(shifted.padded(part[places])[0])).argmax(1).numpy()
                        == codes[part[places]]
                    )
                    for places in shifted.batches_by_length(part, 500)
                ]
            return float(np.concatenate(hits).mean())

        best, found = -1.0, 0.0
        for _ in range(EPOCHS):
            network.train()
            for batch in shifted.shuffled_batches(split.train, BATCH, rng):
                optimizer.zero_grad()
                logits = network(torch.from_numpy(shifted.padded(batch)[0]))
                functional.cross_entropy(logits, torch.from_numpy(codes[batch])).backward()
                optimizer.step()
                with torch.no_grad():
                    network.last.weight.renorm_(2, 0, MAX_NORM)
            if (reached := accuracy(split.validation)) > best:
                best, found = reached, accuracy(split.test)
    return found


PEERS: dict[str, Trial] = {TF_IDF: tf_idf, NBSVM: nbsvm, CNN: cnn}


def show(table: list[Row]) -> None:
    """Print rows with their ratio to the best peer."""
    print(
        f"{'data':14} {'measure':22} {'model':18} {'mean':>7} {'± std':>7} {'of peer':>8} {'s a fold':>9} {'folds':>6}"
    )
    for data, measure, model, value, deviation, seconds, n in table:
        peers = [row[3] for row in table if row[:2] == (data, measure) and row[2] not in (OURS, ENCODER)]
        print(
            f"{data:14} {measure:22} {model:18} {value:7.4f} {deviation:7.4f} {value / max(peers):7.3f}x "
            f"{seconds:9.1f} {n:6}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, help="of those that there are")
    parser.add_argument("--only", nargs="*", default=list(FOLDS), choices=list(FOLDS))
    parser.add_argument("--vectors", help="a file of word vectors")
    parser.add_argument("--encoder", default="", help="a folder of a sentence encoder")
    parser.add_argument("--cnn-folds", type=int, default=1)
    parser.add_argument("--no-few-labels", action="store_true", help="leave the curve of few labels out")
    parser.add_argument("--threads", type=int, default=1, help="of torch; batches this small gain little from more")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    found = rows(
        given.folder,
        given.folds,
        tuple(given.only),
        given.vectors,
        given.encoder,
        given.cnn_folds,
        not given.no_few_labels,
    )
    show(list(found))


if __name__ == "__main__":
    main()

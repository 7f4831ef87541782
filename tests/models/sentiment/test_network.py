import numpy as np
import pytest
import torch
from torch import nn

from embedviz.models.sentiment.network import SentimentNetwork
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.vocabulary import FIRST

DIM, WORDS = 100, 30
WORDS_OF_TEXTS = torch.tensor([[5, 6, 7, 8], [9, 3, 0, 0], [2, 0, 0, 0]])
LENGTHS = torch.tensor([4, 2, 1])
NO_FURTHER = torch.empty(0, DIM, dtype=torch.float16)


def vectors():
    drawn = torch.randn(FIRST + WORDS, DIM, generator=torch.Generator().manual_seed(0))
    drawn[0] = 0
    return drawn


def network(further=NO_FURTHER, n_classes=2, **settings):
    made = SentimentNetwork(SentimentSettings.of(**settings), vectors(), further, n_classes)
    made.initialise(torch.Generator().manual_seed(1))
    return made.eval()


class Textbook(nn.Module):
    """The few lines a textbook gives; it reads texts one at a time, so it needs no padding."""

    def __init__(self, ready, hidden_dim, output_dim):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(ready)
        self.lstm = nn.LSTM(ready.shape[1], hidden_dim)
        self.fc = nn.Linear(hidden_dim, output_dim)

    def forward(self, text):
        embedded = self.embedding(text)
        _, (hidden, _) = self.lstm(embedded)
        return self.fc(hidden[-1])


def test_the_textbook_preset_is_the_textbooks_network():
    ours, theirs = network(preset="textbook"), Textbook(vectors(), 128, 2)
    shapes = {name: tuple(value.shape) for name, value in theirs.state_dict().items()}
    assert {name: tuple(value.shape) for name, value in ours.state_dict().items()} == shapes
    assert shapes["lstm.weight_ih_l0"] == (4 * 128, 100)
    assert not ours.embedding.weight.requires_grad
    theirs.load_state_dict(ours.state_dict())
    found = ours(WORDS_OF_TEXTS, LENGTHS)
    for row, (words, length) in enumerate(zip(WORDS_OF_TEXTS, LENGTHS, strict=True)):
        torch.testing.assert_close(found[row], theirs(words[:length]))


def test_frozen_vectors_have_no_gradient():
    ours = network(preset="textbook")
    ours(WORDS_OF_TEXTS, LENGTHS, torch.Generator().manual_seed(0)).sum().backward()
    assert ours.embedding.weight.grad is None
    assert ours.lstm.weight_ih_l0.grad is not None


@pytest.mark.parametrize(
    "settings",
    [{}, {"preset": "fast"}, {"preset": "textbook"}, {"pooling": "last"}, {"bidirectional": False}],
)
def test_padding_changes_nothing(settings):
    ours = network(**settings)
    wide = torch.cat([WORDS_OF_TEXTS, torch.zeros(3, 5, dtype=torch.int64)], 1)
    together = ours(WORDS_OF_TEXTS, LENGTHS)
    torch.testing.assert_close(ours(wide, LENGTHS), together)
    torch.testing.assert_close(ours(WORDS_OF_TEXTS[2:, :1], LENGTHS[2:]), together[2:])


def test_both_directions_are_torchs_bidirectional_lstm():
    ours = network(n_classes=3)
    theirs = nn.LSTM(DIM, ours.lstm.hidden_size, bidirectional=True)
    state = ours.lstm.state_dict()
    state |= {f"{name}_reverse": value for name, value in ours.lstm_back.state_dict().items()}
    theirs.load_state_dict(state)
    for words, length in zip(WORDS_OF_TEXTS, LENGTHS, strict=True):
        real = words[:length]
        states = theirs(ours.embedding(real)[:, None])[0][:, 0]  # (T, 2H)
        H = ours.lstm.hidden_size
        # Ours turns a text round for the second LSTM and leaves its states so; mean and maximum do not mind.
        pooled = torch.cat([states.mean(0), states.amax(0)])
        torch.testing.assert_close(ours(real[None], length[None])[0], ours.fc(pooled))
        assert states.shape[1] == 2 * H


def test_the_order_of_words_counts_for_the_lstm_and_not_for_the_mean():
    turned, length = torch.tensor([[8, 7, 6, 5]]), torch.tensor([4])
    for preset, same in (("fast", True), ("recommended", False)):
        ours = network(preset=preset)
        one, two = ours(WORDS_OF_TEXTS[:1], length), ours(turned, length)
        assert torch.allclose(one, two, atol=1e-6) == same


def test_words_that_never_learn_have_the_vectors_they_came_with():
    further = torch.full((2, DIM), 0.5, dtype=torch.float16)
    ours = network(further)
    found = ours.embedded(torch.tensor([[FIRST, FIRST + WORDS, FIRST + WORDS + 1]]))[0]
    assert torch.equal(found[0], ours.embedding.weight[FIRST])
    assert torch.equal(found[1:], further.float())
    assert not any("further" in name for name in ours.state_dict())


def test_chance_comes_from_the_generator():
    ours = network()

    def with_seed(seed):
        return ours(WORDS_OF_TEXTS, LENGTHS, torch.Generator().manual_seed(seed))

    assert torch.equal(with_seed(1), with_seed(1))
    assert not torch.equal(with_seed(1), with_seed(2))
    assert torch.equal(ours(WORDS_OF_TEXTS, LENGTHS), ours(WORDS_OF_TEXTS, LENGTHS))


def test_weights_begin_by_the_generator_alone():
    torch.manual_seed(5)  # what another part of the process does to the global generator
    first = network().lstm.weight_hh_l0
    torch.manual_seed(6)
    assert torch.equal(first, network().lstm.weight_hh_l0)
    assert first.abs().max() <= 64**-0.5


@pytest.mark.parametrize("preset", ["recommended", "fast", "textbook"])
def test_contributions_add_up_to_the_change_of_the_answer(preset):
    ours = network(preset=preset, n_classes=3)
    with torch.no_grad():
        for parameter in ours.fc.parameters():
            parameter.mul_(5)
    words = np.array([5, 6, 7, 8, 9, 3], np.int32)
    length = torch.tensor([6])
    with torch.no_grad():
        full = ours(torch.from_numpy(words.astype(np.int64))[None], length)[0]
        nothing = ours.of_vectors(torch.zeros(1, 6, DIM), length)[0]
    change = (full - full.mean() - nothing + nothing.mean())[1].item()
    assert ours.contributions(words)[1].sum() == pytest.approx(change, abs=0.02)


def test_batches_hold_every_text_once_and_padding_is_behind():
    rng = np.random.default_rng(0)
    coded = [rng.integers(2, 50, n).astype(np.int32) for n in rng.integers(1, 20, 103)]
    texts = CodedTexts.of(coded)
    rows = np.arange(3, 103)
    batches = texts.shuffled_batches(rows, 8, np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == rows.tolist()
    for batch in batches:
        words, lengths = texts.padded(batch)
        for i, row in enumerate(batch):
            assert words[i, : lengths[i]].tolist() == coded[row].tolist()
            assert not words[i, lengths[i] :].any()
    spread = [np.ptp(texts.lengths[batch]) for batch in batches]
    assert np.mean(spread) < 8  # of 19: texts of about one length are together


def test_the_network_reports_its_classes():
    assert network(n_classes=7)(WORDS_OF_TEXTS, LENGTHS).shape == (3, 7)

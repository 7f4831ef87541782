"""Source text for the PyTorch page of a ratings model: networks, estimates, recommendations and a step of training."""

from __future__ import annotations

from string import Template

from embedviz.training.pytorch_page import train_step

_DOT_PRODUCTS = Template('''
class $name(nn.Module):
    """$about"""

    def __init__(self, num_users, num_items, embedding_dim):
        super().__init__()
        self.user_embedding = nn.Embedding(num_users, embedding_dim)
        self.item_embedding = nn.Embedding(num_items, embedding_dim)

    def forward(self, user_ids, item_ids):  # (B,), (B,) -> (B,)
        user_emb = self.user_embedding(user_ids)
        item_emb = self.item_embedding(item_ids)
        return torch.sum(user_emb * item_emb, dim=1)
''')

TEXTBOOK_NETWORK = _DOT_PRODUCTS.substitute(
    name="CollaborativeFiltering",
    about="This is the network of the text (Example 2): a vector for each user and each item, and their dot product.",
)

RANKING_NETWORK = _DOT_PRODUCTS.substitute(
    name="Ranking",
    about="A second network of the text's kind, whose dot products say in which order items suit a user.",
)

BIASED_NETWORK = '''
class CollaborativeFiltering(nn.Module):
    """The network of the text (Example 2) with a mean and biases: mean + user bias + item bias + dot product."""

    def __init__(self, num_users, num_items, embedding_dim):
        super().__init__()
        self.user_embedding = nn.Embedding(num_users, embedding_dim)
        self.item_embedding = nn.Embedding(num_items, embedding_dim)
        self.user_bias = nn.Embedding(num_users, 1)
        self.item_bias = nn.Embedding(num_items, 1)
        self.register_buffer("mean", torch.zeros(1, dtype=torch.float64))  # of all ratings

    def forward(self, user_ids, item_ids):  # (B,), (B,) -> (B,)
        dot_product = torch.sum(self.user_embedding(user_ids) * self.item_embedding(item_ids), dim=1)
        biases = self.user_bias(user_ids) + self.item_bias(item_ids)
        return self.mean + biases[:, 0] + dot_product
'''

ITEM_BIASED_NETWORK = '''
class CollaborativeFiltering(nn.Module):
    """The network of the text (Example 2) with a bias for each item. A user's own bias would change no order of items."""

    def __init__(self, num_users, num_items, embedding_dim):
        super().__init__()
        self.user_embedding = nn.Embedding(num_users, embedding_dim)
        self.item_embedding = nn.Embedding(num_items, embedding_dim)
        self.item_bias = nn.Embedding(num_items, 1)

    def forward(self, user_ids, item_ids):  # (B,), (B,) -> (B,)
        dot_product = torch.sum(self.user_embedding(user_ids) * self.item_embedding(item_ids), dim=1)
        return self.item_bias(item_ids)[:, 0] + dot_product
'''

NAMES = """
# Users and items by id (always text), or by title where the data has titles: name -> row. Unknown ones are -1.
USERS = {name: row for names in VALUES["users"] for row, name in enumerate(names)}
ITEMS = {name: row for names in VALUES["items"] for row, name in enumerate(names)}
"""

BUILD = """
model = CollaborativeFiltering(num_users=$users, num_items=$items, embedding_dim=$dim)
model.load_state_dict(state_of("model."))
"""

BUILD_RANKING = """
ranking = Ranking(num_users=$users, num_items=$items, embedding_dim=$dim)
ranking.load_state_dict(state_of("ranking."))
"""

ESTIMATE_OWN_BIASES = '''
def fallback(user, item):
    """Return the estimate where the user (row -1) or the item has no vector: the mean, and the bias of the known one."""
    rating = float(model.mean)
    rating += float(model.user_bias.weight[user]) if user >= 0 else 0.0
    rating += float(model.item_bias.weight[item]) if item >= 0 else 0.0
    return rating
'''

ESTIMATE_OTHER_BIASES = '''
def fallback(user, item):
    """Return the estimate where the user (row -1) or the item has no vector.

    The dot product alone knows no mean. So a mean and damped biases of the training set stand in, which the run counted
    beside the network.
    """
    rating = VALUES["mean"]
    rating += float(WEIGHTS["fallback.user_bias"][user]) if user >= 0 else 0.0
    rating += float(WEIGHTS["fallback.item_bias"][item]) if item >= 0 else 0.0
    return rating
'''

ESTIMATE_ITEM_BIASES = '''
def fallback(user, item):
    """Return the score where the user (row -1) or the item has no vector: the bias of the item, 0 for an unknown one."""
    return float(model.item_bias.weight[item]) if item >= 0 else 0.0
'''

ESTIMATE_NOTHING = '''
def fallback(user, item):
    """Return the score where the user (row -1) or the item has no vector: 0, that of a pair that does not occur."""
    return 0.0
'''

FEATURES = '''
def numbers_of(column, cell):
    """Return the numbers that a cell stands for: a standardised number, or one for each part, word or category."""
    zeros = [0.0] * len(column["mean"])
    if cell is None:
        return zeros
    if column["kind"] == "number":
        raw = [float(cell)]
    else:
        if column["kind"] == "list":  # "Adventure|Animation"
            found = {part.strip() for part in str(cell).split("|")}
        elif column["kind"] == "words":  # of a title
            found = set(re.findall(r"\\w+", str(cell).lower()))
        else:
            found = {str(cell).strip()}
        if not found:
            return zeros
        raw = [1.0 if value in found else 0.0 for value in column["values"]]
    return [(x - mean) * scale for x, mean, scale in zip(raw, column["mean"], column["scale"])]


def features_of(role, row):
    """Return the numbers of the columns that describe a user or an item, and 1 behind them; None where none is filled."""
    columns = VALUES["described"].get(role, [])
    if all(row.get(column["column"]) is None for column in columns):
        return None
    return [x for column in columns for x in numbers_of(column, row.get(column["column"]))] + [1.0]
'''

DESCRIBED = '''
def described(role, row):
    """Return the bias and the vector that a linear map makes of the columns of an unknown user or item; None without any."""
    features = features_of(role, row)
    if features is None:
        return None
    found = torch.tensor(features) @ WEIGHTS[f"described.{role}"]  # (1 + D,)
    return found[0], found[1:]


def from_columns(user, item, row):
    """Return the estimate with an unknown user (row -1) or item replaced by what its columns say; None without columns."""
    if user >= 0:
        left = model.user_bias.weight[user, 0], model.user_embedding.weight[user]
    else:
        left = described("user", row)
    if item >= 0:
        right = model.item_bias.weight[item, 0], model.item_embedding.weight[item]
    else:
        right = described("item", row)
    if left is None or right is None:
        return None
    return float(model.mean + left[0] + right[0] + left[1] @ right[1])
'''

ESTIMATE = '''
@torch.no_grad()
def estimate(row):
    """Return $what for {"user": id, "item": id}."""
    user, item = USERS.get(row["user"], -1), ITEMS.get(row["item"], -1)
    if user >= 0 and item >= 0:
        rating = float(model(torch.tensor([user]), torch.tensor([item])))
    else:
        rating = fallback(user, item)
    return $result
'''

ESTIMATE_BY_COLUMNS = '''
@torch.no_grad()
def estimate(row):
    """Return $what for {"user": id, "item": id}, and columns that describe one that is new."""
    user, item = USERS.get(row["user"], -1), ITEMS.get(row["item"], -1)
    if user >= 0 and item >= 0:
        rating = float(model(torch.tensor([user]), torch.tensor([item])))
    else:
        rating = from_columns(user, item, row)
        rating = fallback(user, item) if rating is None else rating
    return $result
'''

SCORES = {
    "both": '''
@torch.no_grad()
def scores(user):
    """Return what all items are ranked by for a user of the training: (number of items,).

    To the score of the ranking comes the estimate, less what is the same for all items, at the weight that was chosen on the
    validation set.
    """
    row = USERS[user]
    by_ranking = ranking.item_embedding.weight @ ranking.user_embedding.weight[row]
    by_estimate = model.item_embedding.weight @ model.user_embedding.weight[row] + model.item_bias.weight[:, 0]
    return by_ranking + VALUES["estimate_weight"] * by_estimate
''',
    "biased": '''
@torch.no_grad()
def scores(user):
    """Return what all items are ranked by for a user of the training: (number of items,). Nothing is clipped."""
    return model.item_embedding.weight @ model.user_embedding.weight[USERS[user]] + model.item_bias.weight[:, 0]
''',
    "plain": '''
@torch.no_grad()
def scores(user):
    """Return what all items are ranked by for a user of the training: (number of items,). Nothing is clipped."""
    return model.item_embedding.weight @ model.user_embedding.weight[USERS[user]]
''',
}

RECOMMEND = '''
def recommend(user, k):
    """Return the k best items that a user of the training has not rated, and their scores."""
    found = scores(user).clone()
    first, last = WEIGHTS["rated.starts"][USERS[user] : USERS[user] + 2].tolist()
    found[WEIGHTS["rated.items"][first:last]] = -torch.inf
    best = found.argsort(descending=True, stable=True)[:k]
    return [VALUES["items"][0][item] for item in best.tolist()], found[best]


def answers(inputs):
    """Return the estimates of some pairs; for some users the best scores, and the scores of the items that the run chose."""
    best, chosen = [], []
    for user, items in zip(inputs["users"], inputs["recommended"]):
        names, found = recommend(user, len(items))
        print(f"For {user}: {', '.join(names)}")
        best += found.tolist()
        chosen += scores(user)[[ITEMS[item] for item in items]].tolist()
    return {
        "estimates": torch.tensor([estimate(row) for row in inputs["pairs"]], dtype=torch.float64),
        "best scores": torch.tensor(best),
        "scores of the run's choice": torch.tensor(chosen),
    }
'''

_RATINGS = "user_ids, item_ids, ratings"
_ADAM = """\
The run began with vectors drawn from N(0, $init_std²) and made batches of $batch_size ratings, at most $epochs times each:
optimizer = torch.optim.Adam(model.parameters(), lr=$learning_rate). The epoch with the lowest error on the validation set is kept."""

STEP_SQUARED = train_step(
    _RATINGS,
    "Take one step of training: less squared error on a batch of ratings. Return the loss.",
    _ADAM,
    "loss = nn.functional.mse_loss(model(user_ids, item_ids), ratings)",
)

STEP_PENALISED = train_step(
    _RATINGS,
    "Take one step of training: less squared error, and short vectors, on a batch of ratings. Return the loss.",
    _ADAM,
    """\
used = [model.user_embedding(user_ids), model.item_embedding(item_ids)]  # (B, D) each
used += [model.user_bias(user_ids), model.item_bias(item_ids)]  # (B, 1) each
penalty = torch.cat(used, dim=1).pow(2).sum(dim=1).mean()
error = model(user_ids, item_ids) - ratings
loss = error.pow(2).mean() + $weight_decay * penalty""",
)

STEP_PAIRWISE = train_step(
    "user_ids, item_ids, other_ids",
    "Take one step of Bayesian personalised ranking: an item that a user has above a drawn one that the user lacks.",
    """\
The run did so for one pair at a time: optimizer = torch.optim.SGD(model.parameters(), lr=$learning_rate), at most $epochs times each.""",
    """\
margin = model(user_ids, item_ids) - model(user_ids, other_ids)
rows = [model.user_embedding(user_ids), model.item_embedding(item_ids), model.item_bias(item_ids)]
rows += [model.item_embedding(other_ids), model.item_bias(other_ids)]
penalty = torch.cat(rows, dim=1).pow(2).sum(dim=1)
loss = (-nn.functional.logsigmoid(margin) + $weight_decay / 2 * penalty).sum()""",
)

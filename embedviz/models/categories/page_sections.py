"""Source text for the PyTorch page of a categories model: what comes before the network, the networks, and the prediction."""

from __future__ import annotations

from embedviz.training.pytorch_page import train_step

CELLS = '''
def name_of(cell):
    """Return a cell as people read it: 1.0 and 1 are both "1", white space around it is left out; "" where it is missing."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
'''

CATEGORIES = '''
# Of each category column: value -> row of its embedding, and the row of missing cells, which are a value like any other.
# Row 0 is no value: those that are rare or were never seen share it.
IDS, MISSING = {}, {}
for column, found in VALUES["categories"].items():
    IDS[column] = {value: row for row, value in enumerate(found["values"]) if row > 0}
    MISSING[column] = IDS[column].pop(found["missing"], 0)


def category_id(column, cell):
    """Return the row of the embedding for a cell of a category column."""
    name = name_of(cell)
    return IDS[column].get(name, 0) if name else MISSING[column]
'''

PLAIN_NUMBERS = '''
def parts_of(number, cell):
    """Return a cell of a number column as a number; None where it is missing."""
    return None if cell is None else float(cell)
'''

PARTED_NUMBERS = '''
def parts_of(number, cell):
    """Return the number of a cell that one input is made of; None where it is missing.

$about
    """
    if not name_of(cell):
        return None
    part = number["part"]
    if part == "":
        return float(cell)
$read
'''
ALPHABET_ABOUT = (
    "A category of many values gives its position in the alphabet, so that names that begin alike are near each other."
)
ALPHABET_READ = """\
    if part == "$alphabet":
        known = number["sorted values"]
        return (bisect.bisect_left(known, name_of(cell)) + bisect.bisect_right(known, name_of(cell))) / 2"""
DATE_ABOUT = (
    "A date gives several: the year with its fraction, the month, the day of the week (Monday is 0) and the hour."
)
DATE_READ = """\
    date = read_date(str(cell), number["date format"])
    hour = date.hour + date.minute / 60 + date.second / 3600
    year = date.year + (date.timetuple().tm_yday - 1) / 365.2425
    return {"year": year, "month": float(date.month), "day of week": float(date.weekday()), "hour": hour}[part]"""
UNKNOWN_PART = "    raise ValueError(part)"

READ_DATE = '''
def read_date(text, date_format):
    """Return a date as the table writes it, without a time zone (in UTC where it has one)."""
    if date_format in ("ISO8601", "$typed"):
        date = datetime.datetime.fromisoformat(text)
    else:
        date = datetime.datetime.strptime(text, date_format)
    return date if date.tzinfo is None else date.astimezone(datetime.timezone.utc).replace(tzinfo=None)
'''

STANDARDISED = '''
def standardised(number, cell):
    """Return a number less the mean, in standard deviations of the training set; NaN where missing ones are marked as such."""
    value = parts_of(number, cell)
    if value is None:
        return math.nan if number["marks missing"] else number["if missing"]
    return (min(max(value, number["min"]), number["max"]) - number["mean"]) / number["std"]
'''

INPUTS = '''
def inputs_of(rows):
    """Return the rows of the embeddings (B, K) and the standardised numbers (B, P) of rows, dicts from column to cell."""
    codes = [[category_id(column, row.get(column)) for column in IDS] for row in rows]
    numbers = [[standardised(number, row.get(number["column"])) for number in VALUES["numbers"]] for row in rows]
    return torch.tensor(codes, dtype=torch.long), torch.tensor(numbers, dtype=torch.float64).float()
'''

PIECEWISE = '''
def encoded(numbers):
    """Return the features of standardised numbers: (B, P) -> (B, F).

    Each number becomes one feature for each bin between two quantiles: the share of the bin that lies below it, from 0 to 1
    (Gorishniy, Rubachev and Babenko 2022), so that a layer can learn any curve. Then comes the number itself; last, 1 where it is missing.
    """
    shift, scale, low, high = WEIGHTS["numbers.affine"]  # (F,) each
    source = WEIGHTS["numbers.source"]  # (F,), the number that each feature is of
    missing = numbers.isnan()
    features = ((numbers[:, source] - shift) / scale).clamp(low, high).masked_fill(missing[:, source], 0)
    return torch.cat([features, missing[:, WEIGHTS["numbers.indicated"]].float()], dim=1)
'''

BINS = '''
def bins_of(numbers):
    """Return the bin of each number that has a vector for each bin, from 1; 0 where it is missing: (B, P) -> (B, Q)."""
    picked = numbers[:, WEIGHTS["bins.source"]].T.contiguous()
    found = torch.searchsorted(WEIGHTS["bins.edges"], picked, right=True) + 1
    return found.masked_fill(picked.isnan(), 0).T
'''

TEXTBOOK = '''
class MultiClassClassifier(nn.Module):
    """This is the network of the text (Example 3): a category's vector beside the other features, and two layers."""

    def __init__(self, num_categories, embedding_dim, num_features, num_classes):
        super().__init__()
        self.category_embedding = nn.Embedding(num_categories, embedding_dim)
        self.fc1 = nn.Linear(embedding_dim + num_features, $hidden)
        self.fc2 = nn.Linear($hidden, num_classes)

    def forward(self, category_ids, other_features):  # (B,), (B, F) -> (B, C)
        category_emb = self.category_embedding(category_ids)
        combined = torch.cat((category_emb, other_features), dim=1)  # Concatenate with other features
        x = torch.relu(self.fc1(combined))
        return self.fc2(x)


model = MultiClassClassifier(num_categories=$categories, embedding_dim=$dim, num_features=$features, num_classes=$outputs)
model.load_state_dict(state_of("model."))
'''

TEXTBOOK_ONE_HOT = '''
class MultiClassClassifier(nn.Module):
    """The network of the text (Example 3) with one-hot inputs in place of the embedding.

    A one-hot vector times the weights of a layer is a row of these weights, so the row is looked up and added.
    """

    def __init__(self, num_categories, num_features, num_classes):
        super().__init__()
        self.category_embedding = nn.Embedding(num_categories, $hidden)  # rows of the first layer's weights
        self.fc1 = nn.Linear(num_features, $hidden)
        self.fc2 = nn.Linear($hidden, num_classes)

    def forward(self, category_ids, other_features):  # (B,), (B, F) -> (B, C)
        x = torch.relu(self.category_embedding(category_ids) + self.fc1(other_features))
        return self.fc2(x)


model = MultiClassClassifier(num_categories=$categories, num_features=$features, num_classes=$outputs)
model.load_state_dict(state_of("model."))
'''

TEXTBOOK_STEP = train_step(
    "category_ids, other_features, targets",
    "Take one step of training on a batch of rows. Return the loss.",
    """\
optimizer = torch.optim.AdamW(model.parameters(), lr=$learning_rate, weight_decay=$weight_decay). The epoch with the lowest loss on the
validation set is kept.""",
    "loss = $loss",
)

TEXTBOOK_PREDICT = '''
def outputs_of(rows):
    """Return the outputs of the network for rows: (B, C)."""
    codes, numbers = inputs_of(rows)
    return model(codes[:, 0], $features_of)
'''

ENSEMBLE = '''
class SharedLinear(nn.Module):
    """A layer whose weights all members of the ensemble share; scales and biases are each member's own (BatchEnsemble)."""

    def __init__(self, members, num_inputs, num_outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_inputs, num_outputs))
        self.scale_in = nn.Parameter(torch.ones(members, 1, num_inputs))
        self.scale_out = nn.Parameter(torch.ones(members, 1, num_outputs))
        self.bias = nn.Parameter(torch.zeros(members, 1, num_outputs))

    def forward(self, z):  # (M, B, I) -> (M, B, H)
        return z * self.scale_in @ self.weight * self.scale_out + self.bias


class Ensemble(nn.Module):
    """$networks like that of the text (Example 3)$in_one (TabM: Gorishniy, Kotelnikov and Babenko 2024)."""

    def __init__(self, sizes, num_features, hidden_dim, layers, members, num_outputs):
        super().__init__()
$tables
        self.weight = nn.Parameter(torch.empty($first, hidden_dim))
        self.scale = nn.Parameter(torch.ones(members, 1, hidden_dim))
        self.bias = nn.Parameter(torch.zeros(members, 1, hidden_dim))
        self.layers = nn.ModuleList(SharedLinear(members, hidden_dim, hidden_dim) for _ in range(layers - 1))
        self.heads = nn.Parameter(torch.empty(members, hidden_dim, num_outputs))
        self.head_biases = nn.Parameter(torch.zeros(members, 1, num_outputs))
$wide_tables
    def forward(self, codes, features):  # (B, K), (B, F) -> (M, B, O)
$first_product
        z = torch.relu(z * self.scale + self.bias)  # (M, B, H): from here on the members differ
        for layer in self.layers:
            z = torch.relu(layer(z))
        outputs = z @ self.heads + self.head_biases
$result


model = Ensemble(
    sizes=$sizes,
    num_features=$features,
    hidden_dim=$hidden,
    layers=$layers,
    members=$members,
    num_outputs=$outputs,
)
model.load_state_dict(state_of("model."))
'''

TABLES = """        # A value is read as its learned vector, which began at 0, plus a fixed random one that tells values apart from the start.
        self.embeddings = nn.ModuleList(nn.Embedding(n, dim) for n, dim in sizes)
        self.fixed = nn.ModuleList(nn.Embedding(n, dim) for n, dim in sizes)"""
ONE_HOT_TABLES = """        # One-hot inputs: a one-hot vector times the first layer's weights is a row of them, which is looked up.
        self.embeddings = nn.ModuleList(nn.Embedding(n, dim) for n, dim in sizes)"""
FIRST_PRODUCT = """        vectors = [learned(ids) + fixed(ids) for learned, fixed, ids in zip(self.embeddings, self.fixed, codes.T)]
        z = torch.cat([*vectors, features], dim=1) @ self.weight  # (B, H), once for all members"""
ONE_HOT_PRODUCT = """        rows = [table(ids) for table, ids in zip(self.embeddings, codes.T)]  # (B, H) each
        z = sum(rows, start=features @ self.weight)  # (B, H), once for all members"""
WIDE_TABLES = """        # A linear term of each value and feature beside the layers (Cheng et al. 2016, Wide & deep).
        self.wide = nn.ModuleList(nn.Embedding(n, num_outputs) for n, _ in sizes)
        self.wide_features = nn.Parameter(torch.zeros(num_features, num_outputs))
"""
WIDE_RESULT = """        terms = [table(ids) for table, ids in zip(self.wide, codes.T)]  # (B, O) each
        return outputs + sum(terms, start=features @ self.wide_features)"""
RESULT = "        return outputs"

ENSEMBLE_STEP = train_step(
    "codes, features, targets",
    "Take one step of training on a batch of rows: each member learns from its own output. Return the loss.",
    """\
optimizer = torch.optim.AdamW(model.parameters(), lr=$learning_rate, weight_decay=$weight_decay)$left_out.
$details""",
    """\
outputs = model(codes, features)  # (M, B, O)
loss = $loss""",
)

ENSEMBLE_PREDICT = '''
def outputs_of(rows):
    """Return the outputs of each member for rows: (M, B, O)."""
    codes, numbers = inputs_of(rows)
    return model($codes, $features_of)
'''

CLASSES = '''
@torch.no_grad()
def predict(rows):
    """Return the probabilities of the classes for rows: (B, C).$averaged"""
    return $probabilities


def answers(inputs):
    """Return the rows of the embeddings for some rows, and what is predicted for them."""
    probabilities = predict(inputs["rows"])
    for row, found in zip(inputs["rows"], probabilities):
        print(f"{row}: {VALUES['classes'][int(found.argmax())]} ({found.max():.0%})")
    return {"rows of the embeddings": inputs_of(inputs["rows"])[0].tolist(), "probabilities": probabilities}
'''

NUMBER = '''
@torch.no_grad()
def predict(rows):
    """Return the predicted numbers for rows: (B,).

    The network learned ${logarithm}number less the mean, in standard deviations; this is undone here.$averaged
    """
    learned = $numbers * VALUES["target std"] + VALUES["target mean"]
    return $restored


def answers(inputs):
    """Return the rows of the embeddings for some rows, and what is predicted for them."""
    predictions = predict(inputs["rows"])
    for row, found in zip(inputs["rows"], predictions):
        print(f"{row}: {found:g}")
    return {"rows of the embeddings": inputs_of(inputs["rows"])[0].tolist(), "predictions": predictions}
'''

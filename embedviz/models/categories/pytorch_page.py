"""A trained categories model in plain PyTorch: the text's classifier, or the ensemble of the recommended settings."""

from __future__ import annotations

from string import Template

import numpy as np
import pandas as pd
from pydantic import JsonValue

from embedviz.core.typed_json import JsonObject
from embedviz.data.category_values import OTHER
from embedviz.data.dates import TYPED
from embedviz.models.categories import page_sections as sections
from embedviz.models.categories.encoding import ALPHABET, NumberEncoder
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.trained import TrainedCategories
from embedviz.training.pytorch_page import PyTorchPage, fill, make_script, percentage

N_ROWS = 6  # of the examples
UNSEEN = "a value that was never seen"
SPREAD = (0, 0.5, 1)  # values of a category in the examples, from the most frequent to the rarest


def categories_page(trained: TrainedCategories) -> PyTorchPage:
    """Return the page of a categories model."""
    rows = example_rows(trained)
    codes = trained.encoder.encode(trained.encoder.columns_of(pd.DataFrame(rows)), len(rows)).codes
    predicted = trained.predict(rows)
    outputs: JsonObject = {"rows of the embeddings": codes.tolist()}
    if trained.target.classes:
        outputs["probabilities"] = predicted[[f"p({name})" for name in trained.target.classes]].to_numpy().tolist()
    else:
        outputs["predictions"] = predicted["prediction"].tolist()
    return PyTorchPage(
        _script(trained), _tensors(trained), page_values(trained), {"rows": [{**row} for row in rows]}, outputs
    )


def example_rows(trained: TrainedCategories) -> list[dict[str, JsonValue]]:
    """Return rows of usual, extreme, unseen and missing cells, mixed differently in each."""
    choices: dict[str, list[JsonValue]] = {}
    for field in trained.fields:
        if field.kind == "category":
            known = [field.values[round(share * (len(field.values) - 1))] for share in SPREAD] if field.values else []
            choices[field.name] = [*known, UNSEEN, None]
        elif field.kind == "number" and field.low is not None and field.high is not None:
            choices[field.name] = [field.median, field.low, None, 2 * float(field.high) + 1, field.high]
        else:
            choices[field.name] = [field.example, field.low, field.high, None]
    columns = list(choices)
    return [
        {name: choices[name][(i + i // 4 * k + k) % len(choices[name])] for k, name in enumerate(columns)}
        for i in range(N_ROWS)
    ]


def page_values(trained: TrainedCategories) -> JsonObject:
    """Return the values of each category, the scale of each number, and the classes or the scale of the target."""
    encoder, target = trained.encoder, trained.target
    formats = {feature.column: feature.date_format for feature in encoder.features}
    values: JsonObject = {
        "categories": {
            column: {"values": [*known.labels], "missing": known.missing} for column, known in encoder.values.items()
        },
        "numbers": [_number(trained, number, formats.get(number.column, "")) for number in encoder.numbers],
    }
    if target.classes:
        return {**values, "classes": [*target.classes]}
    return {**values, "target mean": target.mean, "target std": target.std}


def _number(trained: TrainedCategories, number: NumberEncoder, date_format: str) -> JsonObject:
    if_missing = (number.median - number.mean) / number.std if number.edges else 0.0
    values: JsonObject = {
        "column": number.column,
        "part": number.part,
        "mean": number.mean,
        "std": number.std,
        "min": number.min,
        "max": number.max,
        "marks missing": number.has_indicator,
        "if missing": if_missing,
    }
    if number.part == ALPHABET:
        known = trained.encoder.values[number.column]
        values["sorted values"] = [*sorted(set(known.labels[OTHER + 1 :]) - {known.missing})]
    elif number.part:
        values["date format"] = date_format
    return values


def _tensors(trained: TrainedCategories) -> dict[str, np.ndarray]:
    network, tensors = trained.network, {f"model.{_renamed(name)}": array for name, array in trained.weights.items()}
    if _is_piecewise(trained):
        for name in ("affine", "source", "indicated"):
            tensors[f"numbers.{name}"] = getattr(network.numbers, name).numpy()
    if network.bins.sizes:
        tensors |= {"bins.source": network.bins.source.numpy(), "bins.edges": network.bins.edges.numpy()}
    return tensors


def _renamed(name: str) -> str:
    """Return the name on the page of a weight of ours: layers after the first are modules, tables are nn.Embedding."""
    name = name.removeprefix("inner.")
    kind, _, number = name.partition(".")
    if kind in ("embeddings", "fixed", "wide_values"):
        return f"{kind.removesuffix('_values')}.{number}.weight"
    if kind == "wide_numbers":
        return "wide_features"
    own = {"weights": "weight", "scales_out": "scale", "biases": "bias"}
    if kind in own and number == "0":
        return own[kind]
    shared = {"weights": "weight", "scales_in": "scale_in", "scales_out": "scale_out", "biases": "bias"}
    if kind in shared:
        place = int(number) if kind == "scales_in" else int(number) - 1
        return f"layers.{place}.{shared[kind]}"
    return name


def _is_piecewise(trained: TrainedCategories) -> bool:
    return any(number.edges or number.has_indicator for number in trained.encoder.numbers)


def _script(trained: TrainedCategories) -> str:
    numbers, imports = number_source(trained)
    source = [sections.CELLS, sections.CATEGORIES, *numbers, sections.INPUTS]
    if _is_piecewise(trained):
        source.append(sections.PIECEWISE)
    if trained.network.bins.sizes:
        source.append(sections.BINS)
    is_textbook = trained.settings.network == "textbook"
    source += _textbook(trained) if is_textbook else _ensemble(trained)
    source.append(_predict(trained))
    title = (
        f"“{trained.target.name}” of a table, the model of the text"
        if is_textbook
        else f"“{trained.target.name}” of a table"
    )
    return make_script(title, _about(trained), source, imports)


def number_source(trained: TrainedCategories) -> tuple[list[str], list[str]]:
    """Return the source that standardises the numbers of cells, and the modules that it needs."""
    parts = {number.part for number in trained.encoder.numbers} - {""}
    if not parts:
        return [sections.PLAIN_NUMBERS, sections.STANDARDISED], ["math"]
    has_alphabet, has_dates = ALPHABET in parts, bool(parts - {ALPHABET})
    about = [sections.DATE_ABOUT] if has_dates else []
    read = [Template(sections.ALPHABET_READ).substitute(alphabet=ALPHABET)] if has_alphabet else []
    if has_alphabet:
        about.append(sections.ALPHABET_ABOUT)
    read.append(sections.DATE_READ if has_dates else sections.UNKNOWN_PART)
    source = [Template(sections.PARTED_NUMBERS).substitute(about=fill(" ".join(about), indent=4), read="\n".join(read))]
    if has_dates:
        source.append(Template(sections.READ_DATE).substitute(typed=TYPED))
    imports = ["math", *(["bisect"] if has_alphabet else []), *(["datetime"] if has_dates else [])]
    return [*source, sections.STANDARDISED], imports


def _loss(trained: TrainedCategories, is_textbook: bool) -> str:
    if is_textbook:
        outputs = "model(category_ids, other_features)"
        if trained.target.classes:
            return f"nn.functional.cross_entropy({outputs}, targets)"
        return f"nn.functional.mse_loss({outputs}[:, 0], targets)"
    if trained.target.classes:
        return "nn.functional.cross_entropy(outputs.flatten(0, 1), targets.repeat(len(outputs)))"
    return "nn.functional.mse_loss(outputs[..., 0], targets.expand(len(outputs), -1))"


def _textbook(trained: TrainedCategories) -> list[str]:
    s, (n, dim) = trained.settings, trained.weights["inner.category_embedding.weight"].shape
    is_one_hot = s.inputs == "one-hot"
    filled = {
        "hidden": s.hidden_dim,
        "categories": n,
        "dim": dim,
        "features": len(trained.network.numbers.number_of),
        "outputs": trained.target.n_outputs,
        "learning_rate": f"{s.learning_rate:g}",
        "weight_decay": f"{s.weight_decay:g}",
        "loss": _loss(trained, is_textbook=True),
        "features_of": "encoded(numbers)" if _is_piecewise(trained) else "numbers",
    }
    chosen = [
        sections.TEXTBOOK_ONE_HOT if is_one_hot else sections.TEXTBOOK,
        sections.TEXTBOOK_STEP,
        sections.TEXTBOOK_PREDICT,
    ]
    return [Template(section).substitute(filled) for section in chosen]


def _ensemble(trained: TrainedCategories) -> list[str]:
    s, inner = trained.settings, trained.weights
    is_one_hot = s.inputs == "one-hot"
    tables = [name for name in inner if name.startswith("inner.embeddings.")]
    sizes = [inner[f"inner.embeddings.{k}"].shape for k in range(len(tables))]
    has_bins = bool(trained.network.bins.sizes)
    filled = {
        "tables": sections.ONE_HOT_TABLES if is_one_hot else sections.TABLES,
        "first": "num_features" if is_one_hot else "sum(dim for _, dim in sizes) + num_features",
        "first_product": sections.ONE_HOT_PRODUCT if is_one_hot else sections.FIRST_PRODUCT,
        "wide_tables": sections.WIDE_TABLES if s.wide else "",
        "result": sections.WIDE_RESULT if s.wide else sections.RESULT,
        "sizes": [tuple(shape) for shape in sizes],
        "features": len(trained.network.numbers.number_of),
        "hidden": s.hidden_dim,
        "layers": s.layers,
        "members": s.members,
        "in_one": " in one" if s.members > 1 else "",
        "networks": f"{s.members} networks" if s.members > 1 else "A network",
        "outputs": trained.target.n_outputs,
        "learning_rate": f"{s.learning_rate:g}",
        "weight_decay": f"{s.weight_decay:g}",
        "left_out": "" if is_one_hot else ", the fixed vectors left out",
        "details": fill(_training_details(s), indent=4).strip(),
        "loss": _loss(trained, is_textbook=False),
        "codes": "torch.cat([codes, bins_of(numbers)], dim=1)" if has_bins else "codes",
        "features_of": "encoded(numbers)" if _is_piecewise(trained) else "numbers",
    }
    chosen = [sections.ENSEMBLE, sections.ENSEMBLE_STEP, sections.ENSEMBLE_PREDICT]
    return [Template(section).substitute(filled) for section in chosen]


def _training_details(s: CategoriesSettings) -> str:
    details = ["The epoch with the lowest loss on the validation set is kept."]
    if s.other_share:
        details.append(
            f"In training {percentage(s.other_share)} of the values were replaced by “other”, so that its row is trained."
        )
    dropped = [] if s.dropout == 0 else ["hidden units"]
    dropped += [] if s.embedding_dropout == 0 else ["inputs" if s.inputs == "one-hot" else "vectors"]
    if dropped:
        details.append(f"Some {' and '.join(dropped)} were set to zero in each step (dropout).")
    return " ".join(details)


def _predict(trained: TrainedCategories) -> str:
    is_textbook, target = trained.settings.network == "textbook", trained.target
    averaged = "" if is_textbook else " The members' predictions are averaged."
    if target.classes:
        found = "outputs_of(rows).softmax(dim=-1)"
        return Template(sections.CLASSES).substitute(
            averaged=averaged, probabilities=found if is_textbook else f"{found}.mean(dim=0)"
        )
    numbers = "outputs_of(rows)[:, 0].double()" if is_textbook else "outputs_of(rows)[..., 0].mean(dim=0).double()"
    is_log = target.scale == "log"
    return Template(sections.NUMBER).substitute(
        averaged=averaged,
        numbers=numbers,
        logarithm="the logarithm of the " if is_log else "the ",
        restored="learned.clamp(max=230).exp()" if is_log else "learned",
    )


def _about(trained: TrainedCategories) -> list[str]:
    s, target = trained.settings, trained.target
    text = "The text's Example 3, “Category Embeddings in a Multi-class Classification Problem”, "
    kind = "a class" if target.classes else "a number, so it has one output and learns by squared errors"
    as_people_write = (
        "Cells are taken as numbers, texts or None here; the run also reads numbers as people write them, with a unit."
    )
    if s.network == "textbook":
        about = [f"{text}puts a category's vector beside the other features. This is that network; it predicts {kind}."]
        if s.inputs == "one-hot":
            about.append("For comparison the embedding is left out: the category enters as a one-hot vector.")
        return [*about, as_people_write]
    members = (
        f"{s.members} networks that share most weights are averaged, which errs less than any of them at little cost. "
    )
    about = [
        f"{text}has one category, one hidden layer and plain numbers. This model predicts {kind}, and departs from it: all columns "
        f"count. {members if s.members > 1 else ''}Values that are rare or were never seen share one "
        f"{'trained ' if s.other_share else ''}row, so that new rows have a prediction."
    ]
    if any(number.edges for number in trained.encoder.numbers):
        about.append(
            "Numbers are encoded piecewise-linearly over their quantiles, as a layer learns steps and bends from that sooner."
        )
    if s.wide:
        about.append("A linear term of every value and number is added, for what has a plain effect.")
    if any(number.has_indicator for number in trained.encoder.numbers):
        about.append("A missing number is marked by a feature of its own.")
    return [*about, as_people_write]

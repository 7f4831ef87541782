"""Categories: vectors of a table's categories, learned by predicting one of its columns from the others.

The recommended network embeds any number of category columns, encodes numbers piecewise linearly over quantile bins,
and averages an ensemble that shares most weights; the textbook's has one category and standardised numbers.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.core.progress import Progress
from embedviz.data.filtering import filter_numbers, filter_rows
from embedviz.data.folds import Fold
from embedviz.data.part_names import PartName
from embedviz.data.reading import Table
from embedviz.data.splits import training_size
from embedviz.evaluation.classification import evaluate_classes, ordered_detail
from embedviz.evaluation.group_scores import group_scores
from embedviz.evaluation.regression import evaluate_numbers
from embedviz.models.categories.baselines import baselines_of
from embedviz.models.categories.cost import training_cost
from embedviz.models.categories.encoding import TableEncoder
from embedviz.models.categories.examples import row_space, row_space_name
from embedviz.models.categories.familiarity import least_counts, measured_groups
from embedviz.models.categories.form import form_fields
from embedviz.models.categories.prepared import CategoriesPrepared
from embedviz.models.categories.reading import OPTIONAL_ROLES, ROLES, read_rows
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.survey import TableFacts, find_leaks, survey_rows
from embedviz.models.categories.trained import TrainedCategories
from embedviz.space import EmbeddingSpace, SpaceKind
from embedviz.training.onnx_graph import OnnxExport
from embedviz.training.protocols import Columns, ModelSpec
from embedviz.training.pytorch_page import PyTorchPage
from embedviz.training.report import Baseline, Detail, Evaluation, Protocol
from embedviz.training.survey import Survey


class CategoriesSpec:
    """The categories model (`embedviz.training.protocols.ModelSpec`)."""

    name: str = "categories"
    title: str = "Categories of a table"
    summary: str = "Learns vectors of a table's categories by predicting one column from the others."
    unit: str = "rows"
    roles: Mapping[str, str] = ROLES
    optional_roles: Mapping[str, str] = OPTIONAL_ROLES
    spaces: Mapping[str, SpaceKind] = {}  # a space of values for each category column
    identity: str = ""
    max_threads: int | None = 1  # batches are small: threads would wait for each other longer than they work
    Settings: type[CategoriesSettings] = CategoriesSettings
    Trained: type[TrainedCategories] = TrainedCategories
    survey_settings: tuple[str, ...] = (
        "target_kind", "target_scale", "min_class_rows", "min_count", "network", "seed", "validation_share", "test_share",
    )  # fmt: skip

    def survey(
        self, table: Table, columns: Columns, settings: CategoriesSettings, pretrained: EmbeddingSpace | None = None
    ) -> Generator[Progress, None, Survey]:
        """Return the target and its balance, how each column is encoded, and target leakage."""
        read = yield from read_rows(table, columns, settings)
        yield Progress(message="Looking for target leakage")
        return survey_rows(read, find_leaks(read), settings)

    def estimate(self, settings: CategoriesSettings, survey: Survey, machine: Machine) -> Cost:
        """Return what a training on a surveyed table will take."""
        facts = survey.facts_as(TableFacts)
        training = training_size(facts.rows, settings.validation_share, settings.test_share, facts.parts)
        return training_cost(settings, facts.rows, training, facts.values, facts.numbers, facts.outputs, machine)

    def prepare(
        self,
        table: Table,
        columns: Columns,
        settings: CategoriesSettings,
        pretrained: EmbeddingSpace | None = None,
        fold: Fold | None = None,
    ) -> Generator[Progress, None, CategoriesPrepared]:
        """Split the rows, classes in proportion, then fit values, scales and bin edges on the training set."""
        read = yield from read_rows(table, columns, settings, fold)
        yield Progress(message="Fitting values and scales")
        training = {name: column.take(read.split.train) for name, column in read.columns.items()}
        encoder = TableEncoder.fit(training, read.features, settings)
        yield Progress(message="Encoding the rows")
        rows, fields = encoder.encode(read.columns, len(read)), form_fields(encoder, training)
        yield Progress(message="Looking for target leakage")
        leaks = find_leaks(read, read.split.train)
        names = [read.columns[column].names for column in encoder.values]
        least = least_counts(names, read.split.train, len(read))
        return CategoriesPrepared(
            read.split, read.target, read.targets, encoder, rows, fields, leaks, read.left_out, read.places, least
        )

    def evaluate(self, trained: TrainedCategories, prepared: CategoriesPrepared) -> Evaluation:
        """Measure accuracy, macro F1 and log loss, or RMSE, MAE and R², on the validation and the test set; and for the rows
        of the measured one with common, rare and unseen values apart."""
        split, target, settings, encoder = prepared.split, prepared.target, trained.settings, prepared.encoder
        parts: tuple[PartName, ...] = ("validation", "test")
        predictions: dict[PartName, np.ndarray] = {
            p: trained.predict_encoded(prepared.rows.take(split.part(p))) for p in parts
        }
        if target.classes:
            metrics, frames = evaluate_classes(predictions, prepared.targets, split, target.classes)
        else:
            metrics, frames = evaluate_numbers(predictions, prepared.targets, split)
        groups = measured_groups(split, prepared.least_counts)
        actual = prepared.targets[split.part(split.measured)]
        metrics |= group_scores(predictions[split.measured], actual, target.classes, groups)
        details: dict[str, Detail] = {
            "target": target.name,
            "columns": len(encoder.features),
            "categories": len(encoder.values),
            "values": sum(len(values) - 1 for values in encoder.values.values()),
            "pooled_values": sum(values.pooled for values in encoder.values.values()),
            "min_count": settings.min_count,
            "epochs": settings.epochs_for(len(split.train)),
            "selection_metric": f"validation/{target.selection_metric}",
            **{f"{split.measured}_rows_with_{name}_values": int(rows.sum()) for name, rows in groups.items()},
            **{name: n for name, n in prepared.left_out.items() if n},
        }
        if target.classes:
            details |= {"classes": len(target.classes), "ordered_classes": ordered_detail(target.classes)}
        elif target.scale != "linear":
            details["target_scale"] = target.scale
        if prepared.leaks:
            details["leaking_columns"] = ", ".join(leak.column for leak in prepared.leaks)
        return Evaluation(target.primary_metric, metrics, Protocol.of(split, self.unit, **details), frames)

    def examples(
        self, trained: TrainedCategories, prepared: CategoriesPrepared, table: Table
    ) -> Generator[Progress, None, Mapping[str, EmbeddingSpace]]:
        """Return the rows by the vectors that the output layer reads."""
        space = yield from row_space(trained, prepared, table)
        return {space.name: space}

    def baselines(self, prepared: CategoriesPrepared) -> list[Baseline]:
        """Return the majority class or the mean, a linear model, and boosted trees."""
        return baselines_of(prepared)

    def pytorch_page(self, trained: TrainedCategories, settings: CategoriesSettings) -> PyTorchPage:
        """Return the network and what comes before it in plain PyTorch (embedviz.training.protocols.PyTorchSpec)."""
        from embedviz.models.categories.pytorch_page import categories_page

        return categories_page(trained)

    def onnx_export(self, trained: TrainedCategories) -> OnnxExport:
        """Return the predictor as an ONNX graph (embedviz.training.protocols.OnnxSpec)."""
        from embedviz.models.categories.onnx_model import categories_onnx

        return categories_onnx(trained)

    def filters_by(self, space: str) -> bool:
        """Return True: every space is of a column's values, or of rows."""
        return True

    def filter_rows(
        self,
        frame: pd.DataFrame,
        columns: Columns,
        settings: CategoriesSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        """Return the rows with some values of a column alone (`keep`), or without them; or some of the rows, or all others."""
        if space == row_space_name(frame):
            return filter_numbers(frame, labels, keep)
        return filter_rows(frame, space, labels, keep)


SPEC: ModelSpec[CategoriesPrepared, TrainedCategories, CategoriesSettings] = CategoriesSpec()

"""Data that is read before a page asks for it: a page waits a quarter of a second for a worker that may be cold."""

from embedviz.jobs.perform import perform
from embedviz.jobs.preview import preview_of
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store


def read(dataset: Dataset) -> Dataset:
    """Read the data as it is set now."""
    perform(preview_of(dataset))
    return dataset


def read_before(dataset: Dataset, **options) -> None:
    """Read the data with options that a click will set, and take them back."""
    other = Dataset(dataset.folder, Store().dataset(dataset.id).reference())
    before = dict(other.options)
    other.set_options(**options)
    read(other)
    other.set_options(**{name: before.get(name) for name in options})

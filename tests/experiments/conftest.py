"""Fixtures of experiments: data for them, and an executor that ends with the test."""

import pytest

from embedviz.jobs.shared_executor import close_shared_executor


@pytest.fixture
def executor():
    """Runs of a test go to worker processes of its own store, which end with it."""
    close_shared_executor()
    yield
    close_shared_executor()


@pytest.fixture
def ratings_file(tmp_path, film_ratings):
    """The ratings of the fixture as a file, without what would say when they were given."""
    path = tmp_path / "films.csv"
    film_ratings[["user_id", "film", "stars"]].to_csv(path, index=False)
    return path

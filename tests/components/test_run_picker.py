from types import SimpleNamespace

from components.run_picker import labels_of


def run(id, name, created):
    return SimpleNamespace(id=id, name=name, created=created)


def test_runs_of_one_name_are_distinguished_by_their_age():
    runs = [run("c", "text", 3), run("b", "text", 2), run("a", "text", 1), run("d", "other", 4)]
    assert labels_of(runs) == {"c": "text (3)", "b": "text (2)", "a": "text", "d": "other"}


def test_a_name_that_looks_numbered_is_no_clash():
    labels = labels_of([run("a", "text (2)", 1), run("b", "text", 2), run("c", "text", 3), run("d", "text (3)", 4)])
    assert labels == {"a": "text (2)", "b": "text", "c": "text (3)", "d": "text (3) (2)"}

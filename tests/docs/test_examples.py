"""The examples of the README and of the documentation do what the pages say."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.docs.examples import ExampleError, blocks_of, commands_of, run_page

ROOT = Path(__file__).resolve().parents[2]
ALL = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Commands that do not end, and one that needs a hub: tests/browser/test_wheel.py opens the app by the first, tests/serve asks the
# second, and tests/exports uploads to a server of its own.
NOT_HERE = ("", "serve", "push")
LANGUAGES = {"toml", "python", "sh", "console", "text", ""}


def has_examples(page: Path) -> bool:
    blocks = blocks_of(page.read_text(encoding="utf-8"))
    commands = [words for block in blocks for _, words in commands_of(block)]
    return any(block.language == "python" for block in blocks) or any(
        (words[1:] or [""])[0] not in NOT_HERE for words in commands
    )


WITH_EXAMPLES = [page for page in ALL if has_examples(page)]


@pytest.fixture
def folder(tmp_path, monkeypatch, cars, film_ratings, tweets):
    """An empty folder but for the files that the pages read."""
    cars.to_csv(tmp_path / "cars.csv", index=False)
    rated = film_ratings.replace({"film": {"Film 0": "Alien"}})
    rated.to_csv(tmp_path / "u.tsv", index=False, sep="\t")
    plain = rated[["user_id", "film", "stars", "timestamp"]]
    plain[plain.index % 5 != 0].to_csv(tmp_path / "u1.base", index=False, sep="\t")
    plain[plain.index % 5 == 0].to_csv(tmp_path / "u1.test", index=False, sep="\t")
    reviews = pd.DataFrame({"review": tweets["tweet"], "stars": tweets["mood"]}).dropna()
    reviews.to_csv(tmp_path / "reviews.csv", index=False)
    vectors = np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", vectors)
    (tmp_path / "labels.txt").write_text("\n".join(["king", *(f"word{i}" for i in range(1, 2000))]))
    (tmp_path / "pairs.tsv").write_text("king\tqueen\t8.6\nking\ttable\t1.3\ngold\tsilver\t8.0\nbread\twater\t4.5\n")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    executor = getattr(sys.modules.get("embedviz.jobs.shared_executor"), "_shared", None)
    if executor is not None:
        executor.close()


@pytest.mark.slow
@pytest.mark.timeout(400)  # trainings of a page, some on a whole sample
@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page, folder):
    assert run_page(page.read_text(encoding="utf-8"), page.name, without=NOT_HERE) > 0


def test_the_readme_and_every_tutorial_have_examples():
    tutorials = list((ROOT / "docs" / "tutorials").glob("*.md"))
    assert len(tutorials) == 4
    assert {ROOT / "README.md", ROOT / "docs" / "index.md", *tutorials} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("page", ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_says_what_it_is(page):
    text = page.read_text(encoding="utf-8")
    assert {block.language for block in blocks_of(text)} <= LANGUAGES
    assert text.count("```") == 2 * len(blocks_of(text)) + sum(2 for b in blocks_of(text) if b.output is not None)


@pytest.mark.parametrize(
    "wrong",
    [
        "```python\n1 / 0\n```",
        "```python\nx = 1\n```\n\n```python\nassert x == 2\n```",
        "```python\nprint(1)\n```\n\n```text\n2\n```",
        "    ```python\n    print(1)\n    ```\n\n    ```text\n    2\n    ```",
        "```sh\nembedviz neighbors nothing king\n```",
        "```sh\nembedviz --no-such-option\n```",
        "```console\n$ embedviz no-such-command\n```",
    ],
)
def test_a_wrong_example_is_found(wrong, folder):
    with pytest.raises(ExampleError, match=r"page\.md, line \d+"):
        run_page(f"# A page\n\n{wrong}\n", "page.md")


def test_a_message_names_the_line(folder):
    with pytest.raises(ExampleError, match=r"page\.md, line 5: ZeroDivisionError"):
        run_page("# A page\n\n```python\nx = 0\n1 / x\n```\n", "page.md")


def test_what_is_printed_is_compared_with_dots_for_anything():
    assert run_page("```python\nprint(0.123)\n```\n\n```text\n0.1...\n```\n", "page.md") == 1


def test_comments_and_other_programs_are_no_commands():
    (block,) = blocks_of("```sh\nmake run  # embedviz\n# embedviz profile x\nembedviz profile x  # a comment\n```\n")
    assert list(commands_of(block)) == [(4, ["embedviz", "profile", "x"])]


def test_a_command_ends_at_a_pipe():
    (block,) = blocks_of("```sh\nembedviz runs list --json 2>/dev/null | jq '.runs'\n```\n")
    assert list(commands_of(block)) == [(2, ["embedviz", "runs", "list", "--json"])]

"""How an exported page is put together."""

import ast

from embedviz.training.pytorch_page import as_comment, fill, make_script, percentage, train_step

EVIL = 'a"""\nimport os\n# \\N{x} \u2028 b'


def test_a_text_for_a_comment_is_one_line_that_ends_no_string():
    assert as_comment(EVIL) == "a''' import os # /N{x} b"
    ast.parse(f'"""{as_comment(EVIL)}"""  # {as_comment(EVIL)}')


def test_a_script_opens_with_what_it_is_and_ends_with_the_comparison():
    script = make_script(EVIL, [EVIL, "More. " * 40], ["def answers(inputs):\n    return {}\n"], ["re", "math"])
    tree = ast.parse(script)
    assert ast.get_docstring(tree).startswith("a''' import os")
    imported = [alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names]
    assert imported == ["json", "math", "re", "torch"]
    assert script.rstrip().endswith("main()")
    assert max(map(len, script.splitlines())) <= 130


def test_paragraphs_are_filled_behind_their_indent():
    lines = fill("word " * 50, indent=4).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("    word") for line in lines)


def test_shares_are_not_rounded():
    assert [percentage(share) for share in (0, 0.07, 0.125, 0.005, 1)] == ["0%", "7%", "12.5%", "0.5%", "100%"]


def test_a_step_of_training_is_a_function_of_the_batch():
    made = train_step("a, b", "Take a step.", "One line.\n\nAnother.", "x = model(a)\nloss = (x - b).sum()")
    (function,) = ast.parse(made).body
    assert [each.arg for each in function.args.args] == ["model", "optimizer", "a", "b"]
    assert ast.get_docstring(function) == "Take a step.\n\nOne line.\n\nAnother."
    assert [ast.unparse(line) for line in function.body[1:]] == [
        "optimizer.zero_grad()",
        "x = model(a)",
        "loss = (x - b).sum()",
        "loss.backward()",
        "optimizer.step()",
        "return loss.item()",
    ]

"""What reproduces a run: its settings, data, seed and versions, and a short script that calls embedviz."""

from __future__ import annotations

import platform
import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from embedviz.core.errors import RunError
from embedviz.core.files import write_json
from embedviz.core.version import VERSION
from embedviz.data.roles import roles_of
from embedviz.exports.run_inputs import VECTORS, RunInputs, inputs_of
from embedviz.jobs.pretrained import RUN
from embedviz.jobs.repeats import kept_repeats
from embedviz.models import model_spec
from embedviz.store.label_filter import label_filters, read_data
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store
from embedviz.training.protocols import reads_corpus
from embedviz.training.pytorch_page import as_comment

SCRIPT, RECORD, REQUIREMENTS = "make_again.py", "run.json", "requirements.txt"
FIRST = "first"  # folder of the run whose vectors this one started from

_SCRIPT = '''"""Trains the run “{title}” again, and compares its figures with those that it had.

    pip install -r requirements.txt
    python make_again.py

run.json has the figures, the settings and the device of the first training, and what it was exported with.{missing}
"""

{modules}
from pathlib import Path

import embedviz as ev
from embedviz.exports.same_figures import check_files, compare_figures, print_comparison

HERE = Path(__file__).resolve().parent
RECORD = json.loads((HERE / "run.json").read_text(encoding="utf-8"))


def train() -> ev.Run:
    """Train it."""
    check_files(HERE, {{file["file"]: file["sha256"] for file in RECORD["files"]}})
{first}    return ev.train(
{arguments}
    )


if __name__ == "__main__":
    compared = compare_figures(train(), RECORD["figures"], RECORD["deviations"], RECORD["repeats"])
    raise SystemExit(0 if print_comparison(compared) else 1)
'''
_FIRST = """    first = runpy.run_path(str(HERE / "first" / "make_again.py"))["train"]()  # its vectors are where this one starts
"""


def write_again_files(run: RunFolder, folder: Path) -> None:
    """Write what reproduces a run, its data included, into an empty folder.

    Raises
    ------
    RunError
        For a run that is not done, or is a fold of an experiment, or whose data or first run was deleted.
    DataError
        When a file that stays where it is has gone or was changed.
    """
    _write(run, folder, with_data=True)


def write_again_files_without_data(run: RunFolder, folder: Path) -> None:
    """As `write_again_files`; the SHA-256 of each file of the data says which belong beside the script."""
    _write(run, folder, with_data=False)


def _write(run: RunFolder, folder: Path, with_data: bool) -> None:
    _check(run)
    inputs, roles = inputs_of(run), _roles(run)
    if (first := _first_run(run)) is not None:
        (folder / FIRST).mkdir()
        _write(first, folder / FIRST, with_data)
    write_json(folder / RECORD, _record(run, inputs, roles))
    texts = {
        SCRIPT: _script(run, inputs, roles, first, with_data),
        REQUIREMENTS: "".join(f"{name}=={pin}\n" for name, pin in versions().items()),
    }
    for number, chosen in enumerate(label_filters(run)):
        write_json(folder / _filter_name(number), {"space": chosen.space, "keep": chosen.keep, "labels": chosen.labels})
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    vectors = [inputs.vectors] if inputs.vectors else []
    for file in inputs.files if with_data else vectors:
        (folder / file.place).parent.mkdir(exist_ok=True)
        shutil.copyfile(file.path, folder / file.place)


def _check(run: RunFolder) -> None:
    if run.kind != "training":
        raise RunError(f"{run.name!r} holds opened vectors: open their file again instead.")
    if run.status != "done":
        raise RunError(
            f"{run.name!r} is {run.status}: only a training that reached its end can be reproduced. Resume it first."
        )
    if run.spec.fold is not None:
        raise RunError(
            f"{run.name!r} is one fold of an experiment. Its report has the command that reproduces all of them."
        )


def _first_run(run: RunFolder) -> RunFolder | None:
    """Return the training whose vectors the run started from; None where they are not of a training."""
    name = str(getattr(run.training_settings(), "vectors", ""))
    if not name.startswith(RUN):
        return None
    first = Store().run(name.removeprefix(RUN).partition(":")[0])
    if first.kind != "training":
        raise RunError(
            f"{run.name!r} started from opened vectors, {first.name!r}. Train it from their file by its path to export both."
        )
    return first


def _script(
    run: RunFolder, inputs: RunInputs, roles: Mapping[str, Any], first: RunFolder | None, with_data: bool
) -> str:
    lines = textwrap.indent("\n".join(f"{line}," for line in _arguments(run, inputs, roles, first)), " " * 8)
    missing = [] if with_data else [file.place for file in (*inputs.data, *inputs.parts.values())]
    sentence = f" Put the data there first: {as_comment(', '.join(missing))}." if missing else ""
    return _SCRIPT.format(
        title=as_comment(run.name),
        missing=sentence,
        modules="import json\nimport runpy" if first else "import json",
        first=_FIRST if first else "",
        arguments=lines,
    )


def _arguments(run: RunFolder, inputs: RunInputs, roles: Mapping[str, Any], first: RunFolder | None) -> Iterator[str]:
    """Yield the arguments of ev.train, each as Python."""
    yield repr(run.model)
    files = [f"HERE / {file.place!r}" for file in inputs.data]
    yield repr(inputs.sample) if inputs.sample else files[0] if len(files) == 1 else f"[{', '.join(files)}]"
    if roles:
        yield f"columns={roles!r}"
    if options := run.data["options"]:
        yield f"read={dict(options)!r}"
    for part, file in inputs.parts.items():
        yield f"{part}=HERE / {file.place!r}"
    if filters := label_filters(run):
        names = ", ".join(
            f'json.loads((HERE / "{_filter_name(n)}").read_text(encoding="utf-8"))' for n in range(len(filters))
        )
        yield f"filters=[{names}]"
    if run.spec.probes:
        yield f"probes={run.spec.probes!r}"
    yield f"name={run.name!r}"
    for name, value in run.training_settings().model_dump(mode="json").items():
        if name == VECTORS and inputs.vectors:
            yield f"vectors=str(HERE / {inputs.vectors.place!r})"
        elif name == VECTORS and first:
            space = str(value).removeprefix(RUN).partition(":")[2]
            yield f'vectors=f"run:{{first.id}}:" + {space!r}'
        else:
            yield f"{name}={value!r}"


def _roles(run: RunFolder) -> dict[str, Any]:
    """Return role -> column as the training had them, guesses included: a later version may guess otherwise."""
    if run.data["source"] == "corpus" or (run.data["source"] == "path" and reads_corpus(model_spec(run.model))):
        return {role: column for role, column in run.columns.items() if column}
    spec = model_spec(run.model)
    known = {*spec.roles, *spec.optional_roles, "category", "number", "ignore"}
    found = {role: column for role, column in roles_of(read_data(run), run.columns).items() if role in known}
    return {**{role: None for role, column in run.columns.items() if column is None and role in known}, **found}


def _record(run: RunFolder, inputs: RunInputs, roles: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is known of the first training, and the versions and the system that it was exported with."""
    seeds = [repeats.scores for repeats in kept_repeats(run) if repeats.scores.over == "seeds"]
    return {
        "run": run.name,
        "model": run.model,
        "settings": run.training_settings().model_dump(mode="json"),
        "columns": roles,
        "read": run.data["options"],
        "data": run.data["title"],
        "files": [{"file": file.place, "sha256": file.sha256, "bytes": file.size} for file in inputs.files],
        "figures": run.metrics,
        "deviations": seeds[0].deviation if seeds and len(seeds[0].rows) > 1 else {},
        "repeats": len(seeds[0].rows) if seeds else 0,
        "protocol": run.record.get("protocol", {}),
        "machine": {"device": run.record.get("device", ""), "threads": run.record.get("threads", 0)},
        "versions": {"embedviz": run.version},
        "export": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "versions": versions(),
        },
    }


def versions() -> dict[str, str]:
    """Return the installed version of embedviz and of each package that it requires, without what names a build."""
    found = {"embedviz": VERSION}
    for line in requires("embedviz") or []:
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        if "extra ==" not in line:
            try:
                found[name] = version(name).partition("+")[0]
            except PackageNotFoundError as error:
                raise RunError(f"{name} is not installed, so the versions of this run are not known.") from error
    return found


def _filter_name(number: int) -> str:
    return f"filter-{number}.json"

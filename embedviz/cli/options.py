"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from embedviz.cli.completing import complete_columns, complete_path, complete_run, complete_run_or_file

Space = Annotated[str | None, typer.Option("--space", help="One of a run's spaces, where it has several.")]
Tensor = Annotated[str | None, typer.Option("--tensor", help="One of a vector file's matrices, where it has several.")]
Metadata = Annotated[
    Path | None,
    typer.Option("--metadata", help="A file with a row for each vector, such as the Projector's metadata.tsv."),
]
From = Annotated[
    str | None,
    typer.Option("--from", help="The vector file's format, where its content does not tell: csv, tsv, projector."),
]
Read = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        help="How to read the file, where the guess is wrong: encoding=cp1251 delimiter=:: quote=none header=no decimal=, "
        "missing=99 missing:stars=0 melt=user_id merge_classes=label only:liked=yes strip_markup=yes. header takes the "
        "number of a line too.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        help="role=column, where the guess is wrong: target=body; split= for no column. category, number and ignore take "
        "several columns.",
        autocompletion=complete_columns,
    ),
]
RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder, id or name.", autocompletion=complete_run)
]
Vectors = Annotated[
    Path,
    typer.Argument(
        help="A file or folder of vectors, or a run's folder, id or name.", autocompletion=complete_run_or_file
    ),
]
DataFile = Annotated[Path, typer.Argument(help="A file of rows or texts.", autocompletion=complete_path)]
Count = Annotated[int, typer.Option("-k", help="How many.")]

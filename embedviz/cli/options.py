"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

"""The report of an experiment: one HTML file that works offline, with the command that makes it again."""

from __future__ import annotations

import html

import pandas as pd

from embedviz.core.errors import DataError
from embedviz.evaluation.score_sentences import protocol_sentences
from embedviz.experiments.display import display_table
from embedviz.experiments.experiment import Experiment
from embedviz.experiments.result import done

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0 auto; max-width: 1000px; padding: 24px 16px; font-family: system-ui, sans-serif; line-height: 1.5; color: #1a1c20; background: #fcfcfa; }}
h1 {{ font-size: 1.5rem; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
.verdict {{ font-size: 1.1rem; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 4px 10px; border: 0 solid #d5d6d1; border-bottom-width: 1px; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
pre {{ padding: 8px 12px; background: #efefeb; white-space: pre-wrap; overflow-wrap: anywhere; }}
.figure {{ background: #fff; border-radius: 8px; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #e8e8e4; background: #14161a; }} th, td {{ border-color: #343a40; }} pre {{ background: #22262b; }}
}}
</style>
</head>
<body>
<h1>{title}</h1>
{verdict}
<div class="figure">{figure}</div>
<h2>Table</h2>
<div class="scroll">{table}</div>
<h2>Runs</h2>
<div class="scroll">{runs}</div>
<h2>How it was measured</h2>
<ul>{protocol}</ul>
<h2>Make it again</h2>
<pre>{command}</pre>
</body>
</html>
"""


def report_html(experiment: Experiment) -> str:
    """Return the report.

    Raises
    ------
    DataError
        While there is no result.
    """
    table, figure, verdict = experiment.table, experiment.figure, experiment.verdict
    if figure is None or verdict is None:
        raise DataError("There is nothing to report yet: no run of the experiment has ended.")
    first, *rest = verdict.sentences
    sentences = f'<p class="verdict"><strong>{_safe(first)}</strong></p>' + "".join(f"<p>{_safe(s)}</p>" for s in rest)
    figure.update_layout(template="plotly_white")
    return _PAGE.format(
        title=_safe(experiment.title),
        verdict=sentences,
        figure=figure.to_html(full_html=False, include_plotlyjs=True, config={"displayModeBar": False}),
        table=_html_table(display_table(table)),
        runs=_html_table(runs_table(experiment)),
        protocol="".join(f"<li>{_safe(sentence)}</li>" for sentence in protocol_of(experiment)),
        command=_safe(experiment.command),
    )


def protocol_of(experiment: Experiment) -> list[str]:
    """Return how the scores were measured, in sentences: the protocol of the first run, and what differs between runs."""
    results = done(experiment.results)
    runs = [run for run in (experiment.run_of(result) for result in results) if run]
    sentences = protocol_sentences(runs[0].protocol, runs[0].record.get("device", "")) if runs else []
    state = experiment.state
    ended = [result for result in experiment.results if result.outcome in ("cut off", "failed")]
    sentences.append(
        f"{len(results)} runs of one thread each, {sum(result.was_there for result in results)} of them trained before; "
        f"{state.elapsed():.0f} s in all. The sizes above are those of the first run."
    )
    if ended:
        sentences.append(f"{len(ended)} runs are left out: they failed, or the budget or a Stop ended them early.")
    return sentences


def runs_table(experiment: Experiment) -> pd.DataFrame:
    """Return a row for each run that was begun: name, outcome, the score that counts, seconds, and why it failed."""
    return pd.DataFrame(
        [
            {
                "run": result.name,
                "outcome": result.outcome + (" (before)" if result.was_there else ""),
                "validation": result.validation,
                "test": result.test,
                "seconds": result.seconds or None,
                "reason": result.reason,
            }
            for result in experiment.results
        ]
    )


def _html_table(frame: pd.DataFrame) -> str:
    shown = frame.dropna(axis=1, how="all")
    shown = shown.loc[:, [bool((shown[name].astype(str) != "").any()) for name in shown]]
    return shown.to_html(index=False, border=0, na_rep="", float_format=lambda value: f"{value:.4g}", escape=True)


def _safe(text: str) -> str:
    return html.escape(text)

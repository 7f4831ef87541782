"""Reading of tables, ours beside other readers.

python benchmarks/reading.py [--pollock FOLDER] [--megabytes 500] [--repeats 3]

- Pollock, a benchmark of messy CSV files (Vitagliano et al., VLDB 2023), where FOLDER is a checkout of it: F1 between the
  multisets of rows below the line of names, and of all cells, stripped, numbers compared as %.10g; averaged over files,
  a refused file counts 0. Of the real files the first 60 by name, and all.
- A large CSV of ratings, written here: seconds until a typed frame is there, and the most memory, each in a process of
  its own.
- Detection alone, on a long line, a wide table and a long one.
- Encodings: texts in several languages whose encoding has to be found.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from embedviz.data import delimited
from embedviz.data.charsets import find_charset
from embedviz.data.detection import readings
from embedviz.data.encoding import decode
from embedviz.data.reading import read_table
from embedviz.data.text_blocks import blocks_of_text

Rows = list[list[str]]
PARTS = {"polluted files": "polluted_files", "real files": "survey_sample"}
SENTENCES = {
    "German": ("schöner Film über Bäume, müde Käse", "cp1252"),
    "French": ("un café très bon, l’élève “naïve” – œuvre", "cp1252"),
    "Spanish": ("¿qué película más bonita, niño?", "cp1252"),
    "Polish": ("dzień dobry, bardzo ładny film, źle zagrany", "cp1250 iso8859-2"),
    "Czech": ("dobrý den, příliš žluťoučký kůň", "cp1250 iso8859-2"),
    "Hungarian": ("nagyon jó film volt, őszintén tetszett a főszereplő", "cp1250"),
    "Turkish": ("çok güzel bir film, şimdi sıkıcı değil", "cp1254"),
    "Russian": ("хороший фильм, но очень скучно", "cp1251 koi8-r cp866"),
    "Ukrainian": ("дуже гарний фільм, її грали", "cp1251"),
    "Greek": ("καλημέρα κόσμε, πολύ κακή ταινία", "cp1253"),
    "Hebrew": ("שלום עולם, זה היה סרט טוב מאוד", "cp1255"),
    "Arabic": ("مرحبا بالعالم كان فيلما جيدا", "cp1256"),
    "Latvian": ("šķērsām ļoti laba filma", "cp1257"),
    "Thai": ("สวัสดีชาวโลก หนังเรื่องนี้ดีมาก", "cp874"),
    "Japanese": ("吾輩は猫である。名前はまだ無い。", "shift_jis euc_jp"),
    "Chinese": ("春眠不觉晓，处处闻啼鸟。", "gb18030"),
    "Taiwanese": ("春眠不覺曉，處處聞啼鳥。", "big5"),
    "Korean": ("안녕하세요 영화가 정말 좋았어요", "euc_kr"),
}
REPEATED = (1, 20)  # how often a sentence stands in a file


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pollock", type=Path)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(_measured(*given.one)))
        return
    warnings.filterwarnings("ignore")
    if given.pollock:
        messy_files(given.pollock)
    large_table(given.megabytes, given.repeats)
    detection(given.repeats)
    encodings()


# --- messy files ------------------------------------------------------------------------------------------------------


def ours(path: Path) -> Rows:
    """Every cell as it is written: no mark such as NA counts as missing."""
    text = decode(path.read_bytes(), path.name).text.replace("\r\n", "\n").replace("\r", "\n")
    reading = readings(text)[0]
    found = delimited.read(blocks_of_text(text), path.name, reading, delimited.Options(missing=("",)))
    names = list(reading.layout.names or found.frame.columns)[: found.frame.shape[1]]
    while names and not names[-1]:
        names.pop()  # the line of names has none there
    columns = [column.astype(object).where(column.notna(), "") for _, column in found.frame.items()]
    return [names, *([str(cell) for cell in row] for row in zip(*columns, strict=True))]


def with_pandas(path: Path) -> Rows:
    """pandas with sep=None, bad lines left out."""

    def read(encoding: str) -> pd.DataFrame:
        return pd.read_csv(
            path, sep=None, engine="python", dtype=str, keep_default_na=False, on_bad_lines="skip", encoding=encoding
        )

    try:
        frame = read("utf-8")
    except UnicodeDecodeError:
        frame = read("latin-1")
    return [list(map(str, frame.columns)), *frame.fillna("").to_numpy().tolist()]


def with_duckdb(path: Path) -> Rows:
    """DuckDB's automatic detection, bad lines left out."""
    import duckdb

    found = duckdb.connect().execute(
        "select * from read_csv(?, all_varchar=true, ignore_errors=true, strict_mode=false)", [str(path)]
    )
    names = [column[0] for column in found.description]
    return [names, *(["" if cell is None else cell for cell in row] for row in found.fetchall())]


def with_clevercsv(path: Path) -> Rows:
    """CleverCSV's dialect, and its reader."""
    import clevercsv

    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return list(clevercsv.reader(text.splitlines(keepends=True), clevercsv.Sniffer().sniff(text[:100_000])))


READERS: dict[str, Callable[[Path], Rows]] = {
    "ours": ours,
    "pandas": with_pandas,
    "DuckDB": with_duckdb,
    "CleverCSV": with_clevercsv,
}


def messy_files(folder: Path) -> None:
    """Print the scores of each reader on Pollock's files."""
    csv.field_size_limit(10**9)
    for title, part in PARTS.items():
        clean = folder / part / "clean"
        files = [path for path in sorted((folder / part / "csv").iterdir()) if (clean / path.name).exists()]
        for name, read in READERS.items():
            scores = [_scores(read, path, clean / path.name) for path in files]
            for several in sorted({min(60, len(files)), len(files)}) if part == "survey_sample" else [len(files)]:
                chosen = scores[:several]
                print(
                    f"{title} ({several:,})  {name:10} records {np.mean([s.records for s in chosen]):.4f}, "
                    f"cells {np.mean([s.cells for s in chosen]):.4f}, refused {sum(s.refused for s in chosen)}; "
                    f"records without empty cells at their ends {np.mean([s.trimmed for s in chosen]):.4f}",
                    flush=True,
                )


class _Score(NamedTuple):
    """F1 of rows and of cells, and of rows whose empty cells at the end do not count."""

    records: float
    cells: float
    trimmed: float
    refused: bool = False


def _scores(read: Callable[[Path], Rows], path: Path, clean: Path) -> _Score:
    with open(clean, encoding="utf-8", errors="replace", newline="") as file:
        right = [[_plain(cell) for cell in row] for row in csv.reader(file)]
    try:
        found = [[_plain(str(cell)) for cell in row] for row in read(path)]
    except Exception:  # whatever another reader raises is a refusal
        return _Score(0.0, 0.0, 0.0, refused=True)
    return _Score(
        _f1(Counter(map(tuple, found[1:])), Counter(map(tuple, right[1:]))),
        _f1(Counter(cell for row in found for cell in row), Counter(cell for row in right for cell in row)),
        _f1(Counter(map(_trimmed, found[1:])), Counter(map(_trimmed, right[1:]))),
    )


def _trimmed(row: list[str]) -> tuple[str, ...]:
    last = max((i for i, cell in enumerate(row, 1) if cell), default=0)
    return tuple(row[:last])


def _plain(cell: str) -> str:
    cell = cell.strip()
    try:
        return f"{float(cell):.10g}"
    except ValueError:
        return cell


def _f1(found: Counter, right: Counter) -> float:
    common = (found & right).total()
    return 2 * common / (found.total() + right.total()) if common else 0.0


# --- a large table ----------------------------------------------------------------------------------------------------


def large_table(megabytes: int, repeats: int) -> None:
    """Print seconds and memory of readers of one CSV of ratings, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        _write_ratings(path, megabytes)
        turns: dict[str, list[dict[str, float]]] = {"ours": [], "duckdb": []}
        for _ in range(repeats):
            for name, found in turns.items():
                command = [sys.executable, __file__, "--one", name, str(path)]
                answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                found.append(json.loads(answer.splitlines()[-1]))
    median = {name: statistics.median(each["seconds"] for each in found) for name, found in turns.items()}
    ours_of = turns["ours"][0]
    memory = statistics.median(each["peak_mb"] for each in turns["ours"])
    print(
        f"{megabytes} MB of ratings  ours {median['ours']:.2f} s, DuckDB {median['duckdb']:.2f} s: "
        f"{median['duckdb'] / median['ours']:.2f} x its speed; peak {memory:.0f} MB, the frame {ours_of['frame_mb']:.0f} MB: "
        f"{memory / ours_of['frame_mb']:.2f} x",
        flush=True,
    )


def _write_ratings(path: Path, megabytes: int) -> None:
    random = np.random.default_rng(0)
    with open(path, "w") as file:
        file.write("userId,movieId,rating,timestamp\n")
        while file.tell() < megabytes * 1_000_000:
            n = 200_000
            pd.DataFrame(
                {
                    "user": random.integers(1, 200_000, n),
                    "movie": random.integers(1, 60_000, n),
                    "rating": random.integers(1, 11, n) / 2,
                    "time": random.integers(900_000_000, 1_500_000_000, n),
                }
            ).to_csv(file, header=False, index=False)


def _measured(reader: str, path: str) -> dict[str, float]:
    """Seconds, the frame's size, and the most memory of this process."""
    if reader == "duckdb":
        import duckdb

        started = time.perf_counter()
        frame = duckdb.connect().execute("select * from read_csv(?)", [path]).df()
    else:
        started = time.perf_counter()
        frame = read_table(path).frame
    return {
        "seconds": time.perf_counter() - started,
        "frame_mb": frame.memory_usage().sum() / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


# --- detection alone --------------------------------------------------------------------------------------------------


def detection(repeats: int) -> None:
    """Print the seconds until the dialect and the layout are known."""
    for title, text in _shapes():
        seconds: list[float] = []
        for _ in range(repeats):
            started = time.perf_counter()
            readings(text)
            seconds.append(time.perf_counter() - started)
        print(f"detection, {title:32} {statistics.median(seconds):.2f} s", flush=True)


def _shapes() -> Iterator[tuple[str, str]]:
    random = np.random.default_rng(0)
    words = [f"word{i}" for i in random.integers(0, 5000, 50_000)]
    yield "10,000 columns", "\n".join(",".join(map(str, random.integers(0, 99, 10_000))) for _ in range(200))
    yield "a million rows", "user,film,stars\n" + "\n".join(f"u{i % 997},f{i % 499},{i % 5}" for i in range(1_000_000))
    texts = (" ".join(words[i : i + 200]).replace("word1", 'say "word1", or') for i in range(0, 50_000, 40))
    yield (
        "long texts in quotation marks",
        "text;label\n" + "\n".join(f'"{text}";{i % 2}' for i, text in enumerate(texts)),
    )
    yield "one line of 10 MB", " ".join(words * 30)


# --- encodings --------------------------------------------------------------------------------------------------------


def encodings() -> None:
    """Print how many texts come out right."""
    from charset_normalizer import from_bytes

    right: Counter[str] = Counter()
    total = 0
    for sentence, names in SENTENCES.values():
        for encoding in names.split():
            for times in REPEATED:
                text = "text,label\n" + f"{sentence},yes\n" * times
                data = text.encode(encoding)
                total += 1
                best = from_bytes(data).best()
                right["charset-normalizer"] += best is not None and str(best) == text
                right["ours"] += data.decode(find_charset(data).encoding, "replace") == text
    for name, count in right.items():
        print(f"encodings  {name:18} {count} of {total} texts right", flush=True)


if __name__ == "__main__":
    main()

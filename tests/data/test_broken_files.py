"""Broken and hostile files: one sentence each, in little time and memory."""

import gzip
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from embedviz.core.errors import DataError
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES

MAX_SECONDS, MAX_MB = 2.0, 500  # of a file, what the imports take left out of the seconds
READ = """
import json, sys, time
from pathlib import Path
from embedviz.core.errors import EmbedvizError
from embedviz.data.reading import read_table
answers = []
for path in sys.argv[1:]:
    started = time.process_time()
    try:
        answer = f"{len(read_table(path).frame)} rows"
    except EmbedvizError as error:
        answer = str(error)
    answers.append([path, answer, time.process_time() - started])
# not ru_maxrss, which a process inherits from the one that started it
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([answers, int(peak.split()[1]) / 1e3]))
"""


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


TABLE = pd.DataFrame({"user": range(200), "text": [f"some words, {i}" for i in range(200)], "stars": [1.5, 2.5] * 100})
CSV = TABLE.to_csv(index=False).encode()
WHOLE = {
    "t.csv": CSV,
    "t.csv.gz": gzip.compress(CSV),
    "t.zip": zipped(**{"t.csv": CSV}),
    "t.parquet": parquet(TABLE),
    "t.jsonl": TABLE.to_json(orient="records", lines=True).encode(),
    "t.json": TABLE.to_json(orient="columns").encode(),
    "utf16.csv": CSV.decode().encode("utf-16"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_that_is_cut_or_flipped_is_read_or_refused_in_a_sentence(name):
    data = WHOLE[name]
    broken = [data[: len(data) * part // 10] for part in range(10)]
    for place in range(0, len(data), max(1, len(data) // 40)):
        broken.append(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
    for each in broken:
        try:
            table = read_table(each, name=name)
        except DataError as error:
            assert str(error)
            assert "\n" not in str(error)
        else:
            assert table.report.rows == len(table.frame) > 0


HOSTILE = {
    "equal.csv": (",".join(["x"] * 20_000) + "\n" + ",".join("1" * 20_000) + "\n").encode(),
    "delimiters.csv": b"," * 2_000_000 + b"\n",
    "marks.csv": b"a,b\n" + b'"' * 2_000_000,
    "open.csv": b"a,b\n" + b'1,"x\n' * 200_000,
    "ragged.csv": b"a,b,c\n" + b"1,2,3\n4,5\n" * 30_000,
    "long.csv": b"a,b\n1," + b"x" * 20_000_000 + b"\n",
    "bomb.csv.gz": gzip.compress(b"a,b\n" + b"1,2\n" * 40_000_000),
    "bomb.zip": zipped(**{"a.csv": b"1,2\n" * 40_000_000}),
    "path.zip": zipped(**{"../../../outside.csv": CSV}),
    "deep.json": b'[{"a": ' + b"[" * 500_000,
    "zeros.csv": bytes(3_000_000),
}


def test_hostile_files_take_little_time_and_memory(tmp_path):
    for name, data in HOSTILE.items():
        (tmp_path / name).write_bytes(data)
    paths = [str(tmp_path / name) for name in HOSTILE]
    done = subprocess.run([sys.executable, "-c", READ, *paths], capture_output=True, text=True, timeout=110, check=True)
    answers, peak_mb = json.loads(done.stdout)
    for path, answer, seconds in answers:
        assert seconds < 4 * MAX_SECONDS, (path, seconds)  # a slow machine has room
        assert re.fullmatch(r"[\d,]+ rows|[^\n]+[.?]", answer), (path, answer)
    assert peak_mb < MAX_MB
    assert not (tmp_path.parent.parent / "outside.csv").exists()


def test_the_samples_are_not_taken_for_broken_ones():
    for sample in SAMPLES.values():
        if sample.kind != "vectors":
            report = read_table(Path(sample.path)).report
            assert (report.dropped_count, report.mended_count, report.alternatives) == (0, 0, report.alternatives)

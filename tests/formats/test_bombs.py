"""Files that promise or unpack to more than they hold: one sentence, at most two seconds and 500 MB."""

import gzip
import io
import json
import time
import zipfile

import numpy as np
import pyarrow as pa
import pytest
import torch

from embedviz.core.errors import DataError, SeveralFilesError
from embedviz.core.peak_memory import PeakMemory
from embedviz.formats import load_vectors
from tests.formats.written import archive, arrow, npy, parquet

pytestmark = pytest.mark.slow
MAX_SECONDS, MAX_BYTES = 5, 500_000_000  # of CPU
ZEROS = bytes(4_000_000)


def header(shape, descr="<f4", fortran_order=False):
    stream = io.BytesIO()
    about = {"descr": descr, "fortran_order": fortran_order, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, about)
    return stream.getvalue()


def zipped_zeros(members):
    """A zip of members that start with some bytes and go on with 1.2 GB of zeros each."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, start in members.items():
            with file.open(name, "w", force_zip64=True) as member:
                member.write(start)
                for _ in range(300 if start else 0):
                    member.write(ZEROS)
    return stream.getvalue()


def npz_bomb():
    return zipped_zeros({"v.npy": header((1_000_000, 300))})


def text_bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("v.npy", npy(np.ones((3, 2))))
        with file.open("labels.npy", "w", force_zip64=True) as member:
            member.write(header((3,), "<U100000000"))
            for _ in range(300):
                member.write(ZEROS)
    return stream.getvalue()


def projector_bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        with file.open("vectors.tsv", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(b"1.5\t2.5\n" * 500_000)
        file.writestr("metadata.tsv", "a\nb\n")
    return stream.getvalue()


def parquet_bomb():
    numbers = pa.array(np.zeros(100_000_000, np.float32))
    return parquet(pa.table({"v": pa.FixedSizeListArray.from_arrays(numbers, 100)}), compression="zstd")


def parquet_text_bomb():
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, np.int32)), ["x" * 10_000])
    numbers = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(1_000_000, np.float32)), 1)
    return parquet(pa.table({"text": texts, "v": numbers}), compression="zstd")


def arrow_bomb():
    numbers = pa.array(np.zeros(100_000_000, np.float32))
    return arrow(pa.table({"v": pa.FixedSizeListArray.from_arrays(numbers, 100)}), "zstd")


def torch_bomb():
    stream = io.BytesIO()
    torch.save({"a": torch.zeros(25_000_000, 4)}, stream)
    with zipfile.ZipFile(stream) as file:
        return archive({name: file.read(name) for name in file.namelist()})


def safetensors_promise():
    about = json.dumps({"v": {"dtype": "F32", "shape": [10**9, 10**4], "data_offsets": [0, 4 * 10**13]}}).encode()
    return len(about).to_bytes(8, "little") + about + bytes(1000)


BOMBS = {
    "npy, too many dimensions": lambda: header((10**9, 10**6)),
    "npy, too many rows": lambda: header((10**9, 10**4)) + bytes(100_000),
    "npy, in Fortran order": lambda: header((10**9, 10**4), fortran_order=True) + bytes(100_000),
    "npy, rows without end": lambda: header((10**40, 4)) + bytes(100_000),
    "npy, gzipped": lambda: gzip.compress(header((1_000_000, 300)) + bytes(1_200_000_000), 1),
    "npz": npz_bomb,
    "npz, texts": text_bomb,
    "npz in a zip": lambda: archive({"v.npz": npz_bomb()}),
    "projector": projector_bomb,
    "parquet": parquet_bomb,
    "parquet, texts": parquet_text_bomb,
    "arrow": arrow_bomb,
    "torch": torch_bomb,
    "safetensors": safetensors_promise,
    "json lines": lambda: b'{"vector": ' + b"[" * 1_000_000,
    "json": lambda: b'{"vectors": [0.5, 1.5], "a": ' + b"[" * 1_000_000,
    "json, numbers": lambda: b'{"vector": [' + b"0.5," * 8_000_000,
    "json, gzipped": lambda: gzip.compress(b'{"vector": [' + b"0.5," * 80_000_000, 1),
    "csv without an end of line": lambda: b"label,dim_0,dim_1\n" + b'"' + b"a," * 20_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_costs_little(bomb):
    data = BOMBS[bomb]()
    with PeakMemory() as memory:
        memory.take_peak()
        before = memory.take_peak()
        started = time.process_time()
        with pytest.raises(DataError) as caught:
            load_vectors(data, name="bomb")
        seconds, peak = time.process_time() - started, memory.take_peak() - before
    assert str(caught.value).startswith(("bomb", "v.npz"))
    assert "\n" not in str(caught.value)
    assert seconds < MAX_SECONDS
    assert peak < MAX_BYTES


def test_paths_that_lead_out_of_a_zip_are_nothing_but_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inside").mkdir()
    path = tmp_path / "inside" / "v.zip"
    path.write_bytes(archive({"../vectors.tsv": "1.5\t2.5\n3.5\t4.5\n", "/../../metadata.tsv": "a\nb\n"}))
    assert load_vectors(path).labels == ["a", "b"]
    path.write_bytes(archive({"../../v.npy": npy(np.eye(2))}))
    assert load_vectors(path).dim == 2
    path.write_bytes(archive({"../a.txt": "king 1 2\n", "../b.txt": "queen 1 2\n"}))
    with pytest.raises(SeveralFilesError):
        load_vectors(path)
    assert load_vectors(path, member="../a.txt").labels == ["king"]
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["inside", "v.zip"]


def test_a_zip_in_itself_is_not_followed():
    inner = archive({"a.tsv": "1.5\t2.5\n", "metadata.tsv": "a\n"})
    for _ in range(5):
        inner = archive({"a.npz": inner})
    with pytest.raises(DataError, match="packed several times over"):
        load_vectors(inner)

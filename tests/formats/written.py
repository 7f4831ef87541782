"""Files as other programs write them, in bytes."""

import io
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

VECTORS = np.array([[1, 0.5, -2], [0.25, 1, 3], [2, 2, -2.5]], np.float32)
WORDS = ["king", "queen", "Toy Story 2"]
TSV = "1\t0.5\t-2\n0.25\t1\t3\n2\t2\t-2.5\n"


def npy(array, **options):
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def parquet(table, **options):
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


def arrow(table, compression=None):
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, table.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(table)
    return stream.getvalue()


def arrow_stream(table):
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue()


def archive(files, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return stream.getvalue()

"""Formats that are not read, recognised by their first bytes so that the message can say what to do."""

from __future__ import annotations

SUPPORTED = "Bring TXT, CSV, TSV, JSON, JSONL or Parquet, plain, gzipped or in a zip."
FROM_PICKLE = (
    "Export it with the library that wrote it: a table with to_parquet of pandas, vectors with save_word2vec_format of gensim or "
    "numpy.savez."
)

# first bytes, name of the format, advice
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", "Save its text as TXT first."),
    (b"\xd0\xcf\x11\xe0", "an old Office document", "Save it as CSV (a sheet) or as plain text (a document)."),
    (b"\x89PNG", "a picture", SUPPORTED),
    (b"\xff\xd8\xff", "a picture", SUPPORTED),
    (b"GIF8", "a picture", SUPPORTED),
    (b"SQLite format 3\0", "an SQLite database", "Export a table of it as CSV."),
    (b"\x93NUMPY", "a NumPy array", SUPPORTED),
    (b"\x89HDF", "an HDF5 file", "Save its table as CSV or Parquet."),
    (b"ARROW1", "an Arrow file", "Save it as Parquet."),
    (b"Rar!", "a RAR archive", "Unpack it, or pack it as a zip."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it, or pack it as a zip."),
    (b"BZh", "packed with bzip2", "Unpack it, or pack it with gzip."),
    (b"\xfd7zXZ\0", "packed with xz", "Unpack it, or pack it with gzip."),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard", "Unpack it, or pack it with gzip."),
    (b"\x7fELF", "a program", SUPPORTED),
    *(
        (bytes([0x80, protocol]), "a Python pickle, which is never opened because it could run a program", FROM_PICKLE)
        for protocol in range(2, 6)
    ),
)


def foreign_format(head: bytes) -> str:
    """Return why a file with this beginning cannot be read, to follow its name; empty for formats that are read."""
    for magic, what, advice in _MAGIC:
        if head.startswith(magic):
            return f"is {what}. {advice}"
    if head[257:262] == b"ustar":
        return "is a tar archive. Unpack it, or pack its files as a zip."
    return ""


def office_format(names: list[str]) -> str:
    """Return the same for a zip with files of these names: modern Office documents are zips."""
    if "[Content_Types].xml" in names:
        if any(name.startswith("xl/") for name in names):
            return "is an Excel workbook. Save the sheet as CSV."
        return "is an Office document. Save it as plain text."
    if "mimetype" in names and "content.xml" in names:
        return "is an OpenDocument file. Save it as CSV (a sheet) or as plain text (a document)."
    return ""

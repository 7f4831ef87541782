"""Files of pretrained vectors, a format a file: sniff, read and write. The content decides, not the file's ending."""

from embedviz.formats.source import is_model_folder, open_source
from embedviz.formats.vector_files import (
    FORMATS,
    LINES_OF_WORDS,
    TABULAR,
    is_vectors,
    load_vectors,
    read_source,
    vectors_format,
    write_vectors,
)

__all__ = [
    "FORMATS",
    "LINES_OF_WORDS",
    "TABULAR",
    "is_model_folder",
    "is_vectors",
    "load_vectors",
    "open_source",
    "read_source",
    "vectors_format",
    "write_vectors",
]

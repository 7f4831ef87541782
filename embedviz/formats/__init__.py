"""Files of pretrained vectors, a format a file: sniff, read and write. The content decides, not the file's ending."""

from embedviz.formats.vector_files import FORMATS, MAY_BE_TABLES, load_vectors, write_vectors

__all__ = ["FORMATS", "MAY_BE_TABLES", "load_vectors", "write_vectors"]

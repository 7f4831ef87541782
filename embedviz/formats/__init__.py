"""Files of pretrained vectors, a format a file: sniff, read and write. The content decides, not the file's ending."""

from embedviz.formats.source import is_model_folder, open_source
from embedviz.formats.vector_files import FORMATS, is_vectors, load_vectors, read_source, write_vectors

__all__ = ["FORMATS", "is_model_folder", "is_vectors", "load_vectors", "open_source", "read_source", "write_vectors"]

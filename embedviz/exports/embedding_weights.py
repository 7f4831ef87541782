"""The weights of an nn.Embedding: embedding.pt, a state_dict, with the vocabulary and what is known of each label beside it."""

from __future__ import annotations

from embedviz.core.formats import LabeledVectors
from embedviz.exports.files_together import FileWriter, from_blocks
from embedviz.exports.label_files import label_files
from embedviz.formats.companions import EMBEDDING, METADATA_JSON
from embedviz.formats.pytorch_archive import write_archive

README = "README.md"
OPTIONAL = (METADATA_JSON,)
_README = """# {count:,} vectors of {dim:,} dimensions for PyTorch

    import json, torch

    embedding = torch.nn.Embedding.from_pretrained(torch.load("embedding.pt", weights_only=True)["weight"])
    row_of = json.load(open("vocab.json", encoding="utf-8"))
    embedding(torch.tensor([row_of[{label}]]))

`embedding.pt` is the state_dict of an `nn.Embedding({count}, {dim})`: float32, a row for each entry of `vocab.json`. `metadata.json`,
where there is one, holds what else is known of each row. `embedviz.load_vectors` opens the folder.
"""


def embedding_files(space: LabeledVectors) -> dict[str, FileWriter]:
    """Return embedding.pt ({"weight": (N, D)}), vocab.json, metadata.json where the labels have columns, and README.md."""
    count, dim = space.vectors.shape
    text = _README.format(count=count, dim=dim, label=repr(space.labels[0]) if count else "...")
    return {
        EMBEDDING: lambda stream: write_archive(stream, "weight", space.vectors),
        **{name: from_blocks(blocks) for name, blocks in label_files(space).items()},
        README: from_blocks([text.encode()]),
    }

"""Pretrained word vectors by the names torchtext gives them: downloaded once, read by our readers, kept as spaces.

The addresses are those of torchtext 0.6.0 (torchtext.vocab), over https; the checksums are those of torchtext
0.9. GloVe: Pennington, Socher and Manning 2014. FastText: Bojanowski, Grave, Joulin and Mikolov 2017. CharNGram:
Hashimoto, Xiong, Tsuruoka and Socher 2017.
"""

from __future__ import annotations

import os
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from embedviz.core.downloads import download, exclusive_access
from embedviz.core.errors import DataError, SettingsError
from embedviz.core.files import replacing
from embedviz.core.progress import Progress
from embedviz.formats.vector_files import load_vectors
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import read_space, space_names, write_space

_STANFORD = "https://nlp.stanford.edu/data/"
_FASTTEXT = "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.{}.vec"
_CHARNGRAM = "https://www.logos.t.u-tokyo.ac.jp/~hassy/publications/arxiv2016jmt/jmt_pre-trained_embeddings.tar.gz"


@dataclass(frozen=True)
class Pretrained:
    """Vectors that can be downloaded.

    Attributes
    ----------
    name : str
        As people choose it.
    url : str
        Where the file is.
    member : str or None
        The file inside an archive.
    sha256 : str or None
        The download's checksum, where it is known.
    megabytes : int
        About the size of the download; 0 where it is not known.
    shared : bool
        Whether several names come out of one archive, which is kept for them.
    """

    name: str
    url: str
    member: str | None = None
    sha256: str | None = None
    megabytes: int = 0
    shared: bool = False

    @property
    def key(self) -> str:
        """The name of its space in the cache."""
        return self.name.lower().replace(" ", ".")


# name -> (archive, checksum, dimensions, megabytes)
_GLOVE = {
    "6B": ("glove.6B.zip", "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb", (50, 100, 200, 300), 862),
    "42B": ("glove.42B.300d.zip", "03d5d7fa28e58762ace4b85fb71fe86a345ef0b5ff39f5390c14869da0fc1970", (300,), 1880),
    "840B": ("glove.840B.300d.zip", "c06db255e65095393609f19a4cfca20bf3a71e20cc53e892aafa490347e3849f", (300,), 2180),
    "twitter.27B": (
        "glove.twitter.27B.zip", "792af52f795d1a32c9842a3240f5f3fe5e941a8ff6df5eb0f9d668092ebc019c", (25, 50, 100, 200), 1520,
    ),
}  # fmt: skip
# Checksums of the languages asked for most; FastText has about 290, and any can be named.
_FASTTEXT_SUMS = {
    "en": "ba5420ac217fb34f15f58ded0d911a4370dfb1f3341fa7511a49ae74c87de282",
    "ar": "5527041ce04fa66e45e27d7bd278f00425d97fde8c67755392d70f112fecc356",
    "cs": "0eba2ac0852b1057909d4e8e5e3fa75470f9cb9408b364433ac4747eb2b568a9",
    "de": "3020c26e32238ba95a933926763b5c693bf7793bf0c722055cecda1e0283578c",
    "es": "cf2e9a1976055a18ad358fb0331bc5f9b2e8541d6d4903b562a63b60f3ae392e",
    "fr": "bc68b0703375da9e81c3c11d0c28f3f8375dd944c209e697c4075e579455ac2a",
    "hi": "e5ec503a898207e17a7681d97876607b0481384b6c1cc4c9c6b6aaba7ad293d0",
    "it": "5a9d111edd3f199e7379373ba18f4e5317c6c6c5053a9d6d0a56f32298d3bde4",
    "ja": "b44b2eef8bdcf0739c971c4ff7fcae7a300b5e06cf0e50c5787082957ad9d998",
    "ko": "44bae904dd7923d1178e83067cc42d9437097f7e86cb83bdd8281febe4b9adaa",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z]+)*|simple")


def pretrained_names() -> list[str]:
    """Return the names for a list. FastText takes the code of any other language, too."""
    glove = [f"GloVe {name} {dim}" for name, (_, _, dims, _) in _GLOVE.items() for dim in dims]
    return [*glove, *(f"FastText {language}" for language in ["en", "simple", *list(_FASTTEXT_SUMS)[1:]]), "CharNGram"]


def find_pretrained(name: str) -> Pretrained:
    """Find vectors by our name ("GloVe 6B 100", "FastText en", "CharNGram") or torchtext's ("glove.6B.100d").

    Upper and lower case are alike.

    Raises
    ------
    SettingsError
        With the names there are, for any other.
    """
    words = re.sub(r"(?<=[ .])(\d+)d$", r"\1", name.strip(), flags=re.IGNORECASE).replace(".", " ").split()
    kind, rest = words[0].lower() if words else "", [word.lower() for word in words[1:]]
    if kind == "glove" and rest:
        for known, (archive, sha256, dims, megabytes) in _GLOVE.items():
            parts = known.lower().split(".")
            if rest[: len(parts)] == parts or rest[0] == parts[0]:
                given = [int(word) for word in rest if word.isdigit()] or [100 if 100 in dims else dims[0]]
                if given[0] in dims and len(given) == 1:
                    member = f"glove.{known}.{given[0]}d.txt"
                    url = _STANFORD + archive
                    return Pretrained(f"GloVe {known} {given[0]}", url, member, sha256, megabytes, len(dims) > 1)
    if kind == "fasttext" and len(rest) <= 2 and (not rest[1:] or rest[1] == "300"):
        language = rest[0] if rest else "en"
        if _LANGUAGE.fullmatch(language):
            return Pretrained(f"FastText {language}", _FASTTEXT.format(language), None, _FASTTEXT_SUMS.get(language))
    if kind == "charngram" and rest in ([], ["100"]):
        return Pretrained("CharNGram", _CHARNGRAM, "charNgram.txt")
    raise SettingsError(f"There are no vectors {name!r}. There are: {', '.join(pretrained_names())}.")


def open_pretrained(
    name: str | Pretrained, cache_folder: Path, on_progress: Callable[[Progress], None] = lambda progress: None
) -> EmbeddingSpace:
    """Open pretrained vectors from the cache folder, or download, verify, read and keep them there.

    Parameters
    ----------
    name : str or Pretrained
        As `find_pretrained` takes it.
    cache_folder : Path
        Where spaces and downloads are kept.
    on_progress : callable, optional
        Called with bytes downloaded, then with bytes read.

    Raises
    ------
    SettingsError
        For an unknown name.
    DataError
        Without a network, or when the file is not the expected one.
    """
    wanted = find_pretrained(name) if isinstance(name, str) else name
    if wanted.key not in space_names(cache_folder):
        file_name = os.path.basename(urlsplit(wanted.url).path)
        with exclusive_access(cache_folder, file_name, wanted.name, on_progress):
            if wanted.key not in space_names(cache_folder):  # the one we waited for may have brought it
                _fetch(wanted, cache_folder, file_name, on_progress)
    space = read_space(cache_folder, wanted.key)
    space.name, space.kind = "word", "word"  # the file knows it by its key
    return space


def _fetch(wanted: Pretrained, folder: Path, file_name: str, on_progress: Callable[[Progress], None]) -> None:
    """Download and read the vectors, and keep them as a space."""
    path = download(wanted.url, folder, file_name, sha256=wanted.sha256, title=wanted.name, on_progress=on_progress)
    space = _read(path, wanted, on_progress)
    on_progress(Progress(message=f"Keeping {wanted.name} for the next time"))
    write_space(space, folder, wanted.key)
    if not wanted.shared:
        path.unlink()


def _read(path: Path, wanted: Pretrained, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    if not path.name.endswith(".tar.gz"):
        return load_vectors(path, member=wanted.member, on_progress=on_progress)
    unpacked = path.with_name(f"{path.name}.unpacked")
    try:
        _unpack(path, wanted, unpacked, on_progress)
        return load_vectors(unpacked, name=wanted.member, on_progress=on_progress)
    finally:
        unpacked.unlink(missing_ok=True)


def _unpack(path: Path, wanted: Pretrained, target: Path, on_progress: Callable[[Progress], None]) -> None:
    """Unpack the archive's one member to a file; nothing else of it touches the disk."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                if os.path.basename(member.name) == wanted.member and (source := archive.extractfile(member)):
                    done = 0
                    with replacing(target) as temporary, open(temporary, "wb") as file:
                        while block := source.read(1 << 22):
                            done += file.write(block)
                            on_progress(Progress(done, member.size, message=f"Unpacking {wanted.name}"))
                    return
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(f"{path.name} cannot be unpacked ({error}). Delete it, and it is downloaded again.") from error
    raise DataError(f"{path.name} holds no file {wanted.member!r}.")

"""Vectors of whole texts by a ready encoder: a static one of model2vec, or a transformer of sentence-transformers.

Both packages are optional (the extra `sentence`). An encoder is a folder, or a name on the Hugging Face hub, of which
safetensors, JSON and vocabularies alone are downloaded. Nothing is unpickled and no code of an encoder is run: a folder with
pickled weights or with modules of its own is refused.

Reimers and Gurevych 2019, "Sentence-BERT: sentence embeddings using Siamese BERT-networks" (EMNLP). Tulkens and van Dongen
2024, "Model2Vec: fast state-of-the-art static embeddings".
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.mode import is_shared
from embedviz.core.progress import Progress

DOWNLOADED = ("*.json", "*.safetensors", "*.txt")  # patterns of a hub's files
PICKLED = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"}
OWN_MODULES = "sentence_transformers."
PACKAGES = {"model2vec": "model2vec", "transformer": "sentence_transformers"}  # kind of an encoder -> module
BLOCK = 256  # texts between two progress events

EncoderKind = Literal["model2vec", "transformer"]


class SentenceEncoder(Protocol):
    """What both packages' encoders do."""

    def encode(self, texts: Sequence[str], /) -> np.ndarray:
        """Return the vectors of texts: (N) -> (N, E) float32."""
        ...


def check_encoder(name: str) -> None:
    """Refuse an encoder that cannot be opened, as far as that is known without opening it. Nothing is wrong with no name.

    Raises
    ------
    SettingsError
        In shared mode, where a visitor's name would make the server download; without the packages; for a path that is no
        folder.
    DataError
        When a folder holds no encoder, or one that would have to be unpickled.
    """
    if not name:
        return
    if is_shared():
        raise SettingsError(
            "Sentence encoders are for local mode: this shared server downloads and opens none. Leave sentence_encoder empty."
        )
    if Path(name).is_dir():
        _need_package(name, encoder_kind(Path(name)))
    elif Path(name).exists() or name.count("/") > 1 or name.startswith((".", "~", "/")):
        raise SettingsError(
            f"There is no folder {name!r}. A sentence encoder is a folder, or a name such as owner/model."
        )
    elif not any(find_spec(module) for module in PACKAGES.values()):
        raise SettingsError(_missing(name, "model2vec or sentence-transformers"))


def to_download(name: str) -> bool:
    """Return whether an encoder has to be downloaded first: its configuration is not in the hub's cache."""
    if not name or Path(name).is_dir() or find_spec("huggingface_hub") is None:
        return False
    try:
        return not isinstance(import_module("huggingface_hub").try_to_load_from_cache(name, "config.json"), str)
    except ValueError:  # no name that the hub could have; opening it says so
        return False


@lru_cache(maxsize=2)
def open_encoder(name: str) -> SentenceEncoder:
    """Open an encoder.

    Parameters
    ----------
    name : str
        A folder, or a name on the hub.

    Raises
    ------
    SettingsError, DataError
        As `check_encoder`; also when the hub does not give the encoder, or its files are damaged.
    """
    check_encoder(name)
    folder = Path(name) if Path(name).is_dir() else _downloaded(name)
    kind = encoder_kind(folder)
    _need_package(name, kind)
    from safetensors import SafetensorError

    try:
        return _Static(folder) if kind == "model2vec" else _Transformer(folder)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise DataError(f"The sentence encoder {name!r} could not be opened: {error}") from error


def encoder_kind(folder: Path) -> EncoderKind:
    """Return which package opens a folder.

    Raises
    ------
    DataError
        When it holds no encoder of either, weights that would have to be unpickled, or modules with code of their own.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    if pickled := [path.name for path in files if path.suffix.lower() in PICKLED]:
        raise DataError(
            f"The folder {folder.name!r} holds {pickled[0]}, a pickle, which can run any code when it is opened. Keep the "
            f"encoder as safetensors alone: delete that file if model.safetensors is beside it."
        )
    if not any(path.suffix == ".safetensors" for path in files):
        raise DataError(f"The folder {folder.name!r} holds no sentence encoder: expected model.safetensors in it.")
    config, modules = _json(folder / "config.json"), _json(folder / "modules.json")
    types = [str(module.get("type", "")) for module in modules] if isinstance(modules, list) else []
    if strange := [name for name in types if not name.startswith(OWN_MODULES)]:
        raise DataError(f"The encoder {folder.name!r} has code of its own ({strange[0]}), which embedviz does not run.")
    if isinstance(config, dict) and config.get("model_type") == "model2vec":
        return "model2vec"
    if types:
        return "model2vec" if types[0].endswith("StaticEmbedding") else "transformer"
    raise DataError(
        f"The folder {folder.name!r} holds no sentence encoder: expected modules.json of sentence-transformers, or "
        f"config.json of model2vec."
    )


def encode_in_blocks(name: str, texts: Sequence[str]) -> Generator[Progress, None, np.ndarray]:
    """Open an encoder and return the vectors of texts: (N) -> (N, E) float32. The folds of one process encode once."""
    kept = _last_encoded(name, tuple(texts))
    if "vectors" in kept:
        return kept["vectors"]
    yield Progress(message=f"Opening the sentence encoder {name}")
    encoder, parts = open_encoder(name), []
    for start in range(0, len(texts), BLOCK):
        parts.append(encoder.encode(texts[start : start + BLOCK]))
        done = min(start + BLOCK, len(texts))
        yield Progress(step=done, total_steps=len(texts), message="Encoding the texts")
    kept["vectors"] = np.concatenate(parts)
    return kept["vectors"]


@lru_cache(maxsize=1)
def _last_encoded(name: str, texts: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return where the vectors of the texts that were encoded last are kept."""
    return {}


class _Static:
    """An encoder of model2vec."""

    def __init__(self, folder: Path):
        self._model = import_module("model2vec").StaticModel.from_pretrained(folder)

    def encode(self, texts: Sequence[str], /) -> np.ndarray:
        return np.asarray(self._model.encode(list(texts), use_multiprocessing=False), np.float32)


class _Transformer:
    """An encoder of sentence-transformers, on the CPU, where a run's predictions are made too."""

    def __init__(self, folder: Path):
        self._model = import_module("sentence_transformers").SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )

    def encode(self, texts: Sequence[str], /) -> np.ndarray:
        return np.asarray(self._model.encode(list(texts), show_progress_bar=False), np.float32)


def _downloaded(name: str) -> Path:
    hub, errors = import_module("huggingface_hub"), import_module("huggingface_hub.errors")
    try:
        return Path(hub.snapshot_download(name, allow_patterns=list(DOWNLOADED)))
    except (errors.HfHubHTTPError, OSError, ValueError) as error:
        raise DataError(f"The sentence encoder {name!r} could not be downloaded: {error}") from error


def _need_package(name: str, kind: EncoderKind) -> None:
    if find_spec(PACKAGES[kind]) is None:
        raise SettingsError(_missing(name, PACKAGES[kind].replace("_", "-")))


def _missing(name: str, package: str) -> str:
    return (
        f"The sentence encoder {name!r} needs the package {package}. Install both that open encoders: "
        f"pip install model2vec sentence-transformers"
    )


def _json(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path.name} of the encoder {path.parent.name!r} is no JSON ({error}).") from error

import subprocess
import sys
from pathlib import Path

import pytest

import embedviz.formats  # noqa: F401  # registers what the first test adds to
from embedviz.core import formats
from embedviz.core.errors import SettingsError
from embedviz.core.formats import find_format, format_of, register_format


def test_a_format_that_registers_itself_is_found_by_name_and_ending(monkeypatch):
    monkeypatch.setattr(formats, "_formats", dict(formats._formats))

    def write(space, stream):
        stream.write(b"own")

    register_format("own", (".own",), write)
    assert find_format("own").write is write
    assert format_of(Path("a.OWN.gz")) == format_of(Path("b.own")) == "own"


def test_the_package_of_formats_is_imported_when_it_is_first_needed():
    code = (
        "import sys, embedviz.space\n"
        "from embedviz.core.formats import find_format\n"
        "assert 'embedviz.formats' not in sys.modules\n"
        "print(find_format('glove').write.__module__)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "embedviz.formats.glove_text"


def test_an_unknown_name_or_ending_is_refused_with_those_there_are():
    with pytest.raises(SettingsError, match="word2vec-binary, word2vec, glove, not 'xyz'"):
        find_format("xyz")
    with pytest.raises(SettingsError, match=r"a\.xyz\.gz: the ending names no format\. Use .*\.bin, \.vec"):
        format_of(Path("a.xyz.gz"))

import json
import re

import pytest

from embedviz.map_view.modules import ENTRY_MODULE, MAP_FILES, modules_json, read_modules
from embedviz.map_view.notebook_script import ENTRY as WIDGET
from embedviz.map_view.offline import ENTRY as OFFLINE_PAGE

ENTRIES = (ENTRY_MODULE, OFFLINE_PAGE, WIDGET)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_module_comes_after_those_it_imports_and_the_entry_last(entry):
    known = set()
    for name, source in read_modules(entry):
        assert set(re.findall(r' from "\./([\w.]+)"', re.sub(r"/\*\*.*?\*/", "", source, flags=re.DOTALL))) <= known
        known.add(name)
    assert name == entry


def test_every_module_is_needed_by_an_entry():
    needed = {name for entry in ENTRIES for name, _ in read_modules(entry)}
    assert needed == {path.name for path in MAP_FILES.glob("*.js")}


def test_the_app_does_not_load_what_only_other_places_need():
    names = [name for name, _ in read_modules()]
    assert OFFLINE_PAGE not in names
    assert WIDGET not in names


def test_the_file_for_the_browser_holds_all_modules():
    assert [tuple(pair) for pair in json.loads(modules_json())] == read_modules()

import json
import re

from embedviz.map_view.modules import ENTRY_MODULE, MAP_FILES, modules_json, read_modules


def test_every_module_comes_after_those_it_imports():
    known = set()
    for name, source in read_modules():
        assert set(re.findall(r' from "\./([\w.]+)"', re.sub(r"/\*\*.*?\*/", "", source, flags=re.DOTALL))) <= known
        known.add(name)
    assert known == {path.name for path in MAP_FILES.glob("*.js")}
    assert name == ENTRY_MODULE  # what nothing imports


def test_the_file_for_the_browser_holds_all_modules():
    assert [tuple(pair) for pair in json.loads(modules_json())] == read_modules()

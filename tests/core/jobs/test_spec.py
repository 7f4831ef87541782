import subprocess
import sys
from dataclasses import dataclass, replace
from typing import ClassVar

from embedviz.core.jobs.spec import JobSpec


@dataclass(frozen=True)
class Spec(JobSpec):
    kind: ClassVar[str] = "example"

    name: str
    values: dict[str, float]


@dataclass(frozen=True)
class Other(Spec):
    kind: ClassVar[str] = "other"


SPEC = Spec("é", {"b": 1.5, "a": 2.0})


def test_the_key_does_not_depend_on_the_order_of_keys_nor_on_the_process():
    assert SPEC.key() == Spec("é", {"a": 2.0, "b": 1.5}).key()
    code = (
        "from dataclasses import dataclass; from typing import ClassVar; from embedviz.core.jobs.spec import JobSpec\n"
        "@dataclass(frozen=True)\nclass Spec(JobSpec):\n kind: ClassVar[str] = 'example'\n name: str\n values: dict\n"
        "print(Spec('é', {'b': 1.5, 'a': 2.0}).key())"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == SPEC.key()


def test_another_value_and_another_kind_have_another_key():
    keys = {
        SPEC.key(),
        replace(SPEC, name="e").key(),
        replace(SPEC, values={}).key(),
        Other(SPEC.name, SPEC.values).key(),
    }
    assert len(keys) == 4
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys)

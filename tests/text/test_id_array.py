import mmap

import numpy as np
import pytest

from embedviz.text import id_array
from embedviz.text.id_array import IdArray, empty_ids, folder_of, parts_of, release


@pytest.fixture(params=["memory", "file"])
def new(request, tmp_path, monkeypatch):
    monkeypatch.setattr(id_array, "BLOCK", 3)
    if request.param == "memory":
        yield IdArray
    else:
        with open(tmp_path / "ids.npy", "w+b") as file:
            yield lambda: IdArray(file)


def test_what_was_added_is_there_in_its_order(new):
    ids = new()
    ids.append(np.array([1, 2, -1], np.int32))
    ids.append(np.array([7], np.int32))
    assert len(ids) == 4
    assert ids.finish().tolist() == [1, 2, -1, 7]


def test_nothing_added_is_an_empty_array(new):
    assert new().finish().tolist() == []


def test_a_file_is_read_by_numpy(tmp_path):
    with open(tmp_path / "ids.npy", "w+b") as file:
        ids = IdArray(file)
        ids.append(np.arange(1000, dtype=np.int32))
        assert isinstance(ids.finish(), np.memmap)
    assert np.load(tmp_path / "ids.npy").tolist() == list(range(1000))


def test_ids_are_replaced_and_gaps_closed(new):
    ids = new()
    ids.append(np.array([0, 1, -1, 2, 2, 0, -1], np.int32))
    ids.replace(np.array([-2, 0, 1], np.int32))
    ids.append(np.array([5], np.int32))
    ids.leave_out(-2)
    ids.append(np.array([6], np.int32))
    assert ids.finish().tolist() == [0, -1, 1, 1, -1, 5, 6]


def test_large_arrays_are_mapped_from_a_folder_and_leave_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(id_array, "IN_MEMORY_BYTES", 100)
    assert not isinstance(empty_ids(25, tmp_path), np.memmap)
    assert not isinstance(empty_ids(26, None), np.memmap)
    mapped = empty_ids(26, tmp_path)
    mapped[:] = 3
    assert isinstance(mapped, np.memmap)
    assert list(tmp_path.iterdir()) == []
    release(mapped)
    assert mapped.sum() == 78


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="this system cannot let go of mapped memory")
def test_released_memory_is_no_longer_resident(tmp_path):
    np.save(tmp_path / "ids.npy", np.ones(4_000_000, np.int32))
    mapped = np.load(tmp_path / "ids.npy", mmap_mode="r")
    assert folder_of(mapped) == tmp_path
    assert folder_of(np.empty(3, np.int32)) is None
    assert mapped.sum() == 4_000_000
    held = resident(mapped)
    release(mapped[5:])
    assert resident(mapped) < held / 100


def resident(mapped: np.memmap) -> int:
    """Kilobytes of the mapping that are in memory."""
    start = f"{mapped.ctypes.data // mmap.PAGESIZE * mmap.PAGESIZE:x}-"
    with open("/proc/self/smaps") as file:
        lines = iter(file)
        for line in lines:
            if line.startswith(start):
                return next(int(line.split()[1]) for line in lines if line.startswith("Rss:"))
    pytest.skip("this system does not tell what is resident")


def test_parts_cover_the_array_once():
    assert [part.tolist() for part in parts_of(np.arange(5), 2)] == [[0, 1], [2, 3], [4]]

import errno
import os
import subprocess
import sys
from pathlib import Path

import h5py
import pytest

from simgen.dataset.atomic import (
    final_name,
    new_hdf5,
    partial_of,
    remove_partials,
    write_atomically,
)


def names_in(directory):
    return sorted(path.name for path in directory.iterdir())


def test_content_appears_under_the_final_name_alone(tmp_path):
    write_atomically(tmp_path / "a", b"old")
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names_in(tmp_path) == ["a"]


def test_an_hdf5_file_appears_only_when_it_is_closed(tmp_path):
    with new_hdf5(tmp_path / "a.h5") as file:
        file["x"] = [1]
        assert names_in(tmp_path) == [partial_of(tmp_path / "a.h5").name]
    assert names_in(tmp_path) == ["a.h5"]
    with h5py.File(tmp_path / "a.h5") as file:
        assert list(file) == ["x"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_former_file(tmp_path, error):
    write_atomically(tmp_path / "a.h5", b"former")

    def interrupted():
        with new_hdf5(tmp_path / "a.h5"):
            raise error

    with pytest.raises(error):
        interrupted()
    assert names_in(tmp_path) == ["a.h5"]
    assert (tmp_path / "a.h5").read_bytes() == b"former"


FULL_DISK = """
import resource
import signal
import sys
from pathlib import Path

import numpy as np

from simgen.dataset.atomic import new_hdf5

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
with new_hdf5(Path(sys.argv[1])) as file:
    for k in range(9):
        group = file.create_group(str(k))
        group.create_dataset("x", data=np.zeros(100000), chunks=(1000,), fletcher32=True)
"""


@pytest.mark.parametrize("room", [0, 100, 4096, 10**6, 7 * 10**6])
def test_a_full_disk_is_one_error_without_a_wall_of_others(tmp_path, room):
    place = tmp_path / "a.h5"
    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(place), str(room)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    error = f"OSError: [Errno {errno.EFBIG}] File too large: '{place}'"
    assert ran.stderr.splitlines()[-1] == error
    assert "Exception ignored" not in ran.stderr
    assert names_in(tmp_path) == []


def test_an_unwritable_place_leaves_nothing(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "a", b"")
    assert names_in(tmp_path) == []


def test_the_partial_file_is_in_the_same_directory_and_of_this_process(tmp_path):
    partial = partial_of(tmp_path / "a.h5")
    assert partial.parent == tmp_path
    assert str(os.getpid()) in partial.name
    assert final_name(partial) == "a.h5"
    assert final_name(tmp_path / "a.h5") is None


def test_leftovers_of_the_named_files_vanish(tmp_path):
    for name in ("a.h5.1.partial", "a.h5.22.partial", "b.h5.1.partial", "a.h5", "x.partial"):
        (tmp_path / name).touch()
    remove_partials(tmp_path, {"a.h5"})
    assert names_in(tmp_path) == ["a.h5", "b.h5.1.partial", "x.partial"]

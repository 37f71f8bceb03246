import fcntl
import os
import shutil
from contextlib import ExitStack

import pytest

from simgen.errors import DatasetError
from simgen.generate.lock import locked, settling

WHOLE = (0, 1)


@pytest.mark.parametrize(
    ("held", "wanted"), [(WHOLE, WHOLE), (WHOLE, (0, 2)), ((1, 2), WHOLE), ((1, 2), (1, 2))]
)
def test_what_overlaps_is_refused(tmp_path, held, wanted):
    with (
        locked(tmp_path, held),
        pytest.raises(DatasetError, match="another process is rendering into this directory"),
        locked(tmp_path, wanted),
    ):
        pass
    with locked(tmp_path, wanted):
        pass


def test_different_parts_work_side_by_side(tmp_path):
    with ExitStack() as parts:
        for part in range(4):
            parts.enter_context(locked(tmp_path, (part, 4)))


def test_a_lock_that_was_removed_by_a_finished_run_is_worthless(tmp_path, monkeypatch):
    def finish_meanwhile(*_):
        (tmp_path / ".working/lock").unlink(missing_ok=True)

    monkeypatch.setattr(fcntl, "flock", finish_meanwhile)
    with pytest.raises(DatasetError, match="another process"), locked(tmp_path, WHOLE):
        pass


@pytest.mark.parametrize("part", [WHOLE, (0, 2)])
def test_locks_that_a_finishing_run_removes_meanwhile_are_taken_again(tmp_path, monkeypatch, part):
    take, removed = fcntl.flock, []

    def finish_meanwhile(*arguments):
        if len(removed) < 2:
            removed.append(arguments)
            shutil.rmtree(tmp_path / ".working")
        take(*arguments)

    monkeypatch.setattr(fcntl, "flock", finish_meanwhile)
    with locked(tmp_path, part):
        assert len(removed) == 2
        with pytest.raises(DatasetError, match="another process"), locked(tmp_path, part):
            pass
    removed.clear()
    with settling(tmp_path):
        assert (tmp_path / ".working/settling").exists()


def test_the_folder_of_the_locks_may_vanish_before_one_is_opened(tmp_path, monkeypatch):
    opened, removed = os.open, []

    def finish_meanwhile(path, *arguments, **options):
        if not removed and str(path).endswith("settling"):
            removed.append(path)
            shutil.rmtree(tmp_path / ".working")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "open", finish_meanwhile)
    with settling(tmp_path):
        assert removed


def test_settling_waits_for_nobody_but_itself(tmp_path):
    with locked(tmp_path, WHOLE), settling(tmp_path):
        pass
    with locked(tmp_path, (0, 2)), settling(tmp_path), locked(tmp_path, (1, 2)):
        pass

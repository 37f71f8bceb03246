import fcntl
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


def test_settling_waits_for_nobody_but_itself(tmp_path):
    with locked(tmp_path, WHOLE), settling(tmp_path):
        pass
    with locked(tmp_path, (0, 2)), settling(tmp_path), locked(tmp_path, (1, 2)):
        pass

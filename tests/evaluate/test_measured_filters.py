import numpy as np
import pytest

from simgen.errors import ParameterError, SubmissionError
from simgen.evaluate.measured_filters import filters_for
from tests.references.filter_files import doing_nothing, write


def test_the_only_device_with_as_many_drivers_is_meant(tmp_path):
    name, taps = filters_for(write(tmp_path / "mine"), 5)
    assert name == "ours, filters for C"
    assert np.array_equal(taps, doing_nothing(5))


def test_a_device_is_named_where_several_might_be_meant(tmp_path):
    folder = write(tmp_path / "mine", {"A": doing_nothing(2), "B": doing_nothing(2, 128)})
    with pytest.raises(ParameterError, match=r"several devices have 2 drivers, got 'A, B'.*device"):
        filters_for(folder, 2)
    assert filters_for(folder, 2, device="B")[1].shape == (2, 2, 128)
    with pytest.raises(ParameterError, match=r"no filters for it, got 'C' \(allowed: A, B\)"):
        filters_for(folder, 2, device="C")


def test_a_measured_device_with_other_drivers_is_refused(tmp_path):
    with pytest.raises(SubmissionError, match=r"no filters are for 3 drivers.*A has 2.*C has 5"):
        filters_for(write(tmp_path / "mine"), 3)


def test_a_file_is_taken_as_it_is(tmp_path):
    np.save(tmp_path / "own.npy", doing_nothing(3))
    name, taps = filters_for(tmp_path / "own.npy", 3)
    assert (name, taps.shape) == ("own.npy", (3, 2, 64))
    with pytest.raises(ParameterError, match=r"chooses from a submission.*got 'A'"):
        filters_for(tmp_path / "own.npy", 3, device="A")


@pytest.mark.parametrize("array", [np.ones((2, 2, 64), dtype=int), np.array([{}], dtype=object)])
def test_a_file_of_something_else_is_refused(tmp_path, array):
    np.save(tmp_path / "own.npy", array, allow_pickle=True)
    with pytest.raises(SubmissionError, match=r"own.npy: 1 fault"):
        filters_for(tmp_path / "own.npy", 2)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SubmissionError, match="there is no such file"):
        filters_for(tmp_path / "gone.npy", 2)


def test_filters_of_another_track_are_refused(tmp_path):
    folder = write(tmp_path / "mine", {}, track="soundstage", protocol="stage/1")
    np.save(folder / "stage_B.npy", doing_nothing(2))
    with pytest.raises(ParameterError, match=r"only filters against crosstalk.*got 'stage/1'"):
        filters_for(folder, 2)

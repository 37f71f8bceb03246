import h5py
import numpy as np
import pytest

from simgen.errors import SignalError
from simgen.exchange.sofa_data import require_convention, require_text, sample_rate
from simgen.exchange.sofa_file import SofaFile


@pytest.fixture
def hdf5(tmp_path):
    with h5py.File(tmp_path / "a.sofa", "w") as file:
        yield file


def with_rate(hdf5, rates, units="hertz"):
    hdf5["Data.SamplingRate"] = rates
    hdf5["Data.SamplingRate"].attrs["Units"] = units
    return SofaFile(hdf5)


@pytest.mark.parametrize(
    "rates", [48_000.0, [48_000.0], np.float32([48_000]), [48_000] * 5], ids=repr
)
def test_one_rate_holds_for_all_measurements(hdf5, rates):
    found = sample_rate(with_rate(hdf5, rates), 5)
    assert (found, type(found)) == (48_000.0, float)


def test_a_rate_that_is_no_whole_number_is_kept(hdf5):
    assert sample_rate(with_rate(hdf5, [44_099.5]), 1) == 44_099.5


@pytest.mark.parametrize("rates", [[0.0], [-48_000.0], [48_000.0] * 4, [48_000.0, 44_100.0] * 2])
def test_rates_that_differ_or_are_none_are_refused(hdf5, rates):
    with pytest.raises(SignalError, match="one positive rate"):
        sample_rate(with_rate(hdf5, rates), 5)


def test_one_rate_that_differs_from_the_others_is_refused(hdf5):
    with pytest.raises(SignalError, match="does not suit"):
        sample_rate(with_rate(hdf5, [48_000.0] * 4 + [44_100.0]), 5)


def test_kilohertz_are_not_taken_for_hertz(hdf5):
    with pytest.raises(SignalError) as caught:
        sample_rate(with_rate(hdf5, [48.0], "kilohertz"), 1)
    assert "got kilohertz (allowed: hertz)" in str(caught.value).replace('"', "").replace("'", "")


def test_the_convention_and_the_kind_of_data_are_among_those_that_are_read(hdf5):
    hdf5.attrs["SOFAConventions"] = "GeneralFIR"
    hdf5.attrs["DataType"] = "FIR"
    file = SofaFile(hdf5)
    assert require_convention(file, "SimpleFreeFieldHRIR", "GeneralFIR") == "GeneralFIR"
    assert require_text(file, "DataType", "FIR", "FIR-E") == "FIR"
    with pytest.raises(SignalError, match="SimpleFreeFieldHRIR") as caught:
        require_convention(file, "SimpleFreeFieldHRIR")
    assert "second-order" not in str(caught.value)
    with pytest.raises(SignalError, match="FIR-E"):
        require_text(file, "DataType", "FIR-E")


def test_who_has_sections_is_told_what_is_needed_instead(hdf5):
    hdf5.attrs["SOFAConventions"] = "SimpleFreeFieldSOS"
    with pytest.raises(SignalError, match="impulse responses are needed"):
        require_convention(SofaFile(hdf5), "SimpleFreeFieldHRIR")

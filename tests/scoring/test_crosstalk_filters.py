import numpy as np
import pytest

from simgen.scoring.crosstalk_filters import (
    FEWEST_TAPS,
    LARGEST_TAP,
    MOST_TAPS,
    filter_faults,
    filter_spectra,
)
from simgen.scoring.crosstalk_plant import doing_nothing

RANDOM = np.random.default_rng(4)


def faults(taps, drivers=3, rate=48_000):
    return list(filter_faults(taps, num_drivers=drivers, sample_rate=rate))


def test_spectra_are_those_of_the_definition_with_drivers_before_inputs():
    taps = RANDOM.standard_normal((5, 2, 100)).astype(np.float32)
    spectra = filter_spectra(taps)
    assert (spectra.shape, spectra.dtype) == ((4097, 5, 2), np.complex128)
    assert spectra.flags.c_contiguous
    for k in (0, 3, 2048, 4096):
        wave = np.exp(-2j * np.pi * k * np.arange(100) / 8192)
        np.testing.assert_allclose(spectra[k], taps.astype(np.float64) @ wave, atol=1e-11)


def test_the_longest_filter_does_not_wrap_round_with_a_plant():
    """Four times its length: the last tap is where it is, a quarter of the transform late."""
    taps = np.zeros((2, 2, MOST_TAPS))
    taps[1, 0, -1] = 1.0
    back = np.fft.irfft(filter_spectra(taps), axis=0)
    assert np.argmax(back[:, 1, 0]) == MOST_TAPS - 1
    assert len(back) == 4 * MOST_TAPS


@pytest.mark.parametrize("num_taps", [FEWEST_TAPS, MOST_TAPS])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sound_filters_have_no_fault(num_taps, dtype):
    taps = RANDOM.uniform(-LARGEST_TAP, LARGEST_TAP, (3, 2, num_taps)).astype(dtype)
    assert faults(taps) == []
    assert faults(taps.tolist()) == []


@pytest.mark.parametrize("silent", [0, 1])
def test_an_input_that_nobody_plays_is_named(silent):
    taps = doing_nothing(3)
    taps[:, silent] = 0.0
    (fault,) = faults(taps)
    assert fault.startswith(f"input {silent} is silent")


def test_a_driver_may_be_silent():
    taps = doing_nothing(3)
    assert not taps[1].any()
    assert faults(taps) == []


def test_minus_zero_is_silence_and_the_least_number_is_sound():
    taps = doing_nothing(3)
    taps[:, 1] = -0.0
    assert len(faults(taps)) == 1
    taps[2, 1, 63] = 5e-324
    assert faults(taps) == []


def test_each_kind_of_fault_is_named_once_where_it_is_first_met():
    taps = doing_nothing(3)
    taps[[0, 2], [1, 0], [9, 5]] = np.nan
    taps[[1, 2], [0, 1], [4, 4]] = -3e6
    found = faults(taps, rate=44_100)
    assert [fault.split(" (")[0] for fault in found] == [
        "the sample rate is 44100 Hz",
        "tap [0, 1, 9] is nan",
        "tap [1, 0, 4] is -3e+06",
    ]


def test_filters_for_another_device_are_told_before_their_taps():
    taps = np.full((2, 2, 64), np.nan)
    (fault,) = faults(taps)
    assert fault == "the filters have shape (2, 2, 64) (allowed: (3, 2, tap))"

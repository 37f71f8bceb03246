import numpy as np
import pytest

from simgen.scoring.submitted_filters import form_fault, sample_rate_fault, unusable_taps


def test_only_one_sample_rate_is_right():
    assert sample_rate_fault(48000) is None
    assert sample_rate_fault(48000.0) is None
    assert sample_rate_fault(44100) == "the sample rate is 44100 Hz (allowed: 48000 Hz)"


@pytest.mark.parametrize("shape", [(3,), (2, 2)])
@pytest.mark.parametrize("num_taps", [64, 2048])
def test_filters_of_the_right_form_have_no_fault(shape, num_taps):
    assert form_fault(np.ones((*shape, num_taps), np.float32), shape=shape, axes="any") is None


@pytest.mark.parametrize(
    ("taps", "fault"),
    [
        (np.ones((2, 64)), "the filters have shape (2, 64) (allowed: (3, tap))"),
        (np.ones(64), "the filters have shape (64,) (allowed: (3, tap))"),
        (np.ones((3, 63)), "the filters have 63 taps (allowed: 64 to 2048)"),
        (np.ones((3, 64), bool), "the filters are of type bool (allowed: float32, float64)"),
        ([[1], [1, 2]], "the filters are nested unevenly (allowed: an array (driver, tap))"),
    ],
)
def test_faults_of_form_are_named(taps, fault):
    assert form_fault(taps, shape=(3,), axes="driver, tap") == fault


def test_each_kind_of_unusable_tap_is_named_once_with_all_its_indices():
    taps = np.ones((2, 2, 4))
    assert list(unusable_taps(taps)) == []
    taps[1, 0, 2:] = np.nan
    taps[1, 1] = -1e7
    assert list(unusable_taps(taps)) == [
        "tap [1, 0, 2] is nan (allowed: finite numbers)",
        "tap [1, 1, 0] is -1e+07 (allowed: at most 1e+06)",
    ]


def test_filters_so_small_that_their_powers_underflow_are_refused():
    taps = np.zeros((2, 4))
    taps[1, 2] = -1e-154
    assert list(unusable_taps(taps)) == ["the largest tap is 1e-154 (allowed: at least 1e-06)"]
    taps[1, 2] = -1e-6
    assert list(unusable_taps(taps)) == []
    assert list(unusable_taps(np.zeros((2, 4)))) == []  # silence has a fault of its own

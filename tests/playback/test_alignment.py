import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.playback.alignment import (
    aligning_delays,
    correlation_delays,
    delay_blocks,
    delay_signals,
    group_delays,
)

DELAYS = np.array([40.0, 43.37, 37.011, 140.5, 40.01])


def delayed(pulse, delays, num_taps=1024):
    """Delay a pulse through its spectrum, an implementation apart from the blocks."""
    frequency = np.fft.rfftfreq(num_taps)
    phases = np.exp(-2j * np.pi * np.multiply.outer(np.asarray(delays), frequency))
    return np.fft.irfft(np.fft.rfft(pulse, num_taps) * phases, num_taps)


def decaying_noise():
    rng = np.random.default_rng(0)
    return rng.standard_normal(64) * np.exp(-np.arange(64) / 8.0)


def gaussian_pulse(width=3.0):
    return np.exp(-0.5 * ((np.arange(64) - 32.0) / width) ** 2)


@pytest.mark.parametrize("pulse", [decaying_noise(), gaussian_pulse(), [1.0]])
def test_correlation_finds_known_delays_to_a_hundredth_of_a_sample(pulse):
    found = correlation_delays(delayed(pulse, DELAYS))
    assert found == pytest.approx(DELAYS - DELAYS[0], abs=0.01)


def test_correlation_of_a_smooth_pulse_is_exact():
    found = correlation_delays(delayed(gaussian_pulse(), DELAYS), reference=3)
    assert found == pytest.approx(DELAYS - DELAYS[3], abs=1e-6)
    assert found[3] == 0.0


@given(st.floats(0.0, 60.0), st.floats(1e-6, 1e6))
def test_delays_do_not_depend_on_level(delay, level):
    paths = delayed(decaying_noise(), [30.0, delay])
    paths[1] *= level
    assert correlation_delays(paths)[1] == pytest.approx(delay - 30.0, abs=0.01)


def test_undoing_the_found_delay_makes_the_sum_loudest():
    # Two unlike paths: one is the other through a filter that smears it.
    first = delayed(gaussian_pulse(2.0), 50.0)
    second = np.convolve(delayed(gaussian_pulse(2.0), 57.3), [1.0, 0.0, 0.6, -0.3])[:1024]
    (_, found) = correlation_delays(np.array([first, second]))

    def power(advance):
        return np.sum((first + delayed(second, -advance)) ** 2)

    assert all(power(found) > power(found + step) for step in (-0.05, 0.05, -3.0, 3.0))


def test_lags_do_not_wrap_round():
    paths = np.zeros((2, 100))
    paths[0, 1], paths[1, 98] = 1.0, 1.0
    assert correlation_delays(paths) == pytest.approx([0.0, 97.0], abs=1e-6)
    assert correlation_delays(paths, reference=1) == pytest.approx([-97.0, 0.0], abs=1e-6)


def test_a_path_of_opposite_polarity_is_not_turned_round():
    pulse = gaussian_pulse() * np.sin(np.arange(64.0))
    (_, found) = correlation_delays(delayed(pulse, [100.0, 100.0]) * [[1.0], [-1.0]])
    assert abs(found) == pytest.approx(np.pi, abs=0.3)


def test_group_delay_is_the_mean_over_frequency_weighted_with_power():
    (path,) = delayed(decaying_noise(), [11.5])
    times = np.arange(len(path))
    spectrum, ramp = np.fft.fft(path), np.fft.fft(times * path)
    power = np.abs(spectrum) ** 2
    expected = np.sum((ramp / spectrum).real * power) / np.sum(power)
    assert group_delays([path]) == pytest.approx([expected])


def test_group_delay_moves_with_the_delay():
    found = group_delays(delayed(gaussian_pulse(), DELAYS))
    assert found == pytest.approx(DELAYS + 32.0, abs=1e-6)


def test_aligning_delays_bring_all_to_the_latest():
    late = np.array([3.0, -1.25, 7.5])
    added = aligning_delays(late)
    assert late + added == pytest.approx(np.full(3, 7.5))
    assert added.min() == 0.0


def test_whole_delays_are_unit_taps():
    for half_length in (0, 5):
        blocks = delay_blocks([0.0, 3.0], half_length=half_length)
        assert blocks.shape == (2, 4 + 2 * half_length)
        assert np.flatnonzero(blocks[0]).tolist() == [half_length]
        assert np.flatnonzero(blocks[1]).tolist() == [half_length + 3]
        assert blocks.max() == 1.0


def test_delays_between_samples_have_unit_gain_and_the_right_phase():
    delays = np.array([0.5, 2.25, 7.999])
    blocks = delay_blocks(delays)
    omega = np.pi * np.linspace(0.0, 0.9, 200)
    response = blocks @ np.exp(-1j * np.multiply.outer(np.arange(blocks.shape[1]), omega))
    expected = np.exp(-1j * np.multiply.outer(delays + 32.0, omega))
    assert np.max(np.abs(response - expected)) < 1e-3


def test_signals_are_delayed_as_through_their_spectrum():
    pulses = np.stack([gaussian_pulse(), -gaussian_pulse(4.0)])
    found = delay_signals(pulses, [10.25, 0.0])
    assert found.shape == (2, 64 + 11 + 64)
    expected = [delayed(pulse, 32.0 + late) for pulse, late in zip(pulses, (10.25, 0), strict=True)]
    assert found == pytest.approx(np.array(expected)[:, :139], abs=2e-3)


def test_found_delays_undone_by_blocks_align_the_paths():
    paths = delayed(decaying_noise(), DELAYS)
    aligned = delay_signals(paths, aligning_delays(correlation_delays(paths)))
    assert correlation_delays(aligned) == pytest.approx(np.zeros(5), abs=0.01)


@pytest.mark.parametrize("function", [correlation_delays, group_delays])
def test_unusable_paths_are_refused(function):
    for paths in (np.ones(4), np.ones((2, 0)), np.ones((0, 4)), [[1.0, np.nan]]):
        with pytest.raises(ShapeError, match="responses"):
            function(paths)
    with pytest.raises(ParameterError, match=r"silent.*path, got 1"):
        function([[1.0, 0.0], [0.0, 0.0]])


def test_unusable_arguments_are_refused():
    for reference in (2, -1, 0.5):
        with pytest.raises(ParameterError, match="reference"):
            correlation_delays(np.ones((2, 3)), reference=reference)
    for function in (aligning_delays, delay_blocks):
        for delays in ([], [np.nan], 1.0):
            with pytest.raises(ShapeError, match="delays"):
                function(delays)
    with pytest.raises(ParameterError, match=r"delays.*negative, got -0\.5"):
        delay_blocks([1.0, -0.5])
    with pytest.raises(ParameterError, match=r"half_length of 0.*got 1\.5"):
        delay_blocks([1.0, 1.5], half_length=0)
    for half_length in (-1, np.nan, 2.5):
        with pytest.raises(ParameterError, match="half_length"):
            delay_blocks([1.0], half_length=half_length)
    for signals in (np.ones((1, 9)), np.ones((2, 0)), np.ones(9)):
        with pytest.raises(ShapeError, match="signals"):
            delay_signals(signals, [0.0, 1.0])

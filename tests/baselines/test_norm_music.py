import numpy as np
import pytest

from simgen.baselines.norm_music import norm_music, normalised_pseudospectrum, signal_dimensions
from simgen.errors import ShapeError
from tests.baselines.plane_waves import (
    GRID,
    RING,
    SAMPLE_RATE,
    SPEED_OF_SOUND,
    largest_error_deg,
    plane_waves,
)
from tests.references import norm_music as reference

ARRAY = np.array([[0.1, 0.0, 0.0], [0.0, 0.08, 0.3], [-0.05, -0.06, 0.0], [0.02, 0.0, 0.1]])


def spectrum(signals, microphones=RING, azimuths=GRID):
    return normalised_pseudospectrum(
        signals, microphones, sample_rate=SAMPLE_RATE, azimuths=azimuths
    )


@pytest.mark.parametrize("microphones", [ARRAY[:2], ARRAY[:3], ARRAY, RING])
def test_spectrum_equals_the_plain_reference(microphones):
    signals = plane_waves([70.0, -20.0], num_samples=4000, microphones=microphones)
    signals += 0.1 * np.random.default_rng(5).standard_normal(signals.shape)
    expected = reference.normalised_pseudospectrum(
        signals,
        microphones,
        sample_rate=SAMPLE_RATE,
        azimuths=GRID,
        speed_of_sound=SPEED_OF_SOUND,
        num_signals=signal_dimensions(len(microphones)),
    )
    assert spectrum(signals, microphones) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("num_microphones", "dimensions"), [(2, 1), (3, 2), (4, 3), (8, 5)])
def test_signals_have_half_the_dimensions_and_one(num_microphones, dimensions):
    assert signal_dimensions(num_microphones) == dimensions


def test_waves_that_sound_together_are_told_apart():
    azimuths_deg = (40.0, 75.0, 160.3)
    signals = plane_waves(azimuths_deg)
    signals += 0.01 * np.random.default_rng(0).standard_normal(signals.shape)
    told = norm_music(signals, RING, sample_rate=SAMPLE_RATE, num_sources=3)
    assert largest_error_deg(told, azimuths_deg) < 0.3
    assert norm_music(signals, RING, sample_rate=SAMPLE_RATE) == pytest.approx(told)


def test_silence_has_an_empty_spectrum():
    assert np.array_equal(spectrum(np.zeros((8, 1000))), np.zeros(360))


def test_a_wave_without_a_part_in_the_noise_subspace_is_finite():
    same = np.tile(np.random.default_rng(0).standard_normal(4000), (2, 1))
    line = np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]])
    heights = spectrum(same, line)
    assert np.all(np.isfinite(heights))
    assert heights.max() == heights[0] == pytest.approx(1.0)


def test_azimuths_of_the_wrong_shape_are_refused():
    with pytest.raises(ShapeError, match="azimuths"):
        spectrum(np.ones((8, 1000)), azimuths=[[0.0]])

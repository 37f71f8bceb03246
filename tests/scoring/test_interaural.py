from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import correlate

from simgen.scoring.crosstalk_bands import PLANT_BINS, plant_frequencies
from simgen.scoring.interaural import (
    AUDITORY_EDGES,
    LEVEL_BANDS,
    TIME_BANDS,
    auditory_centres,
    erb_number,
    frequency_of_erb_number,
    interaural_coherence,
    interaural_cues,
    interaural_time,
)

FREQUENCY = plant_frequencies()
BINS = len(FREQUENCY)


def at_ears(left, right):
    """One seat, one source: (1, frequency, 2, 1)."""
    ears = [np.broadcast_to(np.asarray(ear, dtype=complex), BINS) for ear in (left, right)]
    return np.stack(ears, axis=1)[np.newaxis, ..., np.newaxis]


def late(seconds):
    return np.exp(-2j * np.pi * FREQUENCY * seconds)


def noise(seed):
    parts = np.random.default_rng(seed).standard_normal((2, BINS))
    return parts[0] + 1j * parts[1]


@pytest.mark.parametrize("frequency", [100.0, 1000.0, 10000.0])
def test_auditory_scale_counts_bandwidths(frequency):
    """The scale is the integral of 1 / (24.7 (4.37 f / 1000 + 1)), Glasberg and Moore's ERB."""
    step = np.linspace(0.0, frequency, 20001)
    counted = np.trapezoid(1.0 / (24.7 * (0.00437 * step + 1.0)), step)
    assert erb_number(frequency) == pytest.approx(counted, rel=0.005)
    assert frequency_of_erb_number(erb_number(frequency)) == pytest.approx(frequency)


def test_bands_cover_the_graded_range_evenly_for_the_ear():
    assert AUDITORY_EDGES[[0, -1]] == pytest.approx([200.0, 8500.0])
    assert np.diff(erb_number(AUDITORY_EDGES)) == pytest.approx(np.full(25, 1.12), abs=0.01)
    centres = auditory_centres()
    assert np.all((AUDITORY_EDGES[:-1] < centres) & (centres < AUDITORY_EDGES[1:]))
    assert centres[TIME_BANDS].max() < 1500.0 < centres[LEVEL_BANDS].min()
    assert len(centres[TIME_BANDS]) + len(centres[LEVEL_BANDS]) == 25


def test_every_band_holds_bins_of_its_own():
    for low, high in pairwise(AUDITORY_EDGES):
        inside = (low <= FREQUENCY) & (high > FREQUENCY)
        assert inside.sum() >= 7
        loud = interaural_cues(at_ears(np.where(inside, 10.0, 1.0), 1.0)).level_db[0, :, 0]
        marked = auditory_centres()[LEVEL_BANDS][loud > 1.0]
        assert [low < each < high for each in marked] in ([True], [])
        assert np.all((loud == 0.0) | (np.abs(loud - 20.0) < 1e-9))


def test_levels_are_positive_on_the_left():
    cues = interaural_cues(at_ears(2.0, 1.0))
    np.testing.assert_allclose(cues.level_db, 20 * np.log10(2.0))
    np.testing.assert_allclose(cues.phase, 0.0)


@pytest.mark.parametrize("lead", [-304e-6, 50e-6, 257e-6])
def test_a_lead_of_the_left_ear_is_a_positive_time(lead):
    cues = interaural_cues(at_ears(1.0, late(lead)))
    centres = auditory_centres()[TIME_BANDS]
    np.testing.assert_allclose(cues.phase[0, :, 0] / (2 * np.pi * centres), lead, rtol=0.02)
    assert interaural_time(at_ears(1.0, late(lead))) == pytest.approx(lead, abs=0.1e-6)


def test_errors_of_phase_are_wrapped_and_have_no_sign():
    ahead, behind = (
        interaural_cues(at_ears(np.exp(1j * turn), 1.0)) for turn in (0.9 * np.pi, -0.9 * np.pi)
    )
    expected = 0.1 / auditory_centres()[TIME_BANDS]
    for one, other in ((ahead, behind), (behind, ahead)):
        np.testing.assert_allclose(one.time_errors(other)[0, :, 0], expected)
    opposite = interaural_cues(at_ears(-1.0, 1.0)).time_errors(interaural_cues(at_ears(1.0, 1.0)))
    np.testing.assert_allclose(opposite[0, :, 0], 0.5 / auditory_centres()[TIME_BANDS])


def test_errors_of_level_have_no_sign():
    one, other = (interaural_cues(at_ears(gain, 1.0)) for gain in (4.0, 0.5))
    for errors in (one.level_errors_db(other), other.level_errors_db(one)):
        np.testing.assert_allclose(errors, 20 * np.log10(8.0))


def test_cues_depend_on_no_gain_delay_or_spectrum_of_the_source():
    left, right = at_ears(noise(0), 1.0), at_ears(1.0, noise(1))
    ears = left * right
    loud = interaural_cues(ears), interaural_cues(1e6 * ears * late(0.02)[:, None, None])
    np.testing.assert_allclose(loud[0].phase, loud[1].phase, atol=1e-12)
    np.testing.assert_allclose(loud[0].level_db, loud[1].level_db, atol=1e-12)


def test_silent_ears_have_finite_cues():
    cues = interaural_cues(at_ears(0.0, 0.0))
    assert np.all(np.isfinite(cues.phase))
    assert np.all(cues.level_db == 0.0)
    assert np.all(np.isfinite(interaural_cues(at_ears(1.0, 0.0)).level_db))
    assert interaural_coherence(at_ears(1.0, 0.0)) == 0.0
    assert np.isfinite(interaural_time(at_ears(0.0, 0.0)))


def test_seats_and_sources_do_not_mix():
    ears = np.random.default_rng(0).standard_normal((3, BINS, 2, 4)) + 0j
    whole = interaural_cues(ears)
    alone = interaural_cues(ears[1:2, :, :, 3:])
    np.testing.assert_array_equal(whole.phase[1, :, 3], alone.phase[0, :, 0])
    np.testing.assert_array_equal(whole.level_db[1, :, 3], alone.level_db[0, :, 0])
    for measure in (interaural_time, interaural_coherence):
        assert measure(ears).shape == (3, 4)
        assert measure(ears)[1, 3] == pytest.approx(measure(ears[1:2, :, :, 3:])[0, 0])


# Coherence


@pytest.mark.parametrize("lag", [0.0, 0.4e-3, -0.9e-3])
def test_one_sound_at_both_ears_is_coherent_within_a_millisecond(lag):
    assert interaural_coherence(at_ears(3.0, late(lag))) == pytest.approx(1.0, abs=1e-3)
    assert interaural_coherence(at_ears(-1.0, late(lag))) == pytest.approx(1.0, abs=1e-3)


def test_a_lag_beyond_a_millisecond_is_not_searched():
    assert interaural_coherence(at_ears(1.0, late(8e-3))) < 0.3


def test_unrelated_ears_are_hardly_coherent():
    assert interaural_coherence(at_ears(noise(0), noise(1))) < 0.5


def test_coherence_is_that_of_the_signals_over_time():
    """Against scipy's correlation of band-limited signals in steps of a sample."""
    left, right = noise(0), noise(0) + noise(1)
    octaves = []
    for centre in (500.0, 1000.0, 2000.0):
        band = (centre / np.sqrt(2) <= FREQUENCY) & (centre * np.sqrt(2) > FREQUENCY)
        signals = []
        for ear in (left, right):
            spectrum = np.zeros(4 * 4096 + 1, dtype=complex)  # four times finer in time
            spectrum[PLANT_BINS] = band * ear
            signals.append(np.fft.irfft(spectrum))
        one, other = signals
        full = correlate(np.tile(one, 3), other, mode="valid", method="fft")
        middle = len(one)
        around = full[middle - 192 : middle + 193]  # 1 ms at 192 kHz
        octaves.append(np.abs(around).max() / np.sqrt(np.sum(one**2) * np.sum(other**2)))
    found = interaural_coherence(at_ears(left, right))
    assert found == pytest.approx(np.mean(octaves), abs=2e-3)

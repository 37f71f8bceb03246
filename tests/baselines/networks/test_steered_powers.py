import numpy as np
import pytest

from simgen.baselines.networks.steered_powers import (
    FRAME_LENGTH,
    NUM_AZIMUTHS,
    NUM_BANDS,
    NUM_MAPS,
    steered_powers,
)
from tests.references import steered_powers as reference

SPEED_OF_SOUND = 343.2
RING = 0.1 * np.exp(1j * np.pi / 4.0 * np.arange(8))
STEP = np.deg2rad(2.5)
FIRST, FOURTH, ONSETS = range(3)


def plane_wave(azimuth, signal):
    """A plane wave with exact, circular delays, (microphone, sample)."""
    leads = (RING * np.exp(-1j * azimuth)).real / SPEED_OF_SOUND
    phases = np.exp(2j * np.pi * np.outer(leads, np.fft.rfftfreq(len(signal), 1.0 / 16000)))
    return np.fft.irfft(np.fft.rfft(signal) * phases, len(signal)).astype(np.float32)


def noise(num_samples=4000, *, seed=0):
    return np.random.default_rng(seed).standard_normal(num_samples)


@pytest.fixture(scope="module")
def mixture():
    waves = plane_wave(0.3, noise()) + plane_wave(2.0, noise(seed=1))
    return waves + 0.3 * noise((8, 4000), seed=2).astype(np.float32)


def test_maps_equal_those_with_every_complex_factor(mixture):
    start = mixture[:, :1300]
    expected = reference.steered_powers(start.astype(np.float64))
    assert steered_powers(start) == pytest.approx(expected, abs=2e-5)


def test_a_plane_wave_has_unit_power_where_it_comes_from():
    maps = steered_powers(plane_wave(10 * STEP, noise()))
    assert maps.shape == (NUM_MAPS, NUM_BANDS, NUM_AZIMUTHS)
    assert np.all(np.argmax(maps.mean(axis=1), axis=1) == 10)
    assert maps[:, :, 10].min() > 0.95
    assert maps.min() >= 0.0
    assert maps.max() < 1.0 + 1e-5


def test_independent_noise_has_the_power_of_one_microphone_in_the_mean():
    maps = steered_powers(noise((8, 64000)).astype(np.float32))
    assert maps[FIRST].mean() == pytest.approx(1.0 / 8.0, rel=0.05)
    assert maps[FOURTH].max() < 0.05


@pytest.mark.parametrize("turns", [1, 3, -2])
def test_turning_the_ring_turns_the_maps(mixture, turns):
    turned = steered_powers(np.roll(mixture, turns, axis=0))
    assert turned == pytest.approx(np.roll(steered_powers(mixture), 18 * turns, axis=2), abs=1e-5)


def test_mirroring_the_ring_mirrors_the_maps(mixture):
    mirrored = steered_powers(mixture[-np.arange(8)])
    expected = steered_powers(mixture)[..., -np.arange(NUM_AZIMUTHS)]
    assert mirrored == pytest.approx(expected, abs=1e-5)


def test_level_does_not_matter(mixture):
    assert steered_powers(1e-4 * mixture) == pytest.approx(steered_powers(mixture), abs=1e-5)


def test_the_fourth_power_keeps_apart_what_the_first_power_blurs():
    turns = np.zeros((8, 16384), dtype=np.float32)
    for number, start in enumerate(range(0, 16384, 2048)):  # two talkers who take turns
        azimuth = (20 if number % 2 else 32) * STEP
        turns[:, start : start + 2048] = plane_wave(azimuth, noise(2048, seed=number))
    first, fourth, _ = steered_powers(turns)[:, 6:].mean(axis=1)  # above 1.75 kHz
    assert first[26] > 0.3 * max(first[20], first[32])
    assert fourth[26] < 0.1 * min(fourth[20], fourth[32])


def test_onsets_show_what_came_first():
    burst = noise(1024)
    direct, echo = np.zeros(8192), np.zeros(8192)
    direct[1024:2048], echo[1536:2560] = burst, 0.9 * burst
    maps = steered_powers(plane_wave(10 * STEP, direct) + plane_wave(90 * STEP, echo))
    ratio = maps[:, :, 90].mean(axis=1) / maps[:, :, 10].mean(axis=1)
    assert ratio[ONSETS] < 0.7 * ratio[FOURTH] < 0.7


def test_talkers_in_different_bands_are_told_apart():
    spectrum = np.fft.rfft(noise(8192))
    low, high = spectrum.copy(), spectrum.copy()
    low[1024:], high[:1024] = 0.0, 0.0  # below and above 2 kHz
    waves = plane_wave(10 * STEP, np.fft.irfft(low)) + plane_wave(90 * STEP, np.fft.irfft(high))
    peaks = np.argmax(steered_powers(waves)[FOURTH], axis=1)
    assert np.all(peaks[1:6] == 10)  # 500 to 1500 Hz
    assert np.all(peaks[8:] == 90)  # from 2250 Hz on


def test_a_talker_above_or_below_is_found_at_the_same_azimuth():
    flat = np.fft.irfft(np.fft.rfft(noise(8192)))
    leads = 0.9 * (RING * np.exp(-1j * 30 * STEP)).real / SPEED_OF_SOUND  # 26 degrees up
    phases = np.exp(2j * np.pi * np.outer(leads, np.fft.rfftfreq(8192, 1.0 / 16000)))
    raised = np.fft.irfft(np.fft.rfft(flat) * phases, 8192).astype(np.float32)
    level, up = steered_powers(plane_wave(30 * STEP, flat)), steered_powers(raised)
    assert np.all(np.argmax(up.mean(axis=1), axis=1) == 30)
    assert up[FOURTH].max() <= level[FOURTH].max() + 1e-5


def test_a_recording_played_twice_has_the_same_means():
    once = plane_wave(0.7, noise(16384)) + plane_wave(-2.0, noise(16384, seed=1))
    twice = steered_powers(np.tile(once, 2))
    assert twice[:ONSETS] == pytest.approx(steered_powers(once)[:ONSETS], abs=0.02)


def test_silence_has_no_power():
    assert not steered_powers(np.zeros((8, FRAME_LENGTH), dtype=np.float32)).any()


def test_silent_microphones_and_moments_do_no_harm(mixture):
    quiet = mixture.copy()
    quiet[3] = 0.0
    quiet[:, 1000:2000] = 0.0
    assert np.all(np.isfinite(steered_powers(quiet)))


def test_the_maps_repeat_exactly_and_the_recording_stays(mixture):
    before = mixture.copy()
    assert steered_powers(mixture).tobytes() == steered_powers(mixture).tobytes()
    assert np.array_equal(mixture, before)

"""Plane waves on a ring of microphones, and how far answers are from them."""

import itertools

import numpy as np

SAMPLE_RATE = 16000
SPEED_OF_SOUND = 343.2
RING = 0.1 * np.array([[np.cos(angle), np.sin(angle), 0.0] for angle in np.arange(8) * np.pi / 4.0])
GRID = np.deg2rad(np.arange(360.0))


def plane_waves(azimuths_deg, *, seed=0, microphones=RING, num_samples=8000, rate=SAMPLE_RATE):
    """Independent white plane waves with exact, circular delays, (microphone, sample)."""
    rng = np.random.default_rng(seed)
    frequencies = np.fft.rfftfreq(num_samples, 1.0 / rate)
    mixture = np.zeros((len(microphones), num_samples))
    for azimuth in np.deg2rad(azimuths_deg):
        spectrum = np.fft.rfft(rng.standard_normal(num_samples))
        leads = microphones @ [np.cos(azimuth), np.sin(azimuth), 0.0] / SPEED_OF_SOUND
        phases = np.exp(2j * np.pi * np.outer(leads, frequencies))
        mixture += np.fft.irfft(spectrum * phases, num_samples)
    return mixture


def faint_noise(signals):
    """What sensors add 60 dB below: without any noise, what is farthest from it is arbitrary."""
    level = 1e-3 * np.sqrt(np.mean(np.square(signals)))
    return level * np.random.default_rng(9).standard_normal(signals.shape)


def turn_taking(azimuths_deg, **options):
    """Plane waves one after the other, as talkers who do not interrupt, (microphone, sample)."""
    parts = [plane_waves([each], seed=k, **options) for k, each in enumerate(azimuths_deg)]
    signals = np.concatenate(parts, axis=1)
    return signals + faint_noise(signals)


def error_deg(estimate, azimuth_deg):
    """Absolute difference of azimuths in degrees; the estimate is in radians."""
    return abs((np.rad2deg(estimate) - azimuth_deg + 180.0) % 360.0 - 180.0)


def largest_error_deg(estimates, azimuths_deg):
    """Worst error of the best pairing, which needs as many estimates as azimuths."""
    assert len(estimates) == len(azimuths_deg)
    return min(
        max(error_deg(estimate, truth) for estimate, truth in zip(estimates, order, strict=True))
        for order in itertools.permutations(azimuths_deg)
    )

"""Banks of noise in memory, for tests."""

from dataclasses import replace
from functools import cache

import numpy as np

from simgen.training.bank import ITEMS_PER_PART, Bank
from simgen.training.lone_sources import BLOCK


@cache
def noise_bank(*, num_samples=4800, seed=0):
    """A bank of one part of noise that comes from nowhere: half anechoic, azimuths all round."""
    rng = np.random.default_rng(seed)
    signals = rng.integers(-9999, 9999, (ITEMS_PER_PART, 8, num_samples)).astype(np.int16)
    return Bank(
        parts=(signals,),
        gains=rng.uniform(1e-4, 2e-4, ITEMS_PER_PART),
        azimuths=rng.uniform(-np.pi, np.pi, ITEMS_PER_PART),
        distances=rng.uniform(0.0, 1.0, ITEMS_PER_PART),
        is_anechoic=np.arange(ITEMS_PER_PART) % 2 == 0,
        powers=rng.uniform(0.0, 1.0, (ITEMS_PER_PART, num_samples // BLOCK)).astype(np.float32),
        digest="0" * 64,
    )


@cache
def wave_bank(*, num_samples=4800, seed=0):
    """A bank of white plane waves without walls, as the ring of 0.1 m hears them."""
    rng = np.random.default_rng(seed)
    azimuths = noise_bank(num_samples=num_samples, seed=seed).azimuths
    frequencies = np.fft.rfftfreq(num_samples, 1.0 / 16000)
    angles = np.arange(8) * np.pi / 4.0
    signals = np.empty((ITEMS_PER_PART, 8, num_samples), dtype=np.int16)
    for item, azimuth in enumerate(azimuths):
        spectrum = np.fft.rfft(rng.standard_normal(num_samples))
        leads = 0.1 * np.cos(angles - azimuth) / 343.0
        phases = np.exp(2j * np.pi * np.outer(leads, frequencies))
        signals[item] = 3000.0 * np.fft.irfft(spectrum * phases, num_samples)
    return replace(noise_bank(num_samples=num_samples, seed=seed), parts=(signals,))

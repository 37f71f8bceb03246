"""The score of a centre, as its definition reads: with vectors and their angles."""

import numpy as np


def si_sdr_db(reference, estimate):
    """From the angle between the two: its cotangent squared."""
    cosine = reference @ estimate / np.linalg.norm(reference) / np.linalg.norm(estimate)
    if cosine <= 0.0:
        return -30.0
    with np.errstate(divide="ignore"):
        ratio = np.divide(cosine**2, max(1.0 - cosine**2, 0.0))
        return float(np.clip(10 * np.log10(ratio), -30.0, 40.0))


def gain_db(stems, estimates):
    """Mean over mixes of what is gained over the mid; lists of stems (2, sample) by name."""
    gains = []
    for mix, estimate in zip(stems, estimates, strict=True):
        left, right = sum(mix.values())
        centre = mix["centre"][0]
        gains.append(si_sdr_db(centre, estimate) - si_sdr_db(centre, (left + right) / 2))
    return np.mean(gains)


def hearing_band(frequency):
    return int(np.floor(21.4 * np.log10(1 + 0.00437 * frequency)))


def band_correlation(first, second, rate=48000):
    """Mean over seconds of the correlation of what is left of two signals in each band."""
    found = []
    for start in range(0, len(first), rate):
        window = np.hanning(rate)
        spectra = [np.fft.rfft(each[start : start + rate] * window) for each in (first, second)]
        band = np.array([hearing_band(hertz) for hertz in np.fft.rfftfreq(rate, 1 / rate)])
        parts = [[np.fft.irfft(np.where(band == b, s, 0)) for s in spectra] for b in range(2, 40)]
        found.append([abs(a @ b) / np.sqrt((a @ a) * (b @ b)) for a, b in parts])
    return np.mean(found, axis=0)

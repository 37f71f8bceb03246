"""The active speech level of ITU-T P.56, method B, sample by sample."""

import math


def active_level_db(samples, sample_rate, *, full_scale=1.0):
    """Return the active level in dB re 1, thresholds at powers of two below full scale."""
    decay = math.exp(-1.0 / (sample_rate * 0.03))
    hangover = math.ceil(0.2 * sample_rate)
    thresholds = [full_scale * 2.0**-j for j in range(20, 0, -1)]
    counts = [0] * len(thresholds)
    since = [hangover] * len(thresholds)
    once = envelope = energy = 0.0
    for sample in samples:
        energy += sample * sample
        once = decay * once + (1.0 - decay) * abs(sample)
        envelope = decay * envelope + (1.0 - decay) * once
        for j, threshold in enumerate(thresholds):
            if envelope >= threshold:
                counts[j] += 1
                since[j] = 0
            elif since[j] < hangover:
                counts[j] += 1
                since[j] += 1
    return _cross(energy, counts, thresholds)


def _cross(energy, counts, thresholds):
    """Go up the thresholds until the level is 15.9 dB above one, and interpolate in dB."""
    previous = None
    for count, threshold in zip(counts, thresholds, strict=True):
        if count == 0:
            break
        level = 10.0 * math.log10(energy / count)
        margin = level - 20.0 * math.log10(threshold)
        if margin <= 15.9:
            share = (previous[1] - 15.9) / (previous[1] - margin)
            return previous[0] + share * (level - previous[0])
        previous = (level, margin)
    raise ValueError("no threshold lies 15.9 dB below the level")

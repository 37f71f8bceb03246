"""The score of a beam on one device, as its definition reads, bin by bin and draw by draw."""

import numpy as np

from tests.references.crosstalk_score import bins_between

GRADED = [
    bins_between(1000 * 2 ** ((2 * n - 1) / 6), 1000 * 2 ** ((2 * n + 1) / 6)) for n in range(-5, 7)
]
COLOUR = [
    bins_between(1000 * 2 ** ((2 * n - 1) / 12), 1000 * 2 ** ((2 * n + 1) / 12))
    for n in range(-11, 14)
]
FIRST, LAST = COLOUR[0][0], COLOUR[-1][-1]
DEGREES = [5 * k if 5 * k <= 180 else 5 * k - 360 for k in range(72)]
WINDOW = [k for k, degrees in enumerate(DEGREES) if abs(degrees) <= 45]
SIDES = [k for k, degrees in enumerate(DEGREES) if 75 <= abs(degrees) <= 105]


def gain_db(plant, taps):
    """Gain over the middle driver; ``plant`` is (draw, frequency, azimuth, driver)."""
    filters = np.fft.rfft(taps, 8192)
    nothing = np.zeros_like(filters)
    nothing[plant.shape[-1] // 2] = 1.0
    power, reference = radiated(plant, filters), radiated(plant, nothing)
    heard, alone = in_window(power), in_window(reference)
    effort = [
        db(np.mean([sum(abs(filters[:, f]) ** 2) / (heard[f] / alone[f]) for f in band]))
        for band in GRADED
    ]
    graded, least = [], []
    for draw in range(len(plant)):
        r0 = [np.clip(level(reference[draw], alone, band), -15, 15) for band in GRADED]
        r = [np.clip(level(power[draw], heard, band), -15, 15) for band in GRADED]
        kept = [min(max(1 - (e - 9) / 6, 0), 1) for e in effort]
        graded.append(
            np.mean([b + u * (a - b) if a > b else a for a, b, u in zip(r, r0, kept, strict=True)])
        )
        least.append(np.mean(r0))
    colour = [db(sum(heard[f] for f in band)) - db(sum(alone[f] for f in band)) for band in COLOUR]
    charge = max(0.0, np.std(colour) - 3.0) + dip_charge(power, heard)
    return max(-15.0, aggregate(graded) - aggregate(least) - charge)


def db(power):
    return 10 * np.log10(power)


def radiated(plant, filters):
    """By draw and bin, the power at each azimuth."""
    return [
        {f: abs(draw[f - FIRST] @ filters[:, f]) ** 2 for f in range(FIRST, LAST + 1)}
        for draw in plant
    ]


def in_window(power):
    """By bin, the mean power over the window and the draws."""
    return {f: np.mean([draw[f][WINDOW] for draw in power]) for f in power[0]}


def weights(heard, band):
    floor = 1e-6 * np.mean([heard[f] for f in band])
    return {f: 1 / max(heard[f], floor) for f in band}


def level(power, heard, band):
    """Window over sides in dB, each bin weighed by its mean level in the window."""
    weight = weights(heard, band)
    window = np.mean(sum(weight[f] * power[f][WINDOW] for f in band))
    return db(window / np.mean(sum(weight[f] * power[f][SIDES] for f in band)))


def dip_charge(power, heard):
    """What the quietest direction of the window costs, mean over bands."""
    charges = []
    for band in GRADED:
        weight = weights(heard, band)
        mean = sum(weight[f] * np.mean([draw[f][WINDOW] for draw in power], axis=0) for f in band)
        charges.append(max(0.0, -6.5 - db(mean.min() / mean.max())))
    return np.mean(charges)


def aggregate(draws):
    """Half the mean, half the mean of the worst tenth."""
    worst = sorted(draws)[: -(-len(draws) // 10)]
    return 0.5 * np.mean(draws) + 0.5 * np.mean(worst)

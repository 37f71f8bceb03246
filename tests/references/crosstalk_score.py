"""The score of crosstalk cancellers under one condition, as its definition reads, bin by bin."""

import numpy as np


def bins_between(low, high):
    """Bins of the transform from one frequency on and below another."""
    return [k for k in range(4097) if low <= k * 48000 / 8192 < high]


GRADED = [
    bins_between(1000 * 2 ** ((2 * n - 1) / 6), 1000 * 2 ** ((2 * n + 1) / 6))
    for n in range(-7, 10)
]
COLOUR = [
    bins_between(1000 * 2 ** ((2 * n - 1) / 12), 1000 * 2 ** ((2 * n + 1) / 12))
    for n in range(-15, 20)
]
FIRST = COLOUR[0][0]


def gain_db(plant, taps):
    """Gain over doing nothing; ``plant`` is (pose, frequency, ear, driver) from ``FIRST`` on."""
    nothing = np.zeros((plant.shape[-1], 2, 1))
    nothing[0, 0] = nothing[-1, 1] = 1.0
    filters, routing = ([np.fft.rfft(row, 8192) for row in each] for each in (taps, nothing))
    heard, reference = received(plant, filters), received(plant, routing)
    effort = [band_effort(filters, heard, reference, band) for band in GRADED]
    graded, least = [], []
    for pose in range(len(plant)):
        s0 = [np.clip(separation(reference, pose, band), -15, 15) for band in GRADED]
        s = [np.clip(separation(heard, pose, band), -15, 15) for band in GRADED]
        kept = [min(max(1 - (e - 10) / 6, 0), 1) for e in effort]
        graded.append(
            np.mean([b + u * (a - b) if a > b else a for a, b, u in zip(s, s0, kept, strict=True)])
        )
        least.append(np.mean(s0))
    colour = max(
        colour_of(heard, reference, lambda r, ear: r[ear, ear]),
        colour_of(heard, reference, lambda r, ear: r[ear, 0] + r[ear, 1]),
    )
    return max(-15.0, aggregate(graded) - aggregate(least) - max(0.0, colour - 3.0))


def received(plant, filters):
    """By pose and bin, the matrix (ear, input)."""
    spectra = np.array(filters)
    return [
        {FIRST + k: matrix @ spectra[:, :, FIRST + k] for k, matrix in enumerate(pose)}
        for pose in plant
    ]


def separation(heard, pose, band):
    """The worse input's separation in dB, each bin weighed by its mean level over poses."""
    by_input = []
    for e, o in ((0, 1), (1, 0)):
        mean = {f: np.mean([abs(r[f][e, e]) ** 2 for r in heard]) for f in band}
        floor = 1e-6 * np.mean(list(mean.values()))
        weight = {f: 1 / max(mean[f], floor) for f in band}
        intended = sum(weight[f] * abs(heard[pose][f][e, e]) ** 2 for f in band)
        crosstalk = sum(weight[f] * abs(heard[pose][f][o, e]) ** 2 for f in band)
        by_input.append(10 * np.log10(intended / crosstalk))
    return min(by_input)


def band_effort(filters, heard, reference, band):
    """Drive in dB per level at the ear that has less of it."""
    drive = []
    for f in band:
        level = [
            np.mean([abs(r[f][e, e]) ** 2 for r in heard])
            / np.mean([abs(r[f][e, e]) ** 2 for r in reference])
            for e in (0, 1)
        ]
        drive.append(np.linalg.norm(np.array(filters)[:, :, f], 2) ** 2 / min(level))
    return 10 * np.log10(np.mean(drive))


def colour_of(heard, reference, pick):
    """The worse ear's deviation from flat."""
    level = np.array(
        [
            [
                10
                * np.log10(sum(np.mean([abs(pick(r[f], ear)) ** 2 for r in heard]) for f in band))
                - 10
                * np.log10(
                    sum(np.mean([abs(pick(r[f], ear)) ** 2 for r in reference]) for f in band)
                )
                for band in COLOUR
            ]
            for ear in (0, 1)
        ]
    )
    level -= level.mean()
    return max(np.sqrt(np.mean(level[ear] ** 2)) for ear in (0, 1))


def aggregate(poses):
    """Half the mean, half the mean of the worst tenth."""
    worst = sorted(poses)[: -(-len(poses) // 10)]
    return 0.5 * np.mean(poses) + 0.5 * np.mean(worst)

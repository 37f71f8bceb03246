"""The score of a soundstage for one head, as its definition reads, band by band."""

import math

import numpy as np

from tests.references.crosstalk_score import COLOUR, FIRST, GRADED, band_effort, bins_between

PANS = [30, 20, 10, 0, -10, -20, -30]


def hertz(cam):
    """Frequency at a place on the scale of auditory filters."""
    return (10 ** (cam / 21.4) - 1) / 0.00437


def cam(frequency):
    return 21.4 * math.log10(1 + 0.00437 * frequency)


STEP = (cam(8500) - cam(200)) / 25
AUDITORY = [
    (
        hertz(cam(200) + (k + 0.5) * STEP),
        bins_between(hertz(cam(200) + k * STEP), hertz(cam(200) + (k + 1) * STEP)),
    )
    for k in range(25)
]


def gains(pan):
    """Tangent law, constant power."""
    ratio = math.tan(math.radians(pan)) / math.tan(math.radians(30))
    power = math.hypot(1 + ratio, 1 - ratio)
    return (1 + ratio) / power, (1 - ratio) / power


def points(device, stage, anchor, taps):
    """Points; responses are (seat, frequency, ear, source) from bin ``FIRST`` on."""
    nothing = np.zeros((device.shape[-1], 2, 1))
    nothing[0, 0] = nothing[-1, 1] = 1.0
    heard, least = played(device, taps), played(device, nothing)
    pair = played(anchor, np.eye(2)[:, :, None])
    error, error_0 = total_error(heard, stage), total_error(least, stage)
    gain = 100 * (1 - error / error_0)
    gain *= mean_kept(device, taps, nothing) if gain > 0 else 1
    colour, colour_0 = colour_of(heard, pair), colour_of(least, pair)
    gain -= 5 * max(0, colour - max(2, colour_0))
    coherence, coherence_0 = (
        np.mean([coherence_of(seat[:, :, 3]) for seat in each]) for each in (heard, least)
    )
    return max(-100, gain - 100 * max(0, coherence_0 - coherence - 0.05))


def played(responses, taps):
    """At the ears (seat, frequency, ear, pan)."""
    filters = np.array([[np.fft.rfft(tap, 8192) for tap in row] for row in taps])
    return np.array(
        [
            [
                np.stack(
                    [matrix @ (filters[:, :, FIRST + k] @ np.array(gains(pan))) for pan in PANS], 1
                )
                for k, matrix in enumerate(seat)
            ]
            for seat in responses
        ]
    )


def total_error(heard, stage):
    """Half the mean over seats, half the mean of the worst tenth."""
    by_seat = []
    for seat, intended in zip(heard, stage, strict=True):
        by_pan = [cue_error(seat[:, :, n], intended[:, :, n]) for n in range(7)]
        by_seat.append(max(np.mean(by_pan[:4]), np.mean(by_pan[3:])))
    worst = sorted(by_seat, reverse=True)[: math.ceil(len(by_seat) / 10)]
    return 0.5 * np.mean(by_seat) + 0.5 * np.mean(worst)


def cue_error(heard, intended):
    """In just noticeable differences, of one source at one seat, from spectra (frequency, ear)."""
    times, levels = [], []
    for centre, band in AUDITORY:
        bins = [f - FIRST for f in band]
        cross, level = [], []
        for ears in (heard[bins], intended[bins]):
            cross.append(sum(left * right.conjugate() for left, right in ears))
            power = [sum(abs(ear) ** 2) for ear in ears.T]
            level.append(10 * math.log10(power[0] / power[1]))
        if centre < 1500:
            turn = np.angle(cross[0] * cross[1].conjugate())
            times.append(abs(turn) / (2 * math.pi * centre) / 20e-6)
        else:
            levels.append(min(20, abs(level[0] - level[1])))
    return 0.5 * np.mean(times) + 0.5 * np.mean(levels)


def mean_kept(device, taps, nothing):
    """Share of what is gained that effort leaves, mean over third octaves."""
    filters, routing = ([np.fft.rfft(row, 8192) for row in each] for each in (taps, nothing))
    heard, reference = (
        [
            {FIRST + k: matrix @ np.array(each)[:, :, FIRST + k] for k, matrix in enumerate(seat)}
            for seat in device
        ]
        for each in (filters, routing)
    )
    effort = [band_effort(filters, heard, reference, band) for band in GRADED]
    return np.mean([min(max(1 - (e - 10) / 6, 0), 1) for e in effort])


def colour_of(heard, pair):
    """The worst place's deviation from the pair's level, one mean for all places."""
    level = np.array(
        [
            [10 * math.log10(power_in(heard, band, n) / power_in(pair, band, n)) for band in COLOUR]
            for n in range(7)
        ]
    )
    level -= level.mean()
    return max(math.sqrt(np.mean(place**2)) for place in level)


def power_in(heard, band, place):
    bins = [f - FIRST for f in band]
    return np.sum(np.abs(heard[:, bins, :, place]) ** 2)


def coherence_of(ears):
    """Mean over three octaves of the largest correlation within 1 ms, spectra (frequency, ear)."""
    octaves = []
    for centre in (500, 1000, 2000):
        band = np.array(bins_between(centre / math.sqrt(2), centre * math.sqrt(2)))
        left, right = ears[band - FIRST].T
        energy = math.sqrt(np.sum(np.abs(left) ** 2) * np.sum(np.abs(right) ** 2))
        turn = 2j * math.pi * band * 48000 / 8192
        lags = [10e-6 * k for k in range(-100, 101)]
        correlation = [np.sum(left * right.conj() * np.exp(-turn * lag)).real for lag in lags]
        octaves.append(np.max(np.abs(correlation)) / energy)
    return np.mean(octaves)

"""Filters that help nobody must not beat doing nothing."""

from functools import cache

import numpy as np
import pytest

from simgen.errors import SubmissionError
from simgen.scoring.crosstalk import score_crosstalk
from simgen.scoring.crosstalk_plant import doing_nothing
from tests.references.crosstalk_designs import Designer
from tests.references.crosstalk_plants import DEVICES, small_track

TRACK = {device: plants[::3] for device, plants in small_track(8).items()}
FLIPPED = np.array([1.0, -1.0])[:, None]


def nothing(device):
    return doing_nothing(len(DEVICES[device]), 512)


@cache
def robust(device):
    designer = Designer(device)
    return designer.taps(designer.robust())


def noise(device):
    generator = np.random.default_rng(3)
    return generator.standard_normal((len(DEVICES[device]), 2, 64))


def filtered(taps, response):
    """Filter both inputs and keep the length."""
    spectra = np.fft.rfft(taps, 4096) * np.fft.rfft(response, 4096)
    return np.fft.irfft(spectra)[..., : taps.shape[-1]]


def comb(gain, samples):
    response = np.zeros(samples + 1)
    response[[0, -1]] = 1.0, -gain
    return response


def band_stop(low, high):
    """All but what lies between two frequencies in Hz, 32 dB below the rest."""
    frequency = np.fft.rfftfreq(512, 1 / 48000)
    gain = np.where((low < frequency) & (frequency < high), 0.025, 1.0)
    return np.roll(np.fft.irfft(gain), 256) * np.hanning(512)


DEGENERATE = {
    "swapped": lambda device: nothing(device)[:, ::-1],
    "one polarity flipped": lambda device: nothing(device) * FLIPPED,
    "mono": lambda device: nothing(device).sum(axis=1, keepdims=True).repeat(2, axis=1),
    "noise": noise,
    "comb": lambda device: filtered(nothing(device), comb(0.9, 24)),
}
SPOILT = {
    "through a comb": lambda device: filtered(robust(device), comb(0.98, 8)),
    "without 200 Hz to 1.5 kHz": lambda device: filtered(robust(device), band_stop(200.0, 1500.0)),
    "with a quiet input": lambda device: robust(device) * np.array([1, 0.01])[:, None],
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_no_degenerate_filter_beats_doing_nothing(name):
    score = score_crosstalk(TRACK, {device: DEGENERATE[name](device) for device in DEVICES})
    found = {device: scored.gain_db.value for device, scored in score.devices.items()}
    assert score.gain_db.high < 0.0
    assert max(found.values()) < 0.0, found


def test_the_canceller_that_was_spoilt_is_a_good_one():
    score = score_crosstalk(TRACK, {device: robust(device) for device in DEVICES})
    assert score.gain_db.low > 2.0
    # Where next to no crosstalk arrives, a flip changes phases alone: it costs too little.
    flipped = score_crosstalk(TRACK, {device: robust(device) * FLIPPED for device in DEVICES})
    assert flipped.gain_db.high < score.gain_db.low


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_canceller_does_not_beat_doing_nothing(name):
    score = score_crosstalk(TRACK, {device: SPOILT[name](device) for device in DEVICES})
    assert score.gain_db.high < 0.0


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda taps: 0.0 * taps, "every tap is zero"),
        (lambda taps: taps * [[1.0], [0.0]], "input 1 is silent"),
        (lambda taps: taps * np.nan, "is nan"),
        (lambda taps: taps + 0j, "complex128"),
    ],
)
def test_silent_and_impossible_filters_are_refused(spoil, fault):
    with pytest.raises(SubmissionError, match=fault):
        score_crosstalk(TRACK, {"C": spoil(robust("C"))})

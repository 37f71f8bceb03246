"""Filters that help nobody must not beat the single driver, nor spoilt ones honest ones."""

from functools import cache

import numpy as np
import pytest

from simgen.errors import SubmissionError
from simgen.scoring.beam import score_beams
from simgen.scoring.beam_devices import beam_devices
from simgen.scoring.beam_plant import single_driver
from tests.references.beam_designs import FREQUENCY, Designer

DEVICES = beam_devices()


@cache
def designer(device):
    return Designer(device)


@cache
def good(device):
    return designer(device).taps(designer(device).nulls(6.0))


def each_band_its_own(device):
    """The best steering at low frequencies, its mirror image at high ones."""
    parts = [designer(device).steered(angle) for angle in (45, -45)]
    return np.where((FREQUENCY < 1000)[:, None], *parts)


def silent_inside(device):
    """Silence on the axis and to the sides, sound in between."""
    rows = designer(device).towards([90, -90, 0, 30])
    target = np.zeros((4, 1))
    target[3] = 1.0
    gram = rows.conj().swapaxes(1, 2) @ rows + 1e-3 * np.eye(3)
    return np.linalg.solve(gram, rows.conj().swapaxes(1, 2) @ target)[..., 0]


DEGENERATE = {
    "a side driver": lambda device: designer(device).same(1, 0, 0),
    "steered to 45 degrees": lambda device: designer(device).steered(45),
    "steered to 90 degrees": lambda device: designer(device).steered(90),
    "steered to and fro": each_band_its_own,
    "alternating signs": lambda device: designer(device).same(1, -1, 1),
    "dipole": lambda device: designer(device).same(1, 0, -1),
    "silent on the axis": silent_inside,
}


def comb(gain, samples):
    response = np.zeros(samples + 1)
    response[[0, -1]] = 1.0, gain
    return response


def filtered(taps, response):
    """Filter all drivers alike and keep the length."""
    spectra = np.fft.rfft(taps, 4096) * np.fft.rfft(response, 4096)
    return np.fft.irfft(spectra)[:, : taps.shape[-1]]


def band_stop(low, high):
    """All but what lies between two frequencies in Hz, some 50 dB below the rest."""
    frequency = np.fft.rfftfreq(1024, 1 / 48000)
    gain = np.where((low < frequency) & (frequency < high), 0.003, 1.0)
    return np.roll(np.fft.irfft(gain), 128)[:256] * np.hanning(256)


def tone(frequency):
    return np.cos(2 * np.pi * frequency / 48000 * np.arange(400)) * np.hanning(400)


SPOILT = {
    "through a comb": (comb(-0.98, 8), 1.0),
    "without 600 Hz to 3 kHz": (band_stop(600.0, 3000.0), 5.0),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_no_degenerate_filter_beats_the_single_driver(name):
    submission = {each: designer(each).taps(DEGENERATE[name](each)) for each in DEVICES}
    score = score_beams(DEVICES, submission)
    found = {device: scored.gain_db.value for device, scored in score.devices.items()}
    assert score.gain_db.high < 0.0, found
    assert max(found.values()) < 1e-3, found


def test_noise_does_not_beat_the_single_driver():
    noise = np.random.default_rng(3).standard_normal((3, 64))
    assert score_beams(DEVICES, dict.fromkeys(DEVICES, noise)).gain_db.high < -3.0


def test_most_directivity_does_not_rank():
    """It has the best directivity index by far, and a window with a hole at its edge."""
    submission = {each: designer(each).taps(designer(each).most_directive(3.0)) for each in DEVICES}
    score = score_beams(DEVICES, submission)
    honest = score_beams(DEVICES, {each: good(each) for each in DEVICES})
    assert score.gain_db.high < 0.0
    assert honest.gain_db.low > 8.0
    for device, scored in score.devices.items():
        index, honest_index = (
            each.report.directivity_index_db.mean() for each in (scored, honest.devices[device])
        )
        assert index > honest_index
        assert scored.pattern.dip_charge_db > 3.0


def test_a_tone_alone_is_refused():
    with pytest.raises(SubmissionError, match="the window is at -"):
        score_beams(DEVICES, {"D-ball": filtered(good("D-ball"), tone(1000.0))})


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_beam_loses_what_it_spoils(name):
    response, least = SPOILT[name]
    plant = {"D-ball": DEVICES["D-ball"]}
    honest = score_beams(plant, {"D-ball": good("D-ball")})
    spoilt = score_beams(plant, {"D-ball": filtered(good("D-ball"), response)})
    assert spoilt.gain_db.value < honest.gain_db.value - least


def test_one_good_device_does_not_hide_a_bad_one():
    score = score_beams(DEVICES, {"D-omni": good("D-omni"), "D-ball": good("D-omni")})
    honest = score_beams(DEVICES, {each: good(each) for each in DEVICES})
    assert score.gain_db.high < honest.gain_db.low
    left_out = score_beams(DEVICES, {"D-omni": good("D-omni")})
    assert left_out.gain_db.value == pytest.approx(honest.devices["D-omni"].gain_db.value / 2)


@pytest.mark.parametrize("cap", [3.0, 9.0, 12.0])
def test_an_equaliser_buys_nothing(cap):
    """Of the cap on effort: the same beam with more or less treble has the same effort."""
    taps = designer("D-omni").taps(designer("D-omni").nulls(cap))
    plant = {"D-omni": DEVICES["D-omni"]}
    plain = score_beams(plant, {"D-omni": taps})
    for tilt in ([1.0, -0.3], [1.0, 0.3]):
        tilted = score_beams(plant, {"D-omni": filtered(taps, np.array(tilt))})
        assert tilted.gain_db.value <= plain.gain_db.value + 1e-4


def test_silent_filters_are_refused():
    with pytest.raises(SubmissionError, match="every tap is zero"):
        score_beams(DEVICES, {"D-omni": 0.0 * single_driver()})

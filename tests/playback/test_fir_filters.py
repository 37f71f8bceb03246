import math

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from simgen.playback.fir_filters import (
    crossfade_to_natural,
    fir_taps,
    frequency_response,
    lost_energy_db,
)
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.natural import natural_routing, relative_plant
from tests.playback.example_plants import NARROW, head_plants, random_responses

RATE = 48000.0


def grid(length):
    return np.fft.rfftfreq(length, 1 / RATE)


def delayed(filters, frequency, samples):
    return filters * np.exp(-2j * np.pi * frequency * samples / RATE)[:, None, None]


def graded(frequency):
    return (frequency > 178.0) & (frequency < 9000.0)


def worst_separation_db(filters, frequency):
    """Of third octaves over the graded band, at the nominal pose."""
    plant = head_plants(NARROW, frequency)[0]
    reproduced = np.abs(plant @ filters) ** 2
    edges = 1000.0 * 2.0 ** ((np.arange(-7, 11) - 0.5) / 3.0)
    places = np.searchsorted(frequency, edges)
    own, other = (
        np.add.reduceat(power[: places[-1]], places[:-1])
        for power in (reproduced[:, 0, 0], reproduced[:, 1, 0])
    )
    return float(np.min(10.0 * np.log10(own / other)))


def test_taps_of_a_delay_are_one_tap():
    taps = fir_taps(delayed(np.ones((65, 1, 1)), grid(128), 3), num_taps=32)
    assert taps.shape == (1, 1, 32)
    expected = np.zeros(32)
    expected[16 + 3] = 1.0
    assert taps[0, 0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("num_taps", [64, 63])
def test_the_response_of_the_taps_is_the_design_half_a_length_late(num_taps):
    decay = np.zeros((2, 3, 128))
    decay[..., :12] = np.random.default_rng(0).standard_normal((2, 3, 12))
    design = np.moveaxis(np.fft.rfft(decay), 2, 0)
    taps = fir_taps(design, num_taps=num_taps)
    fine = np.linspace(0.0, 24000.0, 501)
    expected = delayed(frequency_response(decay, fine, sample_rate=RATE), fine, num_taps // 2)
    assert frequency_response(taps, fine, sample_rate=RATE) == pytest.approx(expected)


def test_responses_of_taps_are_those_of_the_fft_and_of_numpys_own_sum():
    taps = np.random.default_rng(0).standard_normal((2, 2, 3000))
    expected = np.moveaxis(np.fft.rfft(taps, 4096), 2, 0)
    assert frequency_response(taps, grid(4096), sample_rate=RATE) == pytest.approx(expected)
    at = 1234.5
    by_hand = np.sum(taps[1, 0] * np.exp(-2j * np.pi * at / RATE * np.arange(3000)))
    assert frequency_response(taps, [at], sample_rate=RATE)[0, 1, 0] == pytest.approx(by_hand)


def test_the_ends_are_faded_and_the_middle_is_not():
    comb = np.ones((33, 1, 1)) * 64.0
    comb[1:, 0, 0] = 0.0  # a constant impulse response of ones
    taps = fir_taps(comb, num_taps=64, taper=0.5)[0, 0]
    assert taps[16:49] == pytest.approx(np.ones(33))
    assert np.all(np.diff(taps[:17]) > 0.0)
    assert taps[0] == pytest.approx(0.0)
    assert taps[1:32] == pytest.approx(taps[:32:-1])
    assert fir_taps(comb, num_taps=64, taper=0.0)[0, 0] == pytest.approx(np.ones(64))


def test_lost_energy_is_the_error_at_the_designs_frequencies():
    design = np.moveaxis(np.fft.rfft(np.random.default_rng(0).standard_normal((2, 2, 256))), 2, 0)
    taps = fir_taps(design, num_taps=100)
    realised = frequency_response(taps, grid(256), sample_rate=RATE)
    error = np.abs(realised - delayed(design, grid(256), 50)) ** 2
    both_sides = np.r_[1.0, np.full(127, 2.0), 1.0][:, None, None]
    lost = np.sum(both_sides * error, axis=(0, 1)) / np.sum(
        both_sides * np.abs(design) ** 2, axis=(0, 1)
    )
    assert lost_energy_db(design, num_taps=100) == pytest.approx(10.0 * np.log10(lost))
    single = np.ones((129, 1, 1))
    assert lost_energy_db(single, num_taps=100)[0] == -math.inf


def test_an_inverse_on_its_own_grid_is_wrong_between_and_the_check_finds_it():
    own, fine = grid(256), grid(8192)
    inverse = regularised_inverse(relative_plant(head_plants(NARROW, own)[0]), beta=0.0)
    taps = fir_taps(inverse, num_taps=256, taper=0.0)
    at_own = frequency_response(taps, own, sample_rate=RATE)
    band = graded(own)
    assert channel_separation_db(head_plants(NARROW, own[band])[0], at_own[band]).min() > 200.0
    between = frequency_response(taps, fine, sample_rate=RATE)
    assert worst_separation_db(between, fine) < 5.0
    assert np.all(lost_energy_db(inverse, num_taps=256) > -15.0)


@pytest.mark.slow
def test_a_capped_design_on_a_fine_grid_survives_its_realisation():
    fine, finer = grid(8192), grid(16384)
    plant = relative_plant(head_plants(NARROW, fine)[0])
    design = crossfade_to_natural(gain_capped_inverse(plant, gain_cap=2.0), fine)
    assert np.all(lost_energy_db(design, num_taps=2048) < -55.0)
    taps = fir_taps(design, num_taps=2048)
    realised = frequency_response(taps, finer, sample_rate=RATE)
    assert worst_separation_db(realised, finer) == pytest.approx(
        worst_separation_db(design, fine), abs=0.1
    )
    assert realised[::2] == pytest.approx(delayed(design, fine, 1024), abs=0.02)


def test_the_crossfade_leaves_the_band_and_nothing_else():
    frequency = grid(4096)
    filters = random_responses(len(frequency), 3, 2)
    faded = crossfade_to_natural(filters, frequency)
    inside = (frequency >= 160.0) & (frequency <= 11e3)
    outside = (frequency <= 90.0) | (frequency >= 14e3)
    natural = natural_routing(len(frequency), 3)
    assert np.array_equal(faded[inside], filters[inside])
    assert np.array_equal(faded[outside], natural[outside])
    assert not np.any(faded[~inside & ~outside] == filters[~inside & ~outside])
    half = crossfade_to_natural(filters[:1], [120.0])
    assert half == pytest.approx(0.5 * (filters[:1] + natural[:1]))


def test_natural_routing_fades_into_itself():
    natural = natural_routing(2049, 5)
    assert np.array_equal(crossfade_to_natural(natural, grid(4096)), natural)
    taps = fir_taps(natural, num_taps=64)
    assert np.array_equal(np.argwhere(taps > 0.5), [[0, 0, 32], [4, 1, 32]])


def test_wrong_arguments_are_refused():
    filters = random_responses(33, 2, 2)
    for num_taps in (1, 65, 32.0):
        with pytest.raises(ParameterError, match="num_taps"):
            fir_taps(filters, num_taps=num_taps)
    with pytest.raises(ParameterError, match="taper"):
        fir_taps(filters, num_taps=32, taper=1.5)
    with pytest.raises(ParameterError, match="silent for input"):
        lost_energy_db(filters * [1.0, 0.0], num_taps=32)
    with pytest.raises(ShapeError, match="filters"):
        fir_taps(filters[0], num_taps=32)
    with pytest.raises(ShapeError, match="non-finite"):
        crossfade_to_natural(filters * np.nan, np.arange(33))
    with pytest.raises(ShapeError, match="filters"):
        crossfade_to_natural(random_responses(33, 2, 1), np.arange(33))
    for low in ((160.0, 90.0), (0.0, 90.0), (np.nan, 90.0)):
        with pytest.raises(ParameterError, match="low"):
            crossfade_to_natural(filters, np.arange(33), low=low)
    with pytest.raises(ShapeError, match="taps"):
        frequency_response(np.ones((2, 2)), [1.0], sample_rate=RATE)
    with pytest.raises(ParameterError, match="sample_rate"):
        frequency_response(np.ones((1, 1, 2)), [1.0], sample_rate=0.0)
    with pytest.raises(ParameterError, match="frequency"):
        frequency_response(np.ones((1, 1, 2)), [-1.0], sample_rate=RATE)

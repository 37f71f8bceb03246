from functools import cache, partial

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.panning import mid_side, pan_sources, tangent_law_gains
from simgen.playback.upmix import (
    banded_centre,
    fold_down,
    mid_centre,
    one_coefficient_centre,
    running_centre,
    similarity_centre,
    split_centre,
)
from simgen.signals.corpus import read_utterance
from simgen.signals.speech import shipped_speech

RATE = 16000
HALF_ANGLE = np.deg2rad(30.0)

METHODS = {
    "similarity mask squared": partial(similarity_centre, sample_rate=RATE, exponent=2.0),
    "similarity mask": partial(similarity_centre, sample_rate=RATE),
    "running least squares": partial(running_centre, sample_rate=RATE),
    "static least squares": partial(banded_centre, sample_rate=RATE),
    "one coefficient": one_coefficient_centre,
    "middle": mid_centre,
}
"""From the best to doing nothing."""


def noise(num_samples=RATE, seed=0):
    return np.random.default_rng(seed).standard_normal(num_samples)


def panned(*azimuths_deg, num_samples=RATE):
    """Independent noises, each panned to its azimuth, shape (source, 2, sample)."""
    gains = tangent_law_gains(np.deg2rad(azimuths_deg), half_angle=HALF_ANGLE)
    return np.array([np.outer(gain, noise(num_samples, k)) for k, gain in enumerate(gains)])


def talk(talker, num_samples=8 * RATE):
    """Utterances of a talker one after the other, at a mean square of 1."""
    corpus = shipped_speech()
    speech = np.concatenate(
        [read_utterance(corpus, utterance.file, RATE) for utterance in corpus.of(talker)[:12]]
    )[:num_samples]
    assert len(speech) == num_samples
    return speech / np.sqrt(np.mean(speech**2))


@cache
def talking_mixes():
    """Stereo mixes and the centre talker in them: centre, hard left, hard right, part-panned."""
    talkers = shipped_speech().talkers()
    rng = np.random.default_rng(0)
    mixes = []
    for azimuths_deg in ((0, 30, -30, 15), (0, 30, -30, 12, -18), (0, 30, -30, -15)):
        chosen = rng.choice(talkers, len(azimuths_deg), replace=False)
        sources = np.array([talk(talker) for talker in chosen])
        dry = pan_sources(sources, np.deg2rad(azimuths_deg), half_angle=HALF_ANGLE)
        ambience = rng.standard_normal(dry.shape)
        ambience *= 0.1 * np.sqrt(np.mean(dry**2) / np.mean(ambience**2))
        mixes.append((dry + ambience, np.sqrt(0.5) * sources[0]))
    return mixes


def si_sdr_db(reference, estimate):
    scaled = (estimate @ reference) / (reference @ reference) * reference
    return 10.0 * np.log10(np.sum(scaled**2) / np.sum((estimate - scaled) ** 2))


@cache
def gain_over_middle_db(method):
    return np.mean(
        [
            si_sdr_db(centre, METHODS[method](stereo)) - si_sdr_db(centre, mid_centre(stereo))
            for stereo, centre in talking_mixes()
        ]
    )


@pytest.mark.slow
def test_methods_keep_their_order_on_speech():
    gains_db = [gain_over_middle_db(method) for method in METHODS]
    assert gains_db[-1] == 0.0
    assert np.all(np.diff(gains_db) < -0.05)
    assert gains_db[0] == pytest.approx(6.0, abs=1.5)
    assert gains_db[-2] == pytest.approx(0.2, abs=0.2)


@pytest.mark.parametrize("method", METHODS)
def test_downmix_is_exact_whatever_the_centre(method):
    stereo = panned(0.0, 30.0, -20.0, num_samples=5000).sum(axis=0)
    parts = split_centre(stereo, METHODS[method](stereo))
    assert parts.shape == (3, 5000)
    assert fold_down(parts) == pytest.approx(stereo, abs=1e-12)


def test_split_of_known_signals():
    parts = split_centre([[3.0, 1.0], [1.0, 5.0]], [1.0, 2.0])
    assert parts.tolist() == [[2.0, -1.0], [0.0, 3.0], [1.0, 2.0]]
    assert fold_down(parts).tolist() == [[3.0, 1.0], [1.0, 5.0]]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("num_samples", [1, 100, 511, 5003])
def test_a_centre_alone_comes_through_unchanged(method, num_samples):
    """With left and right equal no gain is below 1: what remains is perfect reconstruction."""
    signal = noise(num_samples)
    centre = METHODS[method](np.stack([signal, signal]))
    assert centre == pytest.approx(signal, abs=1e-12)


@pytest.mark.parametrize("sample_rate", [8000, 11025, 44100, 48000])
def test_reconstruction_is_perfect_at_other_sample_rates(sample_rate):
    signal = noise(sample_rate // 4)
    for exponent in (0.0, 2.0):
        centre = similarity_centre([signal, signal], sample_rate, exponent=exponent)
        assert centre == pytest.approx(signal, abs=1e-12)


def test_without_a_mask_the_similarity_centre_is_the_middle():
    stereo = panned(30.0, -30.0).sum(axis=0)
    centre = similarity_centre(stereo, RATE, exponent=0.0)
    assert centre == pytest.approx(mid_centre(stereo), abs=1e-12)


@pytest.mark.parametrize("side", [0, 1])
def test_a_source_hard_to_one_side_leaks_into_the_middle_alone(side):
    stereo = np.zeros((2, RATE))
    stereo[side] = noise()

    def leakage_db(method):
        with np.errstate(divide="ignore"):
            return 10.0 * np.log10(np.sum(METHODS[method](stereo) ** 2) / np.sum(stereo**2))

    assert leakage_db("middle") == pytest.approx(-6.0206, abs=1e-4)
    assert all(leakage_db(method) < -200.0 for method in METHODS if method != "middle")


@pytest.mark.parametrize("exponent", [1.0, 2.0])
@pytest.mark.parametrize("azimuth_deg", [0.0, 10.0, -20.0])
def test_the_mask_of_one_source_has_its_closed_form(azimuth_deg, exponent):
    (stereo,) = panned(azimuth_deg)
    ((left, right),) = tangent_law_gains([np.deg2rad(azimuth_deg)], half_angle=HALF_ANGLE)
    mask = (2.0 * left * right / (left**2 + right**2)) ** exponent
    centre = similarity_centre(stereo, RATE, exponent=exponent)
    assert centre == pytest.approx(mask * mid_centre(stereo), abs=1e-9)


def test_opposite_phases_have_no_centre():
    stereo = np.array([[1.0], [-0.5]]) * noise()
    assert similarity_centre(stereo, RATE) == pytest.approx(np.zeros(RATE), abs=1e-12)


def test_one_coefficient_leaves_no_correlation_and_the_least_power():
    stereo = panned(0.0, 30.0, -10.0).sum(axis=0)
    centre, side = one_coefficient_centre(stereo), mid_side(stereo)[1]
    assert abs(centre @ side) < 1e-12 * np.linalg.norm(centre) * np.linalg.norm(side)
    for step in (-1e-3, 1e-3):
        assert np.sum((centre + step * side) ** 2) > np.sum(centre**2)


def test_one_coefficient_for_independent_sources_is_their_balance_of_power():
    stereo = np.zeros((2, 2))
    stereo[0, 0], stereo[1, 1] = 2.0, 1.0
    # Middle times side is +-1/4 of each power, side squared 1/4 of it: (4 - 1) / (4 + 1).
    expected = mid_centre(stereo) - 0.6 * mid_side(stereo)[1]
    assert one_coefficient_centre(stereo) == pytest.approx(expected)


def test_bands_serve_sources_that_one_coefficient_cannot():
    time = np.arange(RATE) / RATE
    stereo = np.sin(2.0 * np.pi * np.array([[500.0], [3000.0]]) * time)
    together, apart = one_coefficient_centre(stereo), banded_centre(stereo, RATE)
    assert together == pytest.approx(mid_centre(stereo), abs=1e-6)
    assert np.sum(apart**2) < 1e-3 * np.sum(together**2)


def test_running_averages_follow_a_source_that_changes_sides():
    first, second = np.zeros((2, 2, RATE))
    first[0], second[1] = noise(seed=1), noise(seed=2)
    stereo = np.concatenate([first, second], axis=1)
    energy = {
        name: np.sum(METHODS[name](stereo) ** 2) / np.sum(mid_centre(stereo) ** 2)
        for name in ("running least squares", "static least squares")
    }
    assert energy["static least squares"] > 0.9
    assert energy["running least squares"] < 0.4
    quicker = running_centre(stereo, RATE, time_constant=0.02)
    assert np.sum(quicker**2) < np.sum(running_centre(stereo, RATE) ** 2)


def test_a_running_centre_hardly_correlates_with_the_side():
    for stereo, _ in talking_mixes():
        centre = running_centre(stereo, RATE)
        assert abs(np.corrcoef(centre, stereo[0] - stereo[1])[0, 1]) < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_centres_scale_with_the_input_and_silence_has_a_silent_one(method):
    stereo = panned(0.0, 30.0, -10.0).sum(axis=0)
    centre = METHODS[method](stereo)
    assert METHODS[method](1e-3 * stereo) == pytest.approx(1e-3 * centre, rel=1e-9, abs=1e-15)
    assert not np.any(METHODS[method](np.zeros((2, 700))))


@pytest.mark.parametrize("method", METHODS)
def test_exchanging_left_and_right_leaves_the_centre(method):
    stereo = panned(0.0, 30.0, -10.0).sum(axis=0)
    assert METHODS[method](stereo[::-1]) == pytest.approx(METHODS[method](stereo), abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stereo", [np.ones((3, 9)), np.ones((2, 0)), np.full((2, 9), np.nan)])
def test_signals_that_are_not_stereo_are_refused(method, stereo):
    with pytest.raises(ShapeError, match="stereo"):
        METHODS[method](stereo)


def test_unusable_arguments_are_refused():
    stereo = np.ones((2, 900))
    for sample_rate in (0, 1e9, np.nan):
        with pytest.raises(ParameterError, match="sample_rate"):
            banded_centre(stereo, sample_rate)
    for time_constant in (0.0, np.inf, np.nan):
        with pytest.raises(ParameterError, match="time_constant"):
            running_centre(stereo, RATE, time_constant=time_constant)
        with pytest.raises(ParameterError, match="time_constant"):
            similarity_centre(stereo, RATE, time_constant=time_constant)
    with pytest.raises(ParameterError, match="exponent"):
        similarity_centre(stereo, RATE, exponent=-1.0)
    for centre in (np.ones(899), np.ones((1, 900)), np.full(900, np.nan)):
        with pytest.raises(ShapeError, match="centre"):
            split_centre(stereo, centre)
    for parts in (np.ones((2, 9)), np.ones(9)):
        with pytest.raises(ShapeError, match="left_right_centre"):
            fold_down(parts)

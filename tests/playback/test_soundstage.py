from functools import partial

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.alignment import correlation_delays
from simgen.playback.panning import mid_side
from simgen.playback.soundstage import (
    path_responses,
    play_soundstage,
    soundstage_delays,
    soundstage_filters,
)
from simgen.playback.upmix import mid_centre, similarity_centre

SIMILARITY = partial(similarity_centre, sample_rate=16000)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


UNIT_SIDES = np.eye(2)[:, :, None]
UNIT_CENTRE = np.ones((2, 1))
"""Two loudspeakers, each with its own side and all of the centre."""


@pytest.mark.parametrize("upmix", [mid_centre, SIMILARITY, lambda pair: 0.0 * pair[0]])
def test_with_unit_filters_the_loudspeakers_play_the_stereo_pair(upmix):
    stereo = noise(2, 2000)
    played = play_soundstage(
        stereo, UNIT_SIDES, beam_filters=UNIT_CENTRE, upmix=upmix, half_length=0
    )
    assert played == pytest.approx(stereo, abs=1e-12)


def test_parts_go_through_their_own_filters_and_delays():
    stereo = noise(2, 50)
    sides, beam = noise(4, 2, 8, seed=1), noise(4, 5, seed=2)
    delays = [3, 0, 7]
    played = play_soundstage(
        stereo, sides, beam_filters=beam, upmix=mid_centre, delays=delays, half_length=0
    )
    assert played.shape == (4, 50 + 7 + 7)
    middle, side = mid_side(stereo)
    expected = np.zeros_like(played)
    for loudspeaker in range(4):
        bank = (sides[loudspeaker, 0], sides[loudspeaker, 1], beam[loudspeaker])
        for part, taps, late in zip((side, -side, middle), bank, delays, strict=True):
            sound = np.convolve(part, taps)
            expected[loudspeaker, late : late + len(sound)] += sound
    assert played == pytest.approx(expected, abs=1e-12)


def test_a_fixed_upmix_makes_the_chain_linear():
    first, second = noise(2, 2, 300)
    chain = partial(
        play_soundstage,
        crosstalk_filters=noise(3, 2, 8, seed=1),
        beam_filters=noise(3, 8, seed=2),
        upmix=mid_centre,
        delays=[0.5, 1.25, 0.0],
    )
    assert chain(first + 2.0 * second) == pytest.approx(
        chain(first) + 2.0 * chain(second), abs=1e-12
    )


def test_a_common_delay_delays_what_is_played():
    stereo = noise(2, 300)
    chain = partial(play_soundstage, stereo, UNIT_SIDES, beam_filters=UNIT_CENTRE, upmix=SIMILARITY)
    prompt = chain(delays=[0, 0, 0], half_length=4)
    late = chain(delays=[5, 5, 5], half_length=4)
    assert late[:, 5:] == pytest.approx(prompt, abs=1e-12)
    assert np.max(np.abs(late[:, :5])) < 1e-12
    assert prompt[:, 4:304] == pytest.approx(stereo, abs=1e-12)


def test_a_bank_holds_the_filters_followed_by_zeros():
    bank = soundstage_filters([[[1.0, 2.0], [3.0, 4.0]]], [[5.0]])
    assert bank.tolist() == [[[1.0, 2.0], [3.0, 4.0], [5.0, 0.0]]]
    bank = soundstage_filters([[[1.0], [3.0]]], [[5.0, 6.0]])
    assert bank.tolist() == [[[1.0, 0.0], [3.0, 0.0], [5.0, 6.0]]]


def test_path_responses_sum_filters_and_plant_over_loudspeakers():
    filters, plant = noise(3, 2, 6), noise(3, 9, seed=1)
    expected = [sum(np.convolve(filters[k, path], plant[k]) for k in range(3)) for path in range(2)]
    assert path_responses(filters, plant) == pytest.approx(np.array(expected))


def delayed_pulse(delay, num_taps=128):
    return np.exp(-0.5 * ((np.arange(num_taps) - 30.0 - delay) / 3.0) ** 2)


def test_delays_align_all_three_paths_at_the_listening_point():
    sides = np.array([[delayed_pulse(10.3), 0.2 * delayed_pulse(40.0)]] * 2)
    sides[1] = sides[1, ::-1]
    beam = 0.7 * np.array([delayed_pulse(22.61), delayed_pulse(22.61)])
    plant = np.zeros((2, 20))
    plant[:, 9] = 1.0, 0.9
    delays = soundstage_delays(sides, beam, plant=plant)
    assert delays.min() == 0.0
    before = correlation_delays(path_responses(soundstage_filters(sides, beam), plant))
    assert np.max(np.abs(before)) > 10.0

    def heard(stereo, upmix):
        played = play_soundstage(stereo, sides, beam_filters=beam, upmix=upmix, delays=delays)
        return sum(np.convolve(signal, taps) for signal, taps in zip(played, plant, strict=True))

    unit, silence = [1.0, 0.0], [0.0, 0.0]
    alone = [
        heard([unit, silence], lambda pair: np.zeros_like(pair[0])),
        heard([silence, unit], lambda pair: np.zeros_like(pair[0])),
        # Left and right hold nothing but the centre: the sides are silent.
        heard([unit, unit], lambda pair: pair[0]),
    ]
    assert correlation_delays(alone) == pytest.approx(np.zeros(3), abs=0.01)


def test_known_delays_are_found_to_a_hundredth_of_a_sample():
    sides = np.array([[delayed_pulse(10.3), delayed_pulse(14.0)]])
    beam = delayed_pulse(22.61)[None]
    delays = soundstage_delays(sides, beam, plant=[[0.0, 1.0]])
    assert delays == pytest.approx([12.31, 8.61, 0.0], abs=0.01)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stereo": np.ones((3, 9))}, "stereo"),
        ({"stereo": np.ones((2, 0))}, "stereo"),
        ({"stereo": np.full((2, 9), np.nan)}, "stereo"),
        ({"crosstalk_filters": np.ones((2, 3, 4))}, "crosstalk_filters"),
        ({"crosstalk_filters": np.ones((2, 2, 0))}, "crosstalk_filters"),
        ({"crosstalk_filters": np.full((2, 2, 4), np.inf)}, "crosstalk_filters"),
        ({"beam_filters": np.ones((3, 4))}, "beam_filters"),
        ({"beam_filters": np.ones((2, 0))}, "beam_filters"),
        ({"beam_filters": np.ones(4)}, "beam_filters"),
        ({"upmix": lambda pair: pair}, "centre"),
        ({"upmix": lambda pair: pair[0, :-1]}, "centre"),
        ({"delays": [0.0, 0.0]}, "delays"),
        ({"delays": [0.0, 0.0, np.nan]}, "delays"),
    ],
)
def test_unusable_arrays_are_refused(changes, message):
    given = {
        "stereo": np.ones((2, 9)),
        "crosstalk_filters": UNIT_SIDES,
        "beam_filters": UNIT_CENTRE,
        "upmix": mid_centre,
    } | changes
    with pytest.raises(ShapeError, match=message):
        play_soundstage(given.pop("stereo"), given.pop("crosstalk_filters"), **given)


def test_unusable_plants_and_delays_are_refused():
    with pytest.raises(ShapeError, match="plant"):
        soundstage_delays(UNIT_SIDES, UNIT_CENTRE, plant=np.ones((3, 4)))
    with pytest.raises(ShapeError, match="filters"):
        path_responses(np.ones((2, 0, 4)), np.ones((2, 4)))
    with pytest.raises(ParameterError, match="silent"):
        soundstage_delays(UNIT_SIDES, UNIT_CENTRE, plant=np.zeros((2, 4)))
    with pytest.raises(ParameterError, match="negative"):
        play_soundstage(
            np.ones((2, 9)),
            UNIT_SIDES,
            beam_filters=UNIT_CENTRE,
            upmix=mid_centre,
            delays=[0, 0, -1],
        )

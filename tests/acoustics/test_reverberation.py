import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from simgen.acoustics.responses import box_responses
from simgen.acoustics.reverberation import (
    eyring_absorption,
    eyring_t60_bands,
    sabine_absorption,
    sabine_t60,
    sabine_t60_bands,
    shortest_sabine_t60,
    wall_areas,
)
from simgen.acoustics.room import BoxRoom
from simgen.errors import ParameterError, ShapeError

sides = st.floats(1.0, 50.0)
sizes = st.tuples(sides, sides, sides)
SIZE = (5.0, 4.0, 3.0)
"""V = 60 m3, S = 94 m2."""


def test_sabine_by_hand():
    # V = 60 m3, S = 94 m2, A = 0.2 * 94 = 18.8 m2: 0.161 V / A = 0.514 s at 343 m/s.
    assert sabine_t60((5.0, 4.0, 3.0), 0.2, 343.0) == pytest.approx(0.161 * 60.0 / 18.8, rel=1e-3)
    # 24 ln 10 = 55.262: 55.262 * 60 / (343 * 18.8) = 0.51419 s.
    assert sabine_t60((5.0, 4.0, 3.0), 0.2, 343.0) == pytest.approx(0.51419, abs=5e-5)


@given(sides, sides, sides, st.floats(0.01, 1.0), st.floats(320.0, 360.0))
def test_absorption_and_time_there_and_back(length, width, height, absorption, speed):
    size = (length, width, height)
    t60 = sabine_t60(size, absorption, speed)
    assert sabine_absorption(size, t60, speed) == pytest.approx(absorption, rel=1e-12)


def test_no_time_is_the_free_field():
    assert sabine_absorption((5.0, 4.0, 3.0), 0.0, 343.0) == 1.0
    shortest = shortest_sabine_t60((5.0, 4.0, 3.0), 343.0)
    assert sabine_absorption((5.0, 4.0, 3.0), shortest, 343.0) == 1.0


@pytest.mark.parametrize("t60", [0.1, 1e-9, -0.3, math.nan, math.inf])
def test_unreachable_times_are_refused_with_the_range(t60):
    with pytest.raises(ParameterError, match=r"0 \(anechoic\) or at least 0\.103 s") as caught:
        sabine_absorption((5.0, 4.0, 3.0), t60, 343.0)
    assert caught.value.value is t60


@given(sides, sides, sides)
def test_the_least_time_that_the_message_names_is_reachable(length, width, height):
    size = (length, width, height)
    with pytest.raises(ParameterError) as caught:
        sabine_absorption(size, 1e-6, 343.0)
    named = float(caught.value.allowed.split()[-2])
    assert 0.0 < sabine_absorption(size, named, 343.0) <= 1.0


def test_walls_come_in_the_order_of_a_box_room():
    assert wall_areas((2.0, 3.0, 5.0)).tolist() == [15.0, 15.0, 10.0, 10.0, 6.0, 6.0]


def test_sabine_with_every_wall_its_own_by_hand():
    # A = 12 (0.1 + 0.2) + 15 (0.3 + 0.4) + 20 (0.5 + 0.6) = 36.1 m2 and, backwards, 30.5 m2;
    # 4 m V = 2.4 m2 in the second band. 24 ln 10 * 60 / 343 = 9.66683 s m2.
    rising = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    walls = np.stack([rising, rising[::-1]], axis=1)
    t60 = sabine_t60_bands(SIZE, walls, 343.0, air=[0.0, 0.01])
    backwards = 12 * (0.6 + 0.5) + 15 * (0.4 + 0.3) + 20 * (0.2 + 0.1)
    assert t60 == pytest.approx([9.66683 / 36.1, 9.66683 / (backwards + 2.4)], rel=1e-5)


def test_eyring_by_hand():
    # -ln(1 - 0.5) = 0.693147: 9.66683 / (94 * 0.693147) = 0.148365 s;
    # with air, 9.66683 / (65.1558 + 2.4) = 0.143094 s.
    walls = np.full((6, 1), 0.5)
    assert eyring_t60_bands(SIZE, walls, 343.0)[0] == pytest.approx(0.148365, abs=1e-6)
    assert eyring_t60_bands(SIZE, walls, 343.0, air=0.01)[0] == pytest.approx(0.143094, abs=1e-6)


def test_eyring_takes_the_mean_by_area():
    # Floor and ceiling absorb all: mean 40 / 94; -ln(54 / 94) = 0.554311.
    walls = [[0.0], [0.0], [0.0], [0.0], [1.0], [1.0]]
    expected = 9.66683 / (94.0 * 0.554311)
    assert eyring_t60_bands(SIZE, walls, 343.0)[0] == pytest.approx(expected, rel=1e-5)


@given(sizes, st.floats(0.01, 1.0), st.floats(320.0, 360.0))
def test_walls_that_absorb_alike_are_the_special_case(size, absorption, speed):
    t60 = sabine_t60_bands(size, np.full((6, 3), absorption), speed)
    np.testing.assert_allclose(t60, sabine_t60(size, absorption, speed), rtol=1e-12)


@given(sizes)
def test_eyring_approaches_sabine_as_walls_grow_hard(size):
    absorption = np.geomspace(1e-6, 0.99, 20)
    walls = np.tile(absorption, (6, 1))
    ratio = eyring_t60_bands(size, walls, 343.0) / sabine_t60_bands(size, walls, 343.0)
    # a / -ln(1 - a) = 1 - a / 2 - a^2 / 12 - ...
    assert np.all(ratio < 1.0)
    np.testing.assert_allclose(ratio[:8], 1.0 - absorption[:8] / 2.0, atol=1e-5)
    assert np.all(np.diff(ratio) < 0.0)


@given(sizes)
def test_dead_walls_leave_no_reverberation_by_eyring(size):
    assert eyring_t60_bands(size, np.ones((6, 2)), 343.0, air=[0.0, 0.01]).tolist() == [0.0, 0.0]
    assert eyring_t60_bands(size, np.full((6, 1), 1.0 - 1e-9), 343.0)[0] < 0.3 * sabine_t60(
        size, 1.0, 343.0
    )


@pytest.mark.parametrize("t60_bands", [sabine_t60_bands, eyring_t60_bands])
def test_rigid_walls_leave_it_to_the_air(t60_bands):
    # exp(-m c t) = 10^-6: t = 6 ln 10 / (m c), whatever the room.
    t60 = t60_bands(SIZE, np.zeros((6, 2)), 343.0, air=[0.0, 0.002])
    assert t60[0] == math.inf
    assert t60[1] == pytest.approx(13.81551 / (0.002 * 343.0), rel=1e-6)


@pytest.mark.parametrize("t60_bands", [sabine_t60_bands, eyring_t60_bands])
@pytest.mark.parametrize("worse", [-0.1, 1.1])
def test_impossible_absorptions_are_refused(t60_bands, worse):
    walls = np.full((6, 2), 0.5)
    walls[3, 1] = worse
    with pytest.raises(ParameterError, match="an absorption is out of range") as caught:
        t60_bands(SIZE, walls, 343.0)
    assert caught.value.value == worse


@pytest.mark.parametrize("t60_bands", [sabine_t60_bands, eyring_t60_bands])
def test_walls_and_air_that_do_not_fit_are_refused(t60_bands):
    with pytest.raises(ShapeError, match=r"absorption has shape \(5, 2\)"):
        t60_bands(SIZE, np.full((5, 2), 0.5), 343.0)
    with pytest.raises(ShapeError, match=r"air has shape \(3,\)"):
        t60_bands(SIZE, np.full((6, 2), 0.5), 343.0, air=[0.0, 0.1, 0.2])
    with pytest.raises(ParameterError, match="air is negative"):
        t60_bands(SIZE, np.full((6, 2), 0.5), 343.0, air=-0.1)


@given(sizes, st.floats(0.01, 0.99), st.floats(0.0, 0.05))
def test_either_formula_there_and_back_with_air(size, absorption, air):
    walls = np.full((6, 1), absorption)
    for forward, back in (
        (sabine_t60_bands, sabine_absorption),
        (eyring_t60_bands, eyring_absorption),
    ):
        (t60,) = forward(size, walls, 343.0, air=air).tolist()
        assert back(size, t60, 343.0, air=air) == pytest.approx(absorption, rel=1e-9)


def test_eyring_absorption_by_hand():
    assert eyring_absorption(SIZE, 0.148365, 343.0) == pytest.approx(0.5, abs=1e-5)
    assert eyring_absorption(SIZE, 0.143094, 343.0, air=0.01) == pytest.approx(0.5, abs=1e-5)


@given(sizes, st.floats(1e-6, 1e6))
def test_eyring_reaches_every_time_where_air_takes_nothing(size, t60):
    assert 0.0 < eyring_absorption(size, t60, 343.0) <= 1.0


def test_no_time_is_the_free_field_by_eyring_too():
    assert eyring_absorption(SIZE, 0.0, 343.0, air=0.01) == 1.0


def test_eyring_absorption_has_12_digits():
    for t60 in np.geomspace(0.05, 5.0, 30).tolist():
        absorption = eyring_absorption(SIZE, t60, 343.0)
        assert float(f"{absorption:.11e}") == absorption


@pytest.mark.parametrize("t60", [-0.3, math.nan, math.inf])
def test_times_that_are_none_are_refused_by_eyring(t60):
    with pytest.raises(ParameterError, match=r"Eyring.*0 \(anechoic\) or longer\)") as caught:
        eyring_absorption(SIZE, t60, 343.0)
    assert caught.value.value is t60


def test_times_beyond_the_air_are_refused_with_the_range():
    # 6 ln 10 / (0.01 * 343) = 4.0279 s; 9.66683 / (94 + 2.4) = 0.1003 s.
    with pytest.raises(ParameterError, match=r"at least 0\.101 s, below the 4\.028 s of the air"):
        sabine_absorption(SIZE, 4.03, 343.0, air=0.01)
    with pytest.raises(ParameterError, match=r"or longer, below the 4\.028 s of the air alone"):
        eyring_absorption(SIZE, 4.03, 343.0, air=0.01)
    for inverse in (sabine_absorption, eyring_absorption):
        assert 0.0 < inverse(SIZE, 4.02, 343.0, air=0.01) < 0.01
    assert sabine_absorption(SIZE, 0.101, 343.0, air=0.01) > 0.99


@pytest.mark.parametrize("inverse", [sabine_absorption, eyring_absorption])
def test_air_that_amplifies_is_refused(inverse):
    with pytest.raises(ParameterError, match="air is out of range"):
        inverse(SIZE, 0.4, 343.0, air=-0.01)


@pytest.mark.slow
@pytest.mark.parametrize("t60", [0.25, 0.4])
def test_the_response_decays_as_sabine_says(t60):
    size, rate = (5.0, 4.0, 3.0), 8000
    room = BoxRoom(size, (sabine_absorption(size, t60, 343.0),) * 6, 343.0)
    (responses,) = box_responses(
        room,
        [[1.2, 1.1, 1.3]],
        [[3.1, 2.7, 1.6], [4.2, 1.4, 1.1], [2.3, 3.3, 2.1]],
        sample_rate=rate,
        num_samples=round(t60 * rate),
    )
    # All reflection factors are positive, so that near 0 Hz the images add up in phase and
    # outlast what is heard: measure above, as ISO 3382-1 does.
    audible = sosfilt(butter(4, 100.0, "highpass", fs=rate, output="sos"), responses)
    measured = [schroeder_t20(response, rate) for response in audible]
    assert np.mean(measured) == pytest.approx(t60, rel=0.2)


def schroeder_t20(response, rate):
    """T20 by backward integration (ISO 3382-1): a line from -5 to -25 dB."""
    decay = np.cumsum(np.square(response[::-1], dtype=np.float64))[::-1]
    level_db = 10.0 * np.log10(decay[decay > 0.0] / decay[0])
    fitted = np.flatnonzero((level_db <= -5.0) & (level_db >= -25.0))
    slope, _ = np.polyfit(fitted / rate, level_db[fitted], 1)
    return -60.0 / slope

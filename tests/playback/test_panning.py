import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.playback.panning import (
    azimuths_of_gains,
    left_right,
    mid_side,
    pan_sources,
    tangent_law_gains,
)

HALF_ANGLE = np.deg2rad(30.0)


@given(st.floats(-1.0, 1.0), st.floats(0.05, 1.5))
def test_gains_obey_the_tangent_law_with_constant_power(share, half_angle):
    azimuth = share * half_angle
    (left, right), *_ = tangent_law_gains([azimuth], half_angle=half_angle)
    ratio = np.tan(azimuth) / np.tan(half_angle)
    assert (left - right) / (left + right) == pytest.approx(ratio, abs=1e-12)
    assert left**2 + right**2 == pytest.approx(1.0)
    found = azimuths_of_gains([[left, right]], half_angle=half_angle)
    assert found == pytest.approx([azimuth], abs=1e-9)


def test_known_places():
    gains = tangent_law_gains([HALF_ANGLE, 0.0, -HALF_ANGLE], half_angle=HALF_ANGLE)
    half = np.sqrt(0.5)
    assert gains == pytest.approx(np.array([[1.0, 0.0], [half, half], [0.0, 1.0]]))
    assert np.all(gains >= 0.0)
    # tan 15 / tan 30 degrees is 0.4641: gains as 1.4641 to 0.5359, 8.73 dB apart.
    part = tangent_law_gains([np.deg2rad(15.0)], half_angle=HALF_ANGLE)
    assert 20.0 * np.log10(part[0, 0] / part[0, 1]) == pytest.approx(8.730, abs=1e-3)


def test_azimuths_do_not_depend_on_level():
    gains = np.array([[0.3, 0.7], [1.0, 0.2]])
    assert azimuths_of_gains(5.0 * gains, half_angle=0.4) == pytest.approx(
        azimuths_of_gains(gains, half_angle=0.4)
    )


def test_mixing_adds_the_panned_sources():
    sources = np.array([[1.0, 2.0], [0.0, -4.0]])
    mixed = pan_sources(sources, [HALF_ANGLE, 0.0], half_angle=HALF_ANGLE)
    assert mixed == pytest.approx(np.array([[1.0, 2.0 - 4.0 * np.sqrt(0.5)], [0.0, -np.sqrt(8.0)]]))


def test_a_source_hard_to_one_side_leaks_into_the_middle_at_minus_6_02_db():
    signal = np.random.default_rng(0).standard_normal((1, 100))
    middle, side = mid_side(pan_sources(signal, [-HALF_ANGLE], half_angle=HALF_ANGLE))
    level_db = 10.0 * np.log10(np.sum(middle**2) / np.sum(signal**2))
    assert level_db == pytest.approx(-6.0206, abs=1e-4)
    assert side == pytest.approx(-middle)


def test_middle_and_side_of_known_signals_and_back():
    stereo = np.array([[3.0, 1.0], [1.0, -1.0]])
    assert mid_side(stereo).tolist() == [[2.0, 0.0], [1.0, 1.0]]
    assert left_right(mid_side(stereo)).tolist() == stereo.tolist()


@pytest.mark.parametrize("function", [mid_side, left_right])
@pytest.mark.parametrize(
    "signals", [np.ones((3, 4)), np.ones(4), np.ones((2, 0)), [[np.nan], [0.0]], [["a"], ["b"]]]
)
def test_signals_that_are_not_stereo_are_refused(function, signals):
    with pytest.raises(ShapeError, match=r"stereo|middle_and_side"):
        function(signals)


def test_unusable_arguments_are_refused():
    with pytest.raises(ParameterError, match=r"azimuths.*between the loudspeakers, got -0\.6"):
        tangent_law_gains([0.1, -0.6], half_angle=0.5)
    with pytest.raises(ShapeError, match="azimuths"):
        tangent_law_gains([np.nan], half_angle=0.5)
    for half_angle in (0.0, np.pi / 2, np.nan):
        with pytest.raises(ParameterError, match="half_angle"):
            tangent_law_gains([0.0], half_angle=half_angle)
        with pytest.raises(ParameterError, match="half_angle"):
            azimuths_of_gains([[1.0, 1.0]], half_angle=half_angle)
    for gains in ([[0.0, 0.0]], [[1.0, -0.1]]):
        with pytest.raises(ParameterError, match="gains"):
            azimuths_of_gains(gains, half_angle=0.5)
    with pytest.raises(ShapeError, match="gains"):
        azimuths_of_gains([[1.0, 1.0, 1.0]], half_angle=0.5)
    with pytest.raises(ShapeError, match="azimuths"):
        pan_sources(np.ones((2, 4)), [0.0], half_angle=0.5)
    with pytest.raises(ShapeError, match="sources"):
        pan_sources(np.ones(4), [0.0], half_angle=0.5)

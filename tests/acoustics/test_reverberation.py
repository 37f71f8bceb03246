import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from simgen.acoustics.responses import BoxRoom, box_responses
from simgen.acoustics.reverberation import sabine_absorption, sabine_t60, shortest_sabine_t60
from simgen.errors import ParameterError

sides = st.floats(1.0, 50.0)


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

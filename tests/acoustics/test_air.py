import numpy as np
import pytest

from simgen.acoustics.air import speed_of_sound
from simgen.errors import ParameterError


@pytest.mark.parametrize(
    ("temperature_celsius", "expected"),
    # By hand: 331.3 sqrt(1 + t / 273.15), the textbook's value at 0 degrees and its growth.
    [(0.0, 331.3), (10.0, 337.3), (15.0, 340.3), (20.0, 343.2), (25.0, 346.1), (30.0, 349.0)],
)
def test_speed_of_sound_of_the_tables(temperature_celsius, expected):
    assert speed_of_sound(temperature_celsius) == pytest.approx(expected, abs=0.1)


def test_speed_grows_by_0_6_m_s_a_degree():
    assert speed_of_sound(21.0) - speed_of_sound(20.0) == pytest.approx(0.585, abs=0.002)


@pytest.mark.parametrize("temperature_celsius", [-20.1, 50.1, np.nan, np.inf, "20"])
def test_temperatures_outside_the_standard_are_refused(temperature_celsius):
    with pytest.raises(ParameterError, match="temperature_celsius is out of range"):
        speed_of_sound(temperature_celsius)

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.units import amplitude_from_db, db_from_power, power_from_db, wrap_azimuth


@pytest.mark.parametrize(
    ("level_db", "amplitude"),
    [(0, 1), (20, 10), (-40, 0.01), (6.0205999, 2), (-3.0103, 0.70710678)],
)
def test_amplitudes_by_hand(level_db, amplitude):
    assert amplitude_from_db(level_db) == pytest.approx(amplitude, rel=1e-6)
    assert power_from_db(level_db) == pytest.approx(amplitude**2, rel=1e-6)


@given(st.floats(-300.0, 300.0))
def test_power_there_and_back(level_db):
    assert db_from_power(power_from_db(level_db)) == pytest.approx(level_db, abs=1e-9)


def test_no_power_is_infinitely_low():
    assert db_from_power(0.0) == -math.inf


def test_results_are_plain_floats():
    assert type(amplitude_from_db(np.float64(3.0))) is float
    assert type(power_from_db(np.float32(3.0))) is float
    assert type(db_from_power(np.float64(3.0))) is float
    assert type(wrap_azimuth(1.0)) is float


@pytest.mark.parametrize(
    ("azimuth_deg", "wrapped_deg"),
    [(0, 0), (180, 180), (-180, 180), (181, -179), (-181, 179), (360, 0), (540, 180), (-350, 10)],
)
def test_wrapping_by_hand(azimuth_deg, wrapped_deg):
    wrapped = wrap_azimuth(math.radians(azimuth_deg))
    assert math.degrees(wrapped) == pytest.approx(wrapped_deg, abs=1e-9)


@given(st.floats(-1e3, 1e3))
def test_wrapped_is_in_range_and_the_same_direction(azimuth):
    wrapped = wrap_azimuth(azimuth)
    assert -math.pi < wrapped <= math.pi
    assert math.cos(wrapped - azimuth) == pytest.approx(1.0, abs=1e-12)
    assert wrap_azimuth(wrapped) == pytest.approx(wrapped, abs=1e-15)


@pytest.mark.parametrize("turns", [-1e-18, 1e-18, -0.0])
def test_hardly_anything_stays_in_range(turns):
    for azimuth in (math.pi + turns, -math.pi + turns, turns):
        assert -math.pi < wrap_azimuth(azimuth) <= math.pi


def test_arrays_are_wrapped_one_by_one():
    azimuths = np.array([[-math.pi, 0.5], [7.0, -7.0]])
    expected = [[wrap_azimuth(float(value)) for value in row] for row in azimuths]
    assert wrap_azimuth(azimuths).tolist() == expected

import json

import numpy as np
import pytest

from simgen.baselines.upmixers import UPMIXERS

RATE = 48000


@pytest.fixture(scope="module")
def mix():
    """A centre and something else on either side: stereo and the centre."""
    centre, left, right = np.random.default_rng(0).standard_normal((3, RATE // 2))
    time = np.arange(RATE // 2) / RATE
    left, right = left * (time < 0.2), right * (time > 0.3)
    return np.stack([centre + left, centre + right]), centre


def error_db(found, centre):
    return 10 * np.log10(np.sum((found - centre) ** 2) / np.sum(centre**2) + 1e-30)


@pytest.mark.parametrize("name", UPMIXERS)
def test_a_centre_is_as_long_as_its_mix(mix, name):
    centre = UPMIXERS[name].centre(mix[0], RATE)
    assert centre.shape == mix[1].shape
    assert np.all(np.isfinite(centre))


@pytest.mark.parametrize("name", UPMIXERS)
def test_a_lone_centre_is_left_as_it_is(mix, name):
    found = UPMIXERS[name].centre(np.stack([mix[1], mix[1]]), RATE)
    assert error_db(found, mix[1]) < -40.0


@pytest.mark.parametrize("name", ["running", "similarity"])
def test_methods_that_run_along_beat_the_mid_where_sides_come_and_go(mix, name):
    errors = [error_db(UPMIXERS[each].centre(mix[0], RATE), mix[1]) for each in (name, "mid")]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("name", UPMIXERS)
def test_a_method_is_filed_under_its_name_and_described(name):
    baseline = UPMIXERS[name]
    assert baseline.name == name
    assert baseline.description.endswith(".")
    assert json.loads(json.dumps(dict(baseline.parameters))) == baseline.parameters

import numpy as np
import pytest

from simgen.benchmark.driver_errors import DriverErrors, driver_errors
from simgen.benchmark.suite import load_split
from simgen.errors import DatasetError


def test_a_gain_and_a_delay_are_what_they_do_to_a_sine():
    errors = DriverErrors(gain_db=((6.0, 0.0),), delay_s=((0.0, 1e-3),))
    response = errors.response(np.array([0.0, 250.0, 500.0]))
    assert response.shape == (1, 3, 2)
    assert np.abs(response[0, :, 0]) == pytest.approx(10 ** (6 / 20))
    assert response[0, :, 1] == pytest.approx(np.array([1.0, -1j, -1.0]))


@pytest.mark.parametrize("name", ["mini", "test"])
def test_every_driver_of_every_pose_has_its_errors(name):
    split = load_split(f"crosstalk/{name}")
    errors = driver_errors(split)
    assert list(errors) == [scene.name for scene in split.scenes]
    draws = []
    for scene in split.scenes:
        poses = len(scene.listeners["listener"].poses) - 1
        for device, found in errors[scene.name].items():
            drivers = len(scene.devices[device].drivers)
            assert np.shape(found.gain_db) == np.shape(found.delay_s) == (poses, drivers)
            draws.append([np.ravel(found.gain_db), np.ravel(found.delay_s) * 1e6])
    gains, delays = (np.concatenate(each) for each in zip(*draws, strict=True))
    assert len(np.unique(gains)) > 0.9 * len(gains)
    assert np.std(gains) == pytest.approx(0.5, rel=0.1)
    assert np.std(delays) == pytest.approx(3.0, rel=0.1)


def test_a_split_for_designing_has_none():
    with pytest.raises(DatasetError, match="nothing is scored on this split"):
        driver_errors(load_split("crosstalk/design"))

import json

import numpy as np
import pytest

from simgen.baselines.beamformers import BEAMFORMERS, NUM_TAPS, BeamTask
from simgen.scoring.beam_devices import ball_responses, omni_responses

TASKS = {"omni": BeamTask(omni_responses, 3), "ball": BeamTask(ball_responses, 3)}
FREQUENCY = 1000.0 * 2.0 ** (np.arange(-5, 7) / 3.0)
DEGREES = np.arange(-180, 180, 5)


@pytest.fixture(scope="module")
def taps():
    return {(n, d): b.taps(task) for n, b in BEAMFORMERS.items() for d, task in TASKS.items()}


def spectra(taps, frequency=FREQUENCY):
    waves = np.exp(-2j * np.pi * np.outer(frequency, np.arange(taps.shape[1])) / 48000)
    return waves @ taps.T


def pattern(taps, device, degrees=DEGREES):
    """Level in dB over the single driver's on the axis, (frequency, direction)."""
    around = TASKS[device].towards(FREQUENCY, np.deg2rad(np.asarray(degrees, dtype=float)))
    single = TASKS[device].towards(FREQUENCY, np.zeros(1))[:, :, 1]
    radiated = np.einsum("fal,fl->fa", around, spectra(taps))
    return 20.0 * np.log10(np.abs(radiated / single))


@pytest.mark.parametrize("name", BEAMFORMERS)
@pytest.mark.parametrize("device", TASKS)
def test_filters_are_symmetric_and_of_the_form_of_a_submission(taps, name, device):
    found = taps[name, device]
    assert found.shape == (3, NUM_TAPS)
    # Directions on a spiral round the sphere are not quite mirrored.
    assert found[0] == pytest.approx(found[2], abs=5e-3 * np.abs(found).max())
    outside = spectra(found, np.array([100.0, 8000.0, 15000.0]))
    assert np.abs(outside) == pytest.approx(np.tile([0.0, 1.0, 0.0], (3, 1)), abs=0.15)


@pytest.mark.parametrize("name", [name for name in BEAMFORMERS if name != "in-phase"])
def test_the_axis_keeps_what_the_single_driver_gives(taps, name):
    devices = ["omni"] if name == "closed-form" else [*TASKS]
    for device in devices:
        assert pattern(taps[name, device], device, [0]) == pytest.approx(0.0, abs=0.3)


@pytest.mark.parametrize("device", TASKS)
def test_nulls_are_deep_and_cost_drive(taps, device):
    sides = pattern(taps["nulls", device], device, [90, -90])
    assert sides.max() < -25.0
    drive = {
        name: 10.0 * np.log10(np.sum(np.abs(spectra(taps[name, device])) ** 2, axis=1))
        for name in ("nulls", "nulls-capped", "least-squares", "most-directive")
    }
    assert drive["nulls"].max() > 12.0
    for name, cap in (("nulls-capped", 9.0), ("least-squares", 6.0), ("most-directive", 3.0)):
        assert drive[name].max() < cap + 0.5


@pytest.mark.parametrize("name", ["nulls", "nulls-capped", "least-squares"])
@pytest.mark.parametrize("device", TASKS)
def test_beams_open_the_window_and_close_the_sides(taps, name, device):
    level = pattern(taps[name, device], device).mean(axis=0)
    window, sides = np.abs(DEGREES) <= 45, np.abs(np.abs(DEGREES) - 90) <= 15
    assert level[window].min() > level[sides].max() + 3.0


def test_the_single_driver_is_itself(taps):
    found = taps["single-driver", "ball"]
    assert np.flatnonzero(np.abs(found) > 1e-9).tolist() == [NUM_TAPS + NUM_TAPS // 2]


@pytest.mark.parametrize("name", BEAMFORMERS)
def test_a_beam_is_filed_under_its_name_and_described(name):
    baseline = BEAMFORMERS[name]
    assert baseline.name == name
    assert baseline.description.endswith(".")
    assert json.loads(json.dumps(dict(baseline.parameters))) == baseline.parameters

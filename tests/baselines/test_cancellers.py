import dataclasses
import json
from functools import cache

import numpy as np
import pytest

from simgen.baselines.cancellers import CANCELLERS, NUM_TAPS
from simgen.baselines.filter_task import FilterTask
from simgen.playback.crosstalk import channel_separation_db
from simgen.playback.fir_filters import frequency_response
from tests.playback.example_plants import NARROW, PAIR, ROW, head_plants, random_poses

FREQUENCY = np.fft.rfftfreq(8192, 1 / 48000)
THIRDS = 1000.0 * 2.0 ** (np.arange(-6, 9) / 3.0)
DEVICES = {"pair": PAIR, "narrow": NARROW, "row": ROW}

every_canceller = pytest.mark.parametrize("name", CANCELLERS)


@pytest.fixture(scope="module")
def tasks():
    """Three devices and a sphere, at the nominal pose and a few others."""
    poses = np.concatenate([np.zeros((1, 3)), random_poses(7, seed=1)])
    made = {}
    for name, drivers in DEVICES.items():
        late = np.exp(-2j * np.pi * FREQUENCY * 0.005)[:, None, None]  # nothing wraps round
        plants = head_plants(drivers, FREQUENCY, poses) * late
        responses = np.moveaxis(np.fft.irfft(plants, 8192, axis=1), 1, -1)
        places = np.array([(x, y, 0.0) for x, y in drivers])
        made[name] = FilterTask(responses[..., :1024], places, 48000.0, 343.0)
    return made


@pytest.fixture(scope="module")
def designed(tasks):
    """The filters of a canceller for a device, designed once."""
    return cache(lambda name, device: CANCELLERS[name].design(tasks[device]))


def separation_db(drivers, taps):
    """Separation at the nominal pose, the worse input, by frequency."""
    filters = frequency_response(taps, THIRDS, sample_rate=48000.0)
    return channel_separation_db(head_plants(drivers, THIRDS)[0], filters).min(axis=1)


@every_canceller
@pytest.mark.parametrize("device", DEVICES)
def test_filters_have_the_form_of_a_submission(designed, name, device):
    taps = designed(name, device)
    assert taps.shape == (len(DEVICES[device]), 2, NUM_TAPS)
    assert np.all(np.isfinite(taps))


@every_canceller
def test_a_symmetric_device_has_symmetric_filters(tasks, name):
    task = dataclasses.replace(tasks["narrow"], responses=tasks["narrow"].responses[:1])
    taps = CANCELLERS[name].design(task)
    assert taps[::-1, ::-1] == pytest.approx(taps, abs=1e-6 * np.abs(taps).max())


def test_nothing_is_a_bare_tap_to_either_side(designed):
    taps = designed("nothing", "row")
    assert np.flatnonzero(taps).tolist() == [0, (4 * 2 + 1) * NUM_TAPS]


@pytest.mark.parametrize("name", [name for name in CANCELLERS if name != "nothing"])
@pytest.mark.parametrize("device", DEVICES)
def test_cancellers_cancel_where_they_were_designed(designed, name, device):
    with_it, without = (
        separation_db(DEVICES[device], designed(each, device)) for each in (name, "nothing")
    )
    gained = with_it - without
    assert gained.mean() > 3.0


def test_the_perfect_inverse_is_perfect_at_its_pose(designed):
    taps = designed("perfect-inverse", "narrow")
    assert separation_db(NARROW, taps).min() > 25.0


@pytest.mark.parametrize("name", ["gain-capped", "robust", "robust-loaded", "null-steering"])
@pytest.mark.parametrize("device", DEVICES)
def test_caps_hold(designed, name, device):
    filters = frequency_response(designed(name, device), THIRDS, sample_rate=48000.0)
    assert np.linalg.norm(filters, 2, axis=(1, 2)).max() < 10 ** (6.5 / 20)


@pytest.mark.parametrize("name", CANCELLERS)
def test_natural_routing_is_left_alone_outside_the_band(designed, name):
    taps = designed(name, "row")
    filters = np.abs(frequency_response(taps, [30.0, 60.0, 15e3, 18e3], sample_rate=48000.0))
    expected = np.zeros((4, 5, 2))
    expected[:, 0, 0] = expected[:, -1, 1] = 1.0
    assert filters == pytest.approx(expected, abs=0.12)


def test_only_models_need_no_responses(tasks, designed):
    blind = dataclasses.replace(tasks["pair"], responses=np.zeros_like(tasks["pair"].responses))
    taps = CANCELLERS["brown-duda"].design(blind)
    np.testing.assert_array_equal(taps, designed("brown-duda", "pair"))


@every_canceller
def test_a_canceller_is_filed_under_its_name_and_described(name):
    baseline = CANCELLERS[name]
    assert baseline.name == name
    assert baseline.description.endswith(".")
    assert json.loads(json.dumps(dict(baseline.parameters))) == baseline.parameters


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        CANCELLERS["mine"] = CANCELLERS["nothing"]

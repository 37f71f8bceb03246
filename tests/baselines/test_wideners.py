import json
from functools import cache

import numpy as np
import pytest

from simgen.baselines.filter_task import FilterTask
from simgen.baselines.wideners import NUM_TAPS, WIDENERS, StageTask
from simgen.playback.fir_filters import frequency_response
from tests.playback.example_plants import NARROW, PAIR, ROW, head_plants, random_poses

FREQUENCY = np.fft.rfftfreq(8192, 1 / 48000)
THIRDS = 1000.0 * 2.0 ** (np.arange(-4, 8) / 3.0)
DEVICES = {"narrow": NARROW, "row": ROW}


def impulses(drivers, poses):
    late = np.exp(-2j * np.pi * FREQUENCY * 0.005)[:, None, None]  # nothing wraps round
    plants = head_plants(drivers, FREQUENCY, poses) * late
    return np.moveaxis(np.fft.irfft(plants, 8192, axis=1), 1, -1)[..., :1024]


@pytest.fixture(scope="module")
def tasks():
    moved = random_poses(6, seed=1) * [1.0, 1.0, 0.0]
    poses = np.concatenate([np.zeros((1, 3)), moved])
    pair = impulses(PAIR, poses)
    made = {}
    for name, drivers in DEVICES.items():
        places = np.array([(x, y, 0.0) for x, y in drivers])
        made[name] = StageTask(FilterTask(impulses(drivers, poses), places, 48000.0, 343.0), pair)
    return made


@pytest.fixture(scope="module")
def designed(tasks):
    """The filters of a widener for a device, designed once."""
    return cache(lambda name, device: WIDENERS[name].design(tasks[device]))


@pytest.mark.parametrize("name", WIDENERS)
@pytest.mark.parametrize("device", DEVICES)
def test_filters_have_the_form_of_a_submission_and_are_symmetric(designed, name, device):
    taps = designed(name, device)
    assert taps.shape[:2] == (len(DEVICES[device]), 2)
    assert 64 <= taps.shape[2] <= NUM_TAPS
    assert np.all(np.isfinite(taps))
    if "pair" not in name or "perfect" in name or "seat" in name or "beta" in name:
        assert taps[::-1, ::-1] == pytest.approx(taps, abs=1e-6 * np.abs(taps).max())


def test_nothing_is_left_to_the_left_and_right_to_the_right(designed):
    taps = designed("nothing", "row")
    assert np.argwhere(taps).tolist() == [[0, 0, 0], [4, 1, 0]]
    assert np.all(taps[taps != 0.0] == 1.0)


def test_a_side_boost_leaves_the_middle_and_raises_the_difference(designed):
    taps = designed("side-boost", "narrow")[..., 0]
    assert taps @ [1.0, 1.0] == pytest.approx([1.0, 1.0])
    assert taps @ [1.0, -1.0] == pytest.approx(10 ** (6 / 20) * np.array([1.0, -1.0]))


def test_a_shuffler_raises_the_difference_more_in_the_bass(designed):
    taps = designed("shuffler", "narrow")
    filters = frequency_response(taps, [200.0, 6000.0], sample_rate=48000.0)
    middle, side = np.abs(filters @ [1.0, 1.0]), np.abs(filters @ [1.0, -1.0])
    assert middle == pytest.approx(1.0, abs=1e-9)
    assert 20 * np.log10(side[:, 0]) == pytest.approx([12.0, 6.0], abs=0.3)


@pytest.mark.parametrize("name", [name for name in WIDENERS if "pair" in name])
@pytest.mark.parametrize("device", DEVICES)
def test_virtual_pairs_bring_the_ears_nearer_to_the_pair(designed, name, device):
    taps = designed(name, device)
    plant, pair = head_plants(DEVICES[device], THIRDS)[0], head_plants(PAIR, THIRDS)[0]
    nothing = np.zeros((len(DEVICES[device]), 2))
    nothing[0, 0] = nothing[-1, 1] = 1.0
    wanted = pair[:, 0, 0] / pair[:, 1, 0]
    errors = []
    for filters in (frequency_response(taps, THIRDS, sample_rate=48000.0), nothing):
        heard = plant @ filters
        errors.append(np.abs(np.log(heard[:, 0, 0] / heard[:, 1, 0] / wanted)).mean())
    assert errors[0] < 0.8 * errors[1]


@pytest.mark.parametrize("name", WIDENERS)
def test_a_widener_is_filed_under_its_name_and_described(name):
    baseline = WIDENERS[name]
    assert baseline.name == name
    assert baseline.description.endswith(".")
    assert json.loads(json.dumps(dict(baseline.parameters))) == baseline.parameters

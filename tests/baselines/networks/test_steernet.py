import numpy as np
import pytest

torch = pytest.importorskip("torch")
from simgen.baselines.networks.steernet import SteerNet  # noqa: E402  (it imports torch)
from simgen.baselines.networks.weights import LARGEST_FILE, pack_weights  # noqa: E402

NETWORK = SteerNet()


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(0)
    return NETWORK.build().eval()


def recording(num_samples=3000, *, seed=0):
    return np.random.default_rng(seed).standard_normal((8, num_samples)).astype(np.float32)


def answer(module, signals):
    with torch.inference_mode():
        return module(torch.from_numpy(NETWORK.prepare(NETWORK.cut(signals)))).numpy()


def test_every_sector_is_answered_for(module):
    assert answer(module, recording()).shape == (1, 8, 3)


@pytest.mark.parametrize("turns", [1, 5])
def test_turning_the_ring_turns_the_sectors(module, turns):
    turned = answer(module, np.roll(recording(), turns, axis=0))
    expected = np.roll(answer(module, recording()), turns, axis=1)
    assert turned == pytest.approx(expected, abs=1e-4)


def test_recordings_of_any_length_are_one_window(module):
    for num_samples in (512, 70_000):
        assert len(answer(module, recording(num_samples))) == 1


def test_the_answer_is_read_by_sectors():
    outputs = np.zeros((1, 8, 3), dtype=np.float32)
    outputs[0, :, 0] = [-3.0, 2.0, -3.0, -3.0, 4.0, -3.0, -3.0, -3.0]
    outputs[0, :, 2] = 0.5
    expected = np.deg2rad([-157.5, 67.5])
    assert NETWORK.decode(outputs, threshold=0.5) == pytest.approx(expected)
    assert NETWORK.decode(outputs, threshold=0.97) == pytest.approx(expected[:1])
    assert len(NETWORK.decode(outputs, threshold=0.5, num_sources=3)) == 3


def test_the_weights_are_small(module):
    assert len(pack_weights(module)) < LARGEST_FILE

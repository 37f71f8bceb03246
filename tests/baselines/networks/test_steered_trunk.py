import numpy as np
import pytest

from simgen.baselines.networks.steered_powers import NUM_AZIMUTHS, NUM_BANDS, NUM_MAPS
from simgen.errors import ParameterError

torch = pytest.importorskip("torch")
from simgen.baselines.networks.steered_trunk import (  # noqa: E402  (it imports torch)
    NUM_CELLS,
    WIDTH,
    SteeredTrunk,
    log_maps,
    ring_convolution,
    whole,
)


def test_log_maps_are_stacked_and_finite_for_silence():
    windows = np.random.default_rng(0).standard_normal((2, 8, 2000)).astype(np.float32)
    windows[1] = 0.0
    maps = log_maps(windows)
    assert maps.shape == (2, NUM_MAPS, NUM_BANDS, NUM_AZIMUTHS)
    assert maps.dtype == np.float32
    assert maps[1] == pytest.approx(np.log(1e-5))
    assert maps[0].max() < 0.0


def test_the_whole_recording_is_one_window():
    recording = np.ones((8, 512), dtype=np.float32)
    assert np.array_equal(whole(recording), recording[None])
    with pytest.raises(ParameterError, match="at least 512"):
        whole(recording[:, :511])


def test_a_ring_convolution_wraps():
    convolution = ring_convolution(1, 3, dilation=2)
    torch.nn.init.ones_(convolution.weight)
    impulse = torch.zeros(1, 1, 6)
    impulse[..., 5] = 1.0
    assert convolution(impulse).flatten().tolist() == [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]


def test_the_trunk_turns_with_its_maps():
    torch.manual_seed(0)
    trunk = SteeredTrunk().eval()
    maps = torch.randn(2, NUM_MAPS, NUM_BANDS, NUM_AZIMUTHS)
    with torch.inference_mode():
        features, turned = trunk(maps), trunk(maps.roll(2, -1))
    assert features.shape == (2, WIDTH, NUM_CELLS)
    assert torch.allclose(turned, features.roll(1, -1), atol=1e-5)


def test_the_trunk_sees_all_of_the_ring():
    torch.manual_seed(0)
    trunk = SteeredTrunk().eval()
    maps = torch.randn(1, NUM_MAPS, NUM_BANDS, NUM_AZIMUTHS, requires_grad=True)
    (gradient,) = torch.autograd.grad(trunk(maps)[0, :, 0].sum(), maps)
    assert bool(torch.all(gradient.abs().sum(dim=(0, 1, 2)) > 0.0))

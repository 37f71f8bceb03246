from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.levels import unit_power  # noqa: E402
from simgen.baselines.networks.network import WINDOW  # noqa: E402
from simgen.baselines.networks.samplecnn import CHANNELS, FIRST_CHANNELS, SampleCnn  # noqa: E402


def test_eight_thirds_leave_one_step():
    assert 3 ** (1 + len(CHANNELS)) == WINDOW


def test_it_has_the_parameters_of_its_layers():
    widths = (FIRST_CHANNELS, *CHANNELS)
    convolutions = 8 * 3 * 32 + sum(3 * a * b for a, b in pairwise(widths))
    norms = 2 * sum(widths)
    head = (256 + 1) * 256 + (256 + 1) * 24
    module = SampleCnn().build()
    assert sum(one.numel() for one in module.parameters()) == convolutions + norms + head


def test_it_equals_one_dimensional_layers_with_pooling_last():
    """As one usually writes it: convolution, normalisation, rectification, then pooling."""
    torch.manual_seed(3)
    module = SampleCnn().build().eval()
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)  # positive: pooling may come first
            torch.nn.init.normal_(layer.running_mean)
            torch.nn.init.normal_(layer.bias)
    x = torch.randn(2, 8, WINDOW)
    heard = x
    layers = list(module.body)
    while layers:
        convolution = layers.pop(0)
        pools = isinstance(layers[0], torch.nn.MaxPool2d)
        if pools:
            layers.pop(0)
        norm, _ = layers.pop(0), layers.pop(0)
        heard = torch.nn.functional.conv1d(
            heard,
            convolution.weight[:, :, 0],
            stride=convolution.stride[1],
            padding=convolution.padding[1],
        )
        heard = torch.relu(
            torch.nn.functional.batch_norm(
                heard, norm.running_mean, norm.running_var, norm.weight, norm.bias
            )
        )
        heard = torch.nn.functional.max_pool1d(heard, 3) if pools else heard
    with torch.inference_mode():
        expected = module.head(heard.flatten(1)).reshape(2, 8, 3)
        assert torch.allclose(module(x), expected, atol=1e-4)


def test_each_window_gets_unit_power():
    rng = np.random.default_rng(1)
    windows = (rng.standard_normal((3, 8, 50)) * [[[0.01]], [[1.0]], [[70.0]]]).astype(np.float32)
    shape = windows / np.sqrt(np.mean(np.square(windows), axis=(1, 2), keepdims=True))
    assert unit_power(windows) == pytest.approx(shape, rel=1e-5)


def test_silence_stays_silent():
    assert not np.any(unit_power(np.zeros((1, 8, 50), dtype=np.float32)))

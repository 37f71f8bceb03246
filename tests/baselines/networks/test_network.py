import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.catalogue import NETWORKS, load_network  # noqa: E402
from simgen.baselines.networks.network import NUM_MICROPHONES, Network  # noqa: E402
from tests.training.small_networks import SmallNetwork  # noqa: E402


class Short(SmallNetwork):
    window = 4
    hop = 2


@pytest.mark.parametrize(
    ("length", "starts"), [(4, [0]), (5, [0, 1]), (6, [0, 2]), (7, [0, 2, 3]), (9, [0, 2, 4, 5])]
)
def test_windows_cover_a_recording_and_the_last_ends_with_it(length, starts):
    recording = np.arange(2.0 * length, dtype=np.float32).reshape(2, length)
    windows = Short().cut(recording)
    expected = np.stack([recording[:, start : start + 4] for start in starts])
    assert np.array_equal(windows, expected)
    assert windows.flags.c_contiguous


def test_cutting_leaves_the_recording_alone():
    recording = np.ones((8, 500), dtype=np.float32)
    windows = SmallNetwork().cut(recording)
    windows *= 2.0
    assert np.all(recording == 1.0)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_takes_what_it_prepares_and_answers_what_its_loss_compares(name):
    network = load_network(name)
    assert isinstance(network, Network)
    assert network.name == name
    rng = np.random.default_rng(1)
    windows = rng.standard_normal((2, NUM_MICROPHONES, network.window)).astype(np.float32)
    module = network.build().eval()
    with torch.inference_mode():
        outputs = module(torch.from_numpy(network.prepare(windows)).float())
    azimuths = np.array([[0.1, 2.0, np.nan], [-3.0, np.nan, np.nan]])
    targets = torch.from_numpy(network.targets(azimuths, np.zeros((2, 3))))
    loss = network.loss(outputs, targets)
    assert loss.shape == ()
    assert torch.isfinite(loss)
    found = network.decode(outputs[:1].numpy(), threshold=network.thresholds[0], num_sources=2)
    assert found.dtype == np.float64
    assert np.all((found > -np.pi) & (found <= np.pi))


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_bears_silence_and_loudness(name):
    network = load_network(name)
    module = network.build().eval()
    silence = np.zeros((1, NUM_MICROPHONES, network.window), dtype=np.float32)
    noise = np.random.default_rng(2).standard_normal(silence.shape).astype(np.float32)
    with torch.inference_mode():
        assert torch.all(torch.isfinite(module(torch.from_numpy(network.prepare(silence)).float())))
        soft = module(torch.from_numpy(network.prepare(1e-4 * noise)).float())
        loud = module(torch.from_numpy(network.prepare(1e4 * noise)).float())
    assert torch.allclose(soft, loud, atol=1e-2)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_fits_into_two_megabytes_of_half_precision(name):
    module = load_network(name).build()
    assert 2 * sum(one.numel() for one in module.state_dict().values()) < 2_000_000

import hashlib
from types import MappingProxyType

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks import catalogue, locating  # noqa: E402
from simgen.baselines.networks.catalogue import NetworkEntry, NetworkLocaliser  # noqa: E402
from simgen.baselines.networks.locating import (  # noqa: E402
    RING_RADIUS,
    heard_by_network,
    locate_by_network,
    outputs_of,
)
from simgen.baselines.networks.provenance import Provenance  # noqa: E402
from simgen.baselines.networks.weights import pack_weights  # noqa: E402
from simgen.errors import GeometryError, ParameterError, ShapeError  # noqa: E402
from tests.training.small_networks import WINDOW, SmallNetwork  # noqa: E402

ANGLES = np.arange(8) * np.pi / 4.0
RING = RING_RADIUS * np.stack([np.cos(ANGLES), np.sin(ANGLES), np.zeros(8)], axis=1)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Weights of the small network, which the catalogue knows for the time being."""
    torch.manual_seed(7)
    content = pack_weights(SmallNetwork().build())
    (tmp_path / "small.npz").write_bytes(content)
    made = Provenance(
        network="small",
        command="",
        seed=7,
        threshold=0.5,
        num_parameters=0,
        examples=0,
        cpu_minutes=0.0,
        digests={"weights": hashlib.sha256(content).hexdigest()},
        versions={},
        curve=(),
    )
    (tmp_path / "small.json").write_text(made.to_json())
    entry = NetworkEntry("tests.training.small_networks", "SmallNetwork", "Small.")
    monkeypatch.setattr(catalogue, "NETWORKS", MappingProxyType({"small": entry}))
    locating._trained.cache_clear()
    yield tmp_path
    locating._trained.cache_clear()


def noise(num_samples=4 * WINDOW):
    return np.random.default_rng(3).standard_normal((8, num_samples))


def locate(folder, signals, microphones=RING, **options):
    options = {"sample_rate": 16000, "folder": folder, **options}
    return locate_by_network("small", signals, microphones, **options)


def test_it_answers_what_the_module_says_to_the_windows(folder):
    network = SmallNetwork()
    torch.manual_seed(7)
    module = network.build().eval()
    module.load_state_dict({key: x.half().float() for key, x in module.state_dict().items()})
    outputs = outputs_of(network, module, noise().astype(np.float32))
    assert outputs.shape == (4, 8, 3)
    expected = network.decode(outputs, threshold=0.5, num_sources=3)
    assert locate(folder, noise(), num_sources=3) == pytest.approx(expected, abs=1e-6)


def test_as_a_localiser_it_answers_the_same(folder):
    localiser = NetworkLocaliser("small", folder)
    found = localiser(noise(), RING, sample_rate=16000, num_sources=2, speed_of_sound=340.0)
    assert np.array_equal(found, locate(folder, noise(), num_sources=2))


@pytest.mark.parametrize("count", [1, 4, 8])
def test_the_number_of_sources_can_be_told(folder, count):
    assert locate(folder, noise(), num_sources=count).shape == (count,)


def test_other_sample_rates_are_resampled():
    """A band-limited recording is the same at both rates."""
    seconds, frequencies = 0.2, np.arange(40, 3000, 35)
    phases = np.random.default_rng(5).uniform(0.0, 2.0 * np.pi, (8, len(frequencies)))

    def heard(rate):
        times = np.arange(round(seconds * rate)) / rate
        waves = np.cos(2.0 * np.pi * frequencies[:, None] * times + phases[..., None])
        return heard_by_network(waves.sum(axis=1), RING, sample_rate=rate)

    low, high = heard(16000), heard(48000)
    assert low.shape == high.shape
    inner = slice(400, -400)
    assert np.max(np.abs(low - high)[:, inner]) < 1e-2 * np.max(np.abs(low))


@pytest.mark.parametrize(
    "microphones",
    [RING[:7], 1.2 * RING, np.roll(RING, 1, axis=0), RING[::-1], RING + RING[0, 0] / 2.0],
)
def test_other_arrays_are_refused(folder, microphones):
    with pytest.raises(GeometryError, match=r"one array alone.*8 microphones on a circle"):
        locate(folder, noise()[: len(microphones)], microphones)


def test_a_ring_as_well_as_it_can_be_built_is_taken(folder):
    moved = RING + np.random.default_rng(1).normal(0.0, 0.002, RING.shape)
    assert np.array_equal(locate(folder, noise(), moved), locate(folder, noise()))


def test_short_recordings_are_refused(folder):
    with pytest.raises(ParameterError, match=rf"too short.*got {WINDOW - 1}.*at least {WINDOW}"):
        locate(folder, noise(WINDOW - 1))
    locate(folder, noise(WINDOW))


def test_what_is_no_recording_is_refused(folder):
    with pytest.raises(ShapeError, match="8 microphones"):
        locate(folder, noise()[:7])
    with pytest.raises(ShapeError, match="non-finite"):
        locate(folder, np.full((8, 1000), np.nan))
    with pytest.raises(ParameterError, match="sample rate"):
        locate(folder, noise(), sample_rate=10)
    with pytest.raises(ParameterError, match="number of sources"):
        locate(folder, noise(), num_sources=9)


def test_signals_are_left_alone(folder):
    signals = noise().astype(np.float32)
    before = signals.copy()
    locate(folder, signals)
    assert np.array_equal(signals, before)

import itertools

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from simgen.baselines.networks.locating import locate_by_network  # noqa: E402
from simgen.baselines.networks.steermap import (  # noqa: E402  (it imports torch)
    HEAT,
    OFFSET,
    SPREAD,
    SteerMap,
    encode_offsets,
)
from simgen.baselines.networks.weights import LARGEST_FILE, pack_weights  # noqa: E402
from tests.baselines.networks.learning import losses_of  # noqa: E402

NETWORK = SteerMap()
RING = 0.1 * np.exp(1j * np.pi / 4.0 * np.arange(8))
PLACES = np.stack([RING.real, RING.imag, np.zeros(8)], axis=1)


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(0)
    return NETWORK.build().eval()


def recording(num_samples=3000, *, seed=0):
    return np.random.default_rng(seed).standard_normal((8, num_samples)).astype(np.float32)


def answer(module, signals):
    with torch.inference_mode():
        return module(torch.from_numpy(NETWORK.prepare(NETWORK.cut(signals)))).numpy()


def perfect(azimuths_deg):
    """What a network that has learned everything answers, (window, place, 2)."""
    offsets = encode_offsets(np.deg2rad([azimuths_deg]))
    offsets = np.minimum(offsets, 100.0)
    return np.stack([4.0 - offsets**2, offsets], axis=2)


def degrees(azimuths):
    return sorted(np.rad2deg(azimuths).tolist())


def test_offsets_are_those_of_the_nearest_source():
    offsets = encode_offsets(np.deg2rad([[1.0, 5.5, np.nan], [-179.0, np.nan, np.nan]]))
    assert offsets.shape == (2, 144)
    assert offsets[0, [0, 1, 2, 3, 143]] == pytest.approx([0.4, -0.6, 0.2, -0.8, 1.4])
    assert offsets[1, [72, 71, 73, 0]] == pytest.approx([0.4, 1.4, -0.6, -71.6])
    assert np.all(np.isinf(encode_offsets(np.full((1, 4), np.nan))))


@pytest.mark.parametrize(
    "azimuths_deg", [[0.0], [-180.0 + 1e-3, 3.3], [10.0, 16.0, 34.0, -91.7], [177.0, -171.0]]
)
def test_what_is_taught_is_what_is_read(azimuths_deg):
    found = NETWORK.decode(perfect(azimuths_deg), threshold=0.5)
    assert degrees(found) == pytest.approx(sorted(azimuths_deg), abs=1e-4)


def test_the_threshold_or_the_number_decides_how_many_are_read():
    places = perfect([-40.0, 60.0])
    places[0, 108:, HEAT] -= 3.0  # the source at -40 degrees is less sure
    assert degrees(NETWORK.decode(places, threshold=0.9)) == pytest.approx([60.0], abs=1e-4)
    assert np.rad2deg(NETWORK.decode(places, threshold=0.5)) == pytest.approx([60.0, -40.0])
    assert len(NETWORK.decode(places, threshold=0.5, num_sources=1)) == 1
    assert len(NETWORK.decode(places, threshold=0.9, num_sources=2)) == 2


def test_nothing_is_read_from_an_even_map():
    even = np.zeros((1, 144, 2), dtype=np.float32)
    assert NETWORK.decode(even, threshold=0.05).shape == (0,)
    assert NETWORK.decode(even, threshold=0.05, num_sources=2).shape == (0,)


def test_the_loss_is_least_for_the_truth():
    azimuths = np.deg2rad([[10.0, 40.0], [-100.0, np.nan]])
    targets = torch.from_numpy(NETWORK.targets(azimuths, np.zeros((2, 2)))).double()
    bumps = torch.exp(-0.5 * (targets / SPREAD) ** 2).clamp(1e-6, 1.0 - 1e-6)
    truth = torch.stack([torch.logit(bumps), targets], dim=2)
    best = NETWORK.loss(truth, targets)
    for place, part in itertools.product((2, 7, 18), (HEAT, OFFSET)):
        for change in (-0.5, 0.5):
            other = truth.clone()
            other[0, place, part] += change
            far_offset = part == OFFSET and place == 7
            assert (NETWORK.loss(other, targets) > best) != far_offset


def test_a_batch_without_sources_has_a_finite_gradient():
    targets = torch.full((2, 144), float("inf"))
    outputs = torch.zeros(2, 144, 2, requires_grad=True)
    loss = NETWORK.loss(outputs, targets)
    loss.backward()
    assert bool(torch.isfinite(loss))
    assert bool(torch.all(torch.isfinite(outputs.grad)))


def test_turning_the_ring_turns_the_map(module):
    turned = answer(module, np.roll(recording(), 1, axis=0))
    expected = np.roll(answer(module, recording()), 18, axis=1)
    assert expected.shape == (1, 144, 2)
    assert turned == pytest.approx(expected, abs=1e-4)


def test_silence_is_answered_with_numbers(module):
    assert np.all(np.isfinite(answer(module, np.zeros((8, 512), dtype=np.float32))))


@pytest.mark.slow
def test_a_few_steps_reduce_the_loss():
    azimuths = np.array([[0.0], [1.0], [2.0], [3.0]])
    losses = losses_of(NETWORK, [recording(seed=k) for k in range(4)], azimuths)
    assert losses[-1] < 0.7 * losses[0]


def test_the_weights_are_small(module):
    assert len(pack_weights(module)) < LARGEST_FILE


def bursts(azimuth_deg, *, seed, num_samples=48_000):
    """A plane wave of noise that comes and goes like speech, (microphone, sample)."""
    rng = np.random.default_rng(seed)
    is_on = np.repeat(rng.random(num_samples // 1600) < 0.5, 1600)
    leads = (RING * np.exp(-1j * np.deg2rad(azimuth_deg))).real / 343.2
    phases = np.exp(2j * np.pi * np.outer(leads, np.fft.rfftfreq(num_samples, 1.0 / 16000)))
    spectrum = np.fft.rfft(is_on * rng.standard_normal(num_samples))
    return np.fft.irfft(spectrum * phases, num_samples)


@pytest.mark.parametrize("azimuths_deg", [[71.0], [10.0, 25.0], [-177.0, -160.0, 40.0]])
def test_the_shipped_weights_tell_talkers_of_one_sector_apart(azimuths_deg):
    mixture = sum(bursts(azimuth, seed=k) for k, azimuth in enumerate(azimuths_deg))
    mixture = mixture + 0.02 * np.random.default_rng(9).standard_normal(mixture.shape)
    found = locate_by_network("steermap", mixture, PLACES, sample_rate=16000)
    assert degrees(found) == pytest.approx(sorted(azimuths_deg), abs=2.0)

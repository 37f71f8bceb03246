import numpy as np
import pytest

from simgen.errors import ParameterError

torch = pytest.importorskip("torch")
from simgen.baselines.networks.locating import locate_by_network  # noqa: E402  (it imports torch)
from simgen.baselines.networks.steernet import SteerNet  # noqa: E402
from simgen.baselines.networks.weights import LARGEST_FILE, pack_weights  # noqa: E402
from tests.baselines.networks.learning import losses_of  # noqa: E402

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


@pytest.mark.slow
def test_a_few_steps_reduce_the_loss():
    azimuths, distances = np.array([[0.1], [1.0], [2.0], [3.0]]), np.full((4, 1), 0.5)
    losses = losses_of(NETWORK, [recording(seed=k) for k in range(4)], azimuths, distances)
    assert losses[-1] < 0.7 * losses[0]


def test_silence_is_answered_with_numbers(module):
    assert np.all(np.isfinite(answer(module, np.zeros((8, 512), dtype=np.float32))))


def test_a_recording_shorter_than_a_frame_is_refused():
    with pytest.raises(ParameterError, match="at least 512"):
        NETWORK.cut(recording(511))


@pytest.mark.parametrize("azimuth_deg", [20.0, -100.0])
def test_the_shipped_weights_find_a_plane_wave(azimuth_deg):
    ring = 0.1 * np.exp(1j * np.pi / 4.0 * np.arange(8))
    leads = (ring * np.exp(-1j * np.deg2rad(azimuth_deg))).real / 343.2
    phases = np.exp(2j * np.pi * np.outer(leads, np.fft.rfftfreq(32_000, 1.0 / 16000)))
    signal = np.random.default_rng(0).standard_normal(32_000)
    wave = np.fft.irfft(np.fft.rfft(signal) * phases, 32_000)
    microphones = np.stack([ring.real, ring.imag, np.zeros(8)], axis=1)
    found = locate_by_network("steernet", wave, microphones, sample_rate=16000)
    assert np.rad2deg(found) == pytest.approx([azimuth_deg], abs=5.0)  # it learned speech alone

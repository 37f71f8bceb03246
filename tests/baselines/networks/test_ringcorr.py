import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.ringcorr import HOP, NUM_FILTERS, NUM_TAPS, RingCorr  # noqa: E402

WINDOW = 3 * HOP + NUM_TAPS


@pytest.fixture(scope="module")
def module():
    torch.manual_seed(1)
    return RingCorr().build().eval()


def answer(module, windows):
    with torch.inference_mode():
        return module(windows)


@pytest.mark.parametrize("turns", range(1, 8))
def test_turning_what_is_heard_turns_the_answer(module, turns):
    x = torch.randn(2, 8, WINDOW)
    turned = answer(module, x.roll(turns, 1))
    assert torch.allclose(turned, answer(module, x).roll(turns, 1), atol=1e-4)


def test_windows_of_any_length_are_taken(module):
    assert answer(module, torch.randn(1, 8, NUM_TAPS)).shape == (1, 8, 3)
    assert answer(module, torch.randn(1, 8, 16000)).shape == (1, 8, 3)


def test_it_answers_to_phases_between_channels(module):
    x = torch.randn(1, 8, WINDOW)
    moved = x.clone()
    moved[:, 3] = moved[:, 3].roll(2, -1)
    assert not torch.allclose(answer(module, x), answer(module, moved), atol=1e-3)


def test_filters_begin_as_oscillations_of_unit_power():
    taps = RingCorr().build().bank.weight.detach().numpy()
    assert taps.shape == (2 * NUM_FILTERS, NUM_TAPS)
    pairs = taps[:NUM_FILTERS] + 1j * taps[NUM_FILTERS:]
    assert np.sum(np.abs(pairs) ** 2, axis=1) == pytest.approx(1.0, rel=1e-5)
    spectra = np.abs(np.fft.fft(pairs, 16000, axis=1))
    peaks = np.argmax(spectra, axis=1)
    assert peaks[0] == pytest.approx(200.0, abs=2.0)
    assert peaks[-1] == pytest.approx(5000.0, abs=2.0)
    assert np.diff(np.log(peaks)) == pytest.approx(np.log(25.0) / (NUM_FILTERS - 1), abs=0.02)

import numpy as np
import pytest

from simgen.evaluate.ear_spectra import ear_spectra


@pytest.mark.parametrize("samples", [1, 20, 63, 64, 65, 300])
def test_spectra_are_the_sum_over_all_samples_at_each_frequency(samples):
    responses = np.random.default_rng(samples).standard_normal((3, 2, 4, samples))
    bins = np.arange(5, 21)
    found = ear_spectra(responses, length=64, bins=slice(5, 21))
    waves = np.exp(-2j * np.pi * np.outer(bins, np.arange(samples)) / 64)
    assert found == pytest.approx(np.einsum("pels,fs->pfel", responses, waves))


def test_single_precision_is_summed_in_double():
    responses = np.full((1, 1, 1, 2**15), 0.1, dtype=np.float32)
    found = ear_spectra(responses, length=8, bins=slice(0, 1))
    assert found[0, 0, 0, 0] == pytest.approx(2**15 * float(np.float32(0.1)), rel=1e-12)

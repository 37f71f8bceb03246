import numpy as np
import pytest

from simgen.scoring.crosstalk_bands import (
    COLOUR_BANDS,
    GRADED_BANDS,
    PLANT_BINS,
    decibels,
    plant_frequencies,
)
from tests.references import crosstalk_score as plain


@pytest.mark.parametrize(
    ("bands", "expected"), [(GRADED_BANDS, plain.GRADED), (COLOUR_BANDS, plain.COLOUR)]
)
def test_bands_hold_the_bins_between_their_edges(bands, expected):
    assert bands.limits[0] == expected[0][0]
    assert bands.sizes.tolist() == [len(band) for band in expected]
    assert bands.limits[-1] == expected[-1][-1] + 1


def test_graded_bands_are_those_of_the_protocol():
    assert len(GRADED_BANDS.centres) == 17
    assert GRADED_BANDS.centres[[0, 7, 16]] == pytest.approx([198.4, 1000.0, 8000.0], abs=0.1)
    assert GRADED_BANDS.sizes[0] == 8
    assert len(COLOUR_BANDS.centres) == 35
    assert (PLANT_BINS.start, PLANT_BINS.stop) == (plain.FIRST, plain.COLOUR[-1][-1] + 1)


def test_band_sums_and_means_along_any_axis():
    frequency = plant_frequencies()
    low, high = GRADED_BANDS.edges[:-1], GRADED_BANDS.edges[1:]
    within = (low[:, None] <= frequency) & (frequency < high[:, None])
    values = np.random.default_rng(0).standard_normal((2, len(frequency), 3))
    total = np.einsum("bf,afc->abc", within, values)
    np.testing.assert_allclose(GRADED_BANDS.total(values, axis=1), total, atol=1e-12)
    np.testing.assert_allclose(GRADED_BANDS.total(values.T, axis=-2), total.T, atol=1e-12)
    mean = total / within.sum(axis=1)[:, None]
    np.testing.assert_allclose(GRADED_BANDS.mean(values, axis=1), mean, atol=1e-12)
    np.testing.assert_allclose(
        GRADED_BANDS.spread(mean, axis=1), np.einsum("bf,abc->afc", within, mean), atol=1e-12
    )


def test_the_level_of_silence_is_finite():
    assert decibels(np.array([0.0, 1.0, 100.0])).tolist() == pytest.approx([-3076.5, 0, 20], abs=1)

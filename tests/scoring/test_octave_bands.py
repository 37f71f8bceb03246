import numpy as np
import pytest

from simgen.scoring.octave_bands import Bands, band_limits, transform_frequencies
from tests.references.crosstalk_score import bins_between

BANDS = Bands(3, -2, 2, bins=slice(90, 400))


def test_limits_are_the_first_bins_from_each_edge_on():
    expected = [
        bins_between(low, high) for low, high in zip(BANDS.edges, BANDS.edges[1:], strict=False)
    ]
    assert BANDS.limits.tolist() == [*(band[0] for band in expected), expected[-1][-1] + 1]
    np.testing.assert_array_equal(band_limits(3, -2, 2), BANDS.limits)
    assert BANDS.sizes.tolist() == [len(band) for band in expected]


def test_centres_and_edges_share_octaves():
    assert BANDS.centres[2] == 1000.0
    np.testing.assert_allclose(BANDS.edges[1:] / BANDS.edges[:-1], 2 ** (1 / 3))
    np.testing.assert_allclose(np.sqrt(BANDS.edges[1:] * BANDS.edges[:-1]), BANDS.centres)


def test_a_plant_may_hold_more_than_the_bands():
    assert BANDS.frequencies[[0, -1]] == pytest.approx(transform_frequencies()[[90, 399]])
    within = (BANDS.frequencies >= BANDS.edges[0]) & (BANDS.frequencies < BANDS.edges[-1])
    values = np.random.default_rng(0).standard_normal((310, 2))
    total = BANDS.total(values, axis=0)
    np.testing.assert_allclose(total.sum(axis=0), values[within].sum(axis=0))
    spread = BANDS.spread(BANDS.mean(values, axis=0), axis=0)
    assert spread.shape == values.shape
    np.testing.assert_allclose(spread.sum(axis=0), total.sum(axis=0))
    assert not np.any(spread[~within])

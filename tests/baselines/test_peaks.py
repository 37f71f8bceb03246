import numpy as np
import pytest

from simgen.baselines.peaks import (
    GRID_POINTS,
    MOST_SOURCES,
    grid_azimuths,
    highest_peaks,
    refined_azimuths,
    require_count,
    source_azimuths,
    source_peaks,
)
from simgen.errors import ParameterError


def hills(*tops):
    """A map of zeros with a hill of the given height at each index."""
    heights = np.zeros(GRID_POINTS)
    for index, height in tops:
        heights[index] = height
        heights[[index - 1, (index + 1) % GRID_POINTS]] = height / 2
    return heights


def test_the_grid_has_a_point_for_each_degree():
    assert np.rad2deg(grid_azimuths()) == pytest.approx(np.arange(360.0))


def test_peaks_are_found_round_the_circle_highest_first():
    heights = hills((0, 1.0), (359 - 100, 3.0), (77, 2.0))
    assert highest_peaks(heights).tolist() == [259, 77, 0]
    assert highest_peaks(np.roll(heights, -1)).tolist() == [258, 76, 359]


def test_equal_peaks_keep_their_order_and_a_plateau_counts_once():
    assert highest_peaks(hills((10, 1.0), (200, 1.0))).tolist() == [10, 200]
    heights = np.zeros(GRID_POINTS)
    heights[50:53] = 1.0
    assert highest_peaks(heights).tolist() == [50]


def test_a_flat_map_has_no_peaks():
    assert highest_peaks(np.ones(GRID_POINTS)).shape == (0,)
    assert refined_azimuths(np.ones(GRID_POINTS), highest_peaks(np.ones(GRID_POINTS))).shape == (0,)


@pytest.mark.parametrize("offset", [-0.49, -0.2, 0.0, 0.3])
@pytest.mark.parametrize("index", [0, 1, 180, 359])
def test_the_vertex_of_a_parabola_is_found_exactly(index, offset):
    distances = (np.arange(GRID_POINTS) - index - offset + 180.0) % 360.0 - 180.0
    (azimuth,) = refined_azimuths(-(distances**2), np.array([index]))
    error = np.rad2deg(azimuth) - index - offset
    assert (error + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-6)
    assert -np.pi < azimuth <= np.pi


def test_a_told_number_takes_the_first_peaks_whatever_their_height():
    heights = hills((10, 5.0), (100, 1e-9), (200, 2.0))
    peaks = highest_peaks(heights)
    assert source_peaks(heights, peaks, num_sources=2, fraction=0.99).tolist() == [10, 200]
    assert source_peaks(heights, peaks, num_sources=9, fraction=0.99).tolist() == [10, 200, 100]


@pytest.mark.parametrize(("fraction", "count"), [(0.0, 3), (0.09, 3), (0.11, 2), (0.41, 1)])
def test_a_peak_is_a_source_from_the_fraction_upwards(fraction, count):
    heights = hills((10, 5.0), (100, 0.5), (200, 2.0)) - 7.0
    chosen = source_peaks(heights, highest_peaks(heights), num_sources=None, fraction=fraction)
    assert len(chosen) == count


def test_no_more_than_the_most_are_guessed():
    heights = hills(*[(20 * k, 1.0 + k) for k in range(8)])
    chosen = source_peaks(heights, highest_peaks(heights), num_sources=None, fraction=0.1)
    assert chosen.tolist() == [140, 120, 100, 80]
    assert len(chosen) == MOST_SOURCES


@pytest.mark.parametrize("count", [0, -1, 181, np.nan])
def test_a_number_that_no_grid_holds_is_refused(count):
    with pytest.raises(ParameterError, match="number of sources"):
        require_count(count)


@pytest.mark.parametrize("count", [None, 1, 180])
def test_other_numbers_are_not(count):
    require_count(count)


@pytest.mark.parametrize(("num_sources", "found"), [(1, [90.0]), (None, [90.0, -20.0])])
def test_sources_are_at_the_vertices_of_the_highest_peaks(num_sources, found):
    degrees = np.arange(360.0)
    heights = np.maximum(1.0 - ((degrees - 90.0) / 5.0) ** 2, 0.0)
    heights += np.maximum(0.8 - ((degrees - 340.0) / 5.0) ** 2, 0.0)
    azimuths = source_azimuths(heights, num_sources=num_sources, fraction=0.5)
    np.testing.assert_allclose(np.rad2deg(azimuths), found, atol=1e-9)
    few = source_azimuths(heights, num_sources=None, fraction=0.9)
    np.testing.assert_allclose(np.rad2deg(few), [90.0], atol=1e-9)

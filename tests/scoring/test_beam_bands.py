import math

import numpy as np

from simgen.scoring.beam_bands import COLOUR_BANDS, GRADED_BANDS, PLANT_BINS

HERTZ = 48_000 / 8192


def test_a_plant_holds_the_bins_from_265_to_4757_hz():
    """A sixth of an octave's band round 1 kHz is number 0: 11 below it and 13 above it."""
    low, high = 1000 * 2 ** (-11.5 / 6), 1000 * 2 ** (13.5 / 6)
    bins = [k for k in range(4097) if low <= k * HERTZ < high]
    assert range(4097)[PLANT_BINS] == range(bins[0], bins[-1] + 1)
    assert (round(low), round(high)) == (265, 4757)


def test_graded_bands_are_twelve_thirds_of_an_octave_from_315_hz_to_4_khz():
    assert GRADED_BANDS.centres[[0, -1]].round().tolist() == [315.0, 4000.0]
    assert len(GRADED_BANDS.centres) == 12
    np.testing.assert_allclose(np.diff(np.log2(GRADED_BANDS.centres)), 1 / 3)


def test_colour_reaches_half_a_sixth_beyond_the_graded_bands():
    graded, colour = (bands.edges[[0, -1]] for bands in (GRADED_BANDS, COLOUR_BANDS))
    np.testing.assert_allclose(np.log2(colour / graded), [-1 / 12, 1 / 12], atol=1e-12)
    assert len(COLOUR_BANDS.centres) == 25


def test_every_band_has_bins_enough_for_a_mean_and_all_lie_in_the_plant():
    held = range(4097)[PLANT_BINS]
    for bands in (GRADED_BANDS, COLOUR_BANDS):
        assert bands.sizes.min() >= 5
        assert bands.limits[0] >= held[0]
        assert bands.limits[-1] <= held[-1] + 1
        expected = [
            sum(1 for k in held if low <= k * HERTZ < high)
            for low, high in zip(bands.edges[:-1], bands.edges[1:], strict=True)
        ]
        assert bands.sizes.tolist() == expected
    assert math.isclose(sum(COLOUR_BANDS.sizes), len(held))

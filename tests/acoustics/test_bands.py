import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.acoustics.bands import OCTAVE_CENTRES, band_weights, octave_bands, to_bands
from simgen.errors import ParameterError, ShapeError

frequencies = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=20)
centre_sets = st.lists(st.floats(1.0, 1e5), min_size=1, max_size=8, unique=True).map(sorted)


@pytest.mark.parametrize(
    ("sample_rate", "count", "highest"),
    # 16 kHz and 32 kHz have a nominal centre exactly at half the rate: that one is out.
    [
        (1000, 2, 250.0),
        (8000, 5, 2000.0),
        (16_000, 6, 4000.0),
        (22_050, 7, 8000.0),
        (32_000, 7, 8000.0),
        (44_100, 8, 16_000.0),
        (48_000, 8, 16_000.0),
        (192_000, 8, 16_000.0),
    ],
)
def test_bands_of_usual_sample_rates(sample_rate, count, highest):
    bands = octave_bands(sample_rate)
    assert bands[0] == 125.0
    assert (len(bands), bands[-1]) == (count, highest)
    assert np.all(bands[1:] == 2.0 * bands[:-1])


@pytest.mark.parametrize("sample_rate", [999, 768_001, np.nan])
def test_sample_rates_out_of_range_are_refused(sample_rate):
    with pytest.raises(ParameterError, match="sample_rate is out of range"):
        octave_bands(sample_rate)


@given(centre_sets, frequencies)
def test_weights_are_a_partition_of_unity(centres, frequency):
    weights = band_weights(centres, frequency)
    assert weights.shape == (len(centres), len(frequency))
    assert np.all(weights >= 0.0)
    assert np.all(weights.sum(axis=0) == 1.0)
    assert np.all(weights[::-1].sum(axis=0) == 1.0)  # exact in any order of summation


def test_equal_bands_make_the_broadband_response():
    frequency = np.fft.rfftfreq(4096, 1 / 16_000)
    weights = band_weights(octave_bands(16_000), frequency)
    spectrum = np.exp(-0.3j * frequency)
    np.testing.assert_allclose((weights * spectrum).sum(axis=0), spectrum, rtol=1e-15)


def test_a_centre_belongs_to_its_band_alone():
    np.testing.assert_array_equal(band_weights(OCTAVE_CENTRES, OCTAVE_CENTRES), np.eye(8))


def test_an_edge_belongs_half_to_either_band():
    edges = np.sqrt(2.0) * np.array(OCTAVE_CENTRES[:-1])
    expected = 0.5 * (np.eye(8)[:, :-1] + np.eye(8)[:, 1:])
    np.testing.assert_allclose(band_weights(OCTAVE_CENTRES, edges), expected, atol=2e-9)


def test_a_third_of_an_octave_by_hand():
    # cos^2(pi/2 / 3) = cos^2(30 deg) = 3/4.
    weights = band_weights([125.0, 250.0, 500.0], [250.0 * 2.0 ** (1 / 3)])
    np.testing.assert_allclose(weights[:, 0], [0.0, 0.75, 0.25], atol=2e-9)


def test_the_ends_take_everything_beyond_them():
    weights = band_weights([125.0, 250.0], [0.0, 1.0, 124.0, 251.0, 24_000.0])
    np.testing.assert_array_equal(weights, [[1, 1, 1, 0, 0], [0, 0, 0, 1, 1]])


@given(centre_sets)
def test_each_band_rises_to_its_centre_and_falls_after(centres):
    frequency = np.geomspace(0.5, 2e5, 200)
    for centre, weight in zip(centres, band_weights(centres, frequency), strict=True):
        assert np.all(np.diff(weight[frequency <= centre]) >= 0.0)
        assert np.all(np.diff(weight[frequency >= centre]) <= 0.0)


def test_one_band_is_broadband():
    np.testing.assert_array_equal(band_weights([1000.0], [0.0, 1000.0, 9e3]), np.ones((1, 3)))


def test_weights_lie_on_the_grid_that_hides_the_last_bits():
    scaled = band_weights(OCTAVE_CENTRES, np.linspace(0.0, 24e3, 1001)) * 2.0**30
    np.testing.assert_array_equal(scaled, np.rint(scaled))


@pytest.mark.parametrize("centres", [[250.0, 125.0], [125.0, 125.0], [0.0, 125.0], [-125.0, 125.0]])
def test_centres_out_of_order_are_refused(centres):
    with pytest.raises(ParameterError, match="positive and ascending"):
        band_weights(centres, [100.0])


def test_a_negative_frequency_is_refused():
    with pytest.raises(ParameterError, match=r"a frequency is negative, got -2\.0"):
        band_weights([125.0, 250.0], [100.0, -2.0, -1.0])


def test_no_band_at_all_is_refused():
    with pytest.raises(ShapeError, match="there is no band"):
        band_weights([], [100.0])


def test_a_material_keeps_its_values_where_bands_agree():
    values = np.linspace(0.1, 0.7, 7)
    np.testing.assert_array_equal(
        to_bands(values, OCTAVE_CENTRES[:7], octave_bands(16_000)), values[:6]
    )


def test_the_ends_of_a_table_go_on():
    six = [0.02, 0.04, 0.08, 0.2, 0.35, 0.4]
    assert to_bands(six, OCTAVE_CENTRES[:6], octave_bands(48_000)).tolist() == [*six, 0.4, 0.4]
    assert to_bands([0.5, 0.7], [500.0, 1000.0], [125.0, 250.0]).tolist() == [0.5, 0.5]


def test_between_bands_the_nearest_in_octaves_counts():
    # 1400 / 1000 < 2000 / 1400 (the geometric mean is 1414), though 1500 is the arithmetic mean.
    assert to_bands([1.0, 2.0], [1000.0, 2000.0], [1400.0, 1430.0]).tolist() == [1.0, 2.0]


def test_a_table_of_another_length_is_refused():
    with pytest.raises(ShapeError, match=r"values has shape \(2,\)"):
        to_bands([0.1, 0.2], [125.0, 250.0, 500.0], [125.0])

import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_condition import score_condition
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.crosstalk_report import (
    mean_separation_db,
    report_condition,
    sweet_spot_width,
)

BINS = PLANT_BINS.stop - PLANT_BINS.start


def leaky(*leaks):
    matrices = np.array([[[1.0, leak], [leak, 1.0]] for leak in leaks], dtype=complex)
    return np.broadcast_to(matrices[:, None], (len(leaks), BINS, 2, 2))


def test_report_of_a_design_for_one_pose():
    plant = CrosstalkPlant("flat", leaky(0.5, 0.6, 0.7), leaky(0.4)[0], anechoic=True)
    taps = np.zeros((2, 2, 64))
    taps[..., 0] = [[1.0, -0.4], [-0.4, 1.0]]
    spectra = filter_spectra(taps)
    score = score_condition(plant, spectra[PLANT_BINS])
    report = report_condition(plant, spectra, score)
    assert report.nominal_separation_db.shape == (17,)
    assert report.nominal_separation_db.min() > 200.0
    left = [(1 - 0.4 * leak) / (leak - 0.4) for leak in (0.5, 0.6, 0.7)]
    np.testing.assert_allclose(report.separation_mean_db, np.mean(20 * np.log10(left)))
    p10 = np.quantile(20 * np.log10(left), 0.1)
    np.testing.assert_allclose(report.separation_p10_db, p10)
    gained = np.minimum(20 * np.log10(left), 15) + 20 * np.log10([0.5, 0.6, 0.7])
    nominal = 15.0 + 20 * np.log10(0.4)
    assert report.overfitting_db == pytest.approx(nominal - gained.mean())
    assert report.reproduction_error_db < -100.0
    assert report.early_energy_db < -30.0
    # 1.4 out of band over the mean level of 1 - 0.4 leak in band
    level = np.mean([(1 - 0.4 * leak) ** 2 for leak in (0.5, 0.6, 0.7)])
    assert report.out_of_band_gain_db == pytest.approx(10 * np.log10(1.4**2 / level))


def test_mean_separation_of_each_pose():
    filters = np.broadcast_to(np.eye(2, dtype=complex), (BINS, 2, 2))
    found = mean_separation_db(leaky(0.5, 0.1), filters)
    np.testing.assert_allclose(found, [20 * np.log10(2), 20.0])


@pytest.mark.parametrize(
    ("separation", "width"),
    [
        ([12, 12, 12, 12, 12], 0.4),
        ([0, 12, 12, 12, 12], 0.2 + 0.1 * 2 / 12 + 0.1),
        ([12, 0, 12, 0, 12], 2 * 0.1 * 2 / 12),
        ([12, 12, 9.9, 12, 12], 0.0),
        ([0, 0, 10, 0, 0], 0.0),
        ([0, 0, 20, 0, 0], 0.1),
    ],
)
def test_sweet_spot_ends_where_separation_falls(separation, width):
    offsets = [-0.2, -0.1, 0.0, 0.1, 0.2]
    assert sweet_spot_width(offsets, separation) == pytest.approx(width)
    mirrored = sweet_spot_width(offsets, separation[::-1])
    assert mirrored == pytest.approx(width)


def test_sweet_spot_without_a_place_in_the_middle():
    assert sweet_spot_width([-0.1, 0.3], [12.0, 8.0]) == pytest.approx(0.1 + 0.1)
    assert sweet_spot_width([-0.1, 0.1], [12.0, 8.0], least_db=11.0) == 0.0


@pytest.mark.parametrize("offsets", [[0.0, 1.0], [-1.0, 0.0], [1.0, -1.0], [-1.0, 1.0, 2.0], []])
def test_offsets_that_are_no_line_are_refused(offsets):
    with pytest.raises(ShapeError, match="offsets must"):
        sweet_spot_width(offsets, [12.0, 12.0] if offsets else [])

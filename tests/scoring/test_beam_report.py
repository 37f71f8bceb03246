"""Side results, against closed forms and the measures that designers use."""

import numpy as np
import pytest

from simgen.playback.beam_measures import (
    axis_to_side_db,
    beam_pattern,
    directivity_index_db,
    white_noise_gain_db,
)
from simgen.scoring.beam import score_beams
from simgen.scoring.beam_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.beam_devices import beam_devices, omni_responses
from simgen.scoring.beam_pattern import score_pattern
from simgen.scoring.beam_plant import BeamPlant, BeamSeats, beam_spectra, single_driver
from simgen.scoring.beam_report import drr_gain_db, report_beam
from tests.references.beam_designs import Designer

DEVICES = beam_devices()
BINS = PLANT_BINS.stop - PLANT_BINS.start


def reported(plant, taps):
    spectra = beam_spectra(taps)
    return report_beam(plant, spectra, score_pattern(plant, spectra[PLANT_BINS]))


@pytest.mark.parametrize("device", DEVICES)
def test_measures_are_those_that_designers_use(device):
    plant, designer = DEVICES[device], Designer(device)
    taps = designer.taps(designer.least_squares(0.01))
    filters = beam_spectra(taps)[PLANT_BINS]
    report = reported(plant, taps)
    pattern = beam_pattern(plant.draws[0], filters)
    everywhere = beam_pattern(plant.sphere, filters)
    with_axis = np.concatenate([pattern[:, :1], everywhere], axis=1)
    shares = [0.0] + [1.0] * everywhere.shape[1]
    for found, expected in (
        (report.axis_to_side_db, axis_to_side_db(pattern, 0, sides=[18, 54])),
        (report.white_noise_gain_db, white_noise_gain_db(plant.draws[0][:, 0], filters)),
        (
            report.directivity_index_db,
            directivity_index_db(with_axis, 0, direction_weights=shares),
        ),
    ):
        mean = -10 * np.log10(GRADED_BANDS.mean(10 ** (-expected / 10), axis=0))
        np.testing.assert_allclose(found, mean, atol=1e-9)


def test_directivity_of_three_drivers_in_phase_has_a_closed_form():
    """1 / mean |B|^2 with mean over the sphere sum_ij sinc(k d_ij) / 9."""
    report = reported(DEVICES["D-omni"], np.ones((3, 1)) * np.eye(1, 64))
    distance = np.abs(np.subtract.outer([0.06, 0, -0.06], [0.06, 0, -0.06]))
    k_over_pi = 2 * GRADED_BANDS.frequencies / 343.0
    mean = np.sinc(k_over_pi[:, None, None] * distance).sum(axis=(1, 2)) / 9
    expected = -10 * np.log10(GRADED_BANDS.mean(mean, axis=0))
    np.testing.assert_allclose(report.directivity_index_db, expected, atol=1e-3)
    np.testing.assert_allclose(report.white_noise_gain_db, 10 * np.log10(3), atol=1e-9)


def test_a_device_without_sphere_and_seats_reports_none():
    report = reported(BeamPlant(DEVICES["D-omni"].draws), single_driver())
    assert report.directivity_index_db is None
    assert report.drr_gain_db is None
    np.testing.assert_allclose(report.axis_to_side_db, 0.0, atol=1e-9)


def test_silence_on_the_axis_is_reported_as_a_finite_level():
    dipole = np.array([[1.0], [0.0], [-1.0]]) * np.eye(1, 64)
    report = reported(DEVICES["D-omni"], dipole)
    assert np.all(report.axis_to_side_db < -290.0)
    assert np.all(np.isfinite(report.directivity_index_db))


def test_direct_to_reverberant_gain_by_hand():
    """Reflections from the side alone: the gain is that of the axis over the side."""
    axis = omni_responses(GRADED_BANDS.frequencies, np.array([[1.0, 0, 0], [0, 1.0, 0]]))
    seats = BeamSeats(
        direct=np.stack([axis[:, 0], axis[:, 0]])[None],
        reverberant=0.5 * np.stack([axis[:, 1]] * 2)[None],
    )
    filters = beam_spectra(np.ones((3, 1)) * np.eye(1, 64))[PLANT_BINS]
    found = drr_gain_db(seats, filters)
    side = np.abs(1 + 2 * np.cos(2 * np.pi * GRADED_BANDS.frequencies / 343 * 0.06)) ** 2
    expected = np.mean(10 * np.log10(9) - 10 * np.log10(GRADED_BANDS.mean(side, axis=0)))
    np.testing.assert_allclose(found, [[expected, expected]], atol=1e-9)
    nothing = beam_spectra(single_driver())[PLANT_BINS]
    np.testing.assert_allclose(drr_gain_db(seats, nothing), 0.0, atol=1e-12)


def test_seats_are_reported_and_written():
    seats = np.ones((2, 3, BINS, 3), dtype=complex)
    plant = BeamPlant(DEVICES["D-omni"].draws, seats=BeamSeats(seats, 1j * seats))
    score = score_beams({"D-omni": plant}, {"D-omni": single_driver()})
    assert score.to_dict()["devices"]["D-omni"]["report"]["drr_gain_db"] == [[0.0] * 3] * 2


def test_honest_filters_hardly_spread_in_time():
    for device, plant in DEVICES.items():
        designer = Designer(device)
        report = reported(plant, designer.taps(designer.nulls(9.0)))
        assert report.early_energy_db < -20.0
        assert report.late_energy_db < -20.0
        assert report.out_of_band_gain_db < 15.0

import numpy as np
import pytest

from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import doing_nothing
from simgen.scoring.soundstage_condition import score_head
from simgen.scoring.soundstage_plant import panned_spectra
from simgen.scoring.soundstage_report import perceived_azimuths, report_head, stage_map
from tests.references.soundstage_designs import VirtualPair, late_right, routed, shuffler
from tests.references.soundstage_plants import PLACES, ROUND, SEATS, arc, stage_track

PLANT = stage_track()["B"][0]
PAIR = filter_spectra(doing_nothing(2))[PLANT_BINS]
MIDDLE = 7


def mapped(taps):
    return stage_map(PLANT, panned_spectra(PLANT.device.poses, filter_spectra(taps)[PLANT_BINS]))


def test_each_direction_is_found_as_itself():
    heard = PLANT.directions.responses[np.newaxis]
    np.testing.assert_array_equal(perceived_azimuths(heard, PLANT.directions)[0], ROUND)


def test_the_stage_itself_is_where_it_should_be():
    found = stage_map(PLANT, PLANT.stage)
    assert (found.within_5deg, found.within_10deg) == (1.0, 1.0)
    assert np.abs(found.azimuths_deg - np.rad2deg(PLANT.azimuths)).max() < 1.0
    np.testing.assert_allclose(found.azimuths_deg[MIDDLE], np.rad2deg(PLACES), atol=1e-9)
    offsets = arc(PLACES)[[0, -1]] - SEATS[:, None]
    left, right = np.arctan2(offsets[..., 1], offsets[..., 0]).T
    assert found.width_deg == pytest.approx(np.rad2deg(np.mean(left - right)), abs=0.5)
    assert found.coherence.min() > 0.98


def test_a_stereo_pair_is_right_in_the_middle_and_pulls_to_the_nearer_side_elsewhere():
    found = stage_map(PLANT, panned_spectra(PLANT.anchor, PAIR))
    assert np.abs(found.azimuths_deg[MIDDLE] - np.rad2deg(PLACES)).max() < 6.0
    centre = (found.azimuths_deg[:, 3] - np.rad2deg(PLANT.azimuths[:, 3])).reshape(3, 5)
    assert np.all(centre[:, [3, 4]] > 15.0)
    assert np.all(centre[:, [0, 1]] < -15.0)
    assert 0.3 < found.within_5deg <= found.within_10deg < 0.6


def test_a_narrow_device_is_narrow_and_a_side_boost_widens_it():
    narrow, wider = mapped(doing_nothing(2)), mapped(shuffler("B", 6.0))
    assert narrow.width_deg == pytest.approx(4.3, abs=1.0)
    assert wider.width_deg > 1.6 * narrow.width_deg
    assert wider.within_10deg > narrow.within_10deg
    assert mapped(routed("B", [[0, 1], [1, 0]])).width_deg == pytest.approx(
        -narrow.width_deg, abs=1.0
    )
    assert mapped(routed("B", [[1, 1], [1, 1]])).width_deg == 0.0


def test_a_virtual_pair_is_where_the_pair_is_in_the_middle():
    designer = VirtualPair("B", num_poses=0)
    filters = filter_spectra(designer.taps(designer.perfect()))[PLANT_BINS]
    heard = panned_spectra(PLANT.device.nominal[np.newaxis], filters)
    pair = panned_spectra(PLANT.anchor[MIDDLE : MIDDLE + 1], PAIR)
    found, wanted = (perceived_azimuths(each, PLANT.directions) for each in (heard, pair))
    assert np.abs(found - wanted).max() < np.deg2rad(2.0)


def test_a_late_channel_makes_the_ears_less_alike():
    late = mapped(late_right("B", 0.6e-3))
    assert late.coherence[3] < mapped(doing_nothing(2)).coherence[3]


def test_report_says_what_filters_do_outside_the_score():
    spectra = filter_spectra(shuffler("B", 6.0))
    report = report_head(PLANT, spectra, score_head(PLANT, spectra[PLANT_BINS]))
    assert max(report.early_energy_db, report.late_energy_db) < -25.0
    assert 0.0 < report.out_of_band_gain_db < 6.0
    assert report.stage.azimuths_deg.shape == PLANT.azimuths.shape

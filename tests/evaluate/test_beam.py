import json
from pathlib import Path

import numpy as np
import pytest

from simgen.baselines.beamformers import BEAMFORMERS
from simgen.benchmark.filters import FilterSubmission, read_filters
from simgen.benchmark.result import read_result
from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError
from simgen.evaluate.beam import BEAM_TASKS, run_beamformer, score_beam_filters
from simgen.scoring import beam_devices
from tests.references.filter_files import HEADER

SPLIT = load_split("beam/test")
RESULTS = Path(__file__).parents[2] / "benchmarks" / "beam" / "results"
COMMITTED = {path.stem.removesuffix("-test"): path for path in RESULTS.glob("*.json")}


def single(taps=64):
    return np.array([[0.0], [1.0], [0.0]]) * (np.arange(taps) == 0)


def score(filters):
    header = HEADER | {"track": "beam", "split": "test", "protocol": "beam/1"}
    submission = FilterSubmission.model_validate(header | {"arrays": filters})
    return score_beam_filters(submission, SPLIT)


def value(result, name="gain_db"):
    return result.scores[name]["value"]


def test_the_frozen_numbers_are_those_that_are_scored_on():
    numbers = json.loads(SPLIT.lines)
    errors = numbers["driver_errors"]
    found = np.concatenate([errors["gain_db"], errors["delay_us"]], axis=1)
    np.testing.assert_array_equal(found, beam_devices.DRIVER_ERRORS)
    assert numbers["D-omni"]["drivers_y_m"] == list(beam_devices.OMNI_PLACES)
    assert numbers["D-ball"]["radius_m"] == beam_devices.BALL_RADIUS
    azimuths = np.deg2rad(numbers["D-ball"]["drivers_azimuth_deg"])
    assert azimuths == pytest.approx(np.array(beam_devices.BALL_AZIMUTHS))
    assert numbers["speed_of_sound_m_per_s"] == beam_devices.SPEED_OF_SOUND
    assert list(BEAM_TASKS) == list(beam_devices.beam_devices()) == list(SPLIT.track.devices)


@pytest.mark.slow
def test_the_single_driver_scores_exactly_0_and_so_does_a_device_left_out():
    whole = score({"D-omni": single(), "D-ball": single(100)})
    assert {tuple(each.values()) for each in whole.scores.values()} == {(0.0, 0.0, 0.0)}
    part = score({"D-ball": single()})
    assert part.coverage == {"num_devices": 2, "num_devices_submitted": 1, "num_draws": 17}
    assert value(part) == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["side driver", "noise", "dipole", "alternating", "delay only"])
def test_no_degenerate_filters_beat_the_single_driver(kind):
    weights = {
        "side driver": [1.0, 0.0, 0.0],
        "dipole": [1.0, 0.0, -0.9],
        "alternating": [1.0, -1.5, 1.0],
        "delay only": [0.0, 1.0, 0.0],
    }
    taps = np.random.default_rng(0).standard_normal((3, 64))
    if kind in weights:
        taps = np.array(weights[kind])[:, None] * (np.arange(64) == 20)
    assert value(score(dict.fromkeys(("D-omni", "D-ball"), taps))) <= 1e-6


def test_faults_name_the_file():
    with pytest.raises(SubmissionError) as caught:
        score({"D-omni": np.zeros((3, 64)), "D-ball": single().astype(int)})
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "beam_D-omni.npy",
        "beam_D-ball.npy",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", BEAMFORMERS)
def test_the_committed_results_come_out_again(name, tmp_path):
    seen = []
    submission = run_beamformer(BEAMFORMERS[name], SPLIT, on_item=seen.append)
    assert seen == ["D-omni", "D-ball"]
    submission.write(tmp_path / name)
    result = score_beam_filters(read_filters(tmp_path / name), SPLIT)
    committed = read_result(COMMITTED[name])
    for score_name, interval in committed.scores.items():
        assert result.scores[score_name] == pytest.approx(interval, abs=1e-6), score_name


def test_results_of_all_baselines_are_committed_in_the_known_order():
    gain = {name: value(read_result(path)) for name, path in COMMITTED.items()}
    assert set(gain) == set(BEAMFORMERS)
    assert gain["nulls-capped"] > gain["least-squares"] > gain["closed-form"] > gain["in-phase"]
    assert gain["in-phase"] > gain["single-driver"] == 0.0 > gain["most-directive"]


def test_a_result_explains_itself_by_device_and_band():
    breakdown = read_result(COMMITTED["nulls-capped"]).breakdown
    assert [*breakdown] == ["device", "D-omni at", "D-ball at"]
    assert len(breakdown["D-omni at"]) == 12
    assert breakdown["device"]["D-ball"]["directivity_index_db"] > 3.0

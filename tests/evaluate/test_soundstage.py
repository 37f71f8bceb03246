from pathlib import Path

import numpy as np
import pytest

from simgen.baselines.wideners import WIDENERS
from simgen.benchmark.filters import FilterSubmission, read_filters
from simgen.benchmark.result import read_result
from simgen.benchmark.suite import load_split
from simgen.errors import DatasetError, SubmissionError
from simgen.evaluate.soundstage import run_widener, score_stage_filters, soundstage_plants
from simgen.scoring.crosstalk_bands import plant_frequencies
from simgen.scoring.soundstage_plant import PANS
from tests.evaluate.tiny_track import build
from tests.references.filter_files import HEADER, doing_nothing
from tests.references.soundstage_plants import SEATS, Sphere, stage_plant

MINI, DESIGN = load_split("soundstage/mini"), load_split("soundstage/design")
RESULTS = Path(__file__).parents[2] / "benchmarks" / "soundstage" / "results"
COMMITTED = {path.stem.removesuffix("-test"): path for path in RESULTS.glob("*.json")}
DRIVERS = {"B": 2, "C": 5}


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The smallest split and the one to design on."""
    folder = tmp_path_factory.mktemp("stage")
    return build(MINI, folder / "mini"), build(DESIGN, folder / "design")


@pytest.fixture(scope="session")
def plants(built):
    return soundstage_plants(MINI, built[0])


def score(plants, filters):
    header = HEADER | {"track": "soundstage", "protocol": "stage/1"}
    submission = FilterSubmission.model_validate(header | {"arrays": filters})
    return score_stage_filters(submission, MINI, plants)


def value(result, name="points"):
    return result.scores[name]["value"]


def nothing(taps=64):
    return {device: doing_nothing(count, taps) for device, count in DRIVERS.items()}


@pytest.mark.slow
def test_plants_are_those_of_a_sphere_written_out(plants):
    frequency = plant_frequencies()
    reference = stage_plant("sphere 8.75", Sphere("sphere 8.75", frequency), [(2.0, 0.0, 0.0)] * 2)
    for [plant] in plants.values():
        assert plant.name == "sphere-8.75cm"
        assert plant.num_seats == len(SEATS)
        assert plant.azimuths == pytest.approx(reference.azimuths)
        assert plant.directions.azimuths == pytest.approx(reference.directions.azimuths)
        level = 4.0 * np.pi
        for found, expected, most in (
            # The reference takes a sphere's response for 2 m at all distances.
            (plant.stage, reference.stage, 0.04),
            (plant.anchor, reference.anchor, 0.04),
            (plant.directions.responses, reference.directions.responses, 0.004),
        ):
            error = np.linalg.norm(found * level - expected) / np.linalg.norm(expected)
            assert error < most


def test_the_middle_of_the_stage_is_ahead_of_the_middle_seat(plants):
    for [plant] in plants.values():
        middle = np.flatnonzero(np.all(SEATS == 0.0, axis=1))[0]
        assert plant.azimuths[middle] == pytest.approx(PANS, abs=1e-9)


def test_doing_nothing_scores_exactly_0_and_so_does_a_device_left_out(plants):
    whole = score(plants, nothing())
    assert {tuple(each.values()) for each in whole.scores.values()} == {(0.0, 0.0, 0.0)}
    part = score(plants, {"C": doing_nothing(5)})
    assert part.coverage == {"num_devices": 2, "num_devices_submitted": 1, "num_seats": 15}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "matrix"),
    [
        ("swapped", [[0.0, 1.0], [1.0, 0.0]]),
        ("mono", [[0.5, 0.5], [0.5, 0.5]]),
        ("one polarity", [[1.0, 0.0], [0.0, -1.0]]),
        ("right quiet", [[1.0, 0.0], [0.0, 0.1]]),
    ],
)
def test_no_degenerate_filters_beat_doing_nothing(plants, kind, matrix):
    filters = {device: np.zeros((count, 2, 64)) for device, count in DRIVERS.items()}
    for taps in filters.values():
        taps[[0, -1], :, 0] = matrix
    assert value(score(plants, filters)) < -5.0, kind


def test_faults_name_the_file(plants):
    with pytest.raises(SubmissionError) as caught:
        score(plants, {"B": np.zeros((2, 2, 64))})
    assert caught.value.faults[0].startswith("stage_B.npy: ")


def test_another_dataset_is_refused(built):
    with pytest.raises(DatasetError, match="not soundstage/mini: its scenes differ"):
        soundstage_plants(MINI, built[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nothing", "shuffler", "virtual-pair"])
def test_baselines_run_and_score_in_the_known_order(built, plants, tmp_path, name):
    run_widener(WIDENERS[name], MINI, built[1]).write(tmp_path / name)
    submission = read_filters(tmp_path / name)
    result = score_stage_filters(submission, MINI, plants)
    committed = read_result(COMMITTED[name])
    for device in DRIVERS:
        expected = committed.breakdown[f"{device} with"]["sphere-8.75cm"]
        assert result.breakdown[f"{device} with"]["sphere-8.75cm"].keys() == expected.keys()
        found = result.breakdown[f"{device} with"]["sphere-8.75cm"]["points"]
        # The first head of both splits has the same draw of errors.
        assert found == pytest.approx(expected["points"], abs=0.01)
        heads, seats = result.breakdown[f"{device} with"], result.breakdown[f"{device} on"]
        over_heads = np.mean([head["cue_error"] for head in heads.values()])
        over_seats = np.mean([seat["cue_error"] for seat in seats.values()])
        assert (len(seats), over_seats) == (15, pytest.approx(over_heads, abs=1e-8))


def test_results_of_all_baselines_are_committed_in_the_known_order():
    points = {name: value(read_result(path)) for name, path in COMMITTED.items()}
    assert set(points) == set(WIDENERS)
    order = ["shuffler", "side-boost", "virtual-pair", "virtual-pair-unlevelled", "nothing"]
    assert [points[name] for name in order] == sorted((points[n] for n in order), reverse=True)
    assert points["nothing"] == 0.0
    assert points["virtual-pair"] > points["virtual-pair-one-seat"] + 3.0

import math
from pathlib import Path

import numpy as np
import pytest

from simgen.acoustics.rigid_sphere import sphere_response
from simgen.api import render
from simgen.baselines.cancellers import CANCELLERS
from simgen.benchmark.filters import DesignedOn, FilterSubmission, read_filters
from simgen.benchmark.result import read_result
from simgen.benchmark.suite import load_split, suite_folder
from simgen.errors import DatasetError, SubmissionError
from simgen.evaluate import crosstalk
from simgen.evaluate.crosstalk import crosstalk_plants, score_filters
from simgen.evaluate.designs import filter_tasks, run_designer
from simgen.scoring.crosstalk_bands import plant_frequencies
from tests.evaluate.tiny_track import MINI, build, small, small_errors, with_poses
from tests.references.crosstalk_plants import DEVICES
from tests.references.filter_files import HEADER, doing_nothing, write

DRIVERS = {"A": 2, "B": 2, "C": 5}


@pytest.fixture
def plants(tiny, monkeypatch):
    split, dataset, *_ = tiny
    monkeypatch.setattr(crosstalk, "driver_errors", lambda split: small_errors(split, 4))
    return crosstalk_plants(split, dataset)


def submission(filters, **changes):
    header = HEADER | changes
    return FilterSubmission.model_validate(header | {"arrays": filters})


def score(plants, filters, **changes):
    return score_filters(submission(filters, **changes), MINI, plants)


def value(result, name="gain_db"):
    return result.scores[name]["value"]


def nothing(taps=64):
    return {device: doing_nothing(count, taps) for device, count in DRIVERS.items()}


# Plants


def test_a_plant_is_a_rigid_sphere_in_free_field_with_the_drivers_errors(tiny, plants):
    split, *_ = tiny
    frequency, listener = plant_frequencies()[::40], split.scenes[0].listeners["listener"]
    errors = small_errors(split, 4)[split.scenes[0].name]
    nominal = np.array(listener.poses[0].position)
    for device, [plant] in plants.items():
        wrong = errors[device].response(frequency)
        for number, pose in enumerate(listener.poses):
            w, _, _, z = pose.orientation
            turn = 2.0 * math.atan2(z, w)
            for driver, place in enumerate(DEVICES[device]):
                offset = np.add(nominal, place) - pose.position
                distance = np.linalg.norm(offset)
                to_left = math.sin(math.atan2(offset[1], offset[0]) - turn)
                ears = sphere_response(
                    frequency,
                    [to_left, -to_left],
                    radius=0.0875,
                    distance=distance,
                    speed_of_sound=343.0,
                )
                waves = np.exp(-2j * np.pi * frequency * distance / 343.0)
                expected = ears * (waves / (4.0 * np.pi * distance))[:, None]
                found = (plant.nominal if number == 0 else plant.poses[number - 1])[::40, :, driver]
                if number:
                    expected = expected * wrong[number - 1, :, driver, None]
                assert np.abs(found - expected).max() < 0.01 * np.abs(expected).max()


def test_plants_are_named_and_know_whether_there_is_a_room(plants):
    assert [plant.name for plant in plants["A"]] == ["sphere-8.75cm anechoic"]
    assert all(plant.anechoic for [plant] in plants.values())
    assert [plant.num_drivers for [plant] in plants.values()] == [2, 2, 5]


def test_another_dataset_is_refused(tiny):
    _, dataset, *_ = tiny
    with pytest.raises(DatasetError, match=r"not crosstalk/mini: its scenes differ.*bench build"):
        crosstalk_plants(MINI, dataset)


@pytest.mark.slow
def test_the_measured_head_that_ships_is_heard_at_the_suites_rate():
    [scene] = [scene for scene in MINI.scenes if scene.name.startswith("kemar")]
    heard = render(with_poses(scene, 1), base=suite_folder()).ear_responses["listener"]["A"]
    energy = np.sum(np.square(heard, dtype=np.float64), axis=-1)[0]
    assert np.all(np.diag(energy) > 2.0 * np.diag(energy[::-1])), "the near ear hears more"


# Scores


def test_doing_nothing_scores_exactly_0_and_so_does_a_device_left_out(plants):
    whole = score(plants, nothing())
    assert set(map(tuple, (each.values() for each in whole.scores.values()))) == {(0.0, 0.0, 0.0)}
    part = score(plants, {"B": doing_nothing(2, 2048)})
    assert value(part) == value(part, "gain_A_db") == 0.0
    assert part.coverage == {"num_devices": 3, "num_devices_submitted": 1, "num_poses": 4}
    assert "A under" not in part.breakdown


def test_late_is_nothing_but_for_rounding(plants):
    late = {device: np.roll(taps, 40, axis=-1) for device, taps in nothing().items()}
    assert value(score(plants, late)) == pytest.approx(0.0, abs=1e-6)


@pytest.fixture(scope="session")
def designed(tiny):
    """Filters of every baseline, designed on a few poses."""
    *_, design, dataset = tiny
    tasks = filter_tasks(design, dataset)
    return {
        name: {device: baseline.design(task) for device, task in tasks.items()}
        for name, baseline in CANCELLERS.items()
    }


def degenerate(kind, honest):
    """Filters that cancel nothing, or more than is good for them."""
    generator = np.random.default_rng(0)
    bare = nothing()
    made = {
        "swapped": lambda taps, _: taps[::-1],
        "one polarity": lambda taps, _: taps * [[1.0], [-1.0]],
        "mono": lambda taps, _: np.ones((len(taps), 2, 1)) * (np.arange(64) == 0),
        "noise": lambda taps, _: generator.standard_normal(taps.shape),
        "delay only": lambda taps, _: np.roll(taps, 20, axis=-1),
        "comb": lambda taps, _: taps - 0.9 * np.roll(taps, 31, axis=-1),
        "left quiet": lambda _, best: best * [[0.01], [1.0]],
        "bass gone": lambda _, best: best - np.apply_along_axis(_smoothed, -1, best),
    }[kind]
    return {device: made(bare[device], honest[device]) for device in bare}


def _smoothed(taps):
    return np.convolve(taps, np.hanning(65) / np.hanning(65).sum(), mode="same")


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    ["swapped", "one polarity", "mono", "noise", "delay only", "comb", "left quiet", "bass gone"],
)
def test_no_degenerate_filters_beat_honest_ones(plants, designed, kind):
    honest = designed["robust"]
    result = score(plants, degenerate(kind, honest))
    assert value(result) <= 1e-6
    for name in ("robust", "gain-capped", "null-steering"):
        assert value(score(plants, designed[name])) > value(result) + 1.0


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        ({"A": np.zeros((2, 2, 64))}, "ctc_A.npy: every tap is zero"),
        ({"B": doing_nothing(2) * [[0.0], [1.0]]}, "ctc_B.npy: input 0 is silent"),
        ({"B": doing_nothing(2) * [[1e-4], [1.0]]}, "ctc_B.npy: input 0 is at -80"),
        ({"C": np.full((5, 2, 64), np.nan)}, "ctc_C.npy: tap [0, 0, 0] is nan"),
        (
            {"A": np.roll(doing_nothing(2, 2048), 1200, -1) + doing_nothing(2, 2048)},
            "ctc_A.npy: en",
        ),
    ],
)
def test_what_cannot_be_scored_is_refused_by_file(plants, filters, fault):
    with pytest.raises(SubmissionError) as caught:
        score(plants, filters)
    assert caught.value.faults[0].startswith(fault)


def test_honest_designs_come_in_the_known_order(plants, designed):
    gain = {name: value(score(plants, filters)) for name, filters in designed.items()}
    assert gain["nothing"] == 0.0
    assert gain["robust"] > gain["perfect-inverse"] + 0.5
    assert min(gain["robust"], gain["null-steering"], gain["gain-capped"]) > 1.0


def test_a_result_explains_itself_by_device_condition_band_and_pose(plants, designed, tmp_path):
    result = score(plants, designed["robust"])
    assert [*result.breakdown] == [
        "device",
        "A under",
        "A at",
        "A in",
        "B under",
        "B at",
        "B in",
        "C under",
        "C at",
        "C in",
    ]
    means = [value(result, f"gain_{device}_db") for device in DRIVERS]
    assert value(result) == pytest.approx(np.mean(means), abs=1e-8)
    for device in DRIVERS:
        [condition] = result.breakdown[f"{device} under"].values()
        assert condition["gain_db"] == result.breakdown["device"][device]["gain_db"]
        assert condition["worst_separation_db"] <= condition["separation_db"]
        bands = result.breakdown[f"{device} at"]
        assert len(bands) == 17
        assert "1000 Hz" in bands
        poses = result.breakdown[f"{device} in"].values()
        assert len(poses) == result.coverage["num_poses"]
        for name in ("separation_db", "nothing_separation_db"):
            over_poses = np.mean([pose[name] for pose in poses])
            assert over_poses == pytest.approx(condition[name], abs=1e-8)
    path = tmp_path / "result.json"
    path.write_text(result.model_copy(update={"split_sha256": MINI.sha256}).model_dump_json())
    assert read_result(path).scores == result.scores


def test_a_scored_folder_is_the_scored_filters(plants, tmp_path):
    folder = write(tmp_path / "mine", nothing(), description="how", parameters={"a": 1.5})
    result = score_filters(read_filters(folder), MINI, plants)
    assert (result.system, result.description, result.parameters) == ("ours", "how", {"a": 1.5})
    assert result.submission_sha256 == read_filters(folder).sha256()
    assert (result.track, result.split, result.protocol) == ("crosstalk", "mini", "ctc/1")


def test_what_a_design_was_made_on_is_kept():
    made = submission(nothing())
    assert made.designed_on == DesignedOn(
        heads=("sphere of 8.75 cm",), rooms=("none",), poses="nominal"
    )


# The real split


RESULTS = Path(__file__).parents[2] / "benchmarks" / "crosstalk" / "results"
COMMITTED = {path.stem.removesuffix("-test"): path for path in RESULTS.glob("*.json")}


def test_results_of_all_baselines_are_committed_in_the_known_order():
    gain = {name: value(read_result(path)) for name, path in COMMITTED.items()}
    assert set(gain) == set(CANCELLERS)
    assert gain["robust"] > gain["gain-capped"] > gain["constant-beta"] > gain["perfect-inverse"]
    assert gain["perfect-inverse"] > gain["nothing"] == 0.0
    best = {name: value(read_result(path), "gain_C_db") for name, path in COMMITTED.items()}
    assert max(best, key=best.get) == "null-steering"


@pytest.mark.slow
def test_the_committed_results_come_out_again_without_a_room(tmp_path):
    """Conditions without a room, which take seconds to build, have the gains of the results."""
    test = load_split("crosstalk/test")
    dry = small(test, 4, 32)
    design = load_split("crosstalk/design")
    built, known = build(dry, tmp_path / "test"), build(design, tmp_path / "design")
    plants = crosstalk_plants(dry, built)
    for name in ("robust", "null-steering"):
        submitted = run_designer(CANCELLERS[name], test, known)
        found = score_filters(submitted, test, plants).breakdown
        committed = read_result(COMMITTED[name]).breakdown
        for device in DRIVERS:
            for condition, numbers in found[f"{device} under"].items():
                for key, number in numbers.items():
                    expected = committed[f"{device} under"][condition][key]
                    assert number == pytest.approx(expected, abs=0.01), (device, condition, key)

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from simgen.baselines.cancellers import CANCELLERS
from simgen.baselines.wideners import WIDENERS
from simgen.benchmark.filters import DesignedOn, read_filters
from simgen.benchmark.suite import load_split
from simgen.errors import ParameterError, SubmissionError
from simgen.evaluate.beam import run_beamformer
from simgen.evaluate.designs import designed
from simgen.scoring.beam_devices import omni_responses
from simgen.scoring.crosstalk_bands import GRADED_BANDS, plant_frequencies
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing
from simgen.scoring.soundstage_plant import HeadDirections, SoundstagePlant

pytest.importorskip("matplotlib")
from simgen.baselines.beamformers import BEAMFORMERS
from simgen.cli import plot_submissions
from simgen.cli.plot_submissions import draw_submissions
from tests.pictures.drawn import legend_of, lines, unreadable

FREQUENCY = plant_frequencies()
DRIVERS = {"A": 2, "B": 2, "C": 5}


def write(folder, split, baselines, name, devices):
    """Write a submission of filters that do nothing."""
    baseline = next(iter(baselines.values()))
    submission = designed(
        replace(baseline, name=name),
        load_split(split),
        {device: doing_nothing(DRIVERS[device]) for device in devices},
        sample_rate=48000,
        on=DesignedOn(heads=(), rooms=(), poses="none"),
    )
    submission.write(folder / name)
    return folder / name


def delays(azimuths, ears=0.09):
    """Spectra at two ears of far sources, as delays alone, (frequency, ear, source)."""
    late = ears / 343.0 * np.sin(np.asarray(azimuths)) * np.array([[-1.0], [1.0]])
    return np.exp(-2j * np.pi * FREQUENCY[:, None, None] * late)


@pytest.fixture
def opened(monkeypatch):
    """Which splits are asked for, from where; none is opened."""
    asked = []

    def cached(split, **how):
        asked.append((split.path, "cache", how["quiet"]))
        return object()

    def built(split, place):
        asked.append((split.path, str(place)))
        return object()

    monkeypatch.setattr(plot_submissions, "cached_split", cached)
    monkeypatch.setattr(plot_submissions, "open_built", built)
    return asked


# Crosstalk


@pytest.fixture
def cancellers(monkeypatch, tmp_path, opened):
    """Submissions of two systems to crosstalk/mini, one without device B."""
    assert not opened
    split, draws = load_split("crosstalk/mini"), np.random.default_rng(1)
    plants = {
        device: [
            CrosstalkPlant(scene.name, responses, responses[0], True)
            for scene in split.scenes
            for responses in [draws.standard_normal((8, len(FREQUENCY), 2, drivers)) + 0j]
        ]
        for device, drivers in DRIVERS.items()
    }
    monkeypatch.setattr(plot_submissions, "crosstalk_plants", lambda *_: plants)
    return [
        write(tmp_path, split.path, CANCELLERS, "idle", ("A", "B")),
        write(tmp_path, split.path, CANCELLERS, "lazy", ("A",)),
    ]


def test_separation_is_drawn_under_every_condition_of_submitted_devices(cancellers, opened):
    kind, figure = draw_submissions(cancellers)
    assert kind == "separation"
    conditions = [scene.name for scene in load_split("crosstalk/mini").scenes]
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        f"{device}, {condition}" for device in "AB" for condition in conditions
    ]
    drawn = lines(figure.axes[0])
    for name in ("idle", "lazy"):
        assert drawn[name].get_ydata() == pytest.approx(drawn["doing nothing"].get_ydata())
    assert drawn["idle"].get_xdata() == pytest.approx(GRADED_BANDS.centres)
    assert "lazy" not in lines(figure.axes[3])
    assert opened == [("crosstalk/mini", "cache", True)]


def test_the_map_is_over_the_poses_mean_over_conditions(cancellers, monkeypatch):
    level = iter(range(100))
    monkeypatch.setattr(
        plot_submissions, "_separation", lambda *_: np.full((8, 17), float(next(level)))
    )
    kind, figure = draw_submissions(cancellers[:1], "map")
    first, second, *_ = figure.axes
    assert kind == "map"
    assert [first.get_title(loc="left"), second.get_title(loc="left")] == ["A: idle", "B: idle"]
    points = first.collections[-1]
    assert len(points.get_offsets()) == 8  # the same in every condition, whatever the room
    assert np.asarray(points.get_array()) == pytest.approx(1.0)  # of 0, 1 and 2
    assert np.asarray(second.collections[-1].get_array()) == pytest.approx(4.0)
    scene = load_split("crosstalk/mini").scenes[0]
    [listener] = scene.listeners.values()
    nominal, *graded = listener.poses
    assert nominal.orientation == (1.0, 0.0, 0.0, 0.0)  # it faces along x: nothing to turn
    moved = 100.0 * (np.array([pose.position for pose in graded]) - nominal.position)
    drawn = sorted(np.asarray(points.get_offsets()).tolist())
    assert np.array(drawn) == pytest.approx(np.array(sorted(moved[:, [1, 0]].tolist())), abs=1e-3)


def test_submissions_are_plotted_from_the_split_as_built(simgen, cancellers, opened):
    ran = simgen("plot", *cancellers, "-o", "a.png", "--data", "elsewhere", "--json")
    assert (ran.code, json.loads(ran.out)["kind"]) == (0, "separation")
    assert opened == [("crosstalk/mini", "elsewhere")]


# Beams


@pytest.fixture(scope="module")
def beams(tmp_path_factory):
    """Submissions of two baselines to beam/test."""
    split, folder = load_split("beam/test"), tmp_path_factory.mktemp("beams")
    for name in ("single-driver", "nulls"):
        run_beamformer(BEAMFORMERS[name], split).write(folder / name)
    return [folder / name for name in ("single-driver", "nulls")]


def test_patterns_are_drawn_device_by_device(beams, opened):
    kind, figure = draw_submissions(beams)
    titles = [axes.get_title(loc="left") for axes in figure.axes[:-1]]
    assert kind == "pattern"
    assert titles == [
        f"{device}: {name}"
        for device in ("D-omni", "D-ball")
        for name in ("single-driver", "nulls")
    ]
    assert not opened  # nothing is rendered
    (mesh,) = figure.axes[0].collections
    assert np.asarray(mesh.get_array()) == pytest.approx(0.0, abs=1e-9)  # one point, all round
    assert unreadable(figure) == ([], [])


def test_a_pattern_is_that_of_the_taps(beams, tmp_path):
    shutil.copytree(beams[1], tmp_path / "one")
    (tmp_path / "one" / "beam_D-ball.npy").unlink()
    _, figure = draw_submissions([tmp_path / "one"], "pattern")
    assert figure.get_suptitle() == "D-omni: nulls"
    taps = read_filters(tmp_path / "one").filters["D-omni"]
    cut = lines(figure.axes[2])["2 kHz"]
    angles = cut.get_xdata()
    towards = np.stack([np.cos(angles), np.sin(angles), 0.0 * angles], axis=1)
    turns = np.exp(-2j * np.pi * 2000.0 / 48000 * np.arange(taps.shape[1]))
    pattern = np.abs(omni_responses(np.array([2000.0]), towards)[0] @ (taps @ turns))
    level_db = 20.0 * np.log10(pattern / pattern[np.argmin(np.abs(angles))])
    heard = level_db > -15.0  # a null moves with the nearest frequency that is drawn
    assert cut.get_ydata()[heard] == pytest.approx(level_db[heard], abs=0.3)


# Soundstages


def test_the_zone_is_what_is_heard_over_all_seats(monkeypatch, tmp_path, opened):
    split = load_split("soundstage/mini")
    around = np.deg2rad(np.arange(-60.0, 61.0))
    directions = HeadDirections(around, delays(around))
    seats = np.repeat(delays(np.deg2rad([30.0, -30.0]))[None], 15, axis=0)
    meant = np.zeros((15, 7))
    plant = SoundstagePlant(
        CrosstalkPlant("head", seats, seats[0], True),
        np.repeat(delays(meant[0])[None], 15, axis=0),
        meant,
        seats,
        directions,
    )
    monkeypatch.setattr(plot_submissions, "soundstage_plants", lambda *_: {"B": [plant, plant]})
    kind, figure = draw_submissions([write(tmp_path, split.path, WIDENERS, "idle", ("B",))])
    (points,) = figure.axes[0].collections
    assert kind == "zone"
    assert figure.axes[0].get_title(loc="left") == "B: idle"
    places = {tuple(place) for place in np.round(points.get_offsets(), 6).tolist()}
    assert places == {(y, x) for y in (-0.2, -0.1, 0.0, 0.1, 0.2) for x in (-0.3, 0.0, 0.3)}
    error = np.asarray(points.get_array())
    assert np.ptp(error) == 0.0
    assert 15.0 < error[0] < 25.0  # meant ahead, panned to 0, 10, 20 and 30 degrees either side
    assert legend_of(figure) == ["B: idle"]
    assert opened == [("soundstage/mini", "cache", True)]


# What cannot be drawn


@pytest.mark.parametrize("kind", ["zone", "pattern", "scores", "room"])
def test_figures_of_other_protocols_are_refused_before_anything_is_heard(cancellers, opened, kind):
    with pytest.raises(
        ParameterError, match=r"no figure of a submission to ctc/1.*separation, map"
    ):
        draw_submissions(cancellers, kind)
    assert not opened


def test_submissions_for_different_splits_are_refused(simgen, cancellers, beams, opened):
    with pytest.raises(ParameterError, match="different splits"):
        draw_submissions([cancellers[0], beams[0]])
    assert simgen("plot", cancellers[0], beams[0], "-o", "a.png").code == 2
    assert not opened


def test_a_submission_beside_something_else_is_refused(simgen, cancellers, tmp_path):
    (tmp_path / "other").mkdir()
    ran = simgen("plot", tmp_path / "other", cancellers[0], "-o", "a.png")
    assert ran.code == 2
    assert "all submissions" in ran.err


def test_a_folder_that_is_no_submission_is_refused(simgen, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "submission.json").write_text("{}")
    with pytest.raises(SubmissionError):
        draw_submissions([tmp_path / "sub"])
    assert simgen("plot", tmp_path / "sub", "-o", "a.png").code == 3
    assert simgen("plot", tmp_path / "sub", "-o", "a.png", "--kind", "room").code == 2

import dataclasses
import inspect
import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from simgen.baselines.localisers import LOCALISERS
from simgen.baselines.srp_phat import srp_phat
from simgen.errors import ParameterError, ShapeError
from tests.baselines.plane_waves import (
    RING,
    SAMPLE_RATE,
    error_deg,
    largest_error_deg,
    plane_waves,
    turn_taking,
)

PUBLISHED = ["srp-phat", "srp-16", "norm-music", "tdoa-regions", "prior"]

LISTENING = [name for name in PUBLISHED if name != "prior"]

every_baseline = pytest.mark.parametrize(
    "baseline", [LOCALISERS[name] for name in PUBLISHED], ids=PUBLISHED
)

every_listener = pytest.mark.parametrize(
    "locate", [LOCALISERS[name].locate for name in LISTENING], ids=LISTENING
)


def answer(locate, signals, microphones=RING, **options):
    return locate(signals, microphones, **({"sample_rate": SAMPLE_RATE} | options))


def test_the_published_names():
    assert [name for name in LOCALISERS if name in PUBLISHED] == PUBLISHED


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        LOCALISERS["mine"] = LOCALISERS["prior"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        LOCALISERS["prior"].name = "mine"


def test_listing_localisers_imports_nothing_slow():
    code = (
        "import sys, simgen.baselines.localisers\n"
        "slow = {'numba', 'pyroomacoustics', 'scipy', 'torch'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@every_baseline
def test_a_baseline_is_filed_under_its_name_and_described(baseline):
    assert LOCALISERS[baseline.name] is baseline
    assert baseline.description.endswith(".")


@every_baseline
def test_all_baselines_are_called_alike(baseline):
    assert inspect.signature(baseline.locate) == inspect.signature(srp_phat)


@every_baseline
@pytest.mark.parametrize("num_sources", [None, 1, 3])
def test_every_answer_is_a_list_of_wrapped_azimuths(baseline, num_sources):
    signals = np.random.default_rng(0).standard_normal((8, 4000)).astype(np.float32)
    azimuths = baseline.locate(signals, RING, sample_rate=16000, num_sources=num_sources)
    assert azimuths.dtype == np.float64
    assert azimuths.ndim == 1
    assert np.all((azimuths > -np.pi) & (azimuths <= np.pi))
    assert 1 <= len(azimuths) <= (num_sources or 4)


@every_baseline
def test_parameters_can_be_published_and_sent_to_workers(baseline):
    published = json.loads(json.dumps(dataclasses.asdict(baseline)["parameters"]))
    assert published == baseline.parameters
    assert published
    assert pickle.loads(pickle.dumps(baseline)) == baseline


@every_listener
@pytest.mark.parametrize(
    "azimuth_deg",
    [0.0, 0.4, 0.5, 12.25, 45.0, 89.7, 135.5, 179.5, 180.0, -179.6, -90.3, -22.5, -1.0, -0.5, -0.3],
)
def test_one_plane_wave_is_found_within_a_twentieth_of_a_degree(locate, azimuth_deg):
    (estimate,) = answer(locate, turn_taking([azimuth_deg]))
    assert error_deg(estimate, azimuth_deg) < 0.05
    assert -np.pi < estimate <= np.pi


@pytest.mark.slow
@every_listener
@pytest.mark.parametrize("azimuths_deg", [(40.0, 160.3), (-5.0, 60.0), (10.0, 130.0, -100.0)])
def test_talkers_who_take_turns_are_found_with_and_without_their_number(locate, azimuths_deg):
    signals = turn_taking(azimuths_deg)
    told = answer(locate, signals, num_sources=len(azimuths_deg))
    assert largest_error_deg(told, azimuths_deg) < 1.0
    assert answer(locate, signals) == pytest.approx(told)


@every_listener
def test_the_number_of_sources_bounds_the_answer_from_above(locate):
    signals = turn_taking([40.0, 160.0, -80.0])
    ranking = answer(locate, signals, num_sources=180)
    assert np.array_equal(answer(locate, signals, num_sources=1), ranking[:1])
    assert np.array_equal(answer(locate, signals, num_sources=2), ranking[:2])
    assert 3 <= len(ranking) < 180


@every_listener
def test_unknown_number_gives_between_one_and_four(locate):
    rng = np.random.default_rng(3)
    for num_samples in (512, 600, 4000):
        assert 1 <= len(answer(locate, rng.standard_normal((8, num_samples)))) <= 4


@pytest.mark.slow
@every_listener
@pytest.mark.parametrize("steps", [1, 3, -2])
def test_rolling_the_ring_turns_the_answer(locate, steps):
    signals = turn_taking([17.0, 100.0])
    turned = answer(locate, np.roll(signals, steps, axis=0), num_sources=2)
    expected = np.rad2deg(answer(locate, signals, num_sources=2)) + 45.0 * steps
    assert np.max(error_deg(turned, expected)) < 1e-3


@every_listener
def test_mirroring_the_ring_mirrors_the_answer(locate):
    signals = turn_taking([17.0])
    mirrored = answer(locate, signals[-np.arange(8)])
    assert mirrored == pytest.approx(-answer(locate, signals), abs=1e-5)


@every_listener
def test_order_level_and_origin_of_the_microphones_do_not_matter(locate):
    signals = turn_taking([-77.0, 31.0])
    expected = answer(locate, signals)
    order = np.random.default_rng(0).permutation(8)
    assert answer(locate, signals[order], RING[order]) == pytest.approx(expected, abs=1e-5)
    assert answer(locate, 1e-6 * signals) == pytest.approx(expected, abs=1e-5)
    moved = answer(locate, signals, RING + np.array([3.0, -2.0, 1.0]))
    assert moved == pytest.approx(expected, abs=1e-5)


@every_listener
def test_two_microphones_tell_the_angle_from_their_line(locate):
    line = np.array([[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0]])
    found = answer(locate, plane_waves([60.0], microphones=line), line, num_sources=2)
    assert largest_error_deg(found, [60.0, -60.0]) < 0.5


@every_listener
def test_a_wave_that_meets_all_microphones_at_once_does_no_harm(locate):
    line = np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]])
    same = np.tile(np.random.default_rng(0).standard_normal(4000), (2, 1))
    assert np.min(error_deg(answer(locate, same, line), 0.0)) < 0.05


@every_listener
@pytest.mark.parametrize("rate", [8000, 44100])
def test_other_sample_rates_locate_as_well(locate, rate):
    signals = plane_waves([33.3], num_samples=rate // 2, rate=rate)
    assert error_deg(locate(signals, RING, sample_rate=rate)[0], 33.3) < 0.5


@every_listener
def test_silence_has_no_sources(locate):
    silence = np.zeros((8, 1000))
    assert answer(locate, silence).shape == (0,)
    assert answer(locate, silence, num_sources=3).shape == (0,)


@every_listener
def test_silent_channels_and_frames_do_no_harm(locate):
    signals = turn_taking([50.0])
    signals[2] = 0.0
    signals[:, :4000] = 0.0
    assert error_deg(answer(locate, signals)[0], 50.0) < 1.0


@every_listener
def test_the_answer_repeats_exactly(locate):
    signals = turn_taking([50.0, -50.0])
    assert answer(locate, signals).tobytes() == answer(locate, signals).tobytes()


@every_listener
def test_a_recording_shorter_than_a_frame_is_refused(locate):
    assert len(answer(locate, plane_waves([0.0], num_samples=512))) >= 1
    with pytest.raises(ParameterError, match="at least 512"):
        answer(locate, np.ones((8, 511)))


@every_listener
@pytest.mark.parametrize(
    ("signals", "microphones"),
    [
        (np.ones(1000), RING),
        (np.ones((1000, 8)), RING),
        (np.ones((7, 1000)), RING),
        (np.ones((8, 1000)), RING[:, :2]),
        (np.full((8, 1000), np.nan), RING),
        (np.ones((8, 1000)), np.full((8, 3), np.inf)),
    ],
)
def test_malformed_recordings_are_refused(locate, signals, microphones):
    with pytest.raises(ShapeError):
        answer(locate, signals, microphones)


@every_listener
@pytest.mark.parametrize("microphones", [RING[:1], RING[:1] * np.ones((3, 1)) + np.eye(3)[2]])
def test_microphones_in_one_vertical_line_are_refused(locate, microphones):
    with pytest.raises(ParameterError, match="horizontal plane"):
        answer(locate, np.ones((len(microphones), 1000)), microphones)


@every_listener
@pytest.mark.parametrize(
    "options",
    [
        {"sample_rate": 4000},
        {"sample_rate": np.nan},
        {"num_sources": 0},
        {"num_sources": -1},
        {"speed_of_sound": 0.0},
    ],
)
def test_numbers_out_of_range_are_refused(locate, options):
    with pytest.raises(ParameterError):
        answer(locate, np.ones((8, 1000)), **options)

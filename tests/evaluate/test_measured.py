"""Filters scored on ear responses: the bridge from their geometry and sample rate to a plant."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.errors import SignalError, SubmissionError
from simgen.evaluate.ear_spectra import ear_spectra
from simgen.evaluate.measured import left_to_right, measured_plant, score_measured
from simgen.exchange.sofa_ears import read_ear_responses
from simgen.exchange.sofa_export import ear_responses_of
from simgen.exchange.sofa_write import sofa_content
from simgen.render.render import render
from simgen.scoring.crosstalk import score_crosstalk
from simgen.scoring.crosstalk_bands import PLANT_BINS, TRANSFORM_LENGTH, plant_frequencies
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from tests.exchange.test_sofa import AHEAD as LOOKING_AHEAD
from tests.exchange.test_sofa import CARTESIAN
from tests.exchange.test_sofa_ears import SEVERAL, read, read_several, several, turning
from tests.references.ear_responses import BACKWARDS, NO_TURN, example
from tests.references.filter_files import doing_nothing
from tests.references.listening_scene import BAR, SEATED, listening_scene

AHEAD = np.tile(NO_TURN, (4, 1))


def turned(places, **changes):
    """A device that faces back at a head that looks ahead, with drivers at other places."""
    return example(
        loudspeaker_positions=np.array(places, dtype=float), head_orientations=AHEAD, **changes
    )


@pytest.fixture(scope="module")
def recording():
    """A device of three drivers and a sphere in two poses, without a room, at 48 kHz."""
    poses = tuple(pose.model_copy(update={"orientation": tuple(NO_TURN)}) for pose in SEATED.poses)
    seated = SEATED.model_copy(update={"poses": poses})
    return render(
        listening_scene(sample_rate=48_000, devices={"bar": BAR}, listeners={"seated": seated})
    )


def cancelling(heard, taps=1024):
    """Filters that take off what a driver gives at the far ear, a moment later and once."""
    near = doing_nothing(heard.shape[2], taps)
    near[0, 1, 3] = near[-1, 0, 3] = -0.7
    return near


# Order


def test_a_device_that_faces_the_listener_begins_at_its_right_hand():
    """Seen from the head the device's +y is right: drivers listed +y first are turned round."""
    assert left_to_right(example()).tolist() == [2, 1, 0]


def test_drivers_are_sorted_by_where_the_first_pose_sees_them():
    places = [[0.0, -0.1, 0.0], [0.0, 0.2, 0.0], [0.0, -0.3, 0.0]]
    assert left_to_right(turned(places)).tolist() == [2, 0, 1]
    away = replace(turned(places), head_orientations=np.tile(BACKWARDS, (4, 1)))
    assert left_to_right(away).tolist() == [1, 0, 2]
    moved = AHEAD.copy()
    moved[1:] = BACKWARDS
    assert left_to_right(replace(away, head_orientations=moved)).tolist() == [2, 0, 1]


def test_those_above_one_another_stay_in_order():
    places = [[0.0, -0.1, 0.0], [0.0, 0.0, 0.0], [0.0, 0.1, 0.0]]
    upright = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.2], [0.0, -0.1, 0.0]]
    assert left_to_right(turned(places)).tolist() == [0, 1, 2]
    assert left_to_right(turned(upright)).tolist() == [2, 0, 1]


def test_what_has_no_left_is_refused():
    with pytest.raises(SignalError, match=r"farther to the listener's left.*State positions"):
        left_to_right(turned(np.zeros((3, 3))))
    inside = [[0.0, -0.1, 0.0], [2.0, 0.0, 0.2], [0.0, 0.1, 0.0]]
    with pytest.raises(SignalError, match="where the head is, loudspeaker, got 1"):
        left_to_right(turned(inside))


# Plants


def test_a_plant_has_all_poses_and_the_first_as_nominal():
    ears = example()
    plant = measured_plant(ears, name="den")
    assert (plant.name, plant.num_poses, plant.num_drivers, plant.anechoic) == ("den", 4, 3, False)
    assert np.array_equal(plant.nominal, plant.poses[0])
    time = np.arange(ears.responses.shape[-1]) / 48_000
    waves = np.exp(-2j * np.pi * plant_frequencies()[::100, None] * time)
    expected = np.einsum("ft,pedt->pfed", waves, ears.responses[:, :, ::-1])
    assert np.allclose(plant.poses[:, ::100], expected, atol=1e-9)


@pytest.mark.parametrize("rate", [22_050.0, 44_100.0, 96_000.0])
def test_another_sample_rate_gives_the_same_spectra_where_they_are_scored(rate):
    """Responses that fade at both ends and hold nothing near half the rate."""
    generator = np.random.default_rng(3)
    frequency = generator.uniform(300.0, 9000.0, (4, 2, 3, 1))

    def sampled(at):
        time = np.arange(int(0.02 * at)) / at - 0.01
        bell = np.exp(-0.5 * (time / 0.0015) ** 2)
        return bell * np.cos(2.0 * np.pi * frequency * time) / at

    wanted = measured_plant(example(responses=sampled(48_000.0)))
    found = measured_plant(example(responses=sampled(rate), sample_rate=rate))
    assert np.abs(found.poses - wanted.poses).max() < 2e-3 * np.abs(wanted.poses).max()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sample_rate": 16_000.0}, r"does not reach.*got 16000.*21133 Hz or more"),
        ({"responses": np.zeros((4, 2, 3, 50))}, "loudspeaker 0 is silent at pose 0"),
    ],
)
def test_responses_that_mean_nothing_are_refused(changes, message):
    with pytest.raises(SignalError, match=message):
        measured_plant(example(**changes))


def test_one_pose_or_one_loudspeaker_is_refused():
    ears = example()
    alone = replace(
        ears,
        responses=ears.responses[:1],
        head_positions=ears.head_positions[:1],
        head_orientations=ears.head_orientations[:1],
    )
    with pytest.raises(SignalError, match=r"one pose.*2 poses or more.*turned or moved"):
        measured_plant(alone)
    mono = replace(
        ears,
        responses=ears.responses[:, :, :1],
        loudspeaker_positions=ears.loudspeaker_positions[:1],
        loudspeaker_orientations=ears.loudspeaker_orientations[:1],
    )
    with pytest.raises(SignalError, match=r"too few loudspeakers.*got 1.*2 or more"):
        measured_plant(mono)


def test_a_loudspeaker_that_is_silent_in_one_pose_alone_is_named():
    responses = np.ones((4, 2, 3, 50))
    responses[2, :, 1] = 0.0
    with pytest.raises(SignalError, match="loudspeaker 1 is silent at pose 2"):
        measured_plant(example(responses=responses))


# Scores


def test_a_written_file_scores_as_the_rendered_arrays_do(recording, tmp_path):
    """Dataset to SOFA to score, against a plant made of the arrays by hand."""
    heard = recording.ear_responses["seated"]["bar"]
    path = tmp_path / "bar.sofa"
    path.write_bytes(sofa_content(ear_responses_of(recording, "seated", "bar")))
    ears = read_ear_responses(path)
    order = left_to_right(ears)
    assert order.tolist() == [2, 1, 0]  # listed from the device's left
    spectra = ear_spectra(heard[:, :, ::-1], length=TRANSFORM_LENGTH, bins=PLANT_BINS)
    plant = CrosstalkPlant("bar", poses=spectra, nominal=spectra[0], anechoic=False)
    taps = cancelling(heard)
    wanted = score_crosstalk({"bar": [plant]}, {"bar": taps})
    found = score_measured(taps, ears, name="bar")
    assert found.score.gain_db == wanted.gain_db
    assert found.order == (2, 1, 0)
    assert abs(found.score.gain_db.value) > 0.1, "these filters do something"


def test_files_of_others_are_scored_with_their_drivers_in_order(tmp_path):
    """Four loudspeakers: left, above, right and below, as a device sees them or a listener."""
    ears = read_several(tmp_path)
    assert left_to_right(ears).tolist() == [2, 1, 3, 0], "the device faces the listener"
    seen = several(**{"Data.IR": (SEVERAL, {}), "SourceView": None, "SourceUp": None})
    older = read(tmp_path, seen, "MultiSpeakerBRIR", "FIRE")
    assert left_to_right(older).tolist() == [0, 1, 3, 2], "its frame is the room's"
    for each in (ears, older):
        score = score_measured(doing_nothing(4), each)
        assert (score.measured_rate, score.num_poses) == (44_100.0, 3)
        assert score.score.gain_db.value == 0.0


@pytest.mark.parametrize("convention", ["SingleRoomSRIR", "SingleRoomDRIR"])
def test_loudspeakers_that_were_measured_one_after_the_other_are_one_device(tmp_path, convention):
    responses = np.random.default_rng(8).standard_normal((4, 2, 30))
    right, left = [3.0, 1.0, 1.5], [3.0, 3.0, 1.5]
    variables = turning(
        ListenerPosition=(np.array([[1, 2, 1.5], [1.1, 2, 1.5]] * 2), CARTESIAN),
        ListenerView=LOOKING_AHEAD,
        ListenerUp=(np.array([[0.0, 0.0, 1.0]]), CARTESIAN),
        SourcePosition=(np.array([right, right, left, left]), CARTESIAN),
        **{"Data.IR": (responses, {})},
    )
    score = score_measured(doing_nothing(2), read(tmp_path, variables, convention))
    assert (score.order, score.num_poses) == ((1, 0), 2)
    with pytest.raises(SignalError, match="too few loudspeakers"):
        score_measured(doing_nothing(2), read(tmp_path, turning(), convention))


def test_doing_nothing_scores_exactly_0(recording):
    ears = ear_responses_of(recording, "seated", "bar")
    score = score_measured(doing_nothing(3), ears).score
    assert (score.gain_db.value, score.gain_db.low, score.gain_db.high) == (0.0, 0.0, 0.0)


def test_another_order_of_loudspeakers_or_another_device_frame_changes_nothing(recording):
    ears = ear_responses_of(recording, "seated", "bar")
    taps = cancelling(ears.responses)
    wanted = score_measured(taps, ears).score.gain_db
    mixed = [1, 2, 0]
    shuffled = replace(
        ears,
        responses=ears.responses[:, :, mixed],
        loudspeaker_positions=ears.loudspeaker_positions[mixed],
        loudspeaker_orientations=ears.loudspeaker_orientations[mixed],
    )
    found = score_measured(taps, shuffled)
    assert found.score.gain_db == wanted
    assert found.order == (1, 0, 2)
    facing = replace(
        ears,
        device_orientation=np.array(quaternion_from_yaw(0.0)),
        loudspeaker_positions=ears.loudspeaker_positions * [-1.0, -1.0, 1.0],
    )
    assert score_measured(taps, facing).score.gain_db == wanted


def test_swapped_channels_lose(recording):
    ears = ear_responses_of(recording, "seated", "bar")
    assert score_measured(doing_nothing(3)[::-1], ears).score.gain_db.value < 0.0


def test_a_score_says_that_it_has_no_rank(recording):
    ears = ear_responses_of(recording, "seated", "bar")
    plain = score_measured(cancelling(ears.responses), ears, name="bar.sofa").to_dict()
    assert plain["ranked"] is False
    assert (plain["measured"], plain["protocol"]) == ("bar.sofa", "ctc/1")
    assert plain["measured_rate_hz"] == 48_000.0
    assert plain["left_to_right"] == [2, 1, 0]
    assert plain["coverage"] == {"num_drivers": 3, "num_poses": 2}
    assert len(plain["bands"]) == 17
    gain = plain["measures"]["gain_db"]
    assert plain["scores"]["gain_db"]["value"] == pytest.approx(gain)
    assert "split_sha256" not in plain


@pytest.mark.parametrize(
    ("taps", "message"),
    [
        (doing_nothing(2), r"shape \(2, 2, 64\) \(allowed: \(3, 2, tap\)\)"),
        (np.zeros((3, 2, 64)), "every tap is zero"),
        (np.full((3, 2, 64), np.nan), "is nan"),
    ],
)
def test_filters_that_cannot_be_scored_are_refused(taps, message):
    with pytest.raises(SubmissionError, match=message):
        score_measured(taps, example())


def test_filters_at_another_sample_rate_are_refused():
    with pytest.raises(SubmissionError, match="48000"):
        score_measured(doing_nothing(3), example(), sample_rate=44_100)

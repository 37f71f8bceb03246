import math

import numpy as np
import pytest

from simgen.acoustics.microphones import circular_array
from simgen.acoustics.reverberation import sabine_absorption
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.errors import GeometryError, ParameterError, SignalError
from simgen.render.recording import KEEPABLE
from simgen.render.render import render
from simgen.scene.scene import (
    Clip,
    MicrophoneArray,
    NoiseSignal,
    Regions,
    Room,
    Scene,
    SensorNoise,
    Source,
    SpeechSignal,
)
from simgen.signals.speech import shipped_speech

RATE, SPEED = 16_000, 343.0
SIZE = (5.0, 4.0, 3.0)
CENTRE = (2.4, 2.1, 1.0)
YAW = math.radians(50.0)


def room(t60=0.0):
    return Room(
        size=SIZE,
        absorption=((sabine_absorption(SIZE, t60, SPEED),),) * 6,
        t60=t60,
        speed_of_sound=SPEED,
    )


def array(position=CENTRE, yaw=YAW, sectors=8, count=4):
    return MicrophoneArray(
        position=position,
        orientation=quaternion_from_yaw(yaw),
        microphones=tuple(map(tuple, circular_array(count, 0.1).tolist())),
        regions=Regions(sectors=sectors, ring_edges=(1.5,)),
    )


def one_microphone(position):
    return MicrophoneArray(
        position=position, orientation=(1.0, 0.0, 0.0, 0.0), microphones=((0.0, 0.0, 0.0),)
    )


def source(position=(4.2, 3.1, 1.5), level_db=0.0, number=0, color="white"):
    signal = NoiseSignal(color=color, key=f"{number:032x}")
    return Source(name=f"s[{number}]", position=position, level_db=level_db, signal=signal)


def talker(file, position=(4.2, 3.1, 1.5), onset=0):
    signal = SpeechSignal(
        corpus="shipped", talker="x", clips=(Clip(file=file, onset=onset, num_samples=1),)
    )
    return Source(name="t[0]", position=position, level_db=0.0, signal=signal)


def scene(sources=None, arrays=None, snr_db=30.0, t60=0.0, num_samples=8000):
    return Scene(
        name="test",
        seed=None,
        index=0,
        sample_rate=RATE,
        num_samples=num_samples,
        label_hop=1600,
        room=room(t60),
        arrays={"table": array()} if arrays is None else arrays,
        sources=(source(), source((1.0, 0.7, 1.2), -3.0, 1)) if sources is None else sources,
        sensor_noise=None if snr_db is None else SensorNoise(snr_db=snr_db, key="ab" * 16),
    )


@pytest.fixture(scope="module")
def live():
    return render(scene(t60=0.2), keep=KEEPABLE)


def test_shapes_and_types(live):
    assert live.signals["table"].shape == (4, 8000)
    assert live.images["table"].shape == (2, 4, 8000)
    assert live.noise["table"].shape == (4, 8000)
    assert live.responses["table"].shape[:2] == (2, 4)
    for values in (live.signals, live.images, live.noise, live.responses):
        assert values["table"].dtype == np.float32


def test_mixture_is_the_sum_of_images_and_noise(live):
    total = live.images["table"].sum(axis=0, dtype=np.float64) + live.noise["table"]
    assert live.signals["table"] == pytest.approx(total, abs=1e-7)


@pytest.mark.parametrize("snr_db", [-10.0, 0.0, 30.0])
@pytest.mark.parametrize("num_samples", [400, 8000])
def test_kept_noise_has_the_stated_ratio(snr_db, num_samples):
    recording = render(scene(snr_db=snr_db, num_samples=num_samples), keep={"images", "noise"})
    signal = recording.images["table"].sum(axis=0, dtype=np.float64)
    ratio = np.mean(np.square(signal)) / np.mean(np.square(recording.noise["table"], dtype=float))
    assert 10.0 * np.log10(ratio) == pytest.approx(snr_db, abs=0.05)


def test_images_are_the_dry_signals_through_the_responses(live):
    alone = render(scene((source(),), {"table": array()}, None, t60=0.2), keep=KEEPABLE)
    kept = alone.responses["table"].shape[-1] - 41  # the end depends on the response's length
    whole = live.responses["table"][0, :, : alone.responses["table"].shape[-1]]
    assert whole[:, :kept] == pytest.approx(alone.responses["table"][0, :, :kept], abs=1e-7)
    assert live.images["table"][0] == pytest.approx(alone.images["table"][0], abs=1e-4)


def test_level_in_the_free_field():
    distance = 1.7
    near = one_microphone((4.2 - distance, 3.1, 1.5))
    recording = render(scene((source(),), {"m": near}, None, num_samples=6 * RATE))
    power = np.mean(np.square(recording.signals["m"][0, 200:], dtype=np.float64))
    # White noise loses what lies above the responses' band: a raised cosine from 0.44 to 0.5
    # sample rates keeps 0.44 + 3/8 * 0.06 of its half-band of 0.5.
    kept = (0.44 + 0.06 * 3.0 / 8.0) / 0.5
    assert power == pytest.approx(kept / (4.0 * math.pi * distance) ** 2, rel=0.01)


def test_6_02_db_doubles_and_nothing_is_rescaled():
    quiet = render(scene((source(),), snr_db=None)).signals["table"]
    loud = render(scene((source(level_db=20.0 * math.log10(2.0)),), snr_db=None)).signals["table"]
    assert loud == pytest.approx(2.0 * quiet, rel=1e-6)
    clipping = render(scene((source(level_db=80.0),), snr_db=None)).signals["table"]
    assert np.max(np.abs(clipping)) > 100.0


def test_without_noise_the_mixture_is_the_image():
    recording = render(scene((source(),), snr_db=None), keep=KEEPABLE)
    assert not recording.noise["table"].any()
    assert recording.signals["table"].tobytes() == recording.images["table"][0].tobytes()


def test_only_what_is_asked_for_is_kept():
    bare = render(scene())
    assert not bare.images
    assert not bare.noise
    assert not bare.responses
    some = render(scene(), keep={"noise"})
    assert list(some.noise) == ["table"]
    assert not some.images
    assert some.signals["table"].tobytes() == bare.signals["table"].tobytes()


def test_the_mixture_does_not_depend_on_what_is_kept(live):
    mixture = live.signals["table"].tobytes()
    for keep in ((), ("images",), ("noise", "responses")):
        assert render(scene(t60=0.2), keep=set(keep)).signals["table"].tobytes() == mixture


@pytest.mark.parametrize("keep", [{"image"}, {"images", "rirs"}])
def test_keeping_something_else_is_refused(keep):
    with pytest.raises(ParameterError, match="keep is unknown") as caught:
        render(scene(), keep=keep)
    assert caught.value.allowed == "images, noise, responses"


def test_the_same_scene_gives_the_same_bytes():
    first, second = (render(scene(t60=0.2), keep=KEEPABLE) for _ in range(2))
    for kind in ("signals", "images", "noise", "responses"):
        assert getattr(first, kind)["table"].tobytes() == getattr(second, kind)["table"].tobytes()
    labels = [recording.labels["table"] for recording in (first, second)]
    assert labels[0].regions.tobytes() == labels[1].regions.tobytes()


def test_a_scene_through_json_gives_the_same_bytes():
    again = Scene.from_json(scene().to_json())
    assert render(again).signals["table"].tobytes() == render(scene()).signals["table"].tobytes()


def test_arrays_have_noise_of_their_own_and_do_not_hear_one_another():
    both = render(scene(arrays={"table": array(), "wall": array()}), keep={"noise", "images"})
    alone = render(scene(), keep={"noise"})
    assert both.signals["table"].tobytes() == render(scene()).signals["table"].tobytes()
    assert both.noise["table"].tobytes() == alone.noise["table"].tobytes()
    assert both.images["table"].tobytes() == both.images["wall"].tobytes()
    stacked = np.concatenate([both.noise["table"], both.noise["wall"]])
    assert np.max(np.abs(np.corrcoef(stacked) - np.eye(8))) < 0.06


def exact_labels(position, centre=CENTRE, yaw=YAW):
    """Azimuth in the array's frame, elevation and distance, by trigonometry alone."""
    dx, dy, dz = (a - b for a, b in zip(position, centre, strict=True))
    azimuth = math.atan2(dy, dx) - yaw
    azimuth = (azimuth + math.pi) % (2.0 * math.pi) - math.pi
    ground = math.hypot(dx, dy)
    return azimuth, math.atan2(dz, ground), math.hypot(ground, dz)


@pytest.mark.parametrize("yaw_deg", [0.0, 50.0, 170.0, -100.0, 359.0])
def test_labels_agree_with_trigonometry(yaw_deg):
    yaw = math.radians(yaw_deg)
    sources = (source(), source((1.0, 0.7, 1.2), number=1), source((0.3, 3.7, 2.6), number=2))
    labels = render(scene(sources, {"table": array(yaw=yaw)})).labels["table"]
    for k, emitter in enumerate(sources):
        azimuth, elevation, distance = exact_labels(emitter.position, yaw=yaw)
        assert labels.azimuth[:, k] == pytest.approx(azimuth, abs=1e-9)
        assert labels.elevation[:, k] == pytest.approx(elevation, abs=1e-9)
        assert labels.distance[:, k] == pytest.approx(distance, abs=1e-9)
        sector = math.floor(math.degrees(azimuth) % 360.0 / 45.0)
        assert set(labels.source_region[:, k]) == {sector + 8 * (distance >= 1.5)}


def delay_between(first, second):
    """Samples by which the second channel is late: the phase of the cross-spectrum, fitted."""
    frequencies = np.arange(50, 1600)
    spectra = [np.fft.rfft(channel.astype(np.float64))[frequencies] for channel in (first, second)]
    cross = spectra[0] * np.conj(spectra[1])
    slope = 2.0 * np.pi * frequencies / len(first)
    # The phase is weighted by power; delays of a 20 cm array stay below a period of 1600 bins.
    phase = np.unwrap(np.angle(cross))
    phase -= 2.0 * np.pi * np.round(phase[0] / (2.0 * np.pi))
    weight = np.abs(cross)
    return float(np.sum(weight * phase * slope) / np.sum(weight * slope**2))


@pytest.mark.parametrize("yaw_deg", [0.0, 50.0, 170.0, -100.0])
@pytest.mark.parametrize("position", [(4.6, 3.7, 1.5), (0.4, 2.0, 2.7), (2.5, 0.2, 0.3)])
def test_delays_between_microphones_point_to_the_label(yaw_deg, position):
    placed = array(yaw=math.radians(yaw_deg))
    recording = render(
        scene((source(position),), {"table": placed}, None, num_samples=4096), keep={"responses"}
    )
    responses = recording.responses["table"][0]
    padded = np.zeros((4, 8192))
    padded[:, : responses.shape[1]] = responses
    late = np.array([delay_between(padded[0], channel) for channel in padded[1:]]) / RATE * SPEED
    doa, distance = (getattr(recording.labels["table"], name)[0, 0] for name in ("doa", "distance"))
    microphones = np.array(placed.microphones)
    paths = np.linalg.norm(distance * doa - microphones, axis=1)
    assert late == pytest.approx(paths[1:] - paths[0], abs=2e-4)
    # Plane waves: the later a microphone, the farther it lies away from the direction.
    plane = -(microphones[1:] - microphones[0]) @ doa
    assert late == pytest.approx(plane, abs=0.006)


def test_first_arrival_in_the_mixture_is_where_the_label_says(live):
    distance = live.labels["table"].distance[0]
    for response, away in zip(live.responses["table"], distance, strict=True):
        direct = np.argmax(np.abs(response), axis=1) / RATE * SPEED
        assert np.mean(direct) == pytest.approx(away, abs=0.02)


def test_activity_of_noise_begins_when_it_arrives():
    labels = render(scene()).labels["table"]
    assert labels.activity.shape == (5, 2)
    assert labels.activity.all()
    assert labels.regions.shape == (5, 16, 3)
    assert np.array_equal(labels.regions[..., 0].sum(axis=1), [2.0] * 5)


def test_activity_of_speech_follows_its_onset():
    file = shipped_speech().utterances[0].file
    labels = render(scene((talker(file, onset=8000),), num_samples=16_000)).labels["table"]
    assert not labels.activity[:5].any()
    assert labels.activity[5:].any()
    assert not labels.regions[:5].any()


@pytest.mark.parametrize("yaw_deg", [90.0, -90.0])
def test_regions_reach_to_the_walls_that_the_turned_array_faces(yaw_deg):
    # From (1, 1, 1.5) the corner ahead on the left is (0, 4) facing +y and (5, 0) facing -y.
    placed = array(position=(1.0, 1.0, 1.5), yaw=math.radians(yaw_deg), sectors=4)
    position, corner = {
        90.0: ((0.9, 3.5, 1.5), (-1.0, 3.0, 1.5)),
        -90.0: ((3.5, 0.6, 1.5), (4.0, -1.0, 1.5)),
    }[yaw_deg]
    labels = render(scene((source(position),), {"table": placed})).labels["table"]
    assert set(labels.source_region[:, 0]) == {4}
    expected = (labels.distance[0, 0] - 1.5) / (math.hypot(*corner) - 1.5)
    assert labels.regions[:, 4, 1] == pytest.approx(expected)


def first_active(position, hop=16):
    finely = scene((source(position),), snr_db=None).model_copy(update={"label_hop": hop})
    return int(np.argmax(render(finely).labels["table"].activity[:, 0])) * hop


def test_activity_begins_later_farther_away():
    near, far = (2.4, 2.1, 1.4), (4.9, 3.9, 2.9)
    apart = exact_labels(far)[2] - exact_labels(near)[2]
    assert first_active(far) - first_active(near) == pytest.approx(apart / SPEED * RATE, abs=17)


def test_activity_ends_soon_after_speech():
    utterance = shipped_speech().utterances[0]
    end = utterance.num_frames * RATE / utterance.sample_rate
    speaking = scene((talker(utterance.file),), num_samples=round(end) + RATE)
    activity = render(speaking).labels["table"].activity[:, 0]
    assert activity.any()
    assert not activity[math.ceil(end / 1600) + 1 :].any()


def test_a_scene_without_sources_is_silent():
    recording = render(scene(()), keep=KEEPABLE)
    assert recording.signals["table"].shape == (4, 8000)
    assert not recording.signals["table"].any()
    assert recording.images["table"].shape == (0, 4, 8000)
    assert recording.labels["table"].activity.shape == (5, 0)
    assert not recording.labels["table"].regions.any()


def test_a_silent_talker_gives_silence_and_no_noise():
    file = shipped_speech().utterances[0].file
    recording = render(scene((talker(file, onset=8000),)), keep={"noise"})
    assert not recording.noise["table"].any()
    assert not recording.signals["table"].any()
    assert not recording.labels["table"].activity.any()


@pytest.mark.parametrize("position", [(5.0, 1.0, 1.0), (1.0, -0.1, 1.0), (1.0, 1.0, 3.5)])
def test_a_source_outside_the_room_is_refused(position):
    with pytest.raises(GeometryError, match="source 0 is not inside the room"):
        render(scene((source(position),)))


def test_a_microphone_in_the_wall_is_refused():
    with pytest.raises(GeometryError, match="receiver 0 is not inside the room"):
        render(scene(arrays={"table": array(position=(4.95, 2.0, 1.0), yaw=0.0)}))


def test_a_source_on_a_microphone_is_refused():
    with pytest.raises(GeometryError, match="source 0 is on top of receiver 0"):
        render(scene((source((2.0, 2.0, 1.0)),), {"m": one_microphone((2.0, 2.0, 1.0))}))


def test_a_source_at_the_centre_of_an_array_is_refused():
    with pytest.raises(GeometryError, match="source 0 is at the array's centre"):
        render(scene((source(CENTRE),)))


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(SignalError, match="nobody"):
        render(scene((talker("nobody/none.flac"),)))


@pytest.mark.parametrize(
    ("absorption", "area"),  # the equivalent absorption area in m2 of walls of 12, 15 and 20 m2
    [((0.9,) * 6, 84.6), ((0.6, 0.6, 0.8, 0.8, 1.0, 0.1), 60.4), ((0.2,) * 4 + (1.0,) * 2, 50.8)],
)
def test_a_room_given_by_its_absorption_has_a_decay_of_its_own(absorption, area):
    walls = tuple((value,) for value in absorption)
    given = room().model_copy(update={"absorption": walls, "t60": None})
    recording = render(scene().model_copy(update={"room": given}), keep={"responses"})
    farthest = np.linalg.norm(np.array([4.2, 3.1, 1.5]) - CENTRE) + 0.1
    expected = (0.16112 * 60.0 / area + farthest / SPEED) * RATE + 41
    assert recording.responses["table"].shape[-1] == pytest.approx(expected, abs=5)

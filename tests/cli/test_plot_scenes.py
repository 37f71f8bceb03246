from dataclasses import replace

import numpy as np
import pytest

from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.baselines.cancellers import CANCELLERS
from simgen.benchmark.filters import DesignedOn
from simgen.benchmark.suite import load_split
from simgen.cli.plot_commands import SCENE_KINDS
from simgen.cli.plot_scenes import (
    SCENE_FIGURES,
    SceneChoice,
    band_spectra,
    placed_things,
)
from simgen.dataset.dataset import open_dataset
from simgen.errors import ParameterError, ShapeError, SubmissionError
from simgen.evaluate.designs import designed
from simgen.render.recording import Recording
from simgen.scene.device import Device, Driver
from simgen.scene.directivity import OMNI
from simgen.scene.listener import FreeEars, Listener, Pose
from simgen.scene.scene import Room, Scene
from simgen.scoring.crosstalk_bands import GRADED_BANDS, PLANT_BINS, plant_frequencies
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import doing_nothing

pytest.importorskip("matplotlib")
from tests.pictures.drawn import lines, unreadable

QUARTER = quaternion_from_yaw(np.pi / 2)
FORWARD = (1.0, 0.0, 0.0)


def listening_scene(sample_rate=48000, num_drivers=2):
    """A device on one wall that plays to a listener who turns to it."""
    places = [(0.0, 0.4 * k / max(1, num_drivers - 1) - 0.2, 0.0) for k in range(num_drivers)]
    moves = [(0.0, 0.0), (0.1, 0.0), (0.0, 0.05), (-0.1, -0.05)]
    back = quaternion_from_yaw(-np.pi / 2)  # forward is -y, and the left +x
    return Scene(
        name="sofa",
        seed=None,
        index=4,
        sample_rate=sample_rate,
        num_samples=100,
        label_hop=100,
        room=Room(size=(5.0, 4.0, 3.0), absorption=((1.0,),) * 6, t60=0.0, speed_of_sound=343.0),
        arrays={},
        sources=(),
        devices={
            "bar": Device(
                position=(2.0, 0.5, 1.0),
                orientation=QUARTER,
                drivers=tuple(Driver(position=place) for place in places),
            )
        },
        listeners={
            "me": Listener(
                head=FreeEars(distance=0.18),
                poses=tuple(
                    Pose(position=(2.0 + y, 3.0 - x, 1.0), orientation=back) for x, y in moves
                ),
            )
        },
    )


def heard(scene, cross=0.5):
    """A recording in which the other ear hears ``cross`` times what each ear's driver sends."""
    num_drivers = len(scene.devices["bar"].drivers)
    taps = np.zeros((4, 2, num_drivers, 300), dtype=np.float32)
    taps[:, 0, 0, 20] = taps[:, 1, -1, 20] = 1.0
    if num_drivers > 1:
        taps[:, 1, 0, 24] = taps[:, 0, -1, 24] = cross * np.arange(1.0, 5.0) / 2.5
    ears = {"me": {"bar": taps}}
    empty = {"signals": {}, "labels": {}, "images": {}, "noise": {}, "responses": {}}
    return Recording(scene=scene, ear_responses=ears, **empty)


def draw(kind, recording=None, **chosen):
    return SCENE_FIGURES[kind](recording or heard(listening_scene()), SceneChoice(**chosen))


def test_every_kind_of_a_scene_is_drawn():
    assert (*SCENE_FIGURES,) == SCENE_KINDS


def test_devices_and_listeners_stand_and_face_in_the_room_s_frame():
    device, listener = placed_things(listening_scene())
    assert (device.kind, device.name, listener.kind, listener.name) == (
        "device",
        "bar",
        "listener",
        "me",
    )
    # A quarter turn takes the device's left (+y) to the room's -x.
    assert device.points == pytest.approx(np.array([(2.2, 0.5, 1.0), (1.8, 0.5, 1.0)]))
    assert device.facings == pytest.approx(np.array([(0.0, 1.0, 0.0)] * 2))
    assert listener.points[0].tolist() == [2.0, 3.0, 1.0]
    assert listener.facings == pytest.approx(np.array([(0.0, -1.0, 0.0)] * 4))


def test_turned_drivers_face_where_device_and_driver_turn_them():
    scene = listening_scene()
    bar = scene.devices["bar"]
    turned = bar.model_copy(update={"drivers": (Driver(position=FORWARD, orientation=QUARTER),)})
    device, _ = placed_things(scene.model_copy(update={"devices": {"bar": turned}}))
    assert device.facings == pytest.approx(np.array([(-1.0, 0.0, 0.0)]), abs=1e-12)
    assert device.points == pytest.approx(np.array([(2.0, 1.5, 1.0)]))


def test_arrays_and_sources_stand_in_the_room_s_frame(rendered):
    scene = open_dataset(rendered).scene(0)
    array, source = placed_things(scene)
    assert (array.kind, source.kind, source.name) == ("array", "source", "talkers[0]")
    centre = array.points.mean(axis=0)
    assert centre == pytest.approx(scene.arrays["ring"].position)
    assert np.linalg.norm(array.points - centre, axis=1) == pytest.approx(0.05)
    (w, _, _, z), [ahead] = scene.arrays["ring"].orientation, array.facings
    assert ahead == pytest.approx((1.0 - 2.0 * z * z, 2.0 * w * z, 0.0))
    assert array.origins.tolist() == [[*scene.arrays["ring"].position]]
    assert source.points[0].tolist() == [*scene.sources[0].position]
    assert scene.sources[0].directivity == OMNI
    assert source.facings is None


def test_spectra_are_those_that_filters_are_scored_at():
    taps = np.random.default_rng(0).standard_normal((2, 3, 500))
    expected = np.moveaxis(filter_spectra(taps), 0, -1)[..., PLANT_BINS]
    assert band_spectra(taps, 48000.0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rate", [16000.0, 44100.0, 48000.0])
def test_spectra_at_other_sample_rates_are_those_of_a_delay(rate):
    frequency = plant_frequencies()
    phase = np.exp(-2j * np.pi * frequency * 7.0 / rate)
    assert band_spectra(np.eye(1, 20000, 7), rate)[0] == pytest.approx(phase, abs=1e-6)


def test_separation_of_doing_nothing_is_the_ratio_at_the_ears():
    figure = draw("separation")
    drawn = lines(figure.axes[0])
    # Poses hear 0.2, 0.4, 0.6 and 0.8 of the other driver: the median lies between two.
    levels = -20.0 * np.log10([0.4, 0.6])
    assert drawn["doing nothing"].get_ydata() == pytest.approx(np.mean(levels), abs=1e-6)
    assert drawn["doing nothing"].get_xdata() == pytest.approx(GRADED_BANDS.centres)
    assert figure.axes[0].get_title(loc="left") == "sofa, scene 4: bar to me"
    assert unreadable(figure) == ([], [])


def test_left_goes_to_the_driver_on_the_listener_s_left_whatever_their_order():
    recording = heard(listening_scene())
    bar = recording.scene.devices["bar"]
    turned = bar.model_copy(update={"drivers": bar.drivers[::-1]})
    mirrored = Recording(
        **vars(recording)
        | {
            "scene": recording.scene.model_copy(update={"devices": {"bar": turned}}),
            "ear_responses": {"me": {"bar": recording.ear_responses["me"]["bar"][:, :, ::-1]}},
        }
    )
    first, second = (
        lines(draw("separation", each).axes[0])["doing nothing"].get_ydata()
        for each in (recording, mirrored)
    )
    assert first == pytest.approx(second)
    assert min(first) > 0.0


def test_bands_end_below_half_the_sample_rate():
    figure = draw("separation", heard(listening_scene(sample_rate=16000)))
    centres = lines(figure.axes[0])["doing nothing"].get_xdata()
    assert centres[-1] == pytest.approx(1000.0 * 2.0 ** (8 / 3))
    with pytest.raises(ParameterError, match="no band"):
        draw("separation", heard(listening_scene(sample_rate=300)))


def test_filters_are_drawn_beside_doing_nothing(tmp_path):
    np.save(tmp_path / "swap.npy", np.eye(2)[::-1, :, None] * np.eye(1, 64))
    drawn = lines(draw("separation", filters=tmp_path / "swap.npy").axes[0])
    assert drawn["swap"].get_ydata() == pytest.approx(-drawn["doing nothing"].get_ydata())
    figure = draw("map", filters=tmp_path / "swap.npy")
    assert [axes.get_title(loc="left") for axes in figure.axes[:2]] == ["doing nothing", "swap"]


def test_the_map_is_in_the_frame_of_the_nominal_pose():
    (points, *_) = reversed(draw("map").axes[0].collections)
    values = dict(zip(map(tuple, points.get_offsets().tolist()), points.get_array(), strict=True))
    expected = {(0.0, 0.0): 0.2, (0.0, 10.0): 0.4, (5.0, 0.0): 0.6, (-5.0, -10.0): 0.8}
    for place, cross in expected.items():
        found = next(v for at, v in values.items() if at == pytest.approx(place, abs=1e-6))
        assert found == pytest.approx(-20.0 * np.log10(cross), abs=1e-6)


def test_ears_are_drawn_at_the_nominal_pose():
    figure = draw("ears", heard(listening_scene(), cross=0.25))
    assert figure.get_suptitle() == "sofa, scene 4: bar to me, nominal of 4 poses"
    drawn = lines(figure.axes[0])
    assert drawn["left ear"].get_ydata().max() == 1.0
    assert drawn["right ear"].get_ydata().max() == pytest.approx(0.1)


def test_one_driver_separates_nothing():
    with pytest.raises(ParameterError, match="bar: a device of one loudspeaker"):
        draw("separation", heard(listening_scene(num_drivers=1)))


@pytest.mark.parametrize(
    ("kind", "chosen", "message"),
    [
        ("ears", {"listener": "you"}, "--listener is not in the scene, got 'you' .allowed: me"),
        ("map", {"device": "box"}, "--device is not in the scene, got 'box' .allowed: bar"),
        ("recording", {}, "holds nothing of any array"),
    ],
)
def test_what_is_not_in_the_scene_is_refused(kind, chosen, message):
    with pytest.raises(ParameterError, match=message):
        draw(kind, **chosen)


@pytest.mark.parametrize("shape", [(3, 2, 64), (2, 3, 64), (2, 2), (2, 2, 0)])
def test_filters_of_another_device_are_refused(tmp_path, shape):
    np.save(tmp_path / "other.npy", np.zeros(shape))
    with pytest.raises(ShapeError, match=r"other\.npy: has shape .*\(2, 2, tap\)"):
        draw("separation", filters=tmp_path / "other.npy")


def submitted(place, **devices):
    """Write a submission of filters to the crosstalk track."""
    baseline, split = CANCELLERS["nothing"], load_split("crosstalk/mini")
    on = DesignedOn(heads=(), rooms=(), poses="none")
    designed(baseline, split, devices, sample_rate=48000, on=on).write(place)
    return place


def as_device(name, sample_rate=48000):
    """The recording, with the device under another name."""
    scene = listening_scene(sample_rate)
    recording = heard(scene)
    ears = {"me": {name: recording.ear_responses["me"]["bar"]}}
    devices = {name: scene.devices["bar"]}
    renamed = scene.model_copy(update={"devices": devices})
    return replace(recording, scene=renamed, ear_responses=ears)


def test_filters_may_be_those_of_a_submission(tmp_path):
    taps = doing_nothing(2)[:, ::-1]
    np.save(tmp_path / "swap.npy", taps)
    folder = submitted(tmp_path / "sub", A=taps, B=2.0 * taps)
    for kind in ("separation", "map"):
        figure = draw(kind, as_device("A"), filters=folder)
        assert figure.axes
    drawn = lines(draw("separation", as_device("A"), filters=folder).axes[0])
    alone = lines(draw("separation", as_device("A"), filters=tmp_path / "swap.npy").axes[0])
    assert drawn["nothing"].get_ydata() == pytest.approx(alone["swap"].get_ydata())


def test_a_submission_that_does_not_fit_the_scene_is_refused(tmp_path):
    folder = submitted(tmp_path / "sub", A=doing_nothing(2))
    with pytest.raises(
        ParameterError, match=r"no filters for the device, got 'bar' \(allowed: A\)"
    ):
        draw("separation", filters=folder)
    with pytest.raises(ParameterError, match="another sample rate than the scene"):
        draw("separation", as_device("A", 16000), filters=folder)


def test_filters_that_are_no_numbers_are_refused(tmp_path):
    np.save(tmp_path / "nan.npy", np.full((2, 2, 64), np.nan))
    with pytest.raises(ShapeError, match="not finite"):
        draw("separation", filters=tmp_path / "nan.npy")
    (tmp_path / "text.npy").write_text("no filters")
    with pytest.raises(SubmissionError):
        draw("separation", filters=tmp_path / "text.npy")

import math
from pathlib import Path

import numpy as np
import pytest

from simgen.acoustics.air import speed_of_sound
from simgen.acoustics.reverberation import sabine_t60
from simgen.scene.scene_file import SceneFile

LIVING_ROOM = Path(__file__).parents[2] / "scenes" / "living_room.yaml"
DATA = {
    "scene": 1,
    "name": "test",
    "duration_s": 1,
    "room": {"box_m": [6, 5, 3], "t60_s": 0},
    "arrays": {"pair": {"microphones": {"line": {"count": 2, "spacing_m": 0.1}}}},
    "sources": {"hum": {"signal": {"noise": "pink"}}},
}


def draw(*, index=0, **changes):
    return SceneFile.model_validate(DATA | changes).draw(seed=1, index=index)


def array(**changes):
    return draw(arrays={"pair": DATA["arrays"]["pair"] | changes}).arrays["pair"]


@pytest.mark.parametrize(
    ("sample_rate", "duration_s", "num_samples"),
    [
        (16_000, 4, 64_000),
        (44_100, 1.5, 66_150),
        (48_000, 0.1, 4800),
        (8000, 1e-9, 1),
        (11_025, 0.3, 3308),
    ],
)
def test_num_samples(sample_rate, duration_s, num_samples):
    scene = draw(sample_rate_hz=sample_rate, duration_s=duration_s)
    assert (scene.sample_rate, scene.num_samples) == (sample_rate, num_samples)


def test_sixteen_kilohertz_if_nothing_is_said():
    assert draw().sample_rate == 16_000


@pytest.mark.parametrize(
    ("labels", "label_hop"), [({}, 1600), ({"hop_s": 0.02}, 320), ({"hop_s": 1e-9}, 1)]
)
def test_label_hop(labels, label_hop):
    assert draw(labels=labels).label_hop == label_hop


def test_what_a_scene_was_drawn_with():
    scene = draw(index=4)
    assert (scene.name, scene.seed, scene.index) == ("test", 1, 4)


def test_an_anechoic_room():
    room = draw().room
    assert (room.size, room.absorption, room.t60) == ((6, 5, 3), ((1,),) * 6, 0)


def test_absorption_makes_the_reverberation_time():
    room = draw(room={"box_m": [6, 5, 3], "t60_s": 0.5, "air": {"temperature_celsius": 10}}).room
    assert room.t60 == 0.5
    assert room.speed_of_sound == speed_of_sound(10)
    ((absorption,),) = set(room.absorption)
    assert sabine_t60(room.size, absorption, room.speed_of_sound) == pytest.approx(0.5, rel=1e-12)


def test_absorption_can_be_given():
    room = draw(room={"box_m": [6, 5, 3], "absorption": 0.3}).room
    assert (room.absorption, room.t60) == (((0.3,),) * 6, None)


def test_microphones_on_a_circle():
    drawn = array(microphones={"circle": {"count": 3, "radius_m": 0.2}})
    radii = np.hypot(*np.array(drawn.microphones)[:, :2].T)
    assert radii == pytest.approx([0.2] * 3)
    assert drawn.microphones[0] == (0.2, 0, 0)


def test_microphones_at_positions():
    drawn = array(microphones={"positions_m": [[0.1, 0, 0], [0, 0.1, {"constant": 0.2}]]})
    assert drawn.microphones == ((0.1, 0, 0), (0, 0.1, 0.2))


def test_an_array_stands_in_the_middle_if_nothing_is_said():
    drawn = array()
    assert drawn.position == (3, 2.5, 1.5)
    assert drawn.orientation == (1, 0, 0, 0)
    assert drawn.regions is None


def test_an_array_s_place_and_turn():
    drawn = array(position_m=["center", 2, {"uniform": [1, 1]}], yaw_deg=90)
    assert drawn.position == (3, 2, 1)
    half = math.sqrt(0.5)
    assert drawn.orientation == pytest.approx((half, 0, 0, half))


def test_regions():
    drawn = array(regions={"sectors": 4, "ring_edges_m": [1, 2.5]})
    assert (drawn.regions.sectors, drawn.regions.ring_edges) == (4, (1, 2.5))


def test_sensor_noise():
    assert draw().sensor_noise is None
    one, other = (draw(noise={"sensor": {"snr_db": 30}}, index=index) for index in range(2))
    assert one.sensor_noise.snr_db == 30
    assert one.sensor_noise.key != other.sensor_noise.key


def test_sources_are_named_by_group_and_number():
    group = {"count": 2, "signal": {"noise": "white"}, "level_db": {"uniform": [-3, 3]}}
    scene = draw(sources={"hum": group, "hiss": group | {"count": 1, "level_db": 4}})
    assert [source.name for source in scene.sources] == ["hum[0]", "hum[1]", "hiss[0]"]
    first, second, third = (source.level_db for source in scene.sources)
    assert first != second
    assert -3 <= first < 3
    assert third == 4


def test_every_drawn_number_varies():
    scene_file = SceneFile.load(LIVING_ROOM)
    drawn = [scene_file.draw(seed=2, index=index) for index in range(40)]
    for values in (
        {scene.room.size for scene in drawn},
        {scene.room.speed_of_sound for scene in drawn},
        {scene.arrays["table"].orientation for scene in drawn},
        {scene.sources[0].level_db for scene in drawn},
        {scene.sensor_noise.snr_db for scene in drawn},
    ):
        assert len(values) == len(drawn)
    anechoic = sum(scene.room.t60 == 0 for scene in drawn)
    assert abs(anechoic / 40 - 0.25) < 5 * math.sqrt(0.25 * 0.75 / 40)

import numpy as np
import pytest

from simgen.acoustics.air import air_absorption
from simgen.acoustics.bands import octave_bands
from simgen.acoustics.materials import absorption_of
from simgen.acoustics.reverberation import eyring_t60_bands, sabine_t60_bands
from simgen.errors import SceneError
from simgen.scene.geometry import box_room
from simgen.scene.scene import Room, Scene
from tests.scene.test_room_file import parse


def draw(room: str, **options: int) -> Room:
    return parse(room, **options).draw(seed=1, index=0).room


def test_walls_are_named_as_one_looks_along_x() -> None:
    room = draw(
        "{box_m: [6, 5, 3], walls: {back: 0.1, front: 0.2, right: 0.3, left: 0.4, "
        "floor: 0.5, ceiling: 0.6}}"
    )
    assert room.absorption == ((0.1,), (0.2,), (0.3,), (0.4,), (0.5,), (0.6,))


def test_materials_have_octave_bands() -> None:
    room = draw("{box_m: [6, 5, 3], walls: {floor: carpet_thin, rest: 0.25}}")
    centres, values = absorption_of("carpet_thin")
    bands = [values[centres.tolist().index(band)] for band in octave_bands(16_000)]
    assert room.absorption[4] == pytest.approx(bands)
    assert room.absorption[0] == (0.25,) * 6


def test_walls_may_vary() -> None:
    room = draw("{box_m: [6, 5, 3], walls: {rest: {uniform: [0.1, 0.9]}}}")
    assert len(set(room.absorption)) == 1, "the walls left to rest are alike"
    assert 0.1 <= room.absorption[0][0] <= 0.9


def test_air_absorbs_once_its_humidity_is_given() -> None:
    dry = draw("{box_m: [6, 5, 3], t60_s: 0.4}")
    humid = draw("{box_m: [6, 5, 3], t60_s: 0.4, air: {humidity_percent: 40}}", sample_rate=48_000)
    assert dry.air_absorption == (0.0,)
    expected = air_absorption(octave_bands(48_000), humidity_percent=40.0)
    assert humid.air_absorption == pytest.approx(expected.tolist())


@pytest.mark.parametrize(
    ("formula", "t60_of"), [("sabine", sabine_t60_bands), ("eyring", eyring_t60_bands)]
)
def test_the_reverberation_time_is_that_of_its_formula(formula: str, t60_of: object) -> None:
    room = draw(f"{{box_m: [6, 5, 3], t60_s: 0.3, t60_formula: {formula}}}")
    assert callable(t60_of)
    found = t60_of(room.size, np.array(room.absorption), room.speed_of_sound)
    assert found == pytest.approx([0.3], rel=1e-9)


def test_an_unreachable_time_is_refused_at_its_line() -> None:
    with pytest.raises(SceneError, match=r"scene:5:33: out-of-range room.t60_s") as caught:
        draw("{box_m: [6, 5, 3], t60_s: 0.05}")
    assert "at least" in str(caught.value)


@pytest.mark.parametrize("key", ["t60_s: 20", "absorption: 0.0001"])
def test_an_endless_decay_is_refused_at_its_line(key: str) -> None:
    with pytest.raises(SceneError, match=r"scene:5:.*infeasible room.*image sources"):
        draw(f"{{box_m: [5, 4, 3], {key}}}")


def test_pyroomacoustics_takes_no_bands() -> None:
    humid = "{box_m: [5, 4, 3], t60_s: 0.4, air: {humidity_percent: 50}}\nengine: pyroomacoustics"
    with pytest.raises(SceneError, match=r"scene:6:9: infeasible engine"):
        draw(humid)
    assert draw("{box_m: [5, 4, 3], t60_s: 0.4}\nengine: pyroomacoustics").t60 == 0.4


JITTERED = "{box_m: [6, 5, 3], t60_s: 0.3, image_jitter_m: {uniform: [0.02, 0.1]}}"


def test_images_are_displaced_by_what_the_file_says_and_a_key_of_its_own() -> None:
    scenes = [parse(JITTERED).draw(seed=1, index=index) for index in range(20)]
    rooms = [scene.room for scene in scenes]
    assert all(0.02 <= room.image_jitter <= 0.1 for room in rooms)
    assert len({room.jitter_seed for room in rooms}) == 20
    assert max(room.jitter_seed for room in rooms) < 2**63
    assert box_room(rooms[0]).image_jitter == rooms[0].image_jitter
    assert box_room(rooms[0]).jitter_seed == rooms[0].jitter_seed
    assert Scene.from_json(scenes[0].to_json()) == scenes[0]


def test_a_room_whose_images_stay_in_place_says_nothing_of_them() -> None:
    scene = parse("{box_m: [6, 5, 3], t60_s: 0.3}").draw(seed=1, index=0)
    assert "jitter" not in scene.to_json()


def test_pyroomacoustics_does_not_displace_images() -> None:
    with pytest.raises(SceneError, match="image jitter"):
        draw(JITTERED + "\nengine: pyroomacoustics")

import hashlib
import math
from dataclasses import replace

import pytest
from scipy.spatial.transform import Rotation

from simgen.benchmark.localization import conditions, localization_track, references
from simgen.benchmark.suite import load_split
from tests.dataset.fake_scenes import make_scene

MINI = load_split("localization/mini")
LEVEL = Rotation.identity()


def split_of(*scenes):
    """Scenes as if they were a frozen split of the track."""
    lines = "".join(scene.to_json() + "\n" for scene in scenes).encode()
    return replace(MINI, sha256=hashlib.sha256(lines).hexdigest(), lines=lines)


def scene_with(places, turn=LEVEL, **changes):
    """A scene of sources at places seen from a table that is turned."""
    scene = make_scene(0, num_sources=len(places))
    orientation = tuple(turn.as_quat(scalar_first=True).tolist())
    table = scene.arrays["table"].model_copy(update={"orientation": orientation})
    sources = [
        source.model_copy(update={"position": tuple(turn.apply(place) + table.position)})
        for source, place in zip(scene.sources, places, strict=True)
    ]
    arrays = scene.arrays | {"table": table}
    return scene.model_copy(update={"arrays": arrays, "sources": tuple(sources), **changes})


def in_degrees(azimuth):
    return math.cos(azimuth), math.sin(azimuth), 0.3


@pytest.mark.parametrize(
    "turn", [(0, 0, 0), (75, 0, 0), (-160, 0, 0), (40, 25, -10)], ids=lambda turn: f"turned{turn}"
)
def test_azimuths_are_counter_clockwise_from_the_front_of_the_array_however_it_is_turned(turn):
    azimuths = [0.0, math.pi / 2, -3 * math.pi / 4, 0.2]
    scene = scene_with([in_degrees(a) for a in azimuths], Rotation.from_euler("ZYX", turn, True))
    (found,) = references(split_of(scene)).values()
    assert found == pytest.approx(azimuths, abs=1e-9)


def test_references_are_those_of_the_tracks_array_and_no_other():
    scene = scene_with([(1.0, 0.0, 0.0)])
    assert localization_track(MINI).array == "table"
    moved = scene.arrays["ceiling"].model_copy(update={"position": (0.3, 0.3, 0.3)})
    other = scene.model_copy(update={"arrays": scene.arrays | {"ceiling": moved}})
    assert references(split_of(other))["mini-0000"] == references(split_of(scene))["mini-0000"]


def test_items_are_counted_in_the_order_of_the_lines():
    scenes = [scene_with([in_degrees(a)] * n) for n, a in ((1, 0.5), (2, 1.5), (0, 0.0))]
    found = references(split_of(*scenes))
    assert list(found) == ["mini-0000", "mini-0001", "mini-0002"]
    assert [len(azimuths) for azimuths in found.values()] == [1, 2, 0]
    assert found["mini-0001"] == pytest.approx([1.5, 1.5])


def test_conditions_label_every_item_by_its_own_scene():
    wet, dry = (
        make_scene(k).room.model_copy(update={"t60": t60}) for k, t60 in enumerate((0.4, 0.0))
    )
    split = split_of(
        scene_with([(1, 0, 0), (0, 1, 0), (1, 1, 0)], room=wet),
        scene_with([(1, 0, 0)], room=dry, sensor_noise=None),
    )
    found = conditions(split)
    assert {name: list(labels.values()) for name, labels in found.items()} == {
        "reverberation": ["reverberant", "anechoic"],
        "t60": ["0.4-0.6 s", "0 s"],
        "snr": ["30-40 dB", "no noise"],
        "num_sources": ["3", "1"],
    }
    assert all(tuple(labels) == split.items for labels in found.values())


def test_classes_of_the_reverberation_time_adjoin_without_gap_or_overlap():
    times = [k / 100 for k in range(1, 130)]
    rooms = [make_scene(0).room.model_copy(update={"t60": t60}) for t60 in times]
    labels = conditions(split_of(*(scene_with([(1, 0, 0)], room=room) for room in rooms)))["t60"]
    for time, label in zip(times, labels.values(), strict=True):
        low, high = map(float, label.removesuffix(" s").split("-"))
        assert low - 1e-9 <= time < high - 1e-9
        assert high - low == pytest.approx(0.2)


def test_a_room_whose_reverberation_time_is_not_given_is_not_called_anechoic():
    room = make_scene(0).room.model_copy(update={"t60": None})
    found = conditions(split_of(scene_with([(1, 0, 0)], room=room)))
    assert set(found["t60"].values()) == {"not given"}
    assert set(found["reverberation"].values()) == {"reverberant"}

import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.render.render import render
from simgen.scene.scene_file import SceneFile
from simgen.training import lone_sources
from simgen.training.lone_sources import BLOCK, alone, places, record_alone

RECIPE = """
scene: 1
name: booth
duration_s: 0.3
room: {box_m: [4, 3, {uniform: [2.4, 2.6]}], t60_s: {choice: [0, 0.1]}}
arrays:
  table:
    microphones: {circle: {count: 8, radius_m: 0.1}}
    position_m: [1.9, 1.4, 1.2]
    yaw_deg: {uniform: [0, 360]}
    regions: {sectors: 8}
sources:
  talkers:
    count: {integers: [2, 4]}
    place: {anywhere: {wall_clearance_m: 0.3}}
    signal: {speech: train}
    level_db: {uniform: [-3, 3]}
noise: {sensor: {snr_db: 10}}
rules: [{at_least_m: 0.6, between: [talkers, table]}]
"""


@pytest.fixture
def lone():
    return alone(SceneFile.parse(RECIPE))


@pytest.fixture
def colourless(monkeypatch):
    monkeypatch.setattr(lone_sources, "coloured", lambda signal, *_: signal)


def test_a_lone_source_is_alone_and_at_0_db(lone):
    for index in range(5):
        (source,) = lone.draw(seed=1, index=index).sources
        assert source.level_db == 0.0


def test_the_recipe_stays_as_it_was():
    recipe = SceneFile.parse(RECIPE)
    before = recipe.to_json()
    alone(recipe)
    assert recipe.to_json() == before


@pytest.mark.usefixtures("colourless")
@pytest.mark.parametrize("index", range(4))
def test_it_is_recorded_as_the_engine_renders_it(lone, index):
    scene = lone.draw(seed=1, index=index)
    heard = render(scene, keep={"images"}).images["table"][0]
    item = record_alone(lone, seed=1, index=index)
    error = item.signals * item.gain - 4.0 * np.pi * heard
    assert np.max(np.abs(error)) <= 0.51 * item.gain  # rounding, and that of float32
    assert np.max(np.abs(item.signals)) == 32767
    assert item.is_anechoic == (scene.room.t60 == 0.0)


@pytest.mark.usefixtures("colourless")
def test_direct_sound_at_one_metre_is_as_loud_as_what_is_emitted():
    near = RECIPE.replace("{anywhere: {wall_clearance_m: 0.3}}", "{position_m: [2.9, 1.4, 1.2]}")
    lone = alone(SceneFile.parse(near.replace("{choice: [0, 0.1]}", "0")))
    item = record_alone(lone, seed=1, index=0)
    heard = np.mean(np.square(item.signals * item.gain))
    assert heard == pytest.approx(np.mean(item.powers), rel=0.05)


def test_colour_changes_what_is_heard_and_not_how_loud(lone, monkeypatch):
    item = record_alone(lone, seed=1, index=0)
    monkeypatch.setattr(lone_sources, "coloured", lambda signal, *_: signal)
    plain = record_alone(lone, seed=1, index=0)
    assert not np.array_equal(item.signals, plain.signals)
    assert np.mean(item.powers) == pytest.approx(np.mean(plain.powers), rel=1e-5)


def test_powers_are_of_blocks(lone):
    item = record_alone(lone, seed=1, index=0)
    assert item.powers.shape == (4800 // BLOCK,)


def test_places_are_those_of_the_labels(lone):
    scene = lone.draw(seed=1, index=2)
    labels = render(scene).labels["table"]
    (azimuth,), (distance,) = places(scene, "table")
    assert azimuth == pytest.approx(labels.azimuth[0, 0])
    region = labels.regions[np.argmax(labels.activity[:, 0])]
    assert region[labels.source_region[0, 0]][1] == pytest.approx(distance)


def test_what_cannot_be_told_apart_is_refused():
    two = RECIPE.replace("sources:\n", "sources:\n  others: {place: {position_m: [1, 1, 1]}}\n")
    with pytest.raises(ParameterError, match=r"one entry in sources.*others.*talkers"):
        alone(SceneFile.parse(two))


def test_an_array_without_regions_is_refused():
    plain = alone(SceneFile.parse(RECIPE.replace("    regions: {sectors: 8}\n", "")))
    with pytest.raises(ParameterError, match="needs regions"):
        record_alone(plain, seed=1, index=0)

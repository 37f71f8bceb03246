import ast
import re

import pytest

from simgen.dataset.card import card
from tests.dataset.fake_scenes import make_listening_scene, make_scene
from tests.dataset.finished import IDENTITY_OF_TEN

FROZEN = IDENTITY_OF_TEN.model_copy(update={"seed": None, "description": "scenes.jsonl"})


def python_in(text):
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def test_the_card_tells_what_is_there_and_how_it_was_made():
    text = card(IDENTITY_OF_TEN, {})
    for fact in ("# büro", "10 acoustic scenes", "| seed | 7 |", "signals, images, labels, scenes"):
        assert fact in text
    assert "simgen render scene.yaml --out OUT --count 10 --seed 7 --keep images" in text
    assert "numpy 2.0, h5py 3.12" in text
    assert "could not be rendered" not in text


def test_the_card_of_frozen_scenes_renders_them_from_python():
    text = card(FROZEN, {})
    assert "simgen render" not in text
    assert "seed | none, the scenes are frozen" in text
    recipe = python_in(text)[1]
    assert 'from_jsonl("b\\u00fcro", Path("scenes.jsonl").read_bytes())' in recipe
    assert "count=10, keep=frozenset(['images']))" in recipe


@pytest.mark.parametrize("identity", [IDENTITY_OF_TEN, FROZEN])
def test_the_python_in_the_card_is_python(identity):
    for code in python_in(card(identity, {})):
        ast.parse(code)


def test_an_unusual_shard_size_is_part_of_the_recipe():
    text = card(FROZEN.model_copy(update={"scenes_per_shard": 9, "keep": ()}), {})
    assert "count=10, scenes_per_shard=9)" in text


def test_folders_of_speech_are_looked_for_from_a_base():
    text = card(IDENTITY_OF_TEN.model_copy(update={"corpora": {"talks": "a" * 64}}), {})
    assert "simgen verify --deep 3 . --base BASE" in text
    assert "--seed 7 --keep images --base BASE" in text
    assert "The recordings in `talks` are not part of this dataset." in text
    assert "BASE" not in card(IDENTITY_OF_TEN, {})


def test_loudspeakers_and_listeners_are_described():
    text = card(IDENTITY_OF_TEN, {}, make_listening_scene(0))
    assert "| stored | signals, images, labels, ear responses, scenes |" in text
    assert "* device `bar`: 3 loudspeakers\n" in text
    assert "* listener `seat`: sphere of radius 0.0875 m with ears at 90 degrees, 2 poses" in text
    assert "recording.ear_responses" in python_in(text)[0]
    assert card(IDENTITY_OF_TEN, {}, make_scene(0)) == card(IDENTITY_OF_TEN, {})
    alone = make_listening_scene(0).model_copy(update={"arrays": {}})
    assert "| stored | ear responses, scenes |" in card(IDENTITY_OF_TEN, {}, alone)


def test_failures_are_listed_each_on_a_line():
    text = card(IDENTITY_OF_TEN, {3: "two\nlines", 0: "one"})
    assert text.endswith("\n* scene 0: one\n* scene 3: two lines\n")
    assert "| failed | 2 |" in text
    assert "recording = dataset[1]" in text


def test_the_card_names_no_machine_and_no_time():
    text = card(IDENTITY_OF_TEN, {})
    assert card(IDENTITY_OF_TEN, {}) == text
    assert not re.search(r"/home|/tmp|/root|20\d\d-\d\d", text)

"""Microphones that are not what they are said to be, from the scene file to the scene."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from simgen.scene.channels import MicrophoneErrors
from simgen.scene.geometry import microphone_positions
from simgen.scene.scene import MicrophoneArray, Scene
from tests.scene.test_array_file import drawn, parse, refused

RING = "microphones: {circle: {count: 8, radius_m: 0.1}}, yaw_deg: 30"
GAIN = "gain_db: {normal: [0, 1], between: [-3, 3]}"
PHASE = "phase_deg: {uniform: [-10, 10]}"
POSITION = "position_m: {uniform: [-0.005, 0.005]}"


def errors(*kinds, index=0):
    return drawn(f"{RING}, errors: {{{', '.join(kinds)}}}", index).errors


def test_an_array_without_errors_does_not_mention_them():
    array = drawn(RING)
    assert array.errors is None
    assert "errors" not in array.to_json()


def test_a_scene_file_without_errors_does_not_mention_them():
    assert "errors" not in parse(RING).to_json()
    assert '"gain_db"' in parse(f"{RING}, errors: {{{GAIN}}}").to_json()


def test_every_microphone_draws_its_own_errors():
    found = [errors(GAIN, PHASE, POSITION, index=index) for index in range(60)]
    gains_db = 20.0 * np.log10([each.gains for each in found])
    phases = np.rad2deg([each.phases for each in found])
    moves = np.array([each.displacements for each in found])
    assert gains_db.shape == phases.shape == (60, 8)
    assert moves.shape == (60, 8, 3)
    for values in (gains_db, phases, moves):
        assert len(np.unique(values)) == values.size
    assert np.std(gains_db) == pytest.approx(1.0, abs=0.1)
    assert np.abs(gains_db).max() <= 3.0
    assert np.std(phases) == pytest.approx(10.0 / math.sqrt(3.0), rel=0.1)
    assert np.std(moves, axis=(0, 1)) == pytest.approx([0.005 / math.sqrt(3.0)] * 3, rel=0.15)


def test_what_is_not_named_is_exact():
    only_gains = errors(GAIN)
    assert only_gains.phases == (0.0,) * 8
    assert only_gains.displacements == ((0.0, 0.0, 0.0),) * 8
    assert errors("phase_deg: 90").phases == (math.pi / 2,) * 8
    assert errors("phase_deg: 90").gains == (1.0,) * 8
    assert errors("gain_db: -20").gains == pytest.approx((0.1,) * 8)


def test_an_error_leaves_everything_else_as_it_was():
    plain = parse(RING).draw(seed=1, index=0)
    wrong = parse(f"{RING}, errors: {{{GAIN}, {POSITION}}}").draw(seed=1, index=0)
    array = wrong.arrays["one"].model_copy(update={"errors": None})
    assert wrong.model_copy(update={"arrays": {"one": array}}) == plain
    assert errors(GAIN, PHASE).gains == errors(GAIN).gains
    assert errors(GAIN, PHASE).phases == errors(PHASE).phases


def test_what_is_told_is_not_where_microphones_are():
    array = drawn(f"{RING}, errors: {{{POSITION}}}")
    turn = np.array([[math.sqrt(0.75), -0.5, 0.0], [0.5, math.sqrt(0.75), 0.0], [0.0, 0.0, 1.0]])
    told = array.position + np.array(array.microphones) @ turn.T
    moves = microphone_positions(array) - told
    np.testing.assert_allclose(moves, np.array(array.errors.displacements) @ turn.T, atol=1e-12)
    radii = np.linalg.norm(array.microphones, axis=1)
    np.testing.assert_allclose(radii, 0.1, atol=1e-12)


def test_errors_round_trip():
    scene = parse(f"{RING}, errors: {{{GAIN}, {PHASE}, {POSITION}}}").draw(seed=1, index=0)
    assert Scene.from_json(scene.to_json()) == scene


def test_a_misplaced_microphone_must_be_inside_the_room():
    wall = "microphones: {positions_m: [[0, 0, 0]]}, position_m: [0.05, 1, 1]"
    assert drawn(wall).errors is None
    message, _ = refused(f"{wall}, errors: {{position_m: -0.06}}")
    assert "microphone" in message
    assert "outside" in message


@pytest.mark.parametrize("kind", ["gain_db", "phase_deg", "position_m"])
def test_errors_without_limits_are_refused(kind):
    message, place = refused(f"{RING}, errors: {{{kind}: {{normal: [0, 0.001]}}}}")
    assert "add between: [low, high]" in message
    assert place.startswith("{normal")


@pytest.mark.parametrize("wrong", ["gain_db: 41", "phase_deg: -181", "position_m: 0.11"])
def test_errors_beyond_reason_are_refused(wrong):
    message, _ = refused(f"{RING}, errors: {{{wrong}}}")
    assert "must be at least" in message


@pytest.mark.parametrize(
    "whole",
    ["ambisonic: {order: 1}", "rigid_sphere: {radius_m: 0.042, count: 32}", "head: {}"],
)
def test_only_microphones_in_the_free_field_have_errors(whole):
    message, _ = refused(f"microphones: {{{whole}}}, errors: {{{GAIN}}}")
    assert "only microphones in the free field can have errors" in message


def record(**told):
    errors = MicrophoneErrors(
        **{"gains": (1.0,), "phases": (0.0,), "displacements": ((0.0, 0.0, 0.0),)} | told
    )
    return MicrophoneArray(
        position=(1.0, 1.0, 1.0),
        orientation=(1.0, 0.0, 0.0, 0.0),
        microphones=((0.0, 0.0, 0.0),),
        errors=errors,
    )


def test_a_record_needs_errors_for_each_microphone():
    assert record().errors.gains == (1.0,)
    with pytest.raises(ValidationError, match="for each microphone"):
        record(gains=(1.0, 1.0))
    two = {"gains": (1.0,) * 2, "phases": (0.0,) * 2, "displacements": ((0.0, 0.0, 0.0),) * 2}
    with pytest.raises(ValidationError, match="1 microphones do not fit the errors"):
        record(**two)
    with pytest.raises(ValidationError, match="greater than 0"):
        record(gains=(0.0,))

import numpy as np
import pytest

from simgen.acoustics.transducers import Transducer
from simgen.errors import GeometryError, ParameterError
from simgen.render.responses import responses_in
from simgen.scene.scene import Room
from tests.references.listening_scene import listening_scene

SIZE = (5.0, 4.0, 3.0)
SOURCES = [Transducer((1.0, 1.0, 1.0)), Transducer((4.0, 3.0, 2.0))]
RECEIVERS = [Transducer((2.0, 1.0, 1.0)), Transducer((1.0, 3.5, 1.0)), Transducer((4.9, 0.1, 2.9))]
NEAR_CARDIOID = Transducer((2.0, 1.0, 1.0), directivity=[[0.5, 0.0, 0.0, 0.5]] * 6)


def scene(t60, absorption, **changes):
    room = Room(size=SIZE, absorption=((absorption,),) * 6, t60=t60, speed_of_sound=343.0)
    return listening_scene(room=room, **changes)


FREE, WET = scene(0.0, 1.0), scene(0.3, 0.3)


def test_the_free_field_is_as_long_as_its_farthest_way():
    response = responses_in(FREE, SOURCES, RECEIVERS)
    places = [np.array([one.position for one in ends]) for ends in (SOURCES, RECEIVERS)]
    ways = np.linalg.norm(places[0][:, None] - places[1], axis=-1)
    farthest = ways.max() / 343.0 * 16_000
    assert response.shape[:2] == (2, 3)
    assert farthest < response.shape[2] < farthest + 100
    found = np.argmax(np.abs(response), axis=-1)
    np.testing.assert_allclose(found, ways / 343.0 * 16_000, atol=0.51)
    strength = response.sum(axis=-1)
    np.testing.assert_allclose(strength, 1.0 / (4.0 * np.pi * ways), rtol=2e-3)


def test_a_room_lasts_as_long_as_it_is_said_to_decay_beyond_the_direct_sound():
    wet, free = (responses_in(each, SOURCES, RECEIVERS).shape[2] for each in (WET, FREE))
    assert wet - free == pytest.approx(0.3 * 16_000, abs=1)
    longer = responses_in(scene(0.5, 0.3), SOURCES, RECEIVERS).shape[2]
    assert longer - wet == pytest.approx(0.2 * 16_000, abs=1)


def test_a_room_of_unknown_decay_lasts_as_sabine_says():
    area = 2 * (5 * 4 + 5 * 3 + 4 * 3)
    decay = 24.0 * np.log(10.0) * 60.0 / (343.0 * 0.3 * area)
    said = responses_in(scene(decay, 0.3), SOURCES[:1], RECEIVERS[:1])
    np.testing.assert_array_equal(responses_in(scene(None, 0.3), SOURCES[:1], RECEIVERS[:1]), said)


def test_what_rings_itself_is_heard_to_the_end():
    """Filters of octave bands last: what is directional in bands makes responses longer."""
    plain = responses_in(FREE, SOURCES[:1], RECEIVERS[:1])
    banded = responses_in(FREE, SOURCES[:1], [NEAR_CARDIOID])
    assert banded.shape[2] > plain.shape[2]
    # Sound arrives from behind: from the source at x = 1 to a cardioid that faces +x.
    assert np.abs(banded).max() < 0.02 * np.abs(plain).max()


def test_the_scene_says_which_engine_renders_and_at_which_rate():
    ours, theirs = (
        responses_in(scene(0.3, 0.3, engine=engine), SOURCES, RECEIVERS)
        for engine in ("simgen", "pyroomacoustics")
    )
    assert ours.shape == theirs.shape
    assert not np.array_equal(ours, theirs)
    # Their bands end differently, near half the sample rate; they share what is below.
    low = slice(0, ours.shape[2] // 4)
    ours_below, theirs_below = (np.fft.rfft(each[0, 0])[low] for each in (ours, theirs))
    error = np.linalg.norm(ours_below - theirs_below) / np.linalg.norm(ours_below)
    assert error < 0.01
    fast = responses_in(scene(0.3, 0.3, sample_rate=32_000), SOURCES, RECEIVERS)
    assert fast.shape[2] == pytest.approx(2 * ours.shape[2], abs=100)


def test_what_cannot_be_is_refused():
    with pytest.raises(GeometryError):
        responses_in(FREE, SOURCES, [Transducer((5.1, 1.0, 1.0))])
    with pytest.raises(GeometryError):
        responses_in(FREE, SOURCES, [Transducer(SOURCES[1].position)])
    with pytest.raises(ParameterError, match="omnidirectional"):
        responses_in(scene(0.3, 0.3, engine="pyroomacoustics"), SOURCES, [NEAR_CARDIOID])

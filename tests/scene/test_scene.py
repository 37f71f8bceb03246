import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simgen.scene.channels import (
    HarmonicChannels,
    HeadChannels,
    MicrophoneChannels,
    SphereChannels,
)
from simgen.scene.directivity import Cap, FirstOrder, Harmonics, Piston, Speech
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

finite = st.floats(allow_nan=False, allow_infinity=False)
points = st.tuples(finite, finite, finite)
keys = st.text("0123456789abcdef", min_size=32, max_size=32)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
whole = st.integers(1, 2**53)
clips = st.builds(Clip, file=words, onset=whole, num_samples=whole)
signals = st.one_of(
    st.builds(
        SpeechSignal, corpus=words, talker=words, clips=st.lists(clips, max_size=2).map(tuple)
    ),
    st.builds(NoiseSignal, color=st.sampled_from(["white", "pink"]), key=keys),
)
rooms = st.builds(
    Room,
    size=points,
    absorption=st.tuples(*[st.tuples(finite)] * 6),
    t60=st.none() | finite,
    speed_of_sound=finite,
)
quaternions = st.tuples(finite, finite, finite, finite)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
directivities = st.one_of(
    st.builds(FirstOrder, pattern=st.sampled_from(["omni", "cardioid", "figure_eight"])),
    st.builds(Speech),
    st.builds(Piston, radius=positive),
    st.builds(Cap, sphere_radius=positive, half_angle=positive),
    st.builds(
        Harmonics,
        coefficients=st.lists(st.tuples(finite, finite), min_size=1, max_size=2).map(tuple),
    ),
)
arrays = st.builds(
    MicrophoneArray,
    position=points,
    orientation=quaternions,
    microphones=st.tuples(points, points),
    channels=st.builds(
        MicrophoneChannels,
        directivity=directivities,
        orientations=st.just(()) | st.tuples(quaternions, quaternions),
    ),
    regions=st.none()
    | st.builds(Regions, sectors=whole, ring_edges=st.lists(finite, max_size=2).map(tuple)),
)
scenes = st.builds(
    Scene,
    name=words,
    seed=st.none() | whole,
    index=whole,
    sample_rate=whole,
    num_samples=whole,
    label_hop=whole,
    room=rooms,
    arrays=st.dictionaries(words, arrays, min_size=1, max_size=2),
    sources=st.lists(
        st.builds(
            Source,
            name=words,
            position=points,
            level_db=finite,
            signal=signals,
            directivity=directivities,
            orientation=quaternions,
        ),
        max_size=2,
    ).map(tuple),
    sensor_noise=st.none() | st.builds(SensorNoise, snr_db=finite, key=keys),
)

ROOM = Room(size=(5, 4, 3), absorption=((1,),) * 6, t60=0, speed_of_sound=343)
SCENE = Scene(
    name="test",
    seed=None,
    index=0,
    sample_rate=16_000,
    num_samples=10,
    label_hop=1,
    room=ROOM,
    arrays={
        "one": MicrophoneArray(
            position=(1, 1, 1), orientation=(1, 0, 0, 0), microphones=((0, 0, 0),)
        )
    },
    sources=(
        Source(
            name="a[0]",
            position=(1, 2, 1.5),
            level_db=-0.0,
            signal=NoiseSignal(color="pink", key="0" * 32),
        ),
    ),
)


@given(scenes)
def test_json_round_trips_exactly(scene):
    again = Scene.from_json(scene.to_json())
    assert again == scene
    assert again.to_json() == scene.to_json()


def test_the_sign_of_zero_survives():
    again = Scene.from_json(SCENE.to_json())
    assert math.copysign(1, again.sources[0].level_db) == -1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"sample_rate":16000', '"sample_rate":"16000"'),
        ('"sample_rate":16000', '"sample_rate":0'),
        ('"scene":1', '"scene":2'),
        ('"index":0', '"index":0,"colour":1'),
        ('"kind":"noise"', '"kind":"music"'),
        ("0" * 32, "0" * 31),
        ('"color":"pink"', '"color":"red"'),
        ("[1.0,2.0,1.5]", "[1.0,2.0]"),
        ("[1.0,2.0,1.5]", "[1.0,2.0,NaN]"),
        ('"microphones":[[0.0,0.0,0.0]]', '"microphones":[]'),
    ],
)
def test_damaged_scenes_are_refused(old, new):
    assert old in SCENE.to_json()
    with pytest.raises(ValidationError):
        Scene.from_json(SCENE.to_json().replace(old, new, 1))


def array_of(channels, *microphones):
    return MicrophoneArray(
        position=(1, 1, 1), orientation=(1, 0, 0, 0), microphones=microphones, channels=channels
    )


@pytest.mark.parametrize(
    ("channels", "microphones"),
    [
        (HarmonicChannels(order=1), [(0, 0, 0)] * 4),
        (SphereChannels(radius=0.1), [(0.1, 0, 0), (0, 0.06, 0.08), (0, 0, 0.1)]),
        (HeadChannels(radius=0.1), [(0, 0.1, 0), (0, -0.1, 0)]),
        (MicrophoneChannels(directivity=Speech(), orientations=((1, 0, 0, 0),)), [(0, 0, 0)]),
    ],
)
def test_channels_of_every_kind_round_trip(channels, microphones):
    array = array_of(channels, *microphones)
    again = MicrophoneArray.from_json(array.to_json())
    assert again == array
    assert again.channels == channels


@pytest.mark.parametrize(
    ("channels", "microphones"),
    [
        (HarmonicChannels(order=1), [(0, 0, 0)] * 3),
        (SphereChannels(radius=0.1), [(0.1, 0, 0), (0, 0.06, 0.07)]),
        (HeadChannels(radius=0.1), [(0, 0.1, 0)]),
        (MicrophoneChannels(orientations=((1, 0, 0, 0),)), [(0, 0, 0)] * 2),
    ],
)
def test_channels_that_do_not_fit_the_microphones(channels, microphones):
    with pytest.raises(ValidationError, match=f"{len(microphones)} microphones do not fit"):
        array_of(channels, *microphones)


def test_scenes_say_nothing_of_what_is_omnidirectional():
    assert '"orientation"' not in SCENE.sources[0].to_json()
    assert not any(key in SCENE.to_json() for key in ("directivity", "channels"))


def test_source_positions():
    assert SCENE.source_positions().tolist() == [[1, 2, 1.5]]
    empty = SCENE.model_copy(update={"sources": ()})
    assert empty.source_positions().shape == (0, 3)
    assert empty.source_positions().dtype == np.float64

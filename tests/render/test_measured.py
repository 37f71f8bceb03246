"""Measured directivities of sources and drivers."""

import numpy as np
import pytest

from simgen.acoustics.bands import octave_bands
from simgen.errors import ParameterError, SignalError
from simgen.render.measured import NO_READERS, Readers, with_directivities
from simgen.render.render import render
from simgen.scene.directivity import Harmonics, MeasuredDirectivity
from simgen.scene.scene_file import SceneFile

CARDIOID = np.array([[0.5, 0.0, 0.0, 0.5]])


def a_scene(tmp_path, directivity):
    (tmp_path / "woofer.sofa").write_bytes(b"woofer")
    (tmp_path / "scene.yaml").write_text(f"""scene: 1
name: measured
duration_s: 0.1
room: {{box_m: [6, 5, 3], t60_s: 0}}
arrays: {{one: {{microphones: {{positions_m: [[0, 0, 0]]}}, position_m: [3, 2, 1]}}}}
sources:
  a: {{place: {{position_m: [1, 1, 1]}}, signal: {{noise: white}}, facing: one,
      directivity: {directivity}}}
devices: {{bar: {{position_m: [4, 2, 1], drivers: [
  {{position_m: [0, 0, 0], facing_deg: [90, 0], directivity: {directivity}}}]}}}}
listeners: {{seat: {{position_m: [1, 2, 1]}}}}
""")
    return SceneFile.load(tmp_path / "scene.yaml").draw(seed=0, index=0)


class Reader:
    """A reader of directivities that notes what was asked for."""

    def __init__(self):
        self.asked = []

    def __call__(self, path, wanted, centres):
        self.asked.append((path.name, wanted.order, wanted.measurement, centres.tolist()))
        return CARDIOID


def test_sources_and_drivers_emit_as_the_file_says(tmp_path):
    read = Reader()
    scene = a_scene(tmp_path, "{sofa: woofer.sofa, order: 3, measurement: 2}")
    recording = render(scene, base=tmp_path, readers=Readers(NO_READERS.head, read))
    assert read.asked == [("woofer.sofa", 3, 2, octave_bands(16_000).tolist())]
    assert recording.scene == scene
    assert isinstance(recording.scene.sources[0].directivity, MeasuredDirectivity)
    plain = render(a_scene(tmp_path, "{harmonics: [[0.5, 0, 0, 0.5]]}"))
    np.testing.assert_array_equal(recording.signals["one"], plain.signals["one"])
    np.testing.assert_array_equal(
        recording.ear_responses["seat"]["bar"], plain.ear_responses["seat"]["bar"]
    )


def test_scenes_without_files_stay_as_they_are(tmp_path):
    scene = a_scene(tmp_path, "cardioid")
    assert with_directivities(scene, tmp_path, NO_READERS) == scene


def test_a_file_is_read_again_when_it_is_another_one(tmp_path):
    read = Reader()
    readers = Readers(NO_READERS.head, read)
    scene = a_scene(tmp_path, "{sofa: woofer.sofa}")
    for _ in range(2):
        known = with_directivities(scene, tmp_path, readers)
    assert known.devices["bar"].drivers[0].directivity == Harmonics(
        coefficients=((0.5, 0.0, 0.0, 0.5),)
    )
    assert len(read.asked) == 1
    (tmp_path / "woofer.sofa").write_bytes(b"tweeter")
    with pytest.raises(SignalError, match="has changed since the scene was drawn"):
        with_directivities(scene, tmp_path, readers)


def test_without_a_reader_a_file_is_refused(tmp_path):
    scene = a_scene(tmp_path, "{sofa: woofer.sofa}")
    with pytest.raises(ParameterError, match="no reader was handed in"):
        render(scene, base=tmp_path)

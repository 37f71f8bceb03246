import numpy as np
import pytest
import soundfile

from simgen.errors import ParameterError
from simgen.exchange.listening import write_preview
from simgen.render.recording import Recording
from simgen.scene.scene import MicrophoneArray, Room, Scene

LINE = ((0.0, 0.1, 0.0), (0.0, -0.3, 0.0), (0.0, 0.2, 0.0), (0.0, 0.0, 0.0))


def record(signals, microphones=LINE):
    """A recording of some signals by an array ``line``."""
    room = Room(size=(5, 4, 3), absorption=((1,),) * 6, t60=0.0, speed_of_sound=343.0)
    array = MicrophoneArray(position=(2, 2, 1), orientation=(1, 0, 0, 0), microphones=microphones)
    signals = np.asarray(signals, dtype=np.float32)
    scene = Scene(
        name="x",
        seed=None,
        index=0,
        sample_rate=16000,
        num_samples=signals.shape[1],
        label_hop=160,
        room=room,
        arrays={"line": array},
        sources=(),
    )
    return Recording(scene, {"line": signals}, {}, {}, {}, {})


def noise(channels=4):
    return np.random.default_rng(0).standard_normal((channels, 800))


def test_the_two_microphones_farthest_apart_are_written_left_first(tmp_path):
    signals = noise()
    preview = write_preview(record(signals), "line", tmp_path / "a.wav")
    assert preview.microphones == (2, 1)
    content, rate = soundfile.read(tmp_path / "a.wav")
    assert rate == 16000
    gain = 10 ** (preview.gain_db / 20)
    np.testing.assert_allclose(content.T, gain * signals[[2, 1]], atol=2**-22)


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e30])
def test_the_peak_is_1_db_below_full_scale(tmp_path, scale):
    write_preview(record(scale * noise()), "line", tmp_path / "a.wav")
    content, _ = soundfile.read(tmp_path / "a.wav")
    assert np.max(np.abs(content)) == pytest.approx(10 ** (-1 / 20), abs=2**-22)


def test_the_file_is_24_bit_pcm_and_always_the_same(tmp_path):
    for name in ("a.wav", "b.WAV"):
        write_preview(record(noise()), "line", tmp_path / name)
    info = soundfile.info(tmp_path / "a.wav")
    assert (info.format, info.subtype, info.channels, info.frames) == ("WAV", "PCM_24", 2, 800)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.WAV").read_bytes()


def test_silence_stays_silent(tmp_path):
    preview = write_preview(record(np.zeros((4, 100))), "line", tmp_path / "a.wav")
    assert preview.gain_db == 0.0
    content, _ = soundfile.read(tmp_path / "a.wav")
    assert not content.any()


def test_a_single_microphone_is_heard_on_both_sides(tmp_path):
    recording = record(noise(1), microphones=((0.0, 0.0, 0.0),))
    assert write_preview(recording, "line", tmp_path / "a.wav").microphones == (0, 0)
    content, _ = soundfile.read(tmp_path / "a.wav")
    np.testing.assert_array_equal(content[:, 0], content[:, 1])


def test_a_new_folder_is_made(tmp_path):
    write_preview(record(noise()), "line", tmp_path / "a" / "b.wav")
    assert (tmp_path / "a" / "b.wav").is_file()


def test_what_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"no such array, got 'table' \(allowed: line\)"):
        write_preview(record(noise()), "table", tmp_path / "a.wav")
    with pytest.raises(ParameterError, match="a preview is a WAV file"):
        write_preview(record(noise()), "line", tmp_path / "a.flac")
    (tmp_path / "b.wav").mkdir()
    with pytest.raises(IsADirectoryError):
        write_preview(record(noise()), "line", tmp_path / "b.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["b.wav"]

import numpy as np
import pytest
import soundfile

from simgen.errors import ParameterError, ShapeError, SignalError
from simgen.exchange.flac import in_24_bits, read_flac, write_flac

RNG = np.random.default_rng(7)
SIGNALS = RNG.standard_normal((8, 500)).astype(np.float32)


def blocks(content):
    """Return the metadata blocks of a FLAC file by type (RFC 9639, section 8.1)."""
    assert content[:4] == b"fLaC"
    found, at, is_last = {}, 4, False
    while not is_last:
        is_last, kind = bool(content[at] & 0x80), content[at] & 0x7F
        length = int.from_bytes(content[at + 1 : at + 4])
        found[kind] = content[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def test_the_peak_is_half_of_full_scale_and_channels_keep_their_proportions():
    steps = in_24_bits(SIGNALS)
    assert np.max(np.abs(steps)) == 2**22
    scale = 2**22 / np.max(np.abs(SIGNALS))
    np.testing.assert_allclose(steps, SIGNALS * scale, atol=0.5)


def test_silence_stays_silent():
    assert not in_24_bits(np.zeros((2, 3))).any()
    assert in_24_bits(np.zeros((2, 0))).shape == (2, 0)


def test_what_is_written_is_read_again(tmp_path):
    steps = in_24_bits(SIGNALS)
    write_flac(tmp_path / "a.flac", steps, sample_rate=16000)
    np.testing.assert_array_equal(read_flac(tmp_path / "a.flac", shape=(8, 500)), steps)


def test_another_reader_hears_the_same(tmp_path):
    write_flac(tmp_path / "a.flac", in_24_bits(SIGNALS), sample_rate=16000)
    heard, rate = soundfile.read(tmp_path / "a.flac")
    assert rate == 16000
    expected = SIGNALS.T * (0.5 / np.max(np.abs(SIGNALS)))
    np.testing.assert_allclose(heard, expected, atol=1.0 / 2**23)


def test_a_file_holds_nothing_but_sound(tmp_path):
    for name, signals in (("a", SIGNALS), ("b", SIGNALS[::-1])):
        write_flac(tmp_path / f"{name}.flac", in_24_bits(signals), sample_rate=16000)
    first, second = (blocks((tmp_path / f"{name}.flac").read_bytes()) for name in "ab")
    stream_info, comments = 0, 4
    assert set(first) <= {stream_info, comments}
    assert first.get(comments) == second.get(comments)  # the encoder's own name


@pytest.mark.parametrize("channels", [0, 9])
def test_flac_has_one_to_eight_channels(tmp_path, channels):
    with pytest.raises(ParameterError, match="1 to 8"):
        write_flac(tmp_path / "a.flac", np.zeros((channels, 4), np.int32), sample_rate=16000)


def test_sound_must_be_finite():
    with pytest.raises(ShapeError):
        in_24_bits([[np.nan]])


@pytest.mark.parametrize("shape", [(8, 499), (8, 501), (7, 500)])
def test_another_shape_is_refused(tmp_path, shape):
    write_flac(tmp_path / "a.flac", in_24_bits(SIGNALS), sample_rate=16000)
    with pytest.raises(SignalError, match="another shape"):
        read_flac(tmp_path / "a.flac", shape=shape)


@pytest.mark.parametrize("content", [b"", b"fLaC", b"not audio at all"])
def test_what_is_no_audio_is_refused_by_name(tmp_path, content):
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(SignalError, match=r"a\.flac"):
        read_flac(tmp_path / "a.flac", shape=(8, 500))
    with pytest.raises(SignalError, match=r"b\.flac"):
        read_flac(tmp_path / "b.flac", shape=(8, 500))

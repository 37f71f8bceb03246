import numpy as np
import pytest

from simgen.baselines.steering import (
    as_recording,
    frame_length,
    phasors,
    plane_wave_leads,
    require_speeds,
    short_time_spectra,
    steering_vectors,
)
from simgen.errors import ParameterError, ShapeError
from tests.baselines.plane_waves import RING
from tests.references.srp_phat import fourier_coefficient


@pytest.mark.parametrize(("rate", "length"), [(8000, 256), (16000, 512), (44100, 1412)])
def test_frames_last_32_ms_and_have_an_even_length(rate, length):
    assert frame_length(rate) == length


def test_spectra_are_those_of_hann_frames_that_half_overlap():
    signals = np.random.default_rng(0).standard_normal((2, 1300))
    spectra, frequencies = short_time_spectra(signals, 16000)
    assert spectra.shape == (2, 4, 185)
    assert frequencies[[0, -1]].tolist() == [250.0, 6000.0]
    for frame, index in [(0, 8), (2, 100), (3, 192)]:
        part = signals[1, 256 * frame : 256 * frame + 512]
        assert spectra[1, frame, index - 8] == pytest.approx(fourier_coefficient(part, index))


def test_a_low_sample_rate_ends_the_band():
    _, frequencies = short_time_spectra(np.ones((1, 400)), 8000)
    assert frequencies[-1] == 4000.0


def test_a_recording_must_hold_a_frame():
    assert short_time_spectra(np.ones((1, 512)), 16000)[0].shape[1] == 1
    with pytest.raises(ParameterError, match=r"got 511 \(allowed: at least 512\)"):
        short_time_spectra(np.ones((1, 511)), 16000)


def test_phasors_have_magnitude_one_but_for_silence():
    spectra = np.array([3.0 + 4.0j, -1e-200j, 0.0])
    assert phasors(spectra) == pytest.approx([0.6 + 0.8j, -1j, 0.0])


def test_the_microphone_towards_the_wave_leads():
    microphones = np.array([[0.343, 0.0, 0.0], [0.0, 0.686, 0.0], [0.0, 0.0, 5.0]])
    leads = plane_wave_leads(microphones, np.array([0.0, np.pi / 2.0, np.pi]), 343.0)
    assert leads == pytest.approx(np.array([[1, 0, 0], [0, 2, 0], [-1, 0, 0]]) * 1e-3)


def test_steering_vectors_turn_by_the_lead():
    leads = np.array([[0.0, 1e-3, -2.5e-4]])
    vectors = steering_vectors(leads, np.array([250.0, 1000.0]))
    assert vectors.shape == (2, 1, 3)
    assert vectors[:, 0] == pytest.approx(np.array([[1, 1j, np.exp(-0.125j * np.pi)], [1, 1, -1j]]))


def test_a_recording_is_returned_as_it_is():
    signals, positions = as_recording(np.ones((8, 5), np.float32), RING)
    assert signals.dtype == positions.dtype == np.float64
    assert np.array_equal(positions, RING)


def test_channels_must_fit_the_microphones():
    with pytest.raises(ShapeError, match="7 channels for 8 microphones"):
        as_recording(np.ones((7, 5)), RING)


def test_height_alone_tells_no_azimuth():
    with pytest.raises(ParameterError, match="horizontal plane"):
        as_recording(np.ones((2, 5)), [[0.1, 0.2, 0.0], [0.1, 0.2, 1.0]])


@pytest.mark.parametrize("speeds", [(7999, 343), (192001, 343), (16000, 99), (16000, np.inf)])
def test_speeds_that_nobody_has_are_refused(speeds):
    with pytest.raises(ParameterError):
        require_speeds(*speeds)

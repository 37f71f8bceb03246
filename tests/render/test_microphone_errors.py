import math

import numpy as np
import pytest
from scipy.fft import next_fast_len
from scipy.signal import hilbert

from simgen.render.microphone_errors import in_quadrature
from simgen.render.render import render
from simgen.scene.channels import MicrophoneErrors
from simgen.scene.geometry import microphone_positions
from tests.render.test_render import RATE, array, scene, source

EXACT = {"gains": (1.0,) * 4, "phases": (0.0,) * 4, "displacements": ((0.0, 0.0, 0.0),) * 4}
KEEP = {"images", "noise", "responses"}


def rendered(t60=0.0, keep=frozenset(KEEP), **errors):
    """Render two sources at an array whose microphones have errors; none if none are named."""
    wrong = MicrophoneErrors(**(EXACT | errors)) if errors else None
    table = array().model_copy(update={"errors": wrong})
    return render(scene(arrays={"table": table}, t60=t60), keep=keep)


def lead(turned, plain):
    """Angle of the cross spectrum of two signals in rad, (frequency,), from 300 Hz to 7 kHz."""
    window = np.hanning(turned.size)
    frequencies = np.fft.rfftfreq(turned.size, 1.0 / RATE)
    inside = (frequencies > 300.0) & (frequencies < 7000.0)
    cross = np.fft.rfft(window * turned) * np.conj(np.fft.rfft(window * plain))
    return np.angle(cross[inside])


# What is not wrong changes nothing


@pytest.mark.parametrize("t60", [0.0, 0.3])
def test_errors_of_zero_are_no_errors_byte_for_byte(t60):
    plain, zero = rendered(t60), rendered(t60, **EXACT)
    assert zero.scene.arrays["table"].errors is not None
    for kind in ("signals", *KEEP):
        assert getattr(zero, kind)["table"].tobytes() == getattr(plain, kind)["table"].tobytes()


def test_a_microphone_without_a_phase_sounds_the_same_beside_one_that_has_one():
    plain = rendered().images["table"]
    turned = rendered(phases=(0.0, 0.3, 0.0, -0.2)).images["table"]
    for microphone, same in enumerate((True, False, True, False)):
        assert np.array_equal(turned[:, microphone], plain[:, microphone]) == same


def test_labels_are_those_of_what_is_said():
    plain = rendered().labels["table"]
    wrong = rendered(gains=(2.0, 1.0, 1.0, 1.0), displacements=((0.01, 0.0, 0.0),) * 4)
    for kind in ("doa", "distance", "activity", "region"):
        if hasattr(plain, kind):
            assert np.array_equal(getattr(plain, kind), getattr(wrong.labels["table"], kind))
    assert wrong.scene.arrays["table"].microphones == rendered().scene.arrays["table"].microphones


# Each error is heard


def test_a_gain_multiplies_what_a_microphone_hears():
    gains = (1.0, 0.5, 1.25, 2.0)
    plain, wrong = rendered(0.3), rendered(0.3, gains=gains)
    factors = np.array(gains)[None, :, None]
    for kind in ("images", "responses"):
        expected = factors * getattr(plain, kind)["table"]
        np.testing.assert_allclose(getattr(wrong, kind)["table"], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("t60", [0.0, 0.3])
def test_a_phase_leads_at_all_frequencies_and_keeps_the_level(t60):
    phases = (0.0, math.radians(10.0), math.radians(-35.0), math.pi / 2)
    plain, turned = rendered(t60).images["table"], rendered(t60, phases=phases).images["table"]
    for source_images in zip(turned, plain, strict=True):
        for phase, one, other in zip(phases, *source_images, strict=True):
            found = lead(one, other)
            assert np.median(found) == pytest.approx(phase, abs=1e-3)
            assert np.mean(np.abs(found - phase) < 0.02) > 0.95
            assert np.std(one) == pytest.approx(np.std(other), rel=0.01)


def test_half_a_turn_inverts():
    plain = rendered().images["table"]
    turned = rendered(phases=(math.pi,) * 4).images["table"]
    np.testing.assert_allclose(turned, -plain, atol=1e-6 * np.abs(plain).max())


def test_a_displaced_microphone_hears_what_one_there_hears():
    moves = ((0.02, 0.0, 0.0), (0.0, -0.01, 0.0), (0.0, 0.0, 0.03), (0.001, 0.002, -0.003))
    there = array()
    moved = np.add(there.microphones, moves).tolist()
    honest = there.model_copy(update={"microphones": tuple(map(tuple, moved))})
    expected = render(scene(arrays={"table": honest}, t60=0.3))
    wrong = rendered(0.3, displacements=moves)
    assert wrong.signals["table"].tobytes() == expected.signals["table"].tobytes()


def test_displacements_turn_with_the_array():
    table = array(yaw=math.pi / 2)
    wrong = MicrophoneErrors(**(EXACT | {"displacements": ((0.01, 0.0, 0.0),) * 4}))
    moved = microphone_positions(table.model_copy(update={"errors": wrong}))
    np.testing.assert_allclose(
        moved - microphone_positions(table), [[0.0, 0.01, 0.0]] * 4, atol=1e-12
    )


# Identities


def test_the_mixture_is_the_sum_of_images_and_noise():
    errors = {"gains": (1.1, 0.9, 1.0, 1.2), "phases": (0.1, -0.1, 0.0, 0.2)}
    kept = rendered(0.3, **errors)
    mixture = kept.images["table"].sum(axis=0, dtype=np.float64) + kept.noise["table"]
    np.testing.assert_allclose(kept.signals["table"], mixture, atol=1e-6)
    alone = rendered(0.3, keep=frozenset(), **errors)
    assert alone.signals["table"].tobytes() == kept.signals["table"].tobytes()


def test_noise_is_as_far_below_as_is_said():
    kept = rendered(gains=(4.0,) * 4, phases=(0.5,) * 4)
    heard = kept.images["table"].sum(axis=0, dtype=np.float64)
    snr_db = 10.0 * np.log10(np.mean(heard**2) / np.mean(kept.noise["table"] ** 2))
    assert snr_db == pytest.approx(30.0, abs=0.01)


# The quarter of a period


@pytest.mark.parametrize("num_samples", [1, 2, 999, 1000])
def test_the_transform_is_that_of_scipy(num_samples):
    signal = np.random.default_rng(num_samples).standard_normal(num_samples)
    followed_by_silence = np.zeros(next_fast_len(2 * num_samples, real=True))
    followed_by_silence[:num_samples] = signal
    expected = hilbert(followed_by_silence).imag[:num_samples]
    assert in_quadrature(signal) == pytest.approx(expected, abs=1e-12)


def test_a_cosine_becomes_a_sine():
    time = np.arange(RATE) / RATE
    turned = in_quadrature(np.hanning(RATE) * np.cos(2.0 * np.pi * 440.0 * time))
    expected = np.hanning(RATE) * np.sin(2.0 * np.pi * 440.0 * time)
    np.testing.assert_allclose(turned, expected, atol=1e-5)


def test_nothing_of_the_end_comes_back_at_the_beginning():
    click = np.zeros(1000)
    click[-1] = 1.0
    late = in_quadrature(click)
    assert np.abs(late[0]) < 1e-2 * np.abs(late).max()
    assert late[-2] == pytest.approx(-2.0 / math.pi, abs=1e-3), "1 / (pi n), where n is odd"


def test_silence_stays_silent():
    quiet = source(level_db=-300.0)
    table = array().model_copy(
        update={"errors": MicrophoneErrors(**(EXACT | {"phases": (0.1,) * 4}))}
    )
    recording = render(scene(sources=(quiet,), arrays={"table": table}, snr_db=None))
    assert np.abs(recording.signals["table"]).max() < 1e-12

import itertools

import numpy as np
import pytest

from simgen.baselines.srp_phat import PEAK_FRACTION, srp_phat, steered_response_power
from simgen.errors import ParameterError, ShapeError
from tests.references import srp_phat as reference

SAMPLE_RATE = 16000
SPEED_OF_SOUND = 343.2
RING = 0.1 * np.array([[np.cos(angle), np.sin(angle), 0.0] for angle in np.arange(8) * np.pi / 4.0])
GRID = np.deg2rad(np.arange(360.0))


def plane_waves(azimuths_deg, *, seed=0, microphones=RING, num_samples=8000, rate=SAMPLE_RATE):
    """Independent white plane waves with exact, circular delays, (microphone, sample)."""
    rng = np.random.default_rng(seed)
    frequencies = np.fft.rfftfreq(num_samples, 1.0 / rate)
    mixture = np.zeros((len(microphones), num_samples))
    for azimuth in np.deg2rad(azimuths_deg):
        spectrum = np.fft.rfft(rng.standard_normal(num_samples))
        leads = microphones @ [np.cos(azimuth), np.sin(azimuth), 0.0] / SPEED_OF_SOUND
        phases = np.exp(2j * np.pi * np.outer(leads, frequencies))
        mixture += np.fft.irfft(spectrum * phases, num_samples)
    return mixture


def error_deg(estimate, azimuth_deg):
    """Absolute difference of azimuths in degrees; the estimate is in radians."""
    return abs((np.rad2deg(estimate) - azimuth_deg + 180.0) % 360.0 - 180.0)


def locate(signals, microphones=RING, **options):
    return srp_phat(signals, microphones, sample_rate=SAMPLE_RATE, **options)


def power_map(signals, microphones=RING, azimuths=GRID):
    return steered_response_power(signals, microphones, sample_rate=SAMPLE_RATE, azimuths=azimuths)


def largest_error_deg(estimates, azimuths_deg):
    """Worst error of the best pairing, which needs as many estimates as azimuths."""
    assert len(estimates) == len(azimuths_deg)
    return min(
        max(error_deg(estimate, truth) for estimate, truth in zip(estimates, order, strict=True))
        for order in itertools.permutations(azimuths_deg)
    )


def test_map_equals_the_pair_by_pair_reference():
    microphones = np.array([[0.1, 0.0, 0.0], [0.0, 0.08, 0.3], [-0.05, -0.06, 0.0]])
    signals = plane_waves([70.0], num_samples=800, microphones=microphones)
    signals += 0.5 * np.random.default_rng(5).standard_normal(signals.shape)
    azimuths = np.deg2rad([-170.0, -3.0, 70.0, 180.0])
    expected = reference.steered_response_power(
        signals,
        microphones,
        sample_rate=SAMPLE_RATE,
        azimuths=azimuths,
        speed_of_sound=SPEED_OF_SOUND,
    )
    assert power_map(signals, microphones, azimuths) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "azimuth_deg",
    [0.0, 0.4, 0.5, 12.25, 45.0, 89.7, 135.5, 179.5, 180.0, -179.6, -90.3, -22.5, -1.0, -0.5, -0.3],
)
def test_one_plane_wave_is_found_within_a_twentieth_of_a_degree(azimuth_deg):
    (estimate,) = locate(plane_waves([azimuth_deg]))
    assert error_deg(estimate, azimuth_deg) < 0.05
    assert -np.pi < estimate <= np.pi


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_other_sample_rates_locate_as_well(rate):
    signals = plane_waves([33.3], num_samples=rate // 2, rate=rate)
    (estimate,) = srp_phat(signals, RING, sample_rate=rate)
    assert error_deg(estimate, 33.3) < 0.5


@pytest.mark.parametrize("azimuths_deg", [(40.0, 160.3), (-5.0, 60.0), (10.0, 130.0, -100.0)])
def test_several_plane_waves_are_found_with_and_without_their_number(azimuths_deg):
    signals = plane_waves(azimuths_deg)
    told = locate(signals, num_sources=len(azimuths_deg))
    assert largest_error_deg(told, azimuths_deg) < 2.0
    assert locate(signals) == pytest.approx(told)


def test_the_louder_source_comes_first():
    quiet = 0.5 * plane_waves([150.0], seed=1)
    assert error_deg(locate(plane_waves([20.0]) + quiet)[0], 20.0) < 2.0


def test_the_number_of_sources_bounds_the_answer_from_above():
    signals = plane_waves([40.0, 160.0, -80.0])
    ranking = locate(signals, num_sources=180)
    assert np.array_equal(locate(signals, num_sources=1), ranking[:1])
    assert np.array_equal(locate(signals, num_sources=2), ranking[:2])
    assert 3 <= len(ranking) < 180


def test_unknown_number_gives_between_one_and_four():
    rng = np.random.default_rng(3)
    for num_samples in (512, 600, 4000):
        assert 1 <= len(locate(rng.standard_normal((8, num_samples)))) <= 4


@pytest.mark.parametrize(("level", "count"), [(1.0, 2), (0.7, 2), (0.5, 1), (0.1, 1)])
def test_a_peak_is_a_source_from_the_published_fraction_upwards(level, count):
    signals = plane_waves([40.0]) + level * plane_waves([160.0], seed=1)
    power = power_map(signals)
    above = power[[40, 160]] - np.median(power)
    assert np.count_nonzero(above > PEAK_FRACTION * above.max()) == count
    assert len(locate(signals)) == count


def test_map_is_one_for_a_plane_wave_and_one_over_the_microphones_for_noise():
    leads_zero = np.tile(np.random.default_rng(0).standard_normal(8000), (2, 1))
    apart = np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]])
    assert power_map(leads_zero, apart, [0.0])[0] == pytest.approx(1.0)
    noise = np.random.default_rng(1).standard_normal((8, 64000))
    assert np.mean(power_map(noise)) == pytest.approx(1.0 / 8.0, abs=0.005)


@pytest.mark.parametrize("steps", [1, 3, -2])
def test_rolling_the_ring_turns_the_answer(steps):
    signals = plane_waves([17.0, 100.0])
    turned = locate(np.roll(signals, steps, axis=0), num_sources=2)
    errors = error_deg(turned, np.rad2deg(locate(signals, num_sources=2)) + 45.0 * steps)
    assert np.max(errors) < 1e-6


def test_mirroring_the_ring_mirrors_the_answer():
    signals = plane_waves([17.0])
    assert locate(signals[-np.arange(8)]) == pytest.approx(-locate(signals), abs=1e-9)


def test_order_level_and_origin_of_the_microphones_do_not_matter():
    signals = plane_waves([-77.0, 31.0])
    expected = power_map(signals)
    order = np.random.default_rng(0).permutation(8)
    assert power_map(signals[order], RING[order]) == pytest.approx(expected)
    assert power_map(1e-6 * signals) == pytest.approx(expected)
    assert power_map(signals, RING + np.array([3.0, -2.0, 1.0])) == pytest.approx(expected)


def test_a_wrong_speed_of_sound_blurs_the_map():
    signals = plane_waves([10.0])
    slow = steered_response_power(
        signals, RING, sample_rate=SAMPLE_RATE, azimuths=GRID, speed_of_sound=250.0
    )
    assert slow.max() < 0.8 * power_map(signals).max()


def test_silence_has_no_sources():
    silence = np.zeros((8, 1000))
    assert np.array_equal(power_map(silence), np.zeros(360))
    assert locate(silence).shape == (0,)
    assert locate(silence, num_sources=3).shape == (0,)


def test_silent_channels_and_frames_do_no_harm():
    signals = plane_waves([50.0])
    signals[2] = 0.0
    signals[:, :4000] = 0.0
    assert error_deg(locate(signals)[0], 50.0) < 1.0


def test_the_answer_repeats_exactly():
    signals = plane_waves([50.0, -50.0])
    assert locate(signals).tobytes() == locate(signals).tobytes()


def test_a_recording_shorter_than_a_frame_is_refused():
    assert len(locate(plane_waves([0.0], num_samples=512))) >= 1
    with pytest.raises(ParameterError, match="at least 512"):
        locate(np.ones((8, 511)))


@pytest.mark.parametrize(
    ("signals", "microphones"),
    [
        (np.ones(1000), RING),
        (np.ones((1000, 8)), RING),
        (np.ones((7, 1000)), RING),
        (np.ones((8, 1000)), RING[:, :2]),
        (np.full((8, 1000), np.nan), RING),
        (np.ones((8, 1000)), np.full((8, 3), np.inf)),
    ],
)
def test_malformed_recordings_are_refused(signals, microphones):
    with pytest.raises(ShapeError):
        locate(signals, microphones)


@pytest.mark.parametrize("microphones", [RING[:1], RING[:1] * np.ones((3, 1)) + np.eye(3)[2]])
def test_microphones_in_one_vertical_line_are_refused(microphones):
    with pytest.raises(ParameterError, match="horizontal plane"):
        locate(np.ones((len(microphones), 1000)), microphones)


@pytest.mark.parametrize(
    "options",
    [
        {"sample_rate": 4000},
        {"sample_rate": np.nan},
        {"num_sources": 0},
        {"num_sources": -1},
        {"speed_of_sound": 0.0},
    ],
)
def test_numbers_out_of_range_are_refused(options):
    with pytest.raises(ParameterError):
        srp_phat(np.ones((8, 1000)), RING, **({"sample_rate": SAMPLE_RATE} | options))


def test_azimuths_of_the_wrong_shape_are_refused():
    with pytest.raises(ShapeError, match="azimuths"):
        power_map(np.ones((8, 1000)), azimuths=[[0.0]])

import math

import numpy as np
import pytest
from scipy.special import eval_legendre, spherical_jn, spherical_yn

from simgen.acoustics.rigid_sphere import (
    sphere_impulse_responses,
    sphere_response,
    woodworth_delay,
)
from simgen.errors import GeometryError, ParameterError, ShapeError

COSINES = np.linspace(-1.0, 1.0, 41)
SPEED = 343.0
RADIUS = 0.0875
HEAD = {"radius": RADIUS, "distance": 2.0, "speed_of_sound": SPEED}
FAR = {**HEAD, "distance": 100.0 * RADIUS}
PLANE = {**HEAD, "distance": math.inf}
TAPS = {"sample_rate": 48_000.0, "num_samples": 256, "advance": 64.0}


def frequency_of(ka):
    return ka * SPEED / (2.0 * math.pi * RADIUS)


def hankel(degrees, z, derivative=False):
    """Second kind."""
    return spherical_jn(degrees, z, derivative) - 1j * spherical_yn(degrees, z, derivative)


def scattered_point_source(ka, rho, num_terms):
    """Incident plus scattered pressure, each expanded about the centre, over the free field."""
    m = np.arange(num_terms)
    legendre = eval_legendre(m[:, None], COSINES)
    reflected = spherical_jn(m, ka, True) / hankel(m, ka, True)
    on_surface = spherical_jn(m, ka) - reflected * hankel(m, ka)
    source = -1j * ka * hankel(m, ka * rho)  # 1 / distance is in units of 1 / a
    return ((2 * m + 1) * source * on_surface) @ legendre * rho * np.exp(1j * ka * rho)


def scattered_plane_wave(ka, num_terms):
    """Incident plus scattered pressure of a plane wave that comes from cosine 1."""
    m = np.arange(num_terms)
    reflected = spherical_jn(m, ka, True) / hankel(m, ka, True)
    on_surface = spherical_jn(m, ka) - reflected * hankel(m, ka)
    return ((2 * m + 1) * 1j**m * on_surface) @ eval_legendre(m[:, None], COSINES)


# The oracle subtracts nearly equal terms, so it takes no more of them than it can add.
@pytest.mark.parametrize(
    ("ka", "num_terms"), [(0.05, 8), (0.3, 12), (1.0, 16), (4.0, 26), (16.0, 46), (40.0, 76)]
)
@pytest.mark.parametrize("rho", [22.9, 100.0, 1000.0])
def test_the_scaled_series_is_the_scattered_field(ka, num_terms, rho):
    oracle = scattered_point_source(ka, rho, num_terms)
    response = sphere_response(
        [frequency_of(ka)], COSINES, radius=RADIUS, distance=rho * RADIUS, speed_of_sound=SPEED
    )
    assert response[0] == pytest.approx(oracle, abs=1e-9)


@pytest.mark.parametrize(
    ("ka", "num_terms"), [(0.05, 8), (0.3, 12), (1.0, 16), (4.0, 26), (16.0, 46), (40.0, 76)]
)
def test_a_plane_wave_is_the_scattered_field(ka, num_terms):
    oracle = scattered_plane_wave(ka, num_terms)
    assert sphere_response([frequency_of(ka)], COSINES, **PLANE)[0] == pytest.approx(
        oracle, abs=1e-9
    )


@pytest.mark.parametrize(("ka", "rho"), [(16.0, 1.5), (40.0, 1.5), (16.0, 3.0), (4.0, 3.0)])
def test_near_sources_are_the_plain_series(ka, rho):
    m = np.arange(int(ka) + 90 if rho < 2.0 else int(ka) + 45)
    ratio = hankel(m, ka * rho) / hankel(m, ka, True)
    oracle = ((2 * m + 1) * ratio) @ eval_legendre(m[:, None], COSINES)
    oracle *= -rho / ka * np.exp(1j * ka * rho)
    response = sphere_response(
        [frequency_of(ka)], COSINES, radius=RADIUS, distance=rho * RADIUS, speed_of_sound=SPEED
    )
    assert response[0] == pytest.approx(oracle, abs=1e-11)


@pytest.mark.parametrize("rho", [1.01, 1.5, 2.0 / RADIUS, 1e6])
def test_at_0_hz_front_and_back_have_closed_forms(rho):
    # sum (2 - 1/(m+1)) e^m = 2 / (1 - e) + ln(1 - e) / e, for e = 1 / rho in front, -e behind.
    sphere = {**HEAD, "distance": rho * RADIUS}
    ends = sphere_response([0.0], [1.0, -1.0], **sphere)[0]
    for end, e in zip(ends, (1.0 / rho, -1.0 / rho), strict=True):
        assert end.real == pytest.approx(2.0 / (1.0 - e) + math.log1p(-e) / e, rel=1e-9)
        assert abs(end.imag) < 1e-90


def test_at_0_hz_by_the_numbers():
    ends = sphere_response([0.0, 1e-3], [1.0, -1.0], **HEAD)
    assert ends.real == pytest.approx(np.array([[1.0690, 0.9374]] * 2), abs=5e-5)
    assert sphere_response([0.0], COSINES, **PLANE)[0] == pytest.approx(np.ones(41), abs=1e-15)


def test_a_vanishing_sphere_leaves_the_free_field():
    small = sphere_response([0.0, 1e3, 2e4], COSINES, **{**HEAD, "radius": 1e-7})
    assert small == pytest.approx(np.ones((3, 41)), abs=1e-4)


def test_a_source_far_away_is_a_plane_wave():
    frequency = np.linspace(0.0, 24_000.0, 25)
    plane = sphere_response(frequency, COSINES, **PLANE)
    for distance, deviation in ((1e2, 0.1), (1e4, 1e-3), (1e8, 1e-7)):
        near = sphere_response(frequency, COSINES, **{**HEAD, "distance": distance})
        assert near == pytest.approx(plane, abs=deviation)


def test_at_high_frequencies_the_front_doubles_and_the_back_is_a_bright_spot():
    front, bright, beside = np.abs(
        sphere_response([20_000.0], [1.0, -1.0, math.cos(math.radians(170.0))], **PLANE)[0]
    )
    assert front == pytest.approx(2.0, rel=0.01)
    assert bright > 2.0 * beside


def test_only_frequency_times_radius_matters():
    once = sphere_response([3000.0], COSINES, **HEAD)
    scaled = sphere_response([1000.0], COSINES, radius=3 * RADIUS, distance=6.0, speed_of_sound=343)
    assert scaled == pytest.approx(once, abs=1e-12)


@pytest.mark.parametrize("radius", [1e-6, 0.01, RADIUS, 0.1])
@pytest.mark.parametrize("distance", [0.11, 2.0, 1e9, math.inf])
def test_all_audible_frequencies_are_finite(radius, distance):
    frequency = np.concatenate(([0.0, 1e-300, 1e-30, 1e-9, 0.01], np.linspace(0.1, 24_000.0, 99)))
    response = sphere_response(
        frequency, COSINES, radius=radius, distance=distance, speed_of_sound=SPEED
    )
    assert np.all(np.isfinite(response))
    assert response.shape == (104, 41)


def test_a_frequency_alone_is_the_same_as_among_others():
    frequency = np.array([24_000.0, 0.0, 137.0])
    together = sphere_response(frequency, COSINES, **HEAD)
    alone = [sphere_response([value], COSINES, **HEAD)[0] for value in frequency]
    assert together == pytest.approx(np.array(alone), abs=1e-13)


def phase_delay_between_ears(azimuth, frequency, sphere=FAR):
    """How much later a sound reaches the far ear, in s; the phase is followed up from 0 Hz."""
    grid = np.linspace(0.0, frequency, 400)
    near, far = sphere_response(grid, [math.sin(azimuth), -math.sin(azimuth)], **sphere).T
    return np.unwrap(np.angle(near / far))[-1] / (2.0 * math.pi * frequency)


@pytest.mark.parametrize("azimuth_deg", [15, 30, 45, 60, 90])
def test_delay_between_ears_at_low_frequencies_is_kuhns(azimuth_deg):
    # G. F. Kuhn, J. Acoust. Soc. Am. 62(1), 1977, 157-167: 3 a / c sin(azimuth).
    azimuth = math.radians(azimuth_deg)
    kuhn = 3.0 * RADIUS / SPEED * math.sin(azimuth)
    assert phase_delay_between_ears(azimuth, 100.0) == pytest.approx(kuhn, rel=0.03)


@pytest.mark.parametrize("azimuth_deg", [15, 30, 45, 60, 90])
def test_delay_between_ears_at_high_frequencies_is_woodworths(azimuth_deg):
    azimuth = math.radians(azimuth_deg)
    woodworth = RADIUS / SPEED * (math.sin(azimuth) + azimuth)
    assert phase_delay_between_ears(azimuth, 15_000.0) == pytest.approx(woodworth, rel=0.03)
    near, far = woodworth_delay([math.sin(azimuth), -math.sin(azimuth)], **PLANE)
    assert far - near == pytest.approx(woodworth, rel=1e-12)


def test_geometrical_delays_by_hand():
    # Straight to the front, tangent to where a right triangle has it, then half an arc on.
    sphere = {"radius": 0.3, "distance": 0.5, "speed_of_sound": 100.0}
    beyond = math.cos(math.acos(0.6) + 0.5)
    delays = woodworth_delay([1.0, 0.6, beyond], **sphere)
    assert delays == pytest.approx([-0.003, -0.001, -0.001 + 0.0015], abs=1e-15)
    plane = woodworth_delay([1.0, 0.5, 0.0, -1.0], **{**sphere, "distance": math.inf})
    assert plane == pytest.approx([-0.003, -0.0015, 0.0, 0.0015 * math.pi], abs=1e-15)


@pytest.mark.parametrize("distance", [1.01 * RADIUS, 0.2, 2.0, 1e12, math.inf])
def test_geometrical_delays_are_continuous_and_grow_with_the_angle(distance):
    delays = woodworth_delay(
        np.cos(np.linspace(0.0, math.pi, 1001)), **{**HEAD, "distance": distance}
    )
    assert np.all(np.diff(delays) > 0.0)
    assert np.max(np.diff(delays)) < 1.01 * RADIUS / SPEED * math.pi / 1000
    if distance < 1e9:
        assert delays[0] == pytest.approx(-RADIUS / SPEED, rel=1e-9)


def test_impulse_responses_arrive_when_geometry_says():
    degrees = np.array([0, 30, 60, 80, 90, 100, 120, 150, 170, 180])
    cosine = np.cos(np.radians(degrees))
    responses = sphere_impulse_responses(cosine, **HEAD, **TAPS)
    arrival = TAPS["advance"] + TAPS["sample_rate"] * woodworth_delay(cosine, **HEAD)
    fine = np.fft.irfft(np.fft.rfft(responses, axis=1), 32 * 256, axis=1)
    late = np.argmax(np.abs(fine), axis=1) / 32.0 - arrival
    assert np.abs(late[degrees <= 90]) == pytest.approx(np.zeros(5), abs=0.1)
    # In the shadow a creeping wave is dispersed: its peak follows the first arrival.
    assert np.all((late[degrees > 90] > 0.0) & (late[degrees > 90] < 1.0))


def test_impulse_responses_have_the_spectrum_of_the_response():
    responses = sphere_impulse_responses(COSINES, **HEAD, **TAPS)
    assert responses.shape == (41, 256)
    assert responses.dtype == np.float64
    frequency = np.fft.rfftfreq(256, 1.0 / TAPS["sample_rate"])
    delay = np.exp(-2j * math.pi * frequency * TAPS["advance"] / TAPS["sample_rate"])
    spectrum = np.fft.rfft(responses, axis=1).T
    expected = sphere_response(frequency, COSINES, **HEAD) * delay[:, None]
    flat = frequency <= 0.44 * TAPS["sample_rate"]
    assert spectrum[flat] == pytest.approx(expected[flat], abs=2e-3)
    # Halfway down the raised cosine, and at its end.
    half = np.argmin(np.abs(frequency - 0.47 * TAPS["sample_rate"]))
    assert np.abs(spectrum[half] / expected[half]) == pytest.approx(np.full(41, 0.5), abs=0.05)
    assert np.abs(spectrum[-1]) == pytest.approx(np.zeros(41), abs=5e-3)


@pytest.mark.parametrize("cosine", [1.0, 0.0, -1.0])
def test_nothing_of_an_impulse_response_is_cut(cosine):
    response = sphere_impulse_responses([cosine], **HEAD, **TAPS)[0]
    longer = sphere_impulse_responses(
        [cosine], **HEAD, **{**TAPS, "num_samples": 1024, "advance": 464.0}
    )[0]
    assert response == pytest.approx(longer[400:656], abs=1e-4)
    assert np.sum(response**2) == pytest.approx(np.sum(longer**2), rel=1e-5)


def test_a_fractional_advance_delays_by_a_fraction():
    whole = sphere_impulse_responses([0.3], **HEAD, **TAPS)[0]
    half = sphere_impulse_responses([0.3], **HEAD, **{**TAPS, "advance": 64.5})[0]
    turn = np.exp(-1j * math.pi * np.fft.rfftfreq(256))
    assert half == pytest.approx(np.fft.irfft(np.fft.rfft(whole) * turn), abs=1e-3)


BOTH = [
    lambda cosine=COSINES, **changes: sphere_response([0.0, 1e3], cosine, **{**HEAD, **changes}),
    lambda cosine=COSINES, **changes: woodworth_delay(cosine, **{**HEAD, **changes}),
    lambda cosine=COSINES, **changes: sphere_impulse_responses(
        cosine, **{**HEAD, **TAPS, **changes}
    ),
]


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("radius", [0.0, -0.1, 1.001, math.nan, math.inf, "large"])
def test_radii_out_of_range_are_refused(function, radius):
    with pytest.raises(ParameterError, match=r"radius is out of range, got .*more than 0, at most"):
        function(radius=radius)


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("distance", [0.05, RADIUS, 1.009 * RADIUS, -2.0, 0.0, math.nan])
def test_sources_in_or_at_the_sphere_are_refused(function, distance):
    with pytest.raises(GeometryError, match=r"inside the sphere .*, got .*at least 1\.01 times"):
        function(distance=distance)


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize("speed", [0.0, 99.0, 1001.0, math.nan])
def test_speeds_of_sound_out_of_range_are_refused(function, speed):
    with pytest.raises(ParameterError, match="speed_of_sound is out of range"):
        function(speed_of_sound=speed)


@pytest.mark.parametrize("function", BOTH)
def test_bad_cosines_are_refused(function):
    with pytest.raises(ParameterError, match=r"cosine is out of range, got 1\.01"):
        function(np.array([0.0, 1.01]))
    with pytest.raises(ParameterError, match=r"cosine is out of range, got -2"):
        function(np.array([-2.0]))
    with pytest.raises(ShapeError, match="cosine has shape"):
        function(0.5)
    with pytest.raises(ShapeError, match="non-finite"):
        function([math.nan])


def test_bad_frequencies_are_refused():
    with pytest.raises(ParameterError, match=r"k a, .* is out of range, got -"):
        sphere_response([100.0, -1.0], COSINES, **HEAD)
    with pytest.raises(ParameterError, match=r"got 1001.* \(allowed: 0 to 1000\)") as caught:
        sphere_response([frequency_of(1001.0)], COSINES, **HEAD)
    assert caught.value.fix == "Take a smaller sphere or lower frequencies."
    for absurd in (1e12, 1e300, 1.7e308):
        with pytest.raises(ParameterError, match="sphere's circumference in wavelengths"):
            sphere_response([absurd], COSINES, **HEAD)
    with pytest.raises(ShapeError, match="frequency has shape"):
        sphere_response(100.0, COSINES, **HEAD)
    with pytest.raises(ShapeError, match="non-finite"):
        sphere_response([math.inf], COSINES, **HEAD)


def test_bad_impulse_responses_are_refused():
    for key, value in (("sample_rate", 0.0), ("num_samples", 0)):
        with pytest.raises(ParameterError, match=f"{key} is out of range"):
            sphere_impulse_responses(COSINES, **HEAD, **{**TAPS, key: value})
    for advance in (-1.0, 12.0, 240.0, math.nan):
        with pytest.raises(ParameterError, match="a sound arrives outside the response, at sample"):
            sphere_impulse_responses(COSINES, **HEAD, **{**TAPS, "advance": advance})

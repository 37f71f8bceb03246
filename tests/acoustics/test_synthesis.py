import numpy as np
import pytest

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.synthesis import warm_up
from tests.references.image_sources import image_sources

RATE, SPEED, LENGTH = 16_000, 343.0, 3200
SIZE, SOURCE, MICROPHONE = (4.0, 3.2, 2.6), (1.1, 2.3, 1.4), (2.9, 0.8, 1.1)
FREQUENCY = np.linspace(50.0, 0.44 * RATE, 60)
BROADBAND = (0.45, 0.55, 0.5, 0.65, 0.5, 0.6)
BANDS = len(octave_bands(RATE))


def respond(absorption, air=(0.0,), **options):
    room = BoxRoom(SIZE, absorption, SPEED, air)
    return box_responses(
        room, [SOURCE], [MICROPHONE], sample_rate=RATE, num_samples=LENGTH, **options
    )[0, 0]


def spectrum(response):
    turn = 2.0 * np.pi * np.outer(FREQUENCY, np.arange(len(response))) / RATE
    return np.exp(-1j * turn) @ response.astype(np.float64)


def exact_sum(absorption, air):
    """The images of every band, decayed by the air and weighed by the band's share."""
    weights = band_weights(octave_bands(RATE), FREQUENCY)
    total = np.zeros(len(FREQUENCY), dtype=complex)
    for band in range(BANDS):
        walls = [float(np.broadcast_to(wall, BANDS)[band]) for wall in absorption]
        images = np.array(image_sources(SIZE, walls, SOURCE, MICROPHONE, LENGTH / RATE * SPEED))
        distance, factor = images.T
        factor = factor / (4.0 * np.pi * distance) * np.exp(-0.5 * air[band] * distance)
        heard = weights[band] > 0.0
        turn = 2.0 * np.pi * np.outer(FREQUENCY[heard], distance) / SPEED
        total[heard] += weights[band, heard] * (np.exp(-1j * turn) @ factor)
    return total


def error_db(found, exact):
    return 10.0 * np.log10(np.sum(np.abs(found - exact) ** 2) / np.sum(np.abs(exact) ** 2))


def test_bands_that_absorb_alike_are_broadband():
    banded = respond([[wall] * BANDS for wall in BROADBAND])
    assert banded == pytest.approx(respond(BROADBAND), abs=2e-7)


def test_banded_walls_and_air_agree_with_the_exact_sum():
    absorption = np.outer(BROADBAND, np.linspace(0.9, 1.4, BANDS))
    air = tuple(np.geomspace(1e-4, 2e-2, BANDS))
    error = error_db(spectrum(respond(absorption, air)), exact_sum(absorption, air))
    # The filters of the low bands ring for 16 ms; what they ring before time zero is cut.
    assert error < -72.0


def test_air_alone_decays_each_band():
    air = tuple(np.geomspace(1e-4, 2e-2, BANDS))
    walls = [[wall] for wall in BROADBAND]
    assert error_db(spectrum(respond(BROADBAND, air)), exact_sum(walls, air)) < -78.0


def test_order_0_is_the_free_field():
    free = BoxRoom(SIZE, (1.0,) * 6, SPEED)
    expected = box_responses(free, [SOURCE], [MICROPHONE], sample_rate=RATE, num_samples=LENGTH)[
        0, 0
    ]
    assert respond(BROADBAND, max_order=0) == pytest.approx(expected, abs=1e-9)


def test_orders_add_up_to_all_images():
    assert respond(BROADBAND, max_order=1000) == pytest.approx(respond(BROADBAND), abs=0.0)
    assert not np.allclose(respond(BROADBAND, max_order=3), respond(BROADBAND), atol=1e-5)


def test_warming_up_computes_nothing_wrong():
    before = respond(BROADBAND)
    warm_up()
    assert respond(BROADBAND).tobytes() == before.tobytes()

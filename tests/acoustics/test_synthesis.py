import numpy as np
import pytest

from simgen.acoustics.bands import band_weights, octave_bands
from simgen.acoustics.directivity import cardioid_family, speech_directivity
from simgen.acoustics.heads import HeadResponses, measured_head, spherical_head
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.acoustics.synthesis import warm_up
from simgen.acoustics.transducers import Transducer
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


@pytest.mark.parametrize(
    ("air", "most_error_db"),
    # The filters of the low bands ring before time zero, which is cut.
    [((1.0,), -74.0), (tuple(np.linspace(0.5, 1.0, BANDS)), -58.0)],
    ids=["broadband", "bands"],
)
def test_thick_air_takes_of_a_sound_what_its_own_way_lets_it(air, most_error_db):
    """So thick that one cell of the grid more or less would be heard."""
    found = spectrum(respond([[1.0]] * 6, air))
    distance = np.linalg.norm(np.subtract(SOURCE, MICROPHONE))
    weights = band_weights(octave_bands(RATE), FREQUENCY)
    left = np.exp(-0.5 * distance * np.broadcast_to(air, BANDS)) @ weights
    turn = np.exp(-2j * np.pi * FREQUENCY * distance / SPEED)
    assert error_db(found, left * turn / (4.0 * np.pi * distance)) < most_error_db


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


# Receivers of every kind in one call


def some_head():
    """A measured head of few directions, whose filters are noise."""
    generator = np.random.default_rng(1)
    directions = generator.standard_normal((20, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    responses = np.zeros((20, 2, 96))
    responses[:, :, 40:60] = generator.standard_normal((20, 2, 20))
    return HeadResponses(directions, responses, 48_000)


def mixed_receivers():
    turned = quaternion_from_yaw(0.7)
    return [
        Transducer(MICROPHONE),
        *spherical_head((2.4, 1.6, 1.3), turned),
        *measured_head(some_head(), (3.1, 2.2, 1.2), turned),
        Transducer((0.6, 0.5, 2.0), cardioid_family("cardioid", 1), turned),
    ]


MIXED = mixed_receivers()
TALKER = Transducer(SOURCE, speech_directivity(octave_bands(RATE)), quaternion_from_yaw(-0.9))
SOURCES = {"omni": Transducer(SOURCE), "talker": TALKER}
KEPT = 1400  # beyond, images after the end ring into the response, or not


def hear(source, receivers, banded):
    absorption = np.outer(BROADBAND, np.linspace(0.9, 1.4, BANDS)) if banded else BROADBAND
    return box_responses(
        BoxRoom(SIZE, absorption, SPEED), [source], receivers, sample_rate=RATE, num_samples=1600
    )[0]


def agree(found, exact, most_error_db):
    """Up to a level of the error, or in every bit."""
    error = np.sum(np.square(found[:KEPT] - exact[:KEPT], dtype=np.float64))
    return error <= 10.0 ** (most_error_db / 10.0) * np.sum(np.square(exact[:KEPT]))


@pytest.mark.slow
@pytest.mark.parametrize("banded", [False, True])
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_each_of_mixed_receivers_hears_what_it_hears_alone(source, banded):
    """The longest filter makes the transform longer for all; the last bits are another's."""
    together = hear(source, MIXED, banded)
    for k, receiver in enumerate(MIXED):
        alone = hear(source, [receiver], banded)[0]
        assert agree(alone, together[k], -106.0), k


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_the_order_of_mixed_receivers_means_nothing(source):
    order = [4, 0, 5, 2, 1, 3]
    shuffled = hear(source, [MIXED[k] for k in order], True)
    assert shuffled.tobytes() == hear(source, MIXED, True)[order].tobytes()


def test_many_receivers_are_as_if_they_were_few():
    """More than are transformed at once, and a number that is no multiple of it."""
    receivers = [Transducer(tuple(MICROPHONE + 0.05 * k * np.ones(3))) for k in range(11)]
    for banded in (False, True):
        together = hear(SOURCES["omni"], receivers, banded)
        alone = [hear(SOURCES["omni"], [one], banded)[0] for one in receivers]
        assert np.array(alone).tobytes() == together.tobytes()


def test_mixed_receivers_hear_each_source_as_if_it_were_alone():
    room = BoxRoom(SIZE, BROADBAND, SPEED)
    both = [TALKER, Transducer((2.0, 0.4, 2.1))]
    options = {"sample_rate": RATE, "num_samples": 1600}
    together = box_responses(room, both, MIXED, **options)
    for k, source in enumerate(both):
        alone = box_responses(room, [source], MIXED, **options)[0]
        # A sphere's table is made for the nearest source; it errs by as much.
        for one, among_others in zip(alone, together[k], strict=True):
            assert agree(one, among_others, -70.0)

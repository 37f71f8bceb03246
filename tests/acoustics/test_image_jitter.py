"""Displaced images: what changes, and what must not."""

import math

import numpy as np
import pytest

from simgen.acoustics.columns import prepare_grid
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.spreading import WIDTH
from simgen.errors import ParameterError
from tests.references.directional_images import directional_images

SIZE, SOURCE, MICROPHONE = (4.0, 3.2, 2.6), (1.1, 2.3, 1.4), (2.9, 0.8, 1.1)
WALLS, SPEED, RATE, LENGTH = (0.3,) * 6, 343.0, 16_000, 3200
BANDED = np.full((6, 6), 0.3)


def respond(walls=WALLS, microphone=MICROPHONE, max_order=None, **options):
    room = BoxRoom(SIZE, walls, SPEED, **options)
    return box_responses(
        room,
        [SOURCE],
        [microphone],
        sample_rate=RATE,
        num_samples=LENGTH,
        max_order=max_order,
    )[0, 0].astype(np.float64)


def level_db(signal, reference):
    return 10.0 * np.log10(np.sum(signal**2) / np.sum(reference**2))


def test_a_seed_is_a_room():
    same = respond(image_jitter=0.08, jitter_seed=7)
    assert np.array_equal(same, respond(image_jitter=0.08, jitter_seed=7))
    for other in (respond(image_jitter=0.08, jitter_seed=8), respond()):
        assert level_db(same - other, same) > -3.0


def test_the_direct_sound_stays_in_place():
    displaced = respond(image_jitter=0.3, jitter_seed=1, max_order=0)
    assert np.array_equal(displaced, respond(max_order=0))


def test_bands_that_absorb_alike_are_displaced_alike():
    banded = respond(BANDED, image_jitter=0.08, jitter_seed=7)
    assert level_db(banded - respond(image_jitter=0.08, jitter_seed=7), banded) < -100.0


def test_first_reflections_move_no_further_than_asked():
    extent = 0.08
    room = BoxRoom(SIZE, WALLS, SPEED)
    images = directional_images(room, SOURCE, MICROPHONE, 12.0, 1)
    reflections = sorted(distance for distance, *_ in images)[1:]
    moved = set()
    for seed in range(8):
        late = respond(image_jitter=extent, jitter_seed=seed, max_order=1) - respond(max_order=0)
        first = np.argmax(np.abs(late)) / RATE * SPEED
        nearest = min(reflections, key=lambda distance: abs(distance - first))
        assert abs(first - nearest) < np.sqrt(3.0) * extent + SPEED / RATE
        moved.add(round(first - nearest, 2))
    assert len(moved) > 3


def test_microphones_side_by_side_see_the_same_displaced_images():
    """5 mm apart they agree at low frequencies as much as without displacement."""
    beside = (MICROPHONE[0] + 0.005, *MICROPHONE[1:])
    smooth = np.ones(40) / 40.0
    difference = {}
    for extent in (0.0, 0.3):
        one, other = (
            np.convolve(respond(microphone=place, image_jitter=extent, jitter_seed=3), smooth)
            for place in (MICROPHONE, beside)
        )
        difference[extent] = level_db(one - other, one)
    assert difference[0.3] < difference[0.0] + 6.0


def test_the_energy_stays():
    plain, displaced = respond(), respond(image_jitter=0.08, jitter_seed=2)
    high = np.fft.rfftfreq(LENGTH, 1.0 / RATE) > 500.0
    assert (
        abs(level_db(np.abs(np.fft.rfft(displaced)[high]), np.abs(np.fft.rfft(plain)[high]))) < 1.0
    )


@pytest.mark.parametrize(
    "options", [{"image_jitter": -0.1}, {"image_jitter": 0.6}, {"jitter_seed": -1}]
)
def test_a_displacement_out_of_range_is_refused(options):
    with pytest.raises(ParameterError, match=next(iter(options))):
        respond(**options)


def test_pyroomacoustics_refuses_to_displace_images():
    room = BoxRoom(SIZE, WALLS, SPEED, image_jitter=0.08)
    with pytest.raises(ParameterError, match="image jitter"):
        box_responses(
            room,
            [SOURCE],
            [MICROPHONE],
            sample_rate=RATE,
            num_samples=LENGTH,
            engine="pyroomacoustics",
        )


@pytest.mark.parametrize("walls", [(0.1,) * 6, np.full((6, 8), 0.1)], ids=["broadband", "bands"])
def test_images_displaced_beyond_the_end_are_cut_not_written_elsewhere(walls):
    """At a high rate half a metre is hundreds of cells: the grid has room for them."""
    room = BoxRoom((6.0, 5.0, 3.0), walls, 343.2, image_jitter=0.5, jitter_seed=1)
    grid = prepare_grid(room, room.num_bands, sample_rate=192_000, num_samples=3700)
    latest = 3700 + math.sqrt(3.0) * 0.5 / 343.2 * 192_000
    assert grid.length > latest + WIDTH


def test_nothing_arrives_before_the_direct_sound():
    """Near a wall a reflection is hardly longer, and a displaced one could be shorter."""
    near = (1.2, 0.15, 1.2), (4.2, 0.15, 1.2)
    for seed in range(40):
        room = BoxRoom((6.0, 5.0, 3.0), (0.1,) * 6, 343.2, image_jitter=0.3, jitter_seed=seed)
        response = box_responses(
            room, [near[0]], [near[1]], sample_rate=192_000, num_samples=2400, max_order=1
        )[0, 0]
        direct = 3.0 / 343.2 * 192_000
        assert np.abs(response[: int(direct) - 12]).max() < 0.05 * np.abs(response).max()

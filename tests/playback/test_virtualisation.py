import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.playback.crosstalk import channel_separation_db, regularised_inverse
from simgen.playback.fractional_octaves import SIXTH_OCTAVES, THIRD_OCTAVES
from simgen.playback.gain_capped import gain_capped_inverse
from simgen.playback.virtualisation import equalise_bands, virtual_loudspeakers
from tests.playback.example_plants import NARROW, PAIR, head_plants, random_poses, random_responses

FREQUENCIES = np.fft.rfftfreq(4096, 1 / 48000)[1:]


def band_levels_db(plants, filters, bands):
    power = np.mean(np.sum(np.abs(plants @ filters) ** 2, axis=(2, 3)), axis=0)
    return 10.0 * np.log10(bands.mean(power, FREQUENCIES))


def test_with_the_inverse_the_ears_hear_the_pair():
    plant, target = random_responses(5, 2, 3), random_responses(5, 2, 2, seed=1)
    filters = virtual_loudspeakers(regularised_inverse(plant, beta=0.0), target)
    assert plant @ filters == pytest.approx(target)


def test_the_loudspeakers_themselves_need_no_filters():
    plant = random_responses(5, 2, 2)
    filters = virtual_loudspeakers(regularised_inverse(plant, beta=0.0), plant)
    assert filters == pytest.approx(np.broadcast_to(np.eye(2), (5, 2, 2)), abs=1e-12)


@pytest.mark.parametrize("bands", [THIRD_OCTAVES, SIXTH_OCTAVES], ids=["thirds", "sixths"])
def test_equalising_restores_the_level_that_regularisation_lost(bands):
    plants = head_plants(NARROW, FREQUENCIES, [(0.0, 0.0, 0.0), *random_poses(3, seed=1)])
    target = head_plants(PAIR, FREQUENCIES)[0]
    lossy = virtual_loudspeakers(regularised_inverse(plants[0], beta=0.3), target)
    settings = {"reference": target, "frequency": FREQUENCIES, "bands": bands}
    equalised = equalise_bands(lossy, plants, **settings)
    wanted_db = band_levels_db(target[None], np.eye(2), bands)
    before, after = (band_levels_db(plants, each, bands) - wanted_db for each in (lossy, equalised))
    assert np.abs(before).max() > 2.0
    assert np.abs(after).max() < 0.01


def test_equalising_keeps_every_ratio():
    plants = head_plants(NARROW, FREQUENCIES)
    target = head_plants(PAIR, FREQUENCIES)[0]
    filters = virtual_loudspeakers(gain_capped_inverse(plants[0], gain_cap=3.0), target)
    equalised = equalise_bands(filters, plants, reference=target, frequency=FREQUENCIES)
    gain = equalised / filters
    assert gain == pytest.approx(np.broadcast_to(gain[:, :1, :1], gain.shape))
    assert gain.imag == pytest.approx(np.zeros(gain.shape), abs=1e-12)
    assert channel_separation_db(plants[0], equalised) == pytest.approx(
        channel_separation_db(plants[0], filters)
    )
    first, last = SIXTH_OCTAVES.centres[[0, -1]]
    outside = [not first <= frequency <= last for frequency in FREQUENCIES]
    assert len(np.unique(gain[outside, 0, 0].real.round(9))) == 2


def test_the_right_level_is_left_and_a_wrong_one_taken_back():
    plants = head_plants(NARROW, FREQUENCIES)
    target = head_plants(PAIR, FREQUENCIES)[0]
    exact = virtual_loudspeakers(regularised_inverse(plants[0], beta=0.0), target)
    settings = {"reference": target, "frequency": FREQUENCIES}
    assert equalise_bands(exact, plants, **settings) == pytest.approx(exact)
    assert equalise_bands(0.01 * exact, plants, **settings) == pytest.approx(exact)


def test_wrong_arguments_are_refused():
    plants, filters = random_responses(2, 6, 2, 3), random_responses(6, 3, 2)
    reference = random_responses(6, 2, 2)
    given = {"frequency": 1000.0 * np.arange(1, 7)}
    with pytest.raises(ShapeError, match="target"):
        virtual_loudspeakers(filters, reference[:5])
    with pytest.raises(ShapeError, match="filters"):
        virtual_loudspeakers(filters[0], reference)
    with pytest.raises(ShapeError, match="reference"):
        equalise_bands(filters, plants, reference=reference[..., :1], **given)
    with pytest.raises(ShapeError, match="plants"):
        equalise_bands(filters, plants[0], reference=reference, **given)
    with pytest.raises(ParameterError, match="band"):
        equalise_bands(filters, plants, reference=reference, **given)
    plenty = np.ones((len(FREQUENCIES), 2, 2))
    with pytest.raises(ParameterError, match="silent"):
        equalise_bands(plenty, plenty[None], reference=0.0 * plenty, frequency=FREQUENCIES)

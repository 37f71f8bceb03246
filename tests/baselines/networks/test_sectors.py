import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.sectors import SectorNetwork, encode_sectors  # noqa: E402
from simgen.labels.regions import ACTIVITY, AZIMUTH, DISTANCE, RegionGrid  # noqa: E402


class Echo(SectorNetwork):
    """A network of which only the reading of answers is of interest."""

    name = "echo"

    def build(self):
        return torch.nn.Identity()

    def prepare(self, windows):
        return windows


NETWORK = Echo()


def answer(encoded, *, sure=8.0):
    """Outputs that say what is encoded, (sector, 3)."""
    outputs = np.array(encoded, dtype=np.float32)
    outputs[..., ACTIVITY] = np.where(outputs[..., ACTIVITY] > 0.5, sure, -sure)
    return outputs


def scenes(count=300):
    """Random sources in distinct sectors, (scene, 4), NaN where there are fewer."""
    rng = np.random.default_rng(4)
    sectors = np.stack([rng.permutation(8)[:4] for _ in range(count)])
    turns = (sectors + rng.random((count, 4))) * 45.0
    azimuths = np.deg2rad((turns + 180.0) % 360.0 - 180.0)
    azimuths[np.arange(4) >= rng.integers(1, 5, count)[:, None]] = np.nan
    return azimuths, np.where(np.isfinite(azimuths), rng.random((count, 4)), 0.0)


def test_sectors_are_the_regions_of_the_labels():
    azimuths, metres = scenes(50)
    grid = RegionGrid(8, (), (6.0, 5.0, 3.0), (3.0, 2.5, 1.2), 0.0)
    for row, distances in zip(azimuths, metres, strict=True):
        heard = np.isfinite(row)
        regions = grid.region_of(row[heard], distances[heard])
        low, high = grid.distance_bounds[regions].T
        own = np.zeros((1, len(row)))
        own[0, heard] = np.clip((distances[heard] - low) / (high - low), 0.0, 1.0)
        expected = grid.encode(row[heard], distances[heard])
        assert encode_sectors(row[None], own)[0] == pytest.approx(expected, abs=1e-6)


def test_what_is_encoded_is_decoded():
    azimuths, distances = scenes()
    for row, encoded in zip(azimuths, encode_sectors(azimuths, distances), strict=True):
        found = NETWORK.decode(answer(encoded)[None], threshold=0.5)
        assert np.sort(found) == pytest.approx(np.sort(row[np.isfinite(row)]), abs=1e-6)


@pytest.mark.parametrize("azimuth_deg", [-180.0, -45.0, -1e-15, 0.0, 45.0, 180.0, 359.99999999])
def test_borders_belong_to_one_sector(azimuth_deg):
    encoded = encode_sectors(np.deg2rad([[azimuth_deg]]), np.zeros((1, 1)))[0]
    assert np.sum(encoded[:, ACTIVITY]) == 1.0
    assert np.all((encoded[:, AZIMUTH] >= 0.0) & (encoded[:, AZIMUTH] < 1.0))
    (found,) = NETWORK.decode(answer(encoded)[None], threshold=0.5)
    error = np.rad2deg(found) - azimuth_deg
    assert (error + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-5)


def test_of_two_in_a_sector_the_nearer_is_described():
    azimuths, distances = np.deg2rad([[10.0, 20.0], [20.0, 10.0]]), [[0.7, 0.2], [0.2, 0.7]]
    encoded = encode_sectors(azimuths, np.array(distances))
    assert encoded[:, 0, DISTANCE] == pytest.approx(0.2)
    assert encoded[:, 0, AZIMUTH] == pytest.approx(20.0 / 45.0)


def test_nothing_is_encoded_as_zeros_and_decoded_as_nothing():
    encoded = encode_sectors(np.full((1, 4), np.nan), np.zeros((1, 4)))
    assert not np.any(encoded)
    assert NETWORK.decode(answer(encoded[0])[None], threshold=0.5).shape == (0,)


def test_the_number_of_sources_overrules_the_threshold():
    outputs = np.zeros((1, 8, 3))
    outputs[0, :, ACTIVITY] = [-5, -1, -3, -2, -6, -7, -8, -9]
    found = NETWORK.decode(outputs, threshold=0.5, num_sources=2)
    assert np.rad2deg(found) == pytest.approx([45.0, 135.0])
    assert NETWORK.decode(outputs, threshold=0.5).shape == (0,)


def test_activity_is_that_of_the_surest_half_of_the_windows():
    outputs = np.full((5, 8, 3), -20.0)
    outputs[:, 2, ACTIVITY] = [4.0, -9.0, 1.0, -5.0, 2.0]  # of five, three
    probability = 1.0 / (1.0 + np.exp(-7.0 / 3.0))
    assert NETWORK.decode(outputs, threshold=probability - 1e-6).shape == (1,)
    assert NETWORK.decode(outputs, threshold=probability + 1e-6).shape == (0,)


def test_azimuths_are_medians_weighted_by_squared_activity():
    rng = np.random.default_rng(6)
    logits, places = rng.normal(0.0, 2.0, 9), rng.random(9)
    outputs = np.full((9, 8, 3), -20.0)
    outputs[:, 2, ACTIVITY], outputs[:, 2, AZIMUTH] = logits, places
    (found,) = NETWORK.decode(outputs, threshold=0.0, num_sources=1)
    weights = (1.0 / (1.0 + np.exp(-logits))) ** 2
    # The median minimises the weighted sum of absolute errors.
    costs = [np.sum(weights * np.abs(places - place)) for place in places]
    assert np.rad2deg(found) == pytest.approx(45.0 * (2.0 + places[np.argmin(costs)]))


def test_one_window_says_what_it_says():
    encoded = encode_sectors(np.deg2rad([[100.0]]), np.zeros((1, 1)))
    (found,) = NETWORK.decode(answer(encoded), threshold=0.5)
    assert np.rad2deg(found) == pytest.approx(100.0, abs=1e-4)


def test_places_beyond_a_sector_are_at_its_border():
    outputs = np.full((1, 8, 3), -20.0)
    outputs[0, 0], outputs[0, 4] = [5.0, 0.0, -0.3], [4.0, 0.0, 1.4]
    assert np.rad2deg(NETWORK.decode(outputs, threshold=0.5)) == pytest.approx([0.0, -135.0])


def test_the_loss_is_cross_entropy_and_errors_where_there_is_a_source():
    targets = torch.zeros((1, 8, 3))
    targets[0, 3] = torch.tensor([1.0, 0.25, 0.5])
    outputs = torch.zeros((1, 8, 3))
    outputs[0, 3] = torch.tensor([0.0, 0.5, 0.9])
    outputs[0, 5] = torch.tensor([0.0, 9.0, 9.0])  # not there, so wherever
    expected = np.log(2.0) + 2.0 * 0.4 + 0.25 * 0.25
    assert float(NETWORK.loss(outputs, targets)) == pytest.approx(expected)


def test_the_loss_of_silence_is_finite():
    loss = NETWORK.loss(torch.zeros((2, 8, 3)), torch.zeros((2, 8, 3)))
    assert float(loss) == pytest.approx(np.log(2.0))

import numpy as np
import pytest

from simgen.errors import ShapeError, SubmissionError
from simgen.scoring.localization import score_localization
from simgen.scoring.localization_details import EDGES_DEG, localization_details


def details(references, estimates, **options):
    """Details of azimuths in degrees by item."""
    truth, found = (
        {item: np.deg2rad(azimuths) for item, azimuths in each.items()}
        for each in (references, estimates)
    )
    return localization_details(truth, found, **options)


def counts(references, estimates):
    return details(references, estimates)["error_histogram"]["counts"]


def scenes(seed, num_scenes=40):
    """Random scenes and what a system without much skill makes of them."""
    generator = np.random.default_rng(seed)
    truth = {
        str(n): generator.uniform(-180, 180, generator.integers(0, 5)) for n in range(num_scenes)
    }
    found = {
        item: (azimuths + generator.normal(0.0, 20.0, azimuths.size))[: generator.integers(0, 5)]
        for item, azimuths in truth.items()
    }
    return truth, found


def test_edges_part_the_half_circle():
    assert EDGES_DEG[0] == 0.0
    assert EDGES_DEG[-1] == 180.0
    assert np.all(np.diff(EDGES_DEG) > 0.0)
    assert {5.0, 10.0, 20.0, 30.0} <= set(EDGES_DEG)


@pytest.mark.parametrize(
    ("error", "low"),
    [(0.0, 0.0), (0.05, 0.0), (0.12, 0.1), (4.0, 3.0), (12.0, 10.0), (150.0, 100.0)],
)
def test_an_error_is_counted_in_its_class(error, low):
    expected = [int(edge == low) for edge in EDGES_DEG[:-1]]
    assert counts({"a": [90.0]}, {"a": [90.0 + error]}) == expected
    assert counts({"a": [90.0]}, {"a": [90.0 - error + 360.0]}) == expected


def test_the_opposite_direction_is_in_the_last_class():
    assert counts({"a": [0.0, 1.0]}, {"a": [180.0]})[-1] == 1
    assert counts({"a": [-90.0]}, {"a": [90.0]})[-1] == 1


def test_silence_has_no_errors_and_finds_nothing():
    told = details({"a": [10.0, 100.0], "b": [200.0]}, {"a": [], "b": []})
    assert sum(told["error_histogram"]["counts"]) == 0
    assert [
        (region["sector"], region["num_sources"], region["count"]) for region in told["regions"]
    ] == [
        (0, 2, 1),
        (2, 2, 1),
        (4, 1, 1),
    ]
    assert {region["recall"] for region in told["regions"]} == {0.0}
    assert {region["absolute_doa_error_deg"] for region in told["regions"]} == {None}


def test_scenes_without_sources_are_in_no_region():
    told = details({"a": [], "b": []}, {"a": [10.0], "b": []})
    assert told["regions"] == []
    assert sum(told["error_histogram"]["counts"]) == 0


def test_a_sector_tells_recall_and_error_of_its_own_sources():
    told = details(
        {"a": [10.0, 100.0], "b": [20.0, 300.0]},
        {"a": [14.0, 130.0], "b": [300.0]},
    )
    by_cell = {region["sector"]: region for region in told["regions"]}
    assert by_cell[0]["recall"] == 0.5
    assert by_cell[0]["absolute_doa_error_deg"] == pytest.approx(4.0)
    assert by_cell[0]["count"] == 2
    assert by_cell[2]["recall"] == 0.0
    assert by_cell[2]["absolute_doa_error_deg"] == pytest.approx(30.0)
    assert by_cell[6]["recall"] == 1.0


def test_ten_degrees_are_still_found():
    [at] = details({"a": [0.0]}, {"a": [10.0]})["regions"]
    [beyond] = details({"a": [0.0]}, {"a": [10.01]})["regions"]
    assert (at["recall"], beyond["recall"]) == (1.0, 0.0)


@pytest.mark.parametrize("num_sectors", [1, 4, 8])
@pytest.mark.parametrize("seed", [0, 1])
def test_details_pool_to_the_scores(seed, num_sectors):
    truth, found = (
        {item: np.deg2rad(azimuths) for item, azimuths in each.items()} for each in scenes(seed)
    )
    score = score_localization(truth, found)
    told = localization_details(truth, found, num_sectors=num_sectors)
    assert sum(told["error_histogram"]["counts"]) == score.coverage.num_pairs
    regions = told["regions"]
    num_sources = sum(region["count"] for region in regions)
    assert num_sources == score.coverage.num_sources
    recall = sum(region["count"] * region["recall"] for region in regions) / num_sources
    assert recall == pytest.approx(score.scores["recall_10deg"].value)
    assert all(0 <= region["sector"] < num_sectors for region in regions)


def test_a_mean_over_one_region_is_the_score():
    truth, found = scenes(3)
    truth = {
        item: azimuths[:1] if azimuths.size else np.array([5.0]) for item, azimuths in truth.items()
    }
    [region] = details(truth, found, num_sectors=1)["regions"]
    score = score_localization(
        {item: np.deg2rad(azimuths) for item, azimuths in truth.items()},
        {item: np.deg2rad(azimuths) for item, azimuths in found.items()},
    )
    expected = score.scores["absolute_doa_error_deg"].value
    assert region["absolute_doa_error_deg"] == pytest.approx(expected)


def test_order_does_not_matter():
    truth, found = scenes(4)
    turned = ({item: each[item][::-1] for item in [*each][::-1]} for each in (truth, found))
    assert details(*turned) == details(truth, found)


def test_bad_azimuths_are_refused():
    with pytest.raises(SubmissionError, match="missing"):
        details({"a": [0.0]}, {})
    with pytest.raises(ShapeError):
        details({"a": [[0.0]]}, {"a": []})

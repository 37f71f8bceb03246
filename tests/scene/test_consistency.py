import pytest

from simgen.errors import SceneError
from simgen.scene.scene_file import SceneFile

PAIR = {"microphones": {"line": {"count": 2, "spacing_m": 0.1}}}
DATA = {
    "scene": 1,
    "name": "test",
    "duration_s": 1,
    "room": {"box_m": [6, 5, 3], "t60_s": 0},
    "arrays": {"table": PAIR | {"regions": {"sectors": 3}}, "shelf": PAIR},
    "sources": {
        "talkers": {"count": {"integers": [1, 3]}},
        "hum": {"place": {"around": {"array": "shelf", "distance_m": 1, "azimuth_deg": 0}}},
    },
}
BETWEEN = {"at_least_m": 1, "between": ["talkers", "table"]}


def problems_of(**changes):
    with pytest.raises(SceneError) as caught:
        SceneFile.model_validate(DATA | changes).draw(seed=1, index=0)
    return [
        (found.code, found.key_path, found.message, found.suggestion)
        for found in caught.value.problems
    ]


@pytest.mark.parametrize(
    "names", [["talkers", "shelf"], ["shelf", "talkers"], ["hum", "talkers"], ["hum", "hum"]]
)
def test_names_may_stand_in_any_order(names):
    rules = [{"at_least_m": 0.1, "between": names}]
    SceneFile.model_validate(DATA | {"rules": rules}).draw(seed=1, index=0)


def test_an_unknown_array_of_a_place():
    around = {"array": "shelv", "distance_m": 1, "azimuth_deg": 0}
    assert problems_of(sources={"hum": {"place": {"around": around}}}) == [
        (
            "unknown-name",
            "sources.hum.place.around.array",
            'nothing here is named "shelv" (allowed: table, shelf)',
            "shelf",
        )
    ]


def test_a_source_group_is_no_array():
    (problem,) = problems_of(rules=[{"at_most_one_per_region": "talkers"}])
    assert problem[:2] == ("unknown-name", "rules[0].at_most_one_per_region")


def test_unknown_names_of_a_distance():
    problems = problems_of(rules=[BETWEEN, BETWEEN | {"between": ["talker", "nobody"]}])
    allowed = "(allowed: talkers, hum, table, shelf)"
    assert problems == [
        (
            "unknown-name",
            "rules[1].between[0]",
            f'nothing here is named "talker" {allowed}',
            "talkers",
        ),
        ("unknown-name", "rules[1].between[1]", f'nothing here is named "nobody" {allowed}', None),
    ]


def test_a_distance_between_arrays():
    assert problems_of(rules=[BETWEEN | {"between": ["shelf", "table"]}]) == [
        (
            "bad-value",
            "rules[0].between",
            "needs a group of sources (one of talkers, hum), got two arrays",
            None,
        )
    ]


def test_one_name_for_two_things():
    (problem,) = problems_of(sources={"table": {}})
    assert problem == (
        "duplicate-name",
        "sources.table",
        '"table" names an array too; give one of them another name',
        None,
    )


def test_an_array_without_regions():
    assert problems_of(rules=[{"at_most_one_per_region": "shelf"}]) == [
        (
            "infeasible",
            "rules[0].at_most_one_per_region",
            'array "shelf" has no regions; give it some, such as regions: {sectors: 8}',
            None,
        )
    ]


def test_more_sources_than_regions():
    assert problems_of(rules=[{"at_most_one_per_region": "table"}]) == [
        (
            "infeasible",
            "rules[0].at_most_one_per_region",
            'up to 4 sources cannot each have one of the 3 regions of "table"',
            None,
        )
    ]


@pytest.mark.parametrize("degrees", [90, 91])
def test_more_sources_than_fit_round_an_array(degrees):
    assert problems_of(rules=[{"at_least_deg": degrees, "seen_from": "table"}]) == [
        (
            "infeasible",
            "rules[0].at_least_deg",
            f"up to 4 sources cannot be {degrees} degrees apart: there must be less than 90 "
            "for each",
            None,
        )
    ]
    rules = [{"at_least_deg": 89.9, "seen_from": "table"}]
    SceneFile.model_validate(DATA | {"rules": rules})


def test_azimuths_are_seen_from_an_array():
    (problem,) = problems_of(rules=[{"at_least_deg": 10, "seen_from": "tabel"}])
    assert problem[:2] == ("unknown-name", "rules[0].seen_from")
    assert problem[3] == "table"
    (problem,) = problems_of(rules=[{"at_least_deg": 10, "seen_from": "talkers"}])
    assert problem[:2] == ("unknown-name", "rules[0].seen_from")


def test_rings_make_more_regions():
    arrays = {"table": PAIR | {"regions": {"sectors": 2, "ring_edges_m": [2]}}, "shelf": PAIR}
    rules = [{"at_most_one_per_region": "table"}]
    SceneFile.model_validate(DATA | {"arrays": arrays, "rules": rules}).draw(seed=1, index=0)


# In a file with other faults


TEXT = """\
scene: 1
name: test
duration_s: -1
room: {box_m: [6, 5, 3], t60_s: 0}
arrays:
  table: {microphones: {circle: {count: 0, radius_m: 1}}}
  shelf: {microphones: {line: {count: 2, spacing_m: 1}}}
sources:
  talkers: {count: {uniform: [1, 2]}}
  hum: {count: 3}
rules:
  - at_most_one_per_region: table
  - at_most_one_per_region: shelv
  - {at_least_m: -1, between: [nobody, nothing]}
  - {at_least_m: 1, between: [talkers, tabel]}
"""


def found_in(text):
    with pytest.raises(SceneError) as caught:
        SceneFile.parse(text, "test.yaml")
    return [(found.line, found.code) for found in caught.value.problems]


def test_names_are_checked_beside_other_faults():
    """A faulty part's name is known; what else it says is not relied upon."""
    assert found_in(TEXT) == [
        (3, "out-of-range"),
        (6, "out-of-range"),
        (9, "wrong-type"),
        (13, "unknown-name"),
        (14, "out-of-range"),
        (15, "unknown-name"),
    ]


def test_a_faulty_group_counts_as_one_source():
    crowded = TEXT.replace("spacing_m: 1}}", "spacing_m: 1}}, regions: {sectors: 3}").replace(
        "shelv", "shelf"
    )
    assert (13, "infeasible") in found_in(crowded)
    assert (13, "infeasible") not in found_in(crowded.replace("{count: 3}", "{count: 2}"))


@pytest.mark.parametrize("key", ["arrays", "sources"])
def test_without_things_no_name_is_called_wrong(key):
    assert [code for _, code in found_in(TEXT.replace(f"\n{key}:", f"\nmy_{key}:"))].count(
        "unknown-name"
    ) == 0


@pytest.mark.parametrize("rules", ["5", "{between: 3}", "[3, [], {}, null]"])
def test_rules_of_another_kind(rules):
    head, _ = TEXT.split("rules:")
    assert "unknown-name" not in {code for _, code in found_in(f"{head}rules: {rules}\n")}

import pytest

from simgen.benchmark.suite import load_split
from simgen.evaluate.kinds import kind_of
from simgen.evaluate.reproduction import (
    RATE_TOLERANCE,
    TOLERANCE,
    Run,
    committed_result,
    differences,
    runs_of,
)

MINI = load_split("localization/mini")


def changed(result, **scores):
    """Return a result with other values of some scores."""
    found = {
        name: score | {"value": scores.get(name, score["value"])}
        for name, score in result.scores.items()
    }
    return result.model_copy(update={"scores": found})


def test_localisers_run_with_and_without_the_count():
    names = {run.name for run in runs_of(MINI)}
    assert {"prior-mini", "prior-oracle-mini", "srp-phat-oracle-mini"} <= names
    assert len(names) == 2 * len(kind_of("doa-scene/1").baselines)


def test_nobody_is_told_anything_where_there_is_nothing_to_tell():
    names = [run.name for run in runs_of(load_split("crosstalk/test"))]
    assert not any("oracle" in name for name in names)
    assert "robust-test" in names


@pytest.mark.parametrize("path", ["localization/mini", "crosstalk/test", "beam/test", "upmix/test"])
def test_every_run_that_is_published_is_found_under_its_own_name(path):
    found = [committed_result(run) for run in runs_of(load_split(path))]
    published = [result for result in found if result is not None]
    assert published
    assert all(f"{each.track}/{each.split}" == path for each in published)


def test_what_is_not_published_is_not_compared():
    assert committed_result(Run("nobody", MINI)) is None


def test_a_result_agrees_with_itself():
    result = committed_result(Run("srp-phat", MINI))
    assert differences(result, result) == {}


@pytest.mark.parametrize(
    ("score", "tolerance"), [("ospa_deg", TOLERANCE), ("recall_10deg", RATE_TOLERANCE)]
)
def test_a_score_may_differ_by_its_tolerance_and_no_more(score, tolerance):
    result = committed_result(Run("srp-phat", MINI))
    value = result.scores[score]["value"]
    assert differences(changed(result, **{score: value + 0.9 * tolerance}), result) == {}
    for way in (1.1, -1.1):
        other = value + way * tolerance
        assert differences(changed(result, **{score: other}), result) == {score: (other, value)}


def test_what_is_undefined_agrees_only_with_what_is_undefined():
    result = committed_result(Run("srp-phat", MINI))
    nothing = changed(result, absolute_doa_error_deg=None)
    assert differences(nothing, nothing) == {}
    assert list(differences(nothing, result)) == ["absolute_doa_error_deg"]
    assert list(differences(result, nothing)) == ["absolute_doa_error_deg"]

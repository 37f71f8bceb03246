import pytest

from simgen.benchmark.items import missing_faults, unknown_fault
from simgen.benchmark.suite import load_split

SPLIT = load_split("localization/mini")


@pytest.mark.parametrize(("answered", "last"), [(24, None), (23, "mini-0023"), (14, "mini-0023")])
def test_up_to_ten_missing_items_are_named(answered, last):
    found = [*missing_faults(SPLIT.items[:answered], SPLIT, remedy="say so")]
    assert len(found) == 24 - answered
    assert not last or found[-1] == f"{last}: is missing; say so"


@pytest.mark.parametrize(
    ("answered", "more"), [(13, "and 1 more item is missing"), (0, "and 14 more items are missing")]
)
def test_more_missing_items_are_counted(answered, more):
    found = [*missing_faults(SPLIT.items[:answered], SPLIT, at=("x",), remedy="say so")]
    assert found[0] == f"x.{SPLIT.items[answered]}: is missing; say so"
    assert (len(found), found[-1]) == (11, more)


@pytest.mark.parametrize("item", ["mini-7", "Mini-0007", "mini_007", "mini-7.flac", "7", "0007"])
def test_the_item_of_the_same_number_is_suggested(item):
    fault = f'{item}: is not an item of localization/mini; did you mean "mini-0007"?'
    assert unknown_fault(item, SPLIT) == fault


@pytest.mark.parametrize(
    "item", ["", "mini", "mini-0024", "harsh-0007", "x" * 10_000, "9" * 10_000, "mini-\u0667"]
)
def test_what_resembles_no_item_gets_no_suggestion(item):
    assert "did you mean" not in unknown_fault(item, SPLIT)


def test_a_fault_can_be_shown_by_a_terminal():
    assert unknown_fault("\x1b[2J", SPLIT, at=("predictions",)).startswith("predictions.\ufffd[2J:")

import re

import pytest

from simgen.errors import ParameterError
from simgen.leaderboard.boards import boards
from tests.leaderboard.examples import HOSTILE, gained, hostile_results, result

BASELINES = {"localization": ["srp-phat", "prior"]}


def board_of(*results):
    [board] = boards(results, BASELINES)
    return board


def commands(name, **fields):
    [entry] = board_of(result(name, **fields)).entries
    return entry.commands


def test_a_board_knows_its_task():
    board = board_of(result("b", 6.0), result("a", 5.0, seed=1))
    assert (board.path, board.stem, board.track.edition) == (
        "localization/mini",
        "localization-mini",
        1,
    )
    assert board.num_sectors == 8
    assert board.best is board.entries[0]
    assert [entry.name for entry in board.entries] == ["a", "b"]
    assert (board.has_ranks, board.has_ties) == (True, False)


def test_boards_of_the_largest_track_come_first_in_the_order_of_its_file():
    splits = ["anechoic", "mini"]
    results = [gained("x"), *(result("a", split=split) for split in splits[::-1])]
    made = boards(results, {})
    names = [board.path for board in made]
    assert names[-1] == "crosstalk/test"
    listed = [*made[0].track.splits]
    assert [board.split for board in made[:-1]] == sorted(splits, key=listed.index)


def test_boards_of_one_split_by_other_protocols_have_other_files():
    made = boards([result("a"), result("a", protocol="doa-scene/0"), result("a", protocol="x")], {})
    assert sorted(board.stem for board in made) == [
        "localization-mini",
        "localization-mini--2",
        "localization-mini--3",
    ]
    assert len({entry.page for board in made for entry in board.entries}) == 3


def test_pages_are_named_by_digests_alone():
    for entry in board_of(*hostile_results()).entries:
        assert re.fullmatch("[0-9a-f]{32}", entry.page)


def test_pages_of_one_digest_elsewhere_are_others():
    digest = {"submission_sha256": "1" * 64}
    here, there = boards([result("a", **digest), result("a", protocol="p/9", **digest)], {})
    assert here.entries[0].page != there.entries[0].page


def test_systems_of_one_name_bear_their_digests():
    twins = board_of(
        result("a", 5.0, submission_sha256="1" * 64), result("a", 6.0, submission_sha256="2" * 64)
    )
    assert [entry.label for entry in twins.entries] == ["a " + "1" * 12, "a " + "2" * 12]
    assert board_of(result("a")).entries[0].label == "a"


def test_what_is_not_stated_says_so():
    [entry] = board_of(result("a", training_data="", code="")).entries
    assert (entry.training_data, entry.code, entry.code_link) == ("not stated", "not stated", None)
    [old] = board_of(result("a")).entries
    assert (old.training_data, old.code, old.scorer_digest) == ("not stated", "not stated", "")


def test_what_is_stated_is_shown():
    link = "https://example.org/x"
    stated = {"training_data": "LibriSpeech", "code": link, "scorer_sha256": "c" * 64}
    [entry] = board_of(result("a", parameters={"n": 250.0, "w": "hann"}, **stated)).entries
    assert (entry.training_data, entry.code, entry.code_link) == ("LibriSpeech", link, link)
    assert entry.parameters == [("n", "250"), ("w", "hann")]
    assert entry.scorer_digest == "c" * 64


def test_no_hostile_code_is_a_link():
    entries = board_of(*hostile_results()).entries
    assert len(entries) == len(HOSTILE)
    assert {entry.code_link for entry in entries} == {None}


def test_baselines_tell_how_they_are_run():
    assert commands("srp-phat") == [
        "simgen bench build localization/mini",
        "simgen bench run srp-phat localization/mini -o SUBMISSION",
        "simgen bench score SUBMISSION -o result.json",
    ]
    told = commands("prior (known count)", uses_oracle=True)
    assert told[1] == "simgen bench run prior localization/mini --oracle -o SUBMISSION"


@pytest.mark.parametrize("name", ["ours", "srp-phat; rm -rf /", "srp-phat ", *HOSTILE])
def test_no_strangers_name_gets_into_a_command(name):
    assert commands(name) == [
        "simgen bench check SUBMISSION",
        "simgen bench score SUBMISSION -o result.json",
    ]


def test_splits_that_there_are_not_are_refused():
    with pytest.raises(ParameterError, match="no such track"):
        boards([result("a", track="speed")], {})

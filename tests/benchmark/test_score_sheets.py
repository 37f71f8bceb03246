import math
from pathlib import Path

import pytest

from simgen.benchmark.result import read_result
from simgen.benchmark.score_sheets import SHEETS, sheet_of
from simgen.scoring import beam, crosstalk, localization, soundstage, upmix

RESULTS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*/results/*.json"))


def test_every_protocol_has_a_sheet():
    protocols = {each.PROTOCOL for each in (beam, crosstalk, localization, soundstage, upmix)}
    assert set(SHEETS) == protocols


@pytest.mark.parametrize("protocol", SHEETS)
def test_what_is_shown_is_a_score_with_a_possible_range(protocol):
    sheet = SHEETS[protocol]
    assert sheet.ranking is sheet.columns[0]
    assert {column.score for column in sheet.columns} <= set(sheet.ranges)
    assert set(sheet.breakdown) <= set(sheet.ranges)
    assert all(least < greatest for least, greatest in sheet.ranges.values())
    assert all(math.isfinite(end) for end in sheet.ranges[sheet.ranking.score])


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_committed_results_have_every_score_of_their_sheet(path):
    result = read_result(path)
    sheet = SHEETS[result.protocol]
    assert {column.score for column in sheet.columns} <= set(result.scores)
    told = {
        name for part in result.breakdown.values() for scores in part.values() for name in scores
    }
    assert told <= set(sheet.ranges) | {"num_scenes"}


def test_a_protocol_that_is_not_known_is_taken_for_localisation():
    assert sheet_of("doa-scene/0") is sheet_of("doa-scene/1") is not sheet_of("ctc/1")

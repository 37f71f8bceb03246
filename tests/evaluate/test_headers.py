import pytest

from simgen.baselines.localisers import LOCALISERS
from simgen.benchmark.submission import Header
from simgen.benchmark.suite import load_split
from simgen.evaluate.headers import header_of


def test_a_header_names_the_split_and_the_system():
    header = Header(**header_of(LOCALISERS["prior"], load_split("localization/mini")))
    assert (header.track, header.split, header.protocol) == ("localization", "mini", "doa-scene/1")
    assert header.system == "prior"
    assert header.parameters == {"equispaced_azimuths": 4}


@pytest.mark.parametrize("knows_count", [False, True])
def test_whoever_was_told_the_count_says_so_in_name_and_flag(knows_count):
    header = header_of(
        LOCALISERS["prior"], load_split("localization/mini"), knows_count=knows_count
    )
    assert header["uses_oracle"] is knows_count
    assert header["system"].endswith("(known count)") is knows_count

import json
import zipfile

import pytest

from simgen.benchmark.suite import load_split

SPLIT = load_split("localization/mini")


@pytest.fixture
def write(tmp_path):
    """Write a submission that says the same of every scene."""

    def file(name, azimuths, **changes):
        told = {
            "submission": 1,
            "system": name,
            "track": "localization",
            "split": "mini",
            "protocol": "doa-scene/1",
            "predictions": {item: {"azimuth_deg": azimuths} for item in SPLIT.items},
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(told | changes))
        return f"{name}.json"

    return file


def test_two_submissions_are_compared_in_words(simgen, write):
    ran = simgen(
        "bench", "compare", write("silence", []), write("ahead", [0.0, 90.0, 180.0, 270.0])
    )
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[:2] == ["ospa_deg on localization/mini", "  silence  30.000"]
    assert lines[2].startswith("  ahead    2")
    assert lines[3].startswith("difference +")
    assert lines[3].endswith("] over scenes")
    assert lines[4] == "they differ"


def test_names_that_are_the_same_are_told_apart_by_the_files(simgen, write):
    one, other = write("a", [0.0], system="ours"), write("b", [0.0], system="ours")
    ran = simgen("bench", "compare", one, other)
    assert [line.split()[0] for line in ran.out.splitlines()[1:3]] == ["a.json", "b.json"]
    assert ran.out.splitlines()[-1] == "they do not differ: 0 is inside"


def test_the_answer_is_json(simgen, write):
    ran = simgen("bench", "compare", write("silence", []), write("ahead", [0.0]), "--json")
    told = json.loads(ran.out)
    assert told["systems"] == ["silence", "ahead"]
    assert (told["split"], told["protocol"]) == ("localization/mini", "doa-scene/1")
    assert (told["score"], told["over"]) == ("ospa_deg", "scenes")
    assert told["values"][0] == 30.0
    assert told["difference"]["value"] == pytest.approx(30.0 - told["values"][1])
    assert told["difference"]["low"] > 0.0


def test_filters_are_compared_too(simgen, tmp_path):
    for name in ("nulls", "single-driver"):
        simgen("bench", "run", name, "beam/test")
    with zipfile.ZipFile(tmp_path / "nulls.zip", "w") as file:
        for path in (tmp_path / "nulls-test").iterdir():
            file.write(path, path.name)
    ran = simgen("bench", "compare", "nulls.zip", "single-driver-test")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "gain_db on beam/test"
    assert ran.out.splitlines()[-1] == "they differ"


def test_submissions_to_two_splits_exit_with_2(simgen, write, tmp_path):
    simgen("bench", "run", "single-driver", "beam/test")
    ran = simgen("bench", "compare", write("silence", []), "single-driver-test")
    assert (ran.code, ran.out) == (2, "")
    assert "two submissions compare on one split" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "silence.json",
        "single-driver-test",
    ]


@pytest.mark.parametrize("content", ["{}", "x" * (16 * 2**20 + 1)])
def test_what_cannot_be_read_exits_as_it_does_elsewhere(simgen, write, tmp_path, content):
    (tmp_path / "theirs.json").write_text(content)
    ran = simgen("bench", "compare", write("silence", []), "theirs.json")
    assert (ran.code, ran.out) == (3 if content == "{}" else 5, "")
    assert ran.err.startswith("error: theirs.json: ")

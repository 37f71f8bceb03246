import pytest
from pydantic import ValidationError

from simgen.benchmark.score_sheets import SHEETS
from simgen.benchmark.suite import load_track, track_names
from simgen.benchmark.tracks import (
    ArrayTrack,
    FilterTrack,
    SplitRecord,
    Track,
    UpmixTrack,
    track_record,
)

DIGEST = "0123456789abcdef" * 4
FACTS = {
    "track": "ours",
    "edition": 1,
    "title": "a title",
    "task": "a task",
    "input": "nothing",
    "output": "less",
    "protocol": "ctc/1",
    "splits": {"test": {"numbers": "n.json", "sha256": DIGEST, "description": "numbers"}},
}


def filters(**changes):
    return FilterTrack.model_validate(
        FACTS | {"file": "ctc_{part}.npy", "devices": {"A": 2, "B": 5}} | changes
    )


def test_every_protocol_that_has_a_sheet_of_scores_has_a_record_and_no_other():
    assert {name for name in SHEETS if track_record(name) is not Track} == set(SHEETS)
    assert track_record("ctc/2") is Track


@pytest.mark.parametrize("protocol", [None, 1, ["ctc/1"], {"ctc/1": 1}])
def test_what_is_no_name_of_a_protocol_is_no_error_yet(protocol):
    assert track_record(protocol) is Track


def test_files_of_the_tracks_that_ship_are_told_apart_by_name():
    tracks = [track for name in track_names() if isinstance(track := load_track(name), ArrayTrack)]
    files = [track.file_of(part) for track in tracks for part in track.parts]
    assert len(set(files)) == len(files) > 4
    for track in tracks:
        assert track.parts
        assert all(isinstance(number, int) and number > 0 for number in track.parts.values())


def test_parts_are_devices_with_drivers_or_mixes_with_samples():
    assert (filters().parts, filters().file_of("B")) == ({"A": 2, "B": 5}, "ctc_B.npy")
    facts = FACTS | {"file": "lrc_{part}.npy", "mixes": {"duet": 7}, "protocol": "lrc/1"}
    assert UpmixTrack.model_validate(facts).parts == {"duet": 7}


@pytest.mark.parametrize(
    "file", ["../ctc_{part}.npy", "ctc.npy", "{part}.npy", "ctc_{part}.npy\n", "ctc_{part}.h5"]
)
def test_a_file_of_a_part_stays_in_its_folder_and_bears_its_name(file):
    with pytest.raises(ValidationError):
        filters(file=file)


@pytest.mark.parametrize(
    "change", [{"edition": 2}, {"devices": {"A": 2.5}}, {"colour": "red"}, {"protocol": None}]
)
def test_a_damaged_track_is_refused(change):
    with pytest.raises(ValidationError):
        filters(**change)


@pytest.mark.parametrize("kind", ["scenes", "numbers"])
def test_a_split_is_made_by_the_one_file_that_it_names(kind):
    split = SplitRecord.model_validate({kind: "a.json", "sha256": DIGEST, "description": "-"})
    assert (split.frozen.file, split.frozen.sha256) == ("a.json", DIGEST)
    assert split.is_scored
    with pytest.raises(ValidationError, match="either scenes or numbers"):
        SplitRecord(scenes="a", numbers="b", sha256=DIGEST, description="-")


def test_the_digest_of_frozen_numbers_is_one():
    for digest in (DIGEST[1:], DIGEST.upper(), DIGEST + "0"):
        with pytest.raises(ValidationError, match="sha256"):
            SplitRecord.model_validate(
                {
                    "numbers": "a",
                    "sha256": DIGEST,
                    "description": "-",
                    "driver_errors": {"file": "b", "sha256": digest},
                }
            )

import os
from pathlib import Path

import pytest

from simgen.benchmark.bounded_files import MOST_BYTES, read_bounded, read_unlinked
from simgen.errors import SubmissionError, SubmissionLimitError


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "ours.bin"
    place.write_bytes(bytes(range(10)))
    return place


@pytest.mark.parametrize("read", [read_bounded, read_unlinked])
def test_a_file_is_read_whole(file, read):
    assert read(file) == bytes(range(10))


def test_as_many_bytes_as_allowed_are_read_and_one_more_is_refused(file):
    assert len(read_bounded(file, 10)) == 10
    with pytest.raises(SubmissionLimitError, match=r"^ours\.bin: "):
        read_bounded(file, 9)


@pytest.mark.parametrize("read", [read_bounded, read_unlinked])
def test_the_limit_is_told_and_nothing_of_a_huge_file_is_held(file, read):
    os.truncate(file, 2**40)
    with pytest.raises(SubmissionLimitError) as caught:
        read(file)
    assert caught.value.faults == (f"is larger than {MOST_BYTES // 2**20} MiB",)


def test_a_link_is_followed_only_where_its_owner_is_trusted(file):
    link = file.with_name("link")
    link.symlink_to(file)
    assert read_bounded(link) == bytes(range(10))
    with pytest.raises(SubmissionError, match=r"^link: (.|\n)*is not a regular file"):
        read_unlinked(link)


@pytest.mark.parametrize("read", [read_bounded, read_unlinked])
def test_folders_pipes_and_devices_are_refused_unread(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(SubmissionError) as caught:
            read(place)
        assert caught.value.faults == ("is not a regular file",)


def test_what_is_not_there_is_named_with_its_folder(tmp_path):
    with pytest.raises(SubmissionError, match="there is no such file") as caught:
        read_bounded(tmp_path / "gone" / "ours.bin")
    assert caught.value.where == str(tmp_path / "gone" / "ours.bin")


def test_what_the_system_refuses_is_refused_with_its_reason(tmp_path, file):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for place in (tmp_path / "loop", file / "inside"):
        with pytest.raises(SubmissionError, match=r"cannot be read: [A-Z]"):
            read_bounded(place)

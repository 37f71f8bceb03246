import pytest

from simgen.dataset.journal import (
    WHOLE,
    ShardRecord,
    append,
    journal_path,
    journals,
    read_journals,
    rewrite,
)

RECORDS = [ShardRecord(shard=k, sha256=f"{k:064x}") for k in (2, 0, 1)]


def write_all(path):
    for record in RECORDS:
        append(path, record)


def test_what_is_appended_is_read(tmp_path):
    write_all(journal_path(tmp_path, WHOLE))
    assert read_journals(tmp_path) == {record.shard: record.sha256 for record in RECORDS}


def test_without_a_journal_nothing_is_whole(tmp_path):
    assert read_journals(tmp_path) == {}


def test_a_journal_torn_anywhere_gives_the_whole_lines(tmp_path):
    path = journal_path(tmp_path, WHOLE)
    write_all(path)
    text = path.read_bytes()
    ends = [k for k in range(len(text)) if text[k : k + 1] == b"\n"]
    for length in range(len(text)):
        path.write_bytes(text[:length])
        whole = RECORDS[: sum(end <= length for end in ends)]
        assert read_journals(tmp_path) == {record.shard: record.sha256 for record in whole}


@pytest.mark.parametrize("garbage", [b"\x00" * 20, b"[]", b"\xff\xfe", b'{"shard": -1}'])
def test_garbage_is_skipped(tmp_path, garbage):
    path = journal_path(tmp_path, WHOLE)
    path.write_bytes(garbage + b"\n")
    append(path, RECORDS[0])
    assert set(read_journals(tmp_path)) == {2}


def test_parts_have_journals_of_their_own_and_the_last_word(tmp_path):
    rewrite(journal_path(tmp_path, (0, 2)), {0: "a" * 64})
    rewrite(journal_path(tmp_path, WHOLE), {0: "b" * 64, 1: "b" * 64})
    assert [path.name for path in journals(tmp_path)] == ["journal.jsonl", "journal-0-of-2.jsonl"]
    assert read_journals(tmp_path) == {0: "a" * 64, 1: "b" * 64}

import pytest

from simgen.leaderboard.visible_text import (
    LONGEST_NAME,
    secure_link,
    visible_line,
    visible_text,
)

MARK = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "char",
    "\x00\x07\x1b\x7f\x85\n\u200b\u200e\u202e\u2066\u2029\ufeff\ue000\U000e0041\ud800",
    ids=ascii,
)
def test_what_is_not_seen_is_replaced_in_a_line(char):
    assert visible_line(f"a{char}b") == f"a{MARK}b"


def test_lines_are_cut_where_that_is_asked():
    assert visible_line("x" * LONGEST_NAME) == "x" * LONGEST_NAME
    assert visible_line("x" * 500) == "x" * (LONGEST_NAME - 1) + "…"
    assert visible_line("x" * 500, longest=None) == "x" * 500
    assert visible_line("abc", longest=2) == "a…"


def test_a_line_of_nothing_is_named_so():
    assert visible_line("") == visible_line(" \u00a0 ") == "(no name)"


def test_any_script_is_kept():
    assert visible_line("Schallquelle größer 音源定位 שלום") == "Schallquelle größer 音源定位 שלום"


def test_texts_keep_their_lines():
    assert visible_text("a\r\nb\n\nc\td\u202e") == f"a\nb\n\nc{MARK}d{MARK}"
    assert visible_text("") == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "https://example.org/a/b?c=d&e=f#g",
        "https://git.example.org:8443/team/system.git",
    ],
)
def test_https_addresses_may_be_links(address):
    assert secure_link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.org",
        "http://example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://example.org",
        " https://example.org",
        "https:example.org",
        "https:///example.org",
        "https://",
        "https://localhost",
        "https://user@example.org",
        "https://user:secret@example.org",
        "https://example.org@evil.test",
        "https://example.org/a b",
        "https://example.org\\@evil.test",
        "https://example.org/\njavascript:alert(1)",
        "https://\u0435xample.org",
        "https://example.org/\u202egpj",
        "https://[",
        "data:text/html,<script>1</script>",
        "//example.org",
    ],
)
def test_no_other_address_is_a_link(address):
    assert secure_link(address) is None

import math
import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from simgen.scene.yaml_scalars import BAD_CHARACTER, describe_character, resolve


def refused(text):
    with pytest.raises(ValueError, match=r"number (must|may)") as caught:
        resolve(text)
    return str(caught.value)


@given(st.text(alphabet="0123456789+-.eE", max_size=12))
def test_numbers_are_those_of_an_independent_reader_of_yaml(text):
    """ruamel takes what the core schema calls text for numbers in a few more cases."""
    theirs = YAML(typ="safe", pure=True).load(f"- {text or '~'}\n")
    assume(isinstance(theirs, list) and len(theirs) == 1)
    assume(not text.startswith(("---", "...", "- ")) and text != "-")
    assume(not (isinstance(theirs[0], float) and math.isinf(theirs[0])))
    ours = resolve(text)
    core = re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text)
    assert isinstance(ours, int | float) == bool(core)
    if core and isinstance(theirs[0], int | float):
        assert (ours, type(ours)) == (theirs[0], type(theirs[0]))


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_whole_numbers_up_to_64_bits_are_exact(number):
    assert (resolve(str(number)), type(resolve(str(number)))) == (number, int)
    if number >= 0:
        assert resolve(hex(number)) == resolve(oct(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_come_back_bit_by_bit(number):
    back = resolve(repr(number))
    assert (back, math.copysign(1.0, back)) == (number, math.copysign(1.0, number))


@pytest.mark.parametrize("sign", ["", "-"])
def test_the_largest_whole_number_has_63_bits(sign):
    assert abs(resolve(f"{sign}{2**63 - 1}")) == 2**63 - 1
    assert "must be at most 9223372036854775807 in size" in refused(f"{sign}{2**63}")
    assert "must be at most" in refused("0x8000000000000000")


def test_numbers_have_up_to_100_characters_and_texts_any():
    assert resolve("0." + "1" * 98) == pytest.approx(1 / 9)
    assert "100 characters, got 101" in refused("0." + "1" * 99)
    assert "100 characters" in refused("1" * 5000)
    assert resolve("x" * 5000) == "x" * 5000


@pytest.mark.parametrize("text", ["1e309", "-1e309", ".inf", "-.INF", "+.Inf", ".nan", ".NaN"])
def test_numbers_are_finite(text):
    assert text in refused(text)


@pytest.mark.parametrize("text", ["inf", "nan", "NAN", ".iNf", "-.nan", "infinity", "1e", "e3"])
def test_words_that_python_takes_for_numbers_are_words(text):
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text", ["1_000", "0b11", "1,5", "0o8", "-0x1", "0X1f", "0xg", "1:30", "٣", "1 ", "--1", "+"]
)
def test_what_other_languages_call_numbers_is_text(text):
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "Y", "tRUE", "NuLL", "none", "None"])
def test_words_of_older_versions_of_yaml_are_text(text):
    assert resolve(text) == text


@given(st.characters())
def test_bad_characters_are_controls_line_ends_of_unicode_halves_and_no_characters(letter):
    kind = unicodedata.category(letter)
    bad = kind in ("Cc", "Cs", "Zl", "Zp") or ord(letter) in (0xFFFE, 0xFFFF)
    assert bool(BAD_CHARACTER.search(letter)) == (bad and letter not in "\t\n\r")


def test_a_character_is_described_by_its_number():
    assert describe_character("\x07") == "the character U+0007 is not allowed"
    assert describe_character("\u2028") == "the character U+2028 is not allowed"

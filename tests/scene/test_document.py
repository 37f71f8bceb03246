import io
import os
import pickle
import re
import time
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from simgen.errors import SceneError
from simgen.scene.document import Place, dotted, parse_document, read_document
from simgen.scene.yaml_nodes import read_nodes
from simgen.scene.yaml_scalars import resolve

SCENE = """\
scene: 1
room:
  box_m: [5, {uniform: [3, 6]}, 2.5]   # length, width, height
  t60_s:
arrays:
  "the table": &table {radius_m: 0.1}
  shelf: *table
rules:
  - between: [talkers, table]
  -
"""


def problems_of(text):
    with pytest.raises(SceneError) as caught:
        parse_document(text, "scene.yaml")
    return caught.value.problems


def codes_and_places(text):
    return [(found.code, found.line, found.column) for found in problems_of(text)]


# What is read


def test_data_is_plain():
    document = parse_document(SCENE, "scene.yaml")
    assert document.data == {
        "scene": 1,
        "room": {"box_m": [5, {"uniform": [3, 6]}, 2.5], "t60_s": None},
        "arrays": {"the table": {"radius_m": 0.1}, "shelf": {"radius_m": 0.1}},
        "rules": [{"between": ["talkers", "table"]}, None],
    }


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), (1, 1), (1, 1)),
        (("scene",), (1, 1), (1, 8)),
        (("room", "box_m"), (3, 3), (3, 10)),
        (("room", "box_m", 1), (3, 14), (3, 14)),
        (("room", "box_m", 1, "uniform", 1), (3, 28), (3, 28)),
        (("room", "t60_s"), (4, 3), (4, 3)),
        (("arrays", "the table"), (6, 3), (6, 16)),
        (("arrays", "shelf"), (7, 3), (7, 10)),
        (("arrays", "shelf", "radius_m"), (6, 24), (6, 34)),
        (("rules", 0, "between", 1), (9, 24), (9, 24)),
    ],
)
def test_place(path, key, value):
    document = parse_document(SCENE, "scene.yaml")
    assert document.place(path, of="key") == Place(*key)
    assert document.place(path) == Place(*value)


@pytest.mark.parametrize(
    "path", [("room", "size"), ("room", "box_m", 3), ("room", "box_m", -2), ("room", 0)]
)
def test_place_outside_the_document_is_its_nearest_ancestors(path):
    document = parse_document(SCENE, "scene.yaml")
    ancestor = path[:2] if "box_m" in path else path[:1]
    assert document.place(path) == document.place(ancestor)
    assert document.place(path, of="key") == document.place(ancestor, of="key")


def test_problem_knows_its_line():
    problem = parse_document(SCENE, "scene.yaml").problem(
        "out-of-range", "must be smaller", ("room", "box_m", 0), suggestion="4"
    )
    assert (problem.line, problem.column) == (3, 11)
    assert problem.key_path == "room.box_m[0]"
    assert problem.source_line == SCENE.splitlines()[2]
    assert problem.suggestion == "4"


def test_document_pickles():
    document = parse_document(SCENE, "scene.yaml")
    document.problem("a-code", "a message", ("room",))
    restored = pickle.loads(pickle.dumps(document))
    assert restored == document
    assert restored.place(("rules", 0)) == document.place(("rules", 0))


def test_uses_of_an_alias_are_independent():
    data = parse_document("a: &x [1]\nb: *x\n", "scene.yaml").data
    data["a"].append(2)
    assert data["b"] == [1]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("rules", 0, "between", 1), "rules[0].between[1]"),
        (("a-b", "ä_1"), "a-b.ä_1"),
        (("the table", "x.y", ""), "['the table']['x.y']['']"),
        (("\x1b[31m",), r"['\x1b[31m']"),
    ],
)
def test_dotted(path, text):
    assert dotted(path) == text


# Scalars: the core schema of YAML 1.2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        *[("0", 0), ("-0", 0), ("+12", 12), ("010", 10), ("0o17", 15), ("0xfF", 255)],
        *[(str(2**63 - 1), 2**63 - 1), (str(1 - 2**63), 1 - 2**63)],
        *[("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-.5E-1", -0.05), ("1.5e+3", 1500.0)],
    ],
)
def test_resolve(text, value):
    resolved = resolve(text)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *("yes", "no", "on", "off", "y", "tRUE", "nULL", "12:30", "2026-01-01", "1_000", "0b1"),
        *("+0x1", "1e", "e3", ".", "-", "1.2.3", "nan", "inf", "Infinity", "-.nan", "1 000"),
        *("1,5", "=", "\N{ARABIC-INDIC DIGIT THREE}"),
    ],
)
def test_resolve_leaves_text_alone(text):
    assert resolve(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *(".nan", ".NaN", ".inf", "-.Inf", "+.INF", "1e999", "-1e999", "1" * 5000),
        *("." + "1" * 5000, str(2**63), str(-(2**63)), "0x8000000000000000"),
        "0o1000000000000000000000",
    ],
)
def test_numbers_without_bounds_are_refused(text):
    assert codes_and_places(f"a: 1\nb: [{text}]\n") == [("bad-number", 2, 5)]


@pytest.mark.parametrize("text", ["true", "1", "1e3", ".nan", "", "~"])
def test_quoted_values_are_text(text):
    assert parse_document(f"a: '{text}'\nb: \"{text}\"", "f").data == {"a": text, "b": text}


# Safety


@pytest.mark.parametrize(
    ("tag", "shown"),
    [
        ("!!python/object:os.system", "!!python/object:os.system"),
        ("!!str", "!!str"),
        ("!foo", "!foo"),
        ("!", "!"),
        ("!<x>", "x"),
    ],
)
@pytest.mark.parametrize("value", ["1", "'1'", "[1]", "{b: 1}"])
def test_tags_are_refused(tag, shown, value):
    (problem,) = problems_of(f"a: {tag} {value}\n")
    assert (problem.code, problem.line, problem.column) == ("explicit-tag", 1, 4)
    assert problem.message == f"tags are not allowed, got {shown}"


def test_tags_of_keys_are_refused():
    assert codes_and_places("a: 1\n!!str b: 1\n") == [("explicit-tag", 2, 1)]


def test_every_duplicate_is_reported():
    problems = problems_of("a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n'a': 3\n")
    assert [(found.line, found.column, found.key_path) for found in problems] == [
        (2, 17, "b.c"),
        (3, 1, "a"),
        (4, 1, "a"),
    ]
    assert {found.code for found in problems} == {"duplicate-key"}
    assert [found.message[-6:] for found in problems] == ["line 2", "line 1", "line 1"]


@pytest.mark.parametrize(
    ("key", "place"),
    [
        *((key, (2, 1)) for key in ("1", "1.5", "true", "null", "")),
        *((key, (2, 3)) for key in ("? [a]\n", "? {a: b}\n", "? *x\n")),
    ],
)
def test_keys_must_be_text(key, place):
    assert codes_and_places(f"a: &x b\n{key}: 3\n") == [("bad-key", *place)]


@pytest.mark.parametrize("key", ["yes", "on", "12:30", "2026-01-01", "'1'", '"null"', "&k b"])
def test_keys_that_are_text(key):
    (name,) = parse_document(f"{key}: 3\n", "f").data
    assert name in ("yes", "on", "12:30", "2026-01-01", "1", "null", "b")


def test_a_bad_number_as_a_key_is_one_problem():
    assert codes_and_places(".nan: 1\n") == [("bad-number", 1, 1)]


def test_merge_keys_are_refused_unless_quoted():
    assert codes_and_places("a: &a {b: 1}\nc: {<<: *a}\n") == [("merge-key", 2, 5)]
    assert parse_document("'<<': 1\n", "f").data == {"<<": 1}


def test_bad_aliases_are_reported():
    problems = problems_of("a: *b\nc: &c [*c]\nd: &d {e: *d}\n")
    assert [(found.code, found.line, found.column, found.message) for found in problems] == [
        ("bad-alias", 1, 4, "the alias *b has no anchor"),
        ("bad-alias", 2, 8, "the alias *c lies inside what it names"),
        ("bad-alias", 3, 11, "the alias *d lies inside what it names"),
    ]


def test_an_anchor_given_twice_means_the_latest():
    data = parse_document("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "f").data
    assert data == {"a": 1, "b": 1, "c": 2, "d": 2}


def billion_laughs(levels, width):
    rows = ["a0: &a0 lol"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        rows.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(rows)


def test_billion_laughs_are_refused_at_once():
    start = time.perf_counter()
    assert codes_and_places(billion_laughs(20, 10))[0][:2] == ("too-many-values", 6)
    assert time.perf_counter() - start < 0.5


def test_keys_behind_aliases_count_too():
    start = "a: &a {" + ", ".join(f"k{key}: 0" for key in range(1000)) + "}\n"
    # Below the top, each use is a key, a mapping and its 1000 keys and values: 2002 nodes.
    parse_document(start + "".join(f"b{row}: *a\n" for row in range(48)), "f")
    found = codes_and_places(start + "".join(f"b{row}: *a\n" for row in range(49)))
    assert found == [("too-many-values", 50, 6)]


def test_aliases_count_as_what_they_stand_for():
    start = "a: &a [" + "0, " * 99 + "0]\n"
    rows = "".join(f"b{row}: *a\n" for row in range(979))
    # The mapping, and for each of 980 rows a key, a list and its 100 items: 99,961 nodes.
    parse_document(start + rows + "c: [" + "0, " * 37 + "]\n", "f")
    assert codes_and_places(start + rows + "c: [" + "0, " * 38 + "]\n") == [
        ("too-many-values", 981, 5 + 37 * 3)
    ]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_depth_is_limited(opening, closing):
    parse_document("a: " + opening * 31 + closing * 31, "f")
    found = codes_and_places("a: " + opening * 32 + closing * 32)
    assert found == [("too-deep", 1, 4 + 31 * len(opening))]


def test_depth_is_limited_through_aliases():
    text = "a: &a " + "[" * 20 + "]" * 20 + "\nb: "
    parse_document(text + "[" * 11 + "*a" + "]" * 11, "f")
    assert codes_and_places(text + "[" * 12 + "*a" + "]" * 12) == [("too-deep", 2, 16)]


def test_endless_opening_brackets_are_refused_at_once():
    start = time.perf_counter()
    assert codes_and_places("[" * 2**20) == [("too-deep", 1, 33)]
    assert time.perf_counter() - start < 5


def test_size_is_limited():
    text = "a: 1\n#"
    parse_document(text + "x" * (2**20 - len(text)), "f")
    for longer in ("x" * (2**20 - len(text) + 1), "ä" * 2**19):
        assert codes_and_places(text + longer) == [("too-large", 0, 0)]
        assert codes_and_places((text + longer).encode()) == [("too-large", 0, 0)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: x\x00y", (2, 5)),
        ("a: 1 # \x1b[31m", (1, 8)),
        ("a: \x85", (1, 4)),
        ("a: x\u2028b: 1", (1, 5)),
        ("a: \ud800", (1, 4)),
        ('a: 1\nb: "\\0"', (2, 4)),
        ('a: 1\nb: "\\ud800"', (2, 4)),
        ('a: 1\nb: ["\\e[31m"]', (2, 5)),
    ],
)
def test_control_characters_are_refused(text, place):
    assert codes_and_places(text) == [("bad-character", *place)]


def test_a_line_shows_no_control_characters():
    (problem,) = problems_of("a:\t\x1b[31m")
    assert problem.source_line == "a: \N{REPLACEMENT CHARACTER}[31m"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"a: 1\nb: \xff", (2, 4)),
        ("a: ä".encode("latin-1"), (1, 4)),
        (b"\xff\xfea\x00", (1, 1)),
        (b"\xef\xbb\xbfa: \xe9", (1, 4)),
        ("ä: ".encode() + b"\xff", (1, 4)),
    ],
)
def test_text_must_be_utf8(text, place):
    assert codes_and_places(text) == [("not-utf8", *place)]


def test_byte_order_mark_is_tolerated():
    for text in ("\ufeffa: 1\nb: 2", "\ufeffa: 1\nb: 2".encode()):
        document = parse_document(text, "f")
        assert document.data == {"a": 1, "b": 2}
        assert document.place(("a",)) == Place(1, 4)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_move_places(line_end):
    document = parse_document(SCENE.replace("\n", line_end), "f")
    assert document.place(("rules", 0, "between", 1)) == Place(9, 24)
    assert document.problem("c", "m", ("scene",)).source_line == "scene: 1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("empty-file", 1, 1)),
        ("# nothing\n", ("empty-file", 1, 1)),
        ("---\n", ("empty-file", 2, 1)),
        ("{}", ("empty-file", 1, 1)),
        ("null", ("empty-file", 1, 1)),
        ("\n- 1", ("wrong-type", 2, 1)),
        ("room", ("wrong-type", 1, 1)),
        ("false", ("wrong-type", 1, 1)),
        ("a: 1\n---\nb: 1", ("several-documents", 2, 1)),
        ("a: 1\n...\n---\n", ("several-documents", 3, 1)),
        ("%YAML 1.1\n---\na: 1", ("directive", 2, 1)),
        ("%TAG ! foo\n---\na: 1", ("directive", 2, 1)),
    ],
)
def test_a_file_is_one_mapping_with_keys(text, expected):
    assert codes_and_places(text) == [expected]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: c: d", (2, 5)),
        ("a:\n\t- 1", (2, 1)),
        ("a:\n  b: 1\n c: 2", (3, 2)),
        ("a: 'x\nb: 1\n", (1, 4)),
        ("a: 1\nb: [1, 2\n", (2, 4)),
        ("a: 1\nb: @x", (2, 4)),
        ('a: "\\q"', (1, 6)),
        ("%YAML 1.99\n---\na: 1", (1, 1)),
        ('a: "\\U99999999"', (1, 1)),
    ],
)
def test_syntax_errors_have_places(text, place):
    assert codes_and_places(text) == [("yaml-syntax", *place)]


def test_problems_before_a_syntax_error_are_reported_too():
    assert [code for code, *_ in codes_and_places("a: .nan\na: 1\nb: [")] == [
        "bad-number",
        "duplicate-key",
        "yaml-syntax",
    ]


def test_reading_stops_after_many_problems():
    assert len(problems_of("a: 1\n" * 5000)) == 100
    assert len(problems_of("\x00" * 5000)) == 100


def test_endless_lines_are_not_shown():
    (problem,) = problems_of("a: [" + "1, " * 5000 + ".nan]")
    assert problem.source_line == ""
    (problem,) = problems_of("a: [.nan" + ", 1" * 5000 + "]")
    assert len(problem.source_line) == 160


def test_the_whole_message():
    text = 'room:\n  t60_s: .nan\n\troom: 1\nroom: {1: x, a: !!int "3"}\n'
    with pytest.raises(SceneError) as caught:
        parse_document(text.replace("\t", "  "), "scenes/booth.yaml")
    assert str(caught.value) == "\n".join(
        [
            "scenes/booth.yaml:2:10: bad-number room.t60_s: a number must be finite, got .nan",
            "      t60_s: .nan",
            "             ^",
            "scenes/booth.yaml:4:1: duplicate-key room: this key stands already in line 1",
            '    room: {1: x, a: !!int "3"}',
            "    ^",
            "scenes/booth.yaml:4:8: bad-key room: a key must be text, got 1; put it in quotes",
            '    room: {1: x, a: !!int "3"}',
            "           ^",
            "scenes/booth.yaml:4:17: explicit-tag room.a: tags are not allowed, got !!int",
            '    room: {1: x, a: !!int "3"}',
            "                    ^",
        ]
    )


# Files


def test_read_document(tmp_path):
    path = tmp_path / "scene.yaml"
    path.write_text(SCENE, encoding="utf-8")
    document = read_document(path)
    assert document == parse_document(SCENE, str(path))


def refusal(path):
    with pytest.raises(SceneError) as caught:
        read_document(path)
    (problem,) = caught.value.problems
    assert str(caught.value).startswith(f"{path}: {problem.code} ")
    return problem.code, problem.message


def test_what_is_not_a_file_is_refused(tmp_path):
    assert refusal(tmp_path / "none.yaml") == ("unreadable-file", "there is no such file")
    assert refusal(tmp_path) == ("unreadable-file", "this is not a regular file")
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == ("unreadable-file", "this is not a regular file")
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "below")[0] == "unreadable-file"


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert refusal(path) == (
        "too-large",
        "the file must be at most 1048576 bytes, got 1099511627776",
    )


# Properties

LETTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff")
TEXTS = st.text(LETTERS | st.sampled_from("\n\t :#-'\"{}[]&*!%"), max_size=12).filter(
    lambda text: not re.search("[\ufffe\uffff]", text)
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(1 - 2**63, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
DATA = st.dictionaries(
    TEXTS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=4,
)


def dump(data, flow):
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(data, stream)
    return stream.getvalue()


def load(text):
    """Read with the YAML library's own constructors; None where it cannot read what it wrote."""
    with suppress(YAMLError):
        return YAML(typ="safe", pure=True).load(text)


def paths_of(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield (*path, key), inner
        if isinstance(inner, dict | list):
            yield from paths_of(inner, (*path, key))


def rest_of(text, place):
    lines = re.split("\r\n|\r|\n", text)
    return "\n".join(lines[place.line - 1 :])[place.column - 1 :]


@given(DATA, st.booleans())
def test_what_is_written_is_read_back(data, flow):
    text = dump(data, flow)
    assume(load(text) == data)
    document = parse_document(text, "f")
    assert document.data == data
    for path, value in paths_of(data):
        rest = rest_of(document.text, document.place(path))
        if isinstance(value, bool):
            assert rest.startswith(str(value).lower())
        elif isinstance(value, int | float):
            assert float(re.match(r"[-+.0-9e]+", rest)[0]) == float(value)
        elif isinstance(value, str):
            assert rest[0] in "'\"|>?" or rest.startswith(value.split("\n")[0].split(" ")[0])
        if isinstance(path[-1], str):
            rest = rest_of(document.text, document.place(path, of="key"))
            assert rest[0] in "'\"|>?" or rest.startswith(path[-1].split(" ")[0])


@given(st.binary(max_size=200))
def test_random_bytes_raise_nothing_but_scene_errors(content):
    with suppress(SceneError):
        parse_document(content, "f")


YAML_PIECES = ["a", "b: ", ": ", "- ", "\n", "  ", "\t", "{", "}", "[", "]", ",", "&a ", "*a"]
YAML_PIECES += ["!!str ", "'", '"', "\\", "|", ">", "%", "? ", "#", "---\n", "...", "<<", "1", "\r"]


@given(st.lists(st.sampled_from(YAML_PIECES), max_size=30).map("".join))
def test_random_yaml_raises_nothing_but_scene_errors(text):
    try:
        document = parse_document(text, "f")
    except SceneError as error:
        lines = re.split("\r\n|\r|\n", text)
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    else:
        assert read_nodes(document).plain() == document.data

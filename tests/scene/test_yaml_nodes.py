import pytest

from simgen.errors import SceneError
from simgen.scene.yaml_nodes import Entry, Place, Source, read_nodes

TEXT = """\
room: &box
  size: [5, 4, [3]]
other: *box
none:
"""


def problems(text):
    with pytest.raises(SceneError) as caught:
        read_nodes(Source("a.yaml", text))
    return caught.value.problems


def walk(node):
    """A node and all below it, aliases expanded."""
    yield node
    content = node.content
    below = content.values() if isinstance(content, dict) else content
    for child in below if isinstance(content, dict | list) else ():
        yield from walk(child.node if isinstance(child, Entry) else child)


def test_size_counts_keys_and_values_and_height_the_collections_with_aliases_expanded():
    root = read_nodes(Source("a.yaml", TEXT))
    box = root.child("room").node
    # size: 1 mapping, 1 key, list of 5, 4 and a list of 3: 5 nodes.
    assert (box.size, box.height) == (7, 3)
    assert (root.child("other").node.size, root.child("none").node.size) == (7, 1)
    assert (root.size, root.height) == (1 + 3 + 7 + 7 + 1, 4)
    for node in walk(root):
        keys = len(node.content) if isinstance(node.content, dict) else 0
        assert node.size == keys + 1 + sum(n.size for n in children(node))


def children(node):
    content = node.content
    if isinstance(content, dict):
        return [entry.node for entry in content.values()]
    return content if isinstance(content, list) else []


def test_an_alias_stands_where_it_is_written_and_what_it_names_where_that_is():
    root = read_nodes(Source("a.yaml", TEXT))
    key_place, alias = root.child("other")
    assert (key_place, alias.place) == (Place(3, 1), Place(3, 8))
    assert alias.child("size").node.place == Place(2, 9)
    assert root.child("none").node.place == Place(4, 1)


def test_children_are_found_by_key_or_index_and_not_from_behind():
    root = read_nodes(Source("a.yaml", TEXT))
    size = root.child("room").node.child("size").node
    assert [size.child(k).node.content for k in (0, 1)] == [5, 4]
    for node, element in ((size, 3), (size, -1), (size, "0"), (root, 0), (root, "Room")):
        assert node.child(element) is None
    assert size.child(0).node.child(0) is None


def test_copies_of_an_alias_are_its_own():
    plain = read_nodes(Source("a.yaml", TEXT)).plain()
    assert plain["room"] == plain["other"]
    plain["other"]["size"][2].append(7)
    assert plain["room"] == {"size": [5, 4, [3]]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_count_lines_as_editors_do_and_columns_as_characters(end):
    source = Source("a.yaml", end.join(["ä: 1", "", "b: 2"]))
    assert source.lines == ["ä: 1", "", "b: 2"]
    assert source.place_at(0) == Place(1, 1)
    assert source.place_at(3) == Place(1, 4)
    assert source.place_at(4 + 2 * len(end)) == Place(3, 1)
    assert source.place_at(len(source.text)) == Place(3, 5)


def test_other_line_ends_of_unicode_are_no_lines():
    assert Source("a.yaml", "a\x85b\u2028c\x0bd").lines == ["a\x85b\u2028c\x0bd"]


def test_a_line_is_shown_so_that_the_caret_stands_below_its_column():
    source = Source("a.yaml", "a:\tb\x1b[31m\n")
    problem = source.problem_at("code", "message", Place(1, 5), ("rules", 0, "a b"))
    assert problem.source_line == "a: b\N{REPLACEMENT CHARACTER}[31m"
    assert len(problem.source_line) == len(source.lines[0])
    assert problem.key_path == "rules[0]['a b']"


@pytest.mark.parametrize(("column", "shown"), [(160, 160), (161, 0)])
def test_of_a_long_line_nothing_is_shown_beyond_what_a_terminal_holds(column, shown):
    source = Source("a.yaml", "x" * 500)
    assert len(source.problem_at("code", "message", Place(1, column), ()).source_line) == shown


def test_problems_tell_their_path_through_keys_and_items():
    text = "a:\n  - b: 1\n  - b: {c: .inf, c: 2}\n"
    found = [(problem.code, problem.key_path, problem.line) for problem in problems(text)]
    assert found == [("bad-number", "a[1].b.c", 3), ("duplicate-key", "a[1].b.c", 3)]


def test_of_a_key_that_stands_twice_the_first_is_told():
    (problem,) = problems("a: 1\nb: 2\na: 3\n")
    assert (problem.line, problem.message) == (3, "this key stands already in line 1")


def test_an_alias_to_what_it_is_part_of_is_told_from_one_to_nothing():
    inside, nowhere = problems("a: &a [*a]\nb: *c\n")
    assert inside.message == "the alias *a lies inside what it names"
    assert nowhere.message == "the alias *c has no anchor"

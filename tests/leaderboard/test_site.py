import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from simgen.benchmark.suite import unsealed_place
from simgen.errors import ParameterError
from simgen.leaderboard.site import write_site
from tests.leaderboard.examples import HOSTILE, gained, hostile_results, result, sealed_split

VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """What a page holds: its tags in order, attributes and texts."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.tags, self.attributes, self.words, self.open = [], [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        assert self.open == [], f"{path.name} leaves {self.open} open"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} in {self.path.name}"

    def handle_data(self, data):
        self.words.append(data)

    @property
    def links(self):
        return [value for _, name, value in self.attributes if name in ("href", "src")]


def written(folder, *results, baselines=None):
    """The pages of a site of some results, by path."""
    write_site(results, folder, baselines=baselines or {})
    return {
        path.relative_to(folder).as_posix(): Page(path) for path in sorted(folder.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """A site of several systems on two tracks."""
    return written(
        tmp_path_factory.mktemp("sites") / "honest",
        result("first", 1.0, code="https://example.org/first"),
        result("second", 5.0, seed=1, width=4.0),
        result("third", 5.1, seed=2, width=4.0, training_data="LibriSpeech"),
        result("srp-phat (known count)", 3.0, seed=3, uses_oracle=True),
        gained("filters"),
        baselines={"localization": ["srp-phat"]},
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A site of results that mean ill."""
    return written(tmp_path_factory.mktemp("sites") / "hostile", *hostile_results())


def test_there_is_a_page_for_each_split_and_submission(honest):
    top = [path for path in honest if "/" not in path]
    assert top == ["crosstalk-test.html", "index.html", "localization-mini.html"]
    assert len(honest) == 3 + 5


def test_every_link_inside_the_site_leads_somewhere(honest, hostile):
    for pages in (honest, hostile):
        for page in pages.values():
            for link in page.links:
                if not link.startswith(("https://", "#")):
                    target, _, anchor = link.partition("#")
                    found = page.path.parent / target
                    assert found.is_file(), f"{page.path.name}: {link}"
                    names = (
                        [value for _, name, value in Page(found).attributes if name == "id"]
                        if anchor
                        else []
                    )
                    assert not anchor or anchor in names


def test_nothing_is_loaded_from_elsewhere(honest, hostile):
    for page in [*honest.values(), *hostile.values()]:
        loaded = [
            (tag, value)
            for tag, name, value in page.attributes
            if name in ("src", "srcset", "data", "action", "poster")
            or (tag, name) == ("link", "href")
        ]
        assert loaded
        assert all(re.fullmatch(r"(\.\./)?[a-z]+\.(css|js|svg)", value) for _, value in loaded)


def test_pages_forbid_what_they_do_not_need(honest, hostile):
    for page in [*honest.values(), *hostile.values()]:
        [policy] = [
            value
            for tag, name, value in page.attributes
            if tag == "meta" and name == "content" and "default-src" in value
        ]
        assert policy.startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
        )
        assert "unsafe" not in policy
        head = page.path.read_text()
        assert head.index("Content-Security-Policy") < head.index("<link")


def test_no_script_or_style_stands_in_a_page(honest, hostile):
    for page in [*honest.values(), *hostile.values()]:
        assert page.tags.count("script") == 1
        assert "style" not in page.tags
        names = {name for _, name, _ in page.attributes}
        assert "style" not in names
        assert not any(name.startswith("on") for name in names)


def test_hostile_texts_make_no_tag_and_no_attribute(honest, hostile):
    known_tags = {tag for page in honest.values() for tag in page.tags}
    known_names = {(tag, name) for page in honest.values() for tag, name, _ in page.attributes}
    for page in hostile.values():
        assert set(page.tags) <= known_tags
        assert {(tag, name) for tag, name, _ in page.attributes} <= known_names
        assert not any("javascript:" in link.lower() for link in page.links)


def test_hostile_names_are_shown_as_they_are(hostile):
    shown = "".join(hostile["localization-mini.html"].words)
    for name in HOSTILE[:8]:
        assert name in shown
    assert "49" not in "".join(hostile["index.html"].words)


def test_nothing_unseen_gets_into_a_file(hostile):
    folder = hostile["index.html"].path.parent
    for path in folder.rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", text), path.name
        assert re.fullmatch("[a-z0-9-]+[.][a-z]+", path.name)


def test_an_https_address_is_a_link_that_tells_nothing(honest):
    [page] = [page for page in honest.values() if "https://example.org/first" in page.links]
    assert ("a", "rel", "external nofollow noopener noreferrer") in page.attributes


def submission(pages, name):
    """The page of a system."""
    [page] = [
        page
        for path, page in pages.items()
        if path.startswith("submissions/") and "".join(page.words).strip().startswith(f"{name} on ")
    ]
    return "".join(page.words)


def test_a_submission_tells_where_it_comes_from(honest):
    told = submission(honest, "third")
    for fact in ("doa-scene/1", "simgen 0.1.0", "LibriSpeech", "5" * 64, "simgen bench score"):
        assert fact in told
    assert "The paired test does not tell it from the system of rank 2." in told
    assert "simgen bench run srp-phat localization/mini --oracle" in submission(
        honest, "srp-phat (known count)"
    )


def test_ranks_ties_and_oracles_stand_in_the_table(honest):
    page = honest["localization-mini.html"]
    ranks = [value for tag, name, value in page.attributes if (tag, name) == ("tr", "data-oracle")]
    assert ranks == ["no", "yes", "no", "no"]
    told = [value for tag, name, value in page.attributes if (tag, name) == ("span", "title")]
    assert told == ["not told apart from rank 2 by the paired test"]


def test_headings_tell_how_the_table_is_sorted(honest):
    for name, direction in (
        ("localization-mini.html", "ascending"),
        ("crosstalk-test.html", "descending"),
    ):
        sorts = [value for _, key, value in honest[name].attributes if key == "aria-sort"]
        assert sorts == [direction]


def test_downloads_hold_the_results(honest):
    folder = honest["index.html"].path.parent
    table = json.loads((folder / "data" / "localization-mini.json").read_text())
    assert [row["system"] for row in table] == [
        "first",
        "srp-phat (known count)",
        "second",
        "third",
    ]
    assert len((folder / "data" / "localization-mini.csv").read_text().splitlines()) == 5
    for path in (folder / "submissions").iterdir():
        assert "scores" in json.loads((folder / "data" / f"{path.stem}.json").read_text())


def test_the_same_results_give_the_same_site(tmp_path):
    results = [result("a", 1.0), result("b", 2.0, seed=1), gained("c")]
    for folder, given in (("one", results), ("two", results[::-1])):
        write_site(given, tmp_path / folder, baselines={})
    contents = [
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*.*")
        }
        for name in ("one", "two")
    ]
    assert contents[0] == contents[1]


def test_what_an_earlier_site_left_is_removed(tmp_path):
    before = written(tmp_path / "site", result("a"), gained("b"))
    after = written(tmp_path / "site", result("a"))
    assert len(before) == 5
    assert sorted(after) == sorted(path for path in before if path in after)
    assert len(after) == 3
    assert not (tmp_path / "site" / "data" / "crosstalk-test.csv").exists()


@pytest.mark.parametrize("kept", ["notes.txt", "index.html"])
def test_other_peoples_folders_are_left_alone(tmp_path, kept):
    (tmp_path / kept).write_text("<html>mine")
    with pytest.raises(ParameterError, match="holds something else"):
        write_site([result("a")], tmp_path, baselines={})
    assert [path.name for path in tmp_path.iterdir()] == [kept]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "site").write_text("x")
    with pytest.raises(ParameterError, match="holds something else"):
        write_site([result("a")], tmp_path / "site", baselines={})


def test_a_system_stands_in_one_row_of_all_splits(tmp_path):
    pages = written(
        tmp_path / "site",
        result("everywhere", 3.0),
        result("everywhere", 4.0, split="anechoic", split_sha256="6" * 64),
        result("once", 1.0),
    )
    page = pages["index.html"]
    words = [word.strip() for word in page.words]
    assert words.count("everywhere") == 1
    assert words.index("everywhere") < words.index("once")
    assert {"localization-mini.html", "localization-anechoic.html"} <= set(page.links)


def test_committed_results_make_a_site(tmp_path):
    from simgen.benchmark.result import read_result

    folders = (Path(__file__).parents[2] / "benchmarks").glob("*/results")
    results = [
        read_result(next(iter(sorted(folder.glob("*.json"))))).to_dict() for folder in folders
    ]
    pages = written(tmp_path / "site", *results)
    assert len(pages) == 1 + 2 * len(results)


def test_a_sealed_split_shows_what_it_is_bound_to(tmp_path):
    write_site([result("a")], tmp_path / "site", baselines={}, sealed=[sealed_split()])
    told = "".join(Page(tmp_path / "site" / "index.html").words)
    name = "localization/sealed-0123456789abcdef0123456789abcdef"
    for fact in (name, "c" * 32, "d" * 64, "sealed, 300 recordings"):
        assert fact in told


@pytest.mark.parametrize("changes", [{"secret_sha256": "f" * 64}, {"split": "sealed-" + "f" * 32}])
def test_a_sealed_split_that_is_not_named_after_its_secret_is_refused(tmp_path, changes):
    """Else a record could put its digests beside the board of another's split."""
    with pytest.raises(ParameterError, match="not named after the digest of its secret"):
        write_site([result("a")], tmp_path / "site", baselines={}, sealed=[sealed_split(**changes)])
    assert not (tmp_path / "site").exists()


def without_errors(name, ospa):
    """A result as it was before results told of items and errors."""
    made = result(name, ospa)
    return {key: value for key, value in made.items() if key not in ("per_item", "details")}


def test_older_results_say_why_they_have_no_curve(tmp_path):
    site = tmp_path / "site"
    old = without_errors("old", 6.0)
    write_site([result("new"), old, gained("filters")], site, baselines={})
    assert "".join(Page(site / "localization-mini.html").words).count("no curve") == 1
    assert "no curve" not in "".join(Page(site / "crosstalk-test.html").words)
    told = ["".join(Page(page).words) for page in (site / "submissions").iterdir()]
    [noted] = [words for words in told if "An older result; no curve." in words]
    assert "old" in noted


def test_equal_scores_share_a_rank_and_are_no_neighbours_of_themselves(tmp_path):
    same = [result("a", 5.0), result("b", 5.0), result("c", 5.01, seed=1, width=4.0)]
    write_site(same, tmp_path / "site", baselines={})
    words = "".join(Page(tmp_path / "site" / "localization-mini.html").words)
    assert words.count("\u22481") == 1
    assert words.count("\u22482") == 1, "the note that says what it means"


def test_hostile_sealed_splits_are_text(tmp_path):
    mean = [sealed_split(track=name) for name in HOSTILE if name.isprintable()]
    write_site([result("a")], tmp_path / "site", baselines={}, sealed=mean)
    page = Page(tmp_path / "site" / "index.html")
    assert page.tags.count("script") == 1
    assert HOSTILE[0] in "".join(page.words)


def test_an_unsealed_split_has_a_board(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    split = sealed_split()
    place = unsealed_place(f"localization/{split.split}")
    place.parent.mkdir(parents=True)
    place.write_bytes(b"{}\n")
    entered = result("a", split=split.split)
    write_site([entered], tmp_path / "site", baselines={}, sealed=[split])
    page = Page(tmp_path / "site" / "index.html")
    assert "unsealed, 300 recordings" in "".join(page.words)
    assert f"localization-{split.split}.html" in page.links

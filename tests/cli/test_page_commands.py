import json
import subprocess
import sys

import pytest

from simgen.benchmark.suite import load_split
from tests.leaderboard.examples import result, sealed_split

DIGEST = load_split("localization/mini").sha256


@pytest.fixture
def results(tmp_path):
    """A folder of two results."""
    folder = tmp_path / "results"
    folder.mkdir()
    for number, name in enumerate(("srp-phat", "ours")):
        made = result(name, 3.0 + number, seed=number, split_sha256=DIGEST)
        (folder / f"{name}.json").write_text(json.dumps(made))
    return folder


def test_a_folder_gets_a_site(simgen, results, tmp_path):
    ran = simgen("bench", "page", results, "-o", "site")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "wrote site; open site/index.html in a browser\n"
    assert "localization-mini.html" in {path.name for path in (tmp_path / "site").iterdir()}
    pages = [path.read_text() for path in (tmp_path / "site" / "submissions").iterdir()]
    assert sum("simgen bench run srp-phat localization/mini" in page for page in pages) == 1


def test_the_same_command_again_writes_the_same_site(simgen, results, tmp_path):
    simgen("bench", "page", results, "-o", "site")
    before = {path: path.read_bytes() for path in (tmp_path / "site").rglob("*.*")}
    assert simgen("bench", "page", results, "-o", "site").code == 0
    assert {path: path.read_bytes() for path in (tmp_path / "site").rglob("*.*")} == before


def test_json_tells_where_the_site_is(simgen, results):
    told = json.loads(simgen("bench", "page", results, "-o", "site", "--json").out)
    assert told["site"] == "site/index.html"
    assert [row["system"] for row in told["results"]] == ["ours", "srp-phat"]


@pytest.mark.parametrize("name", ["table.md", "table.markdown"])
def test_a_name_of_markdown_gets_markdown(simgen, results, tmp_path, name):
    shown = simgen("bench", "page", results).out
    assert shown.startswith("### `localization/mini` by `doa-scene/1`")
    ran = simgen("bench", "page", results, "-o", name)
    assert (ran.code, ran.out, ran.err) == (0, "", f"wrote {name}\n")
    assert (tmp_path / name).read_text() == shown


def test_a_folder_of_something_else_is_refused(simgen, results):
    before = sorted(results.iterdir())
    ran = simgen("bench", "page", results, "-o", "results")
    assert ran.code == 2
    assert "holds something else than an earlier site" in ran.err
    assert sorted(results.iterdir()) == before


def test_sealed_splits_go_with_a_site(simgen, results, tmp_path):
    ran = simgen("bench", "page", results, "--sealed", "public")
    assert ran.code == 2
    assert "goes with a web site alone" in ran.err
    assert simgen("bench", "page", results, "-o", "site", "--sealed", "gone").code == 3
    assert not (tmp_path / "site").exists()
    published = sealed_split()
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "split.json").write_text(published.to_json())
    assert simgen("bench", "page", results, "-o", "site", "--sealed", "public").code == 0
    assert published.secret_sha256 in (tmp_path / "site" / "index.html").read_text()


def test_a_result_that_cannot_be_leaves_no_site(simgen, results, tmp_path):
    told = json.loads((results / "ours.json").read_text())
    told["scores"]["ospa_deg"]["value"] = -1.0
    (results / "ours.json").write_text(json.dumps(told))
    assert simgen("bench", "page", results, "-o", "site").code == 3
    assert not (tmp_path / "site").exists()


def test_starting_does_not_wait_for_templates(shell):
    ran = shell("bench", "--help")
    assert "page" in ran.out
    script = "import sys, simgen.cli.app; print('jinja2' in sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"


def test_a_site_is_no_single_page(simgen, tmp_path):
    (tmp_path / "result.json").write_text("{}")
    ran = simgen("bench", "page", "result.json", "-o", "site.html")
    assert (ran.code, ran.out) == (2, "")
    assert "Give a folder, or FILE.md" in ran.err
    assert not (tmp_path / "site.html").exists()

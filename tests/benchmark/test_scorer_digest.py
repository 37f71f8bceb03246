import re
from pathlib import Path

import pytest

import simgen
from simgen.benchmark import scorer_digest
from simgen.benchmark.score_sheets import SHEETS
from simgen.benchmark.scorer_digest import SCORERS, scorer_sha256

PACKAGE = Path(simgen.__file__).parent


@pytest.fixture
def copied(monkeypatch, tmp_path):
    """Digest the sources of a copy of simgen in which one file differs."""

    def digest(protocol, name, old, new):
        for path in PACKAGE.rglob("*.py"):
            place = tmp_path / "simgen" / path.relative_to(PACKAGE)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
        changed = tmp_path / "simgen" / name
        text = changed.read_text()
        assert old in text
        changed.write_text(text.replace(old, new))
        place = tmp_path / "simgen" / "benchmark" / "scorer_digest.py"
        monkeypatch.setattr(scorer_digest, "__file__", str(place))
        return scorer_sha256.__wrapped__(protocol)

    return digest


def test_every_protocol_has_a_scorer_of_its_own():
    assert set(SCORERS) == set(SHEETS)
    digests = {scorer_sha256(protocol) for protocol in SCORERS}
    assert len(digests) == len(SCORERS)
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests)


def test_it_does_not_depend_on_where_simgen_lies(copied):
    assert copied("doa-scene/1", "errors.py", "fix", "fix") == scorer_sha256("doa-scene/1")


@pytest.mark.parametrize("name", ["scoring/localization.py", "scoring/ospa.py", "arrays.py"])
def test_it_depends_on_what_makes_a_score_however_far_down(copied, name):
    assert copied("doa-scene/1", name, "float64", "float32") != scorer_sha256("doa-scene/1")


@pytest.mark.parametrize("name", ["scoring/upmix.py", "errors.py", "baselines/prior.py"])
def test_it_does_not_depend_on_what_makes_none(copied, name):
    assert copied("doa-scene/1", name, '"""', '"""Also ') == scorer_sha256("doa-scene/1")


def test_modules_are_imported_in_the_one_form_that_is_looked_for():
    for folder in ("scoring", "playback"):
        for path in (PACKAGE / folder).glob("*.py"):
            assert not re.search(r"^\s*(import simgen|from \.)", path.read_text(), re.MULTILINE)

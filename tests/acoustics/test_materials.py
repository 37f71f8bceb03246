import subprocess
import sys

import numpy as np
import pytest

from simgen.acoustics.materials import ALIASES, absorption_of, material_names
from simgen.errors import ParameterError

OCTAVES = [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0]


@pytest.mark.parametrize("name", material_names())
def test_every_material_is_physical(name):
    centres, absorption = absorption_of(name)
    assert centres.tolist() in (OCTAVES, OCTAVES[:6])
    assert absorption.shape == centres.shape
    assert np.all((absorption > 0.0) & (absorption <= 1.0))


@pytest.mark.parametrize(
    ("name", "expected"),
    # Typed from the tables of Vorlaender, Auralization, 2008, annex.
    [
        ("brickwork", [0.01, 0.02, 0.02, 0.03, 0.03, 0.04, 0.04]),
        ("hard_surface", [0.02, 0.02, 0.03, 0.03, 0.04, 0.05, 0.05]),
        ("plasterboard", [0.15, 0.10, 0.06, 0.04, 0.04, 0.05, 0.05]),
        ("carpet_thin", [0.02, 0.04, 0.08, 0.20, 0.35, 0.40]),
        ("curtains", [0.30, 0.45, 0.65, 0.56, 0.59, 0.71, 0.71]),
        ("window", [0.10, 0.05, 0.04, 0.03, 0.03, 0.03, 0.03]),
    ],
)
def test_absorption_of_the_tables(name, expected):
    assert absorption_of(name)[1].tolist() == expected


def test_every_alias_names_a_material_and_hides_none():
    stored = set(material_names()) - set(ALIASES)
    assert set(ALIASES.values()) <= stored
    assert len(material_names()) == len(set(material_names()))
    for alias, name in ALIASES.items():
        np.testing.assert_array_equal(absorption_of(alias)[1], absorption_of(name)[1])


def test_a_thick_carpet_and_an_acoustic_tile_absorb_what_hard_walls_do_not():
    at_1000_hz = {
        name: absorption_of(name)[1][3]
        for name in ("concrete", "carpet_thin", "carpet_thick", "acoustic_tile")
    }
    assert list(at_1000_hz) == sorted(at_1000_hz, key=at_1000_hz.get)


def test_names_come_sorted():
    assert list(material_names()) == sorted(material_names())


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("carpet-thin", "carpet_thin"), ("brikwork", "brickwork"), ("plaster_board", "plasterboard")],
)
def test_an_unknown_name_is_refused_with_what_was_meant(wrong, meant):
    with pytest.raises(ParameterError, match=f"Did you mean .*{meant}") as caught:
        absorption_of(wrong)
    assert caught.value.value == wrong


def test_nothing_is_suggested_for_nonsense():
    with pytest.raises(ParameterError, match="no material has this name") as caught:
        absorption_of("qqqqqq")
    assert caught.value.fix is None


def test_a_caller_cannot_change_the_table():
    absorption_of("concrete")[1][:] = 1.0
    assert absorption_of("concrete")[1].max() < 0.1


def test_the_table_is_read_without_importing_pyroomacoustics():
    code = (
        "import sys; from simgen.acoustics.materials import absorption_of;"
        "absorption_of('concrete'); sys.exit('pyroomacoustics' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Gather the human recordings of the split ``real-talkers`` from Debian's free telephone prompts.

``python benchmarks/localization/prepare_prompts.py prompts`` copies what is long enough from where
the packages ``asterisk-core-sounds-{en,es,fr,it,ru}-wav`` install it, as it is, into a folder for
each talker. A second argument names another place that the packages were unpacked to.
"""

import shutil
import sys
from pathlib import Path

import soundfile

INSTALLED = Path("/usr/share/asterisk/sounds")

TALKERS = {  # the English and the Spanish prompts are spoken by the same person
    "allison/en": "en_US_f_Allison",
    "allison/es": "es_MX_f_Allison",
    "carlo": "it_IT_m_Carlo",
    "june": "fr_CA_f_June",
    "maxim": "ru_RU_f_IvrvoiceRU",
}
"""Where the prompts of a package go, who speaks them first, and its folder."""

SHORTEST, LONGEST = 2.0, 10.0
"""Duration in s: two prompts fill a scene of four seconds; lists of menu entries are left out."""

NOT_SPOKEN = ("silence", "tt-monkeys")
"""Folders and names of what nobody says."""


def prepare(folder: Path, sounds: Path = INSTALLED) -> int:
    """Copy the prompts into a folder; return how many there are."""
    number = 0
    for talker, package in TALKERS.items():
        if not (sounds / package).is_dir():
            sys.exit(f"{sounds / package} does not exist; install the packages (see README.md)")
        for file in sorted((sounds / package).rglob("*.wav")):
            name = file.relative_to(sounds / package)
            if is_speech(name) and SHORTEST <= soundfile.info(file).duration < LONGEST:
                (folder / talker / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, folder / talker / name)
                number += 1
    return number


def is_speech(name: Path) -> bool:
    """Tell whether somebody speaks in a file."""
    return name.parts[0] not in NOT_SPOKEN and name.stem not in NOT_SPOKEN


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: prepare_prompts.py FOLDER [SOUNDS]")
    print(f"{prepare(*map(Path, sys.argv[1:]))} prompts in {sys.argv[1]}")

"""Submissions written out file by file, sound but for what a test changes."""

import io
import warnings
import zipfile

import pytest

from tests.references.azimuth_files import SOUND


@pytest.fixture
def folder(tmp_path):
    """Write a folder of files, which are sound unless others are given."""

    def write(**contents):
        place = tmp_path / "ours"
        place.mkdir(exist_ok=True)
        for name, content in (SOUND | contents).items():
            if content is not None:
                data = content if isinstance(content, bytes) else content.encode()
                (place / name).write_bytes(data)
        return place

    return write


@pytest.fixture
def packed(tmp_path):
    """Write a zip of pairs of a name, or all that is told of a file, and its content."""

    def write(*entries, sound=True, before=b""):
        place = tmp_path / "ours.zip"
        content = io.BytesIO(before)
        content.seek(0, io.SEEK_END)
        with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice
            for name, data in [*(SOUND.items() if sound else ()), *entries]:
                file.writestr(name, data)
        place.write_bytes(content.getvalue())
        return place

    return write

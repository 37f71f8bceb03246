"""The scene files that ship with simgen, to start from."""

from pathlib import Path

from simgen.errors import ParameterError

__all__ = ["read_template", "template_names"]


def template_names() -> tuple[str, ...]:
    """Return the names of the shipped scene files."""
    return tuple(sorted(path.stem for path in _folder().glob("*.yaml")))


def read_template(name: str) -> str:
    """Return the text of a shipped scene file.

    Raises
    ------
    ParameterError
        If there is none of that name.
    """
    if name not in template_names():
        allowed = ", ".join(template_names())
        raise ParameterError("there is no such template", value=name, allowed=allowed)
    return (_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def _folder() -> Path:
    """Return where they lie: inside an installed package, or beside it in a checkout."""
    installed = Path(__file__).parent / "examples"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "scenes"

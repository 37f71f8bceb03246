"""Errors that say what is wrong, the value, what is allowed, where, and the likely fix."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

__all__ = [
    "DatasetError",
    "GeometryError",
    "ParameterError",
    "RenderError",
    "SceneError",
    "SceneProblem",
    "ShapeError",
    "SignalError",
    "SimgenError",
    "SubmissionError",
    "SubmissionLimitError",
    "VerificationError",
]

_MISSING = object()
_LONGEST_VALUE = 120


class SimgenError(Exception):
    """The root of every error that a user can cause.

    Parameters
    ----------
    problem
        What is wrong, naming the thing, as a clause without a full stop.
    value
        The offending value, if there is one.
    allowed
        What would have been accepted.
    where
        The file, key or item concerned.
    fix
        The likely remedy, as a sentence.
    """

    def __init__(
        self,
        problem: str,
        *,
        value: Any = _MISSING,
        allowed: str | None = None,
        where: str | None = None,
        fix: str | None = None,
    ) -> None:
        self.problem = problem
        self.value = None if value is _MISSING else value
        self.allowed = allowed
        self.where = where
        self.fix = fix
        message = problem if where is None else f"{where}: {problem}"
        if value is not _MISSING:
            message += f", got {_shorten(repr(value))}"
        if allowed is not None:
            message += f" (allowed: {allowed})"
        if fix is not None:
            message += f". {fix}"
        super().__init__(message)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[SimgenError], args: tuple[Any, ...], state: dict[str, Any]) -> SimgenError:
    """Restore a pickled error without running its constructor again."""
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def _shorten(text: str) -> str:
    """Cut a value's representation so that a message stays readable."""
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "..."


class ParameterError(SimgenError, ValueError):
    """A number or choice outside what is allowed."""


class ShapeError(SimgenError, ValueError):
    """An array whose axes, type or values are not what the function takes."""


class GeometryError(SimgenError, ValueError):
    """Things placed where they cannot be: outside the room, on top of one another."""


class SignalError(SimgenError, ValueError):
    """An audio file or corpus that cannot be used."""


class DatasetError(SimgenError, ValueError):
    """A directory that is not a dataset, or not the one expected, or damaged."""


class SubmissionError(SimgenError, ValueError):
    """A submission that cannot be scored; holds every fault found.

    Parameters
    ----------
    faults
        Each fault as a line that names the item.
    where
        The submission's file name.
    """

    def __init__(self, faults: Iterable[str], *, where: str | None = None) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n  ".join((f"{count} in the submission:", *self.faults)), where=where)


class SubmissionLimitError(SubmissionError):
    """A submission that is larger than what is read."""


class VerificationError(SimgenError, ValueError):
    """Something that is not what was promised or recorded of it."""


class RenderError(SimgenError, RuntimeError):
    """One scene that could not be rendered.

    Parameters
    ----------
    problem
        What went wrong.
    index, seed
        The scene's index in its dataset and the dataset's seed.
    """

    def __init__(self, problem: str, *, index: int, seed: int | None) -> None:
        self.index = index
        self.seed = seed
        super().__init__(problem, where=f"scene {index} (seed {seed})")


@dataclass(frozen=True)
class SceneProblem:
    """One fault of a scene file and its place.

    Parameters
    ----------
    code
        A short stable identifier, such as ``unknown-key``.
    message
        What is wrong, the value and what is allowed.
    line, column
        Place in the file, counted from 1; 0 when the scene did not come from a file.
    key_path
        The dotted path of the key, such as ``room.t60_s``.
    source_line
        The text of the line concerned.
    suggestion
        What the author probably meant.
    """

    code: str
    message: str
    line: int = 0
    column: int = 0
    key_path: str = ""
    source_line: str = ""
    suggestion: str | None = None


class SceneError(SimgenError, ValueError):
    """A scene file that cannot be used; holds every problem found, in the file's order.

    Parameters
    ----------
    problems
        The problems.
    file
        The scene file's name as the user gave it.
    """

    def __init__(self, problems: Iterable[SceneProblem], *, file: str = "scene") -> None:
        self.problems = tuple(sorted(problems, key=lambda found: (found.line, found.column)))
        self.file = file
        super().__init__("\n".join(_describe(found, file) for found in self.problems))


def _describe(problem: SceneProblem, file: str) -> str:
    """Render one problem as ``file:line:column: CODE message`` with its source line and a caret."""
    place = f"{file}:{problem.line}:{problem.column}" if problem.line else file
    key = f"{problem.key_path}: " if problem.key_path else ""
    lines = [f"{place}: {problem.code} {key}{problem.message}"]
    if problem.suggestion is not None:
        lines[0] += f'; did you mean "{problem.suggestion}"?'
    if problem.source_line:
        lines += [f"    {problem.source_line}", f"    {' ' * (problem.column - 1)}^"]
    return "\n".join(lines)

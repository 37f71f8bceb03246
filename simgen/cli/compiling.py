"""Compile the acoustic engine before the work starts, and say so where it takes a moment."""

from threading import Timer

from simgen.cli.output import say

__all__ = ["compile_engine"]

_PATIENCE = 1.5
"""Seconds without a word: loading a compiled engine takes 0.9, compiling it another 1.2."""


def compile_engine() -> None:
    """Compile what this machine has not compiled yet; workers then load it."""
    notice = Timer(_PATIENCE, say, ["compiling the acoustic engine, once on this machine ..."])
    notice.start()
    try:
        from simgen.render.warming import warm_up

        warm_up()
    finally:
        notice.cancel()

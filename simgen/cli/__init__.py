"""Command line: arguments to one library call to an exit code."""

from simgen.cli.app import main

__all__ = ["main"]

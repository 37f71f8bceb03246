"""Command line: arguments to one library call to an exit code."""

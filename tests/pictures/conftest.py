"""Settings of the tests of figures."""

from importlib.util import find_spec

# What reads figures is imported when doctests are looked for, also where nothing can be drawn.
collect_ignore = [] if find_spec("matplotlib") else ["drawn.py"]

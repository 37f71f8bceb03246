"""A scene to a recording."""

"""Filters for loudspeakers."""

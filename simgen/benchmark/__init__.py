"""The fixed suite: tracks, splits, submissions, results."""

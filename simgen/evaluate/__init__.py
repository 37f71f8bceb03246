"""Baselines over datasets, submissions over splits."""

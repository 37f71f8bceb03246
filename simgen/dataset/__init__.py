"""Directories of shards on disk."""

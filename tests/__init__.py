"""Tests; a regular package, which is found before any other distribution's folder ``tests``."""

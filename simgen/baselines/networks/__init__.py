"""Learned localisers: arrays in, azimuths out.

Needs the extra ``torch``; nothing outside this folder and `simgen.training` imports it.
"""

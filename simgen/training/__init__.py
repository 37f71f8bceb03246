"""Training of the learned localisers: a bank of sources, mixtures of them, the loop.

Needs the extra ``torch``.
"""

"""Expressions as objects of SymPy."""

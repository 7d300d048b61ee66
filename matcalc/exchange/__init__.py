"""Expressions of other systems: SymPy's, both ways."""

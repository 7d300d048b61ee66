"""Expressions built in Python: symbols with operators (`handles`), the functions of the book (`functions`), SymPy's objects (`inward`)."""

"""Means of the short form; `simplify` is the way in.

`factor` finds common factors, `scalars` has scalar coefficients rewritten by SymPy, `folding` knows functions at constant arguments.
"""

"""Means of the short form: common factors, scalar algebra, constants. `simplify` is the way in."""

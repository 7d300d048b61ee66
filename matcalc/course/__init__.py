"""The computations of a first course: Taylor polynomials, stationary points, change of variables, graphs and plots."""

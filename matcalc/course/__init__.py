"""The computations of a first course. `calculus` is the Python API, `problem` what all of them begin with.

Taylor polynomials: `polynomials`, `series`, `remainder`. Directions: `directions`. Change of variables: `volumes`, `determinants`,
`jacobians`, `freeentries`. Stationary points: `stationary_points` (in closed form, by `linear` and `equations`), `stationary_numbers` (by
SymPy: `extrema`), judged by `optimality`, `definiteness`, `trial`, `overlooked`. Graphs and plots: `graphs`, `chain`, `unfold`,
`graphtables`, `graphpictures`, `plots`, `search`, `drawing`. `tours` is a walk through all of it.
"""

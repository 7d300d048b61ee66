"""From typed expressions and derivatives to the surface trees that are printed.

`arrange` is matrix notation: `surface` has its small trees, `spelling` the order and the leaves, `factors` products, quotients and signs,
`authorship` the author's order, `naming` the names of what occurs often, `labels` those of symbols. `indexform`, `kronecker`, `linearmap`,
`piecewise` and `symmetric` are the other notations, `unitdirections` what the first has for derivatives of matrix functions, `partials`
the chain of partial derivatives. `forms` gives the numbers of what was printed and read again.
"""

"""What reverse accumulation works with; `differential` is the way in.

`leibniz` is the product rule of multilinear operations, `network` reduces products of entries over named indices to matrix notation,
`pairs` joins factors on stacked indices, `lifting` removes indices from sums, `stacking` families, `families` and `functions` are the
chain rule for members of families and for abstract functions, `structured` projects on symmetric, skew, diagonal and triangular matrices.
"""

# What one differentiates by of a matrix that lies in a set (`structured`): the space, its independent entries, or those that vech stacks.
SPACE, INDEPENDENT, STACKED = CONVENTIONS = ("symmetric-space", "independent", "vech")

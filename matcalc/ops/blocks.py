"""Matrices made of blocks: [A, B; C, D], [x; 1]; and the matrices that pick a block out."""

from __future__ import annotations

from .book import operation

# The attribute is (blocks in a column, blocks in a row); the arguments are the blocks, row by row.
BLOCK = operation(
    "block",
    rule="differential of a block matrix",
    example="||[x; A x]||^2 by x",
    statement="d [F, G; H, K] = [dF, dG; dH, dK]",
    source="from [F, G; H, K] being linear in its blocks",
    numeric="block_matrix(attr, args)",
)
# The attribute is the number of rows of zeros above the identity.
SELECTION = operation(
    "selection",
    rule="selection matrix",
    statement="[0; I; 0], whose transpose picks a block of rows",
    source="definition",
    numeric="np.eye(rows, cols, -Dim.of(attr).value(sizes))",
)

"""The Khatri-Rao product: the Kronecker products of the columns, side by side. Its sign is ⋄, for ⊙ goes entry by entry here.

Beside it the two models of an array of three indices (Kolda & Bader 2009, sections 3 and 4): Tucker's ⟦G; A, B, C⟧, and ⟦A, B, C⟧, the sum
of the outer products of the columns of A, B and C.
"""

from __future__ import annotations

from ..sources import cite
from .book import operation, shorthand

KHATRI_RAO = operation(
    "khatri_rao",
    "X Y",
    "m q, n q -> mn q",
    index="ir,jr->(ij)r",
    rule="Khatri-Rao product rule",
    statement="d(F ⋄ G) = dF ⋄ G + F ⋄ dG, where each column of F ⋄ G is the Kronecker product of the columns of F and G",
    source="from d(u ⊗ v) = du ⊗ v + u ⊗ dv in every column of the product of " + cite("kolda-bader-2009", "section 2.6"),
    spellings="khatri_rao khatrirao",
    notation="ew khatri_rao",
    example="tr((A ⋄ X) B) by X where A in R^{m x r}; X in R^{n x r}; B in R^{r x m n}",
)
shorthand("tucker", "G A B C", "G ×_1 A ×_2 B ×_3 C")
shorthand("kruskal", "A B C", 'einsum("ir,jr,kr->ijk", A, B, C)')
shorthand("weighted", "l A B C", 'einsum("r,ir,jr,kr->ijk", l, A, B, C)')

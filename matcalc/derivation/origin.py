"""What is kept of how an answer was found, so that its derivation can be written when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ..differentiation.tensor import Tensor
from ..expressions.expr import Expr
from ..notation.authorship import Order


class Stage:
    """One differentiation: by `variable`, of an expression (None: of a tensor); `raw` as it came, `tensor` shortened."""

    __slots__ = ("of", "raw", "tensor", "variable")

    def __init__(self, variable: Expr, of: Expr | None, raw: Expr | None, tensor: Tensor) -> None:
        self.variable, self.of, self.raw, self.tensor = variable, of, raw, tensor


class Origin:
    """How an answer was found: the stages, what the variables became when their properties were restored, and the answer before
    it was restricted to sets: the `kinds` of the variables' sets, `structured` the way; on a manifold the `rule` of it, with the
    gradient by free entries in its `formula`, and of a Hessian the direction that it is `along`, and the `change` of that gradient."""

    __slots__ = ("along", "change", "formula", "kinds", "order", "restore", "rule", "stages", "structured", "unrestricted")

    def __init__(
        self,
        stages: Sequence[Stage],
        restore: dict[Expr, Expr],
        unrestricted: Tensor,
        order: Order,
        kinds: Sequence[str | None],
        structured: str,
        rule: str = "",
        along: str = "",
        formula: Expr | None = None,
        change: Expr | None = None,
    ) -> None:
        self.stages, self.restore, self.unrestricted, self.order = tuple(stages), restore, unrestricted, order
        self.kinds, self.structured = tuple(kinds), structured if any(kinds) else ""
        self.rule, self.along, self.formula, self.change = rule, along, formula, change

r"""What prose claims of a formula without a sign of equality: "its gradient is $2 A^T x$", "the derivative of $h$ by $X$ equals …"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..checking.statements import NAME, Claim

_WHAT = r"\b(?P<what>gradients?|Hessian(?:\s+matrix)?|Jacobian(?:\s+matrix)?|second\s+derivative|derivative)"
_IS = r"(?:(?:is|are|equals|reads|becomes|(?:is|are)\s+(?:then|thus|simply|just|given\s+by|equal\s+to|therefore|hence))\s*:?)"
_BY = r"(?:with\s+respect\s+to|w\.?\s?r\.?\s?t\.?|by)(?:\s+(?:the|a)\s+\w+)?"
_HAS = re.compile(rf"\b(?:has|have|with|having)\s+(?:the\s+|a\s+|an\s+)?{_WHAT}\s*:?\s*$", re.IGNORECASE)
_ITS = re.compile(rf"\b(?:its|the|whose|their)\s+{_WHAT}\s*,?\s*{_IS}\s*$", re.IGNORECASE)
_ENDS_IS = re.compile(rf"\s*,?\s*{_IS}\s*", re.IGNORECASE)
_ENDS_OF = re.compile(rf"{_WHAT}\s+of(?:\s+(?:the|this|our)(?:\s+\w+){{1,2}})?\s*$", re.IGNORECASE)
_BY_ALONE = re.compile(rf"\s*{_BY}\s*", re.IGNORECASE)
_ENDS_BY = re.compile(rf"{_WHAT}\s+{_BY}\s*$", re.IGNORECASE)
# No derivative: a relation, a size, an order of growth, a name alone; or what goes on as "-Lipschitz", "at the optimum".
_RELATION = re.compile(r"=|<|>|\\(?:in|leq?|geq?|neq?|approx|sim|succeq?|preceq?|to|mapsto|times|nabla|partial|equiv)(?![A-Za-z])")
_GROUP = re.compile(r"\{[^{}]*\}")  # i=1 below a sum
_SIMPLE = re.compile(rf"\s*(?:{NAME}|(?:\\mathcal\s*\{{?)?O\}}?\s*\(.*|[\d.]*)[\s.,;]*", re.DOTALL)
_GOES_ON = re.compile(r"-\w|\s*(?:at|if|when|whenever|near|only|iff|unless)\b", re.IGNORECASE)
_SIGNS = {"g": ("nabla", 1), "h": ("nabla", 2), "j": ("letter", 1), "s": ("partial", 2), "d": ("partial", 1)}


def claimed(texts: Sequence[str], before: Sequence[str], after: str, k: int, function: str) -> Claim | None:
    """The claim of the prose about formula k of `texts`, each with the prose `before` it; `function` was defined last."""
    text = texts[k]
    if _GOES_ON.match(after) or _RELATION.search(_GROUP.sub("", text)) or _SIMPLE.fullmatch(text):
        return None
    wrt: tuple[str, ...] = ()
    found = _HAS.search(before[k]) or _ITS.search(before[k])
    if found is None and k and _ENDS_IS.fullmatch(before[k]):
        found = _ENDS_OF.search(before[k - 1])
        if found is not None:
            function = texts[k - 1].strip()
        elif re.fullmatch(rf"\s*{NAME}\s*", texts[k - 1]):
            wrt = (texts[k - 1].strip(),)
            found = _ENDS_BY.search(before[k - 1])
            if found is None and k > 1 and _BY_ALONE.fullmatch(before[k - 1]):
                found, function = _ENDS_OF.search(before[k - 2]), texts[k - 2].strip()
    if found is None or not function:
        return None
    sign, order = _SIGNS[found["what"][0].lower()]
    by = f" by {wrt[0]}" if wrt else ""
    return Claim(function, wrt, order, [(re.sub(r"[\s.,;]+$", "", text), 0)], sign, f"{found['what']} of {function}{by}")

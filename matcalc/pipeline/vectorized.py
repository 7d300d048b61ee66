"""Functions with sums over families, written with the stacked families: ||y - X w||^2 for sum_i (y_i - w^T x_i)^2.

X has the rows x_i^T and y the entries y_i. The function that is differentiated is the one in matrix notation; it is read
from its text, and compared with the sums at random points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count
from types import ModuleType
from typing import Any

from ..answers.scope import ranks_of
from ..differentiation.stacking import stacked
from ..errors import NoAnswerError, UsageError
from ..expressions.build import symbol
from ..expressions.expr import Expr, postorder
from ..inference.declarations import counts, spell_declaration
from ..inference.infer import Typed
from ..kinds import ONE, Dim, Shape
from ..notation.arrange import Arranger
from ..notation.authorship import typed_order
from ..numbers.judge import Numbers
from ..numbers.record import Check
from ..ops.core import MEMBER, SIZE
from ..ops.vocabulary import SIGNS
from ..printing.text import spell
from ..shortening.simplify import simplify
from ..syntax import Declaration, spell_name, split_name
from .judging import equal
from .question import Question
from .sampling import Sampler

CAPITALS = {"gamma": "Gamma", "delta": "Delta", "theta": "Theta", "lambda": "Lambda", "xi": "Xi", "phi": "Phi", "psi": "Psi"}
LETTERS = "XZUVWYFGHBCM"  # for families whose own capital is in use


class Vectorized:
    """The question about the function in matrix notation, the stacked names by family, and the sentence that says so."""

    __slots__ = ("assumptions", "check", "names", "question", "sentence")

    def __init__(
        self, question: Question, names: Mapping[str, str], sentence: str, assumptions: Sequence[str], check: Check | None
    ) -> None:
        self.question, self.names, self.sentence, self.assumptions, self.check = question, names, sentence, assumptions, check


def vectorized(question: Question) -> Vectorized | None:
    """The question without families; None where it has none. UsageError by a single member, NoAnswerError where a sum has no such form."""
    typed, wrt = question.typed, question.names
    members = {str(e.attr[0]): e for e in typed.symbols.values() if e.op is MEMBER}  # type: ignore[index]
    if not members:
        return None
    for name in wrt:
        base = split_name(name)[0]
        if base in members and name not in typed.families:
            raise UsageError(f"{name} is one member, and its family is stacked", suggestion=f"give the whole family: --wrt {base}")
    names = _names(typed, members)
    stacks = {base: (symbol(names[base], _shape(typed, e), _kept(e)), typed.families[base].size) for base, e in members.items()}
    function = simplify(stacked(typed.expr, stacks))
    ranks = {names.get(n if n in members else split_name(n)[0], n): k for n, k in ranks_of(typed).items()}
    tree = Arranger(ranks, typed_order(typed.nodes), {*names.values(), *typed.symbols}).spell(function)
    found = [_stacked_declaration(d, typed, members, names) for d in typed.declarations]
    sizes = {n for e in postorder(function) if isinstance(e.attr, Dim) for n in e.attr.names()}
    text, where = spell(tree), "; ".join(map(spell_declaration, [*found, *counts([tree], sizes, found)]))
    asked = question.options.changed(vectorize=False)
    made = Question.of(text, [names.get(n, n) for n in wrt], where, asked)
    check = _compared(typed, made.whole(), names) if asked.verify else None
    told = [f"{names[b]} has the {'entries' if e.is_scalar else 'rows'} {_member_text(b, typed, e)}" for b, e in members.items()]
    sentence = f"the function is {text}, where {', '.join(told)}"
    return Vectorized(made, names, sentence, typed.assumptions, check)


def _names(typed: Typed, members: Mapping[str, Expr]) -> dict[str, str]:
    """y for numbers y_i, X for vectors x_i; another letter where that one is in use."""
    taken = {*typed.symbols, *typed.bindings, *(d.name for d in typed.declarations), "I", "T", "N", "R", "S"}
    taken |= {n for e in postorder(typed.expr) for d in e.shape for n in d.names()} | {
        n for family in typed.families.values() for d in family.sizes for n in d.names()
    }
    names: dict[str, str] = {}
    for base, e in members.items():
        own = base if e.is_scalar else CAPITALS.get(base) or (base.upper() if len(base) == 1 else "X")
        names[base] = next(n for n in _candidates(own, e.is_scalar) if n not in taken)
        taken.add(names[base])
    return names


def _candidates(own: str, number: bool) -> Iterator[str]:
    return chain([own], LETTERS.lower() if number else LETTERS, (spell_name(own, str(k)) for k in count(1)))


def _shape(typed: Typed, e: Expr) -> Shape:
    size = typed.families[str(e.attr[0])].size  # type: ignore[index]
    if e.shape[1] is not ONE:
        raise NoAnswerError(
            f"the members of the family {e.attr[0]} are matrices, and those are not stacked",  # type: ignore[index]
            suggestion="leave out --vectorize",
        )
    return size, e.shape[0]


def _kept(e: Expr) -> list[str]:
    return [w for w in e.attr[1] if w in SIGNS]  # type: ignore[index]


def _stacked_declaration(d: Declaration, typed: Typed, members: Mapping[str, Expr], names: Mapping[str, str]) -> Declaration:
    base = split_name(d.name)[0]
    if base not in members or d.domain is not None:
        return d
    shape = _shape(typed, members[base])
    return Declaration(names[base], "R", shape if shape[1] is not ONE else shape[:1], tuple(w for w in d.properties if w in SIGNS))


def _member_text(base: str, typed: Typed, e: Expr) -> str:
    name = spell_name(base, typed.families[base].letter)
    return name if e.is_scalar else f"{name}^T"


def _compared(typed: Typed, made: Typed, names: Mapping[str, str]) -> Check:
    """VerificationError where the function in matrix notation is another one, NoAnswerError where no random point tells."""

    def on_stacks(function: Numbers) -> Numbers:
        def bound(arrays: ModuleType) -> Callable[..., Any]:
            value = function(arrays)

            def at(env: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
                stacks = {n: arrays.exact(k) for n, k in sizes.items() if n in made.symbols}  # a size as a number of the text
                for base, name in names.items():
                    rows, cols = (d.value(sizes) for d in made.symbols[name].shape)
                    stacks[name] = arrays.np.array([v for member in env[base] for v in arrays.flat(member)]).reshape(rows, cols)
                return value({**env, **stacks}, sizes)

            return at

        return bound

    return equal(
        Sampler(typed, roots=[e for e in postorder(made.expr) if e.op is SIZE]),
        typed,
        made,
        on_stacks,
        name="the sums",
        wrong="the function in matrix notation disagrees with the sums: please report it",
        unjudged="the matrix notation could not be checked",
    )

"""What is known of an expression from how it is made: symmetric, orthogonal, positive definite, triangular, positive …

The declared words of the leaves are carried up by the rules of the book: what operations keep a word stands in the word's block
(`ops.properties`), what an operation gives of itself in the operation's. This is inference, not proof search: what `properties_of`
returns holds wherever the expression has a value, what it does not return may hold too. A variable of differentiation is a leaf
without what small changes would break, so that nothing here can spring the trap of using it too early.

Besides operations there are forms that the rules speak of: X^T S X (`congruence`), a sum over an index that is not empty (`run`),
a block diagonal matrix (`direct_sum`). A number is a matrix of one entry: it is positive definite where it is positive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache

from ..errors import MatcalcError
from ..interning import Memo
from ..ops.abstract import FUNCTION, FUNCTION_ALONG
from ..ops.blocks import BLOCK
from ..ops.book import REGISTRY
from ..ops.core import CASES, ENTRY, EYE, IMAGINARY, INDEXED_SUM, MATMUL, MEMBER, NAMED, NUMBER, SYMBOL, TIMES, ZEROS
from ..ops.multilinear import letters
from ..ops.operation import Operation
from ..ops.vocabulary import OF_REALS, WORDS, Words, close_properties
from .expr import Expr
from .functions import SYMMETRIC, is_symmetric
from .normal import transpose

NOTHING: Words = frozenset()
_known: Memo[Words] = Memo()
Parts = Sequence[Words]
Form = tuple[str, Parts, Sequence[Expr]]

# ---------------------------------------------------------------------------------------------- asking


def holds(e: Expr, prop: str) -> bool:
    """Whether `prop` is known to hold of `e`."""
    return prop in properties_of(e) or (prop == "symmetric" and transpose(e) is e)


def properties_of(e: Expr, given: Mapping[Expr, str] | None = None) -> Words:
    """Everything that is known of `e`; for arrays, positive and its like are said of every entry. `given` are words that are taken
    to hold of some expressions."""
    if given:
        return _supposing(e, given)
    found = _known.get(e)
    if found is not None:
        return found
    todo = [e]
    while todo:
        n = todo[-1]
        waiting = [a for a in n.args if a not in _known] if n.op in (CASES, NAMED) or _rules(n.op.name) is not None else ()
        if waiting:
            todo += waiting
            continue
        todo.pop()
        if n not in _known:
            _known[n] = _of(n, [_known.get(a) or NOTHING for a in n.args])
    return _known[e]


def _supposing(root: Expr, given: Mapping[Expr, str]) -> Words:
    found: dict[Expr, Words] = {}
    todo = [root]
    while todo:
        n = todo[-1]
        waiting = [a for a in n.args if a not in found]
        if waiting:
            todo += waiting
            continue
        todo.pop()
        if n not in found:
            words = _of(n, [found[a] for a in n.args])
            found[n] = _complete(words | {given[n]}, n.shape[0] is n.shape[1], n.is_scalar) if n in given else words
    return found[root]


# ---------------------------------------------------------------------------------------------- working it out


def _of(e: Expr, parts: Parts) -> Words:
    op = e.op
    if op is SYMBOL or op is MEMBER:
        assert isinstance(e.attr, tuple)
        words: Words = frozenset(e.attr[1])
    elif op is NUMBER:
        return _of_number(e.attr)
    elif op is FUNCTION or op is FUNCTION_ALONG:
        words = frozenset((SYMMETRIC,)) if is_symmetric(e) else NOTHING
    elif op is NAMED:
        return parts[0]
    elif op is CASES:
        values = [*parts[:-1:2], parts[-1]] if len(parts) % 2 else parts[::2]
        words = values[0].intersection(*values[1:])
        if not all(a.is_scalar for a in e.args[1::2]):  # every entry is chosen by itself
            words = frozenset(w for w in words if WORDS[w].shape == "entries" or WORDS[w].zero)
    else:
        found: set[str] = set()
        for name, inside, args in _forms(e, parts):
            known = _rules(name)
            if known is not None:
                known.apply(found, inside, args)
        words = frozenset(found) - OF_REALS if e.within & IMAGINARY.bit else frozenset(found)
    return _complete(words, e.shape[0] is e.shape[1], e.is_scalar)


def _forms(e: Expr, parts: Parts) -> Iterator[Form]:
    """The operation of an expression, and the forms it has besides."""
    op, args = e.op, e.args
    yield op.name, parts, args
    if op is MATMUL:
        half, odd = divmod(len(args), 2)
        if all(args[k] is transpose(args[-1 - k]) for k in range(half)):
            middle = parts[half] if odd else properties_of_identity()
            yield "congruence", (middle, *parts[len(parts) - half :]), ()
    elif op is INDEXED_SUM:
        if "positive" in parts[1] and args[0].op is NUMBER and args[0].attr == 1:
            yield "run", parts, args
    elif op is ENTRY:
        if args[1] is args[2]:
            yield "diagonal", parts, args
    elif op is BLOCK:
        rows, cols = e.attr  # type: ignore[misc]
        places = [divmod(k, cols) for k in range(len(args))]  # type: ignore[has-type]
        on = [k for k, (i, j) in enumerate(places) if i == j]
        if rows == cols and all(args[k].op is ZEROS for k, (i, j) in enumerate(places) if i != j):  # type: ignore[has-type]
            if all(args[k].shape[0] is args[k].shape[1] for k in on):
                yield "direct_sum", [parts[k] for k in on], [args[k] for k in on]


@cache
def properties_of_identity() -> Words:
    """What is known of an identity matrix."""
    found: set[str] = set()
    found.update(word for word, _ in rules(EYE.name))
    return _complete(frozenset(found), True, False)


@lru_cache(maxsize=1024)
def _of_number(value: Fraction) -> Words:
    words = {name for name, test in _tests().items() if test(value)}
    return _complete(frozenset(words), True, True)


@cache
def _tests() -> dict[str, Callable[[Fraction], bool]]:
    """The `number` texts of the words, which are the book's own."""
    return {w.name: eval(f"lambda x: {w.number}") for w in WORDS.values() if w.number}


@lru_cache(maxsize=4096)
def _complete(words: Words, square: bool, scalar: bool) -> Words:
    """The words with what they imply of an array of this shape."""
    if square:
        words = words | {"square"}
    else:
        words = frozenset(w for w in words if "square" not in close_properties((w,)))
    words = close_properties(words)
    if scalar:
        more = {w.name for w in WORDS.values() if w.scalar == "any" or w.scalar in words}
        more |= {w.scalar for w in WORDS.values() if w.name in words and w.scalar not in ("", "any")}
        words = close_properties(words | more)
    return words


def multiple(value: Fraction, words: Words) -> Words:
    """What is known of `value` times a matrix of which `words` are known."""
    found: set[str] = set()
    known = _rules(TIMES.name)
    assert known is not None
    known.apply(found, (_of_number(value), words), ())
    return close_properties(found)


# ---------------------------------------------------------------------------------------------- the rules


class Premise:
    """Of which arguments (a quantifier over all of them, or a slice) one of some words is known."""

    __slots__ = ("among", "quantifier", "words")

    def __init__(self, quantifier: str, among: slice, words: Words) -> None:
        self.quantifier, self.among, self.words = quantifier, among, words

    def holds(self, parts: Parts, args: Sequence[Expr]) -> bool:
        words = self.words
        if self.quantifier == "of":
            chosen = parts[self.among]
            if all(p & words for p in chosen):
                return True
            return "symmetric" in words and all(transpose(a) is a for a in args[self.among]) and bool(args)
        count = sum(1 for p in parts if p & words)
        if self.quantifier == "all":
            return count == len(parts)
        return count > 0 if self.quantifier == "some" else count % 2 == (self.quantifier == "odd")


class _Conclusions:
    """All that is concluded at one operation or form."""

    __slots__ = ("all", "always", "of", "rules", "some", "structural")

    def __init__(self, found: Iterable[tuple[str, tuple[Premise, ...]]]) -> None:
        self.always: set[str] = set()
        self.all: set[str] = set()  # words that hold where all arguments have them
        self.some: set[str] = set()
        self.of: dict[int, set[str]] = {}  # words that one argument hands on
        self.rules: list[tuple[str, tuple[Premise, ...]]] = []
        self.structural = False  # whether a rule asks for a symmetric argument, which its form may show
        for word, premises in found:
            self._add(word, premises)

    def _add(self, word: str, premises: tuple[Premise, ...]) -> None:
        only = premises[0] if len(premises) == 1 and premises[0].words == {word} else None
        if not premises:
            self.always.add(word)
        elif only is not None and only.quantifier in ("all", "some"):
            (self.all if only.quantifier == "all" else self.some).add(word)
        elif only is not None and only.quantifier == "of" and only.among.stop is not None:
            self.of.setdefault(only.among.start, set()).add(word)
        else:
            self.rules.append((word, premises))
            self.structural |= any(p.quantifier == "of" and "symmetric" in p.words for p in premises)

    def apply(self, found: set[str], parts: Parts, args: Sequence[Expr]) -> None:
        found |= self.always
        if not any(parts) and not self.structural:
            return
        if self.all:
            found |= parts[0].intersection(self.all, *parts[1:])
        for p in parts if self.some else ():
            found |= p & self.some
        for k, words in self.of.items():
            found |= parts[k] & words
        for word, premises in self.rules:
            if word not in found and all(p.holds(parts, args) for p in premises):
                found.add(word)


FORMS = {"congruence": {"S": slice(0, 1), "X": slice(1, None)}, "run": {"F": slice(2, 3)}, "direct_sum": {}}


@cache
def _texts() -> dict[str, list[tuple[str, str]]]:
    """What the words' blocks say of every operation or form: the word, and the premises as they are written."""
    found: dict[str, list[tuple[str, str]]] = {}
    for w in WORDS.values():
        for rule in filter(str.strip, w.kept.split(";")):
            names, _, premises = rule.partition(":")
            for name in names.replace(",", " ").split():
                found.setdefault(name, []).append((w.name, premises))
    return found


def rules(name: str) -> Iterator[tuple[str, tuple[Premise, ...]]]:
    """The rules of an operation or form: the word that follows, and from which premises."""
    for word, premises in _texts().get(name, ()):
        yield word, tuple(_premise(p, name, word) for p in premises.split(","))
    op = REGISTRY.get(name)
    if op is not None and op.index:
        yield from ((word, tuple(_premise(p, name, word) for p in premises.split(","))) for word, premises in _signs(op))
    for rule in filter(str.strip, op.gives.split(";") if op is not None else ()):
        given, _, words = rule.rpartition("->")
        wanted = tuple(_premise(p, name, "") for p in given.split(",") if p.strip())
        yield from ((word, wanted) for word in words.split())


def _signs(op: Operation) -> Iterator[tuple[str, str]]:
    """The signs of the entries of a multilinear operation, which are sums of products of its arguments' entries; besides there are
    zeros where the value has a letter twice."""
    value = "".join(letters(op.index).value)
    pairs = [("nonnegative", "nonpositive"), *([("positive", "negative")] if len(set(value)) == len(value) else [])]
    for up, down in pairs:
        if op.is_linear:
            yield from ((word, op.params[0]) for word in (up, down))
        else:
            yield from ((word, f"all {up}|{down}, {count} {down}") for word, count in ((up, "even"), (down, "odd")))


@cache
def _rules(name: str) -> _Conclusions | None:
    """The rules as they are applied; None where there are none."""
    found = list(rules(name))
    return _Conclusions(found) if found else None


def _premise(text: str, name: str, word: str) -> Premise:
    """`all psd`, `X symmetric|skew`, `some`; in the block of an operation, whose word is not told, `psd` of its first argument."""
    first, *rest = text.split() if word or len(text.split()) > 1 else (REGISTRY[name].params[0], text.strip())
    words = frozenset(rest[0].split("|")) if rest else frozenset((word,))
    unknown = [w for w in words if w not in WORDS]
    if unknown or len(rest) > 1:
        raise MatcalcError(f"the book has no property {text!r}")
    if first in ("all", "some", "even", "odd"):
        return Premise(first, slice(None), words)
    return Premise("of", _place(first, name), words)


def _place(param: str, name: str) -> slice:
    if name in FORMS:
        return FORMS[name][param]
    k = REGISTRY[name].params.index(param)
    return slice(k, k + 1)

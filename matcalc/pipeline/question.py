"""What is asked, read once: the commands, the Python functions, a line of a batch and a program of code all answer a `Question`.

    Question.of("(A x)[i]", "x", "A in R^{m x n}; i in N").typed.expr

A text is read beside its declarations (`read`): they say which of its names are functions and which are whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..differentiation import STACKED
from ..errors import EquationError, MatcalcError, UsageError
from ..expressions.build import base_name, conjugate, conjugate_name, entry, index, is_complex, is_conjugate_name, num
from ..expressions.expr import Expr
from ..expressions.labels import words_of
from ..inference.infer import Typed, infer
from ..interning import regex
from ..kinds import ONE, shape_text
from ..ops.core import MEMBER, SYMBOL
from ..printing.text import spell
from ..reading.asked import agreed
from ..reading.functions import function_of
from ..reading.read import parse, parse_names, parse_where
from ..reading.spellings import GREEK_WORDS
from ..reading.subscripts import split_indexed
from ..syntax import Declaration, Program
from .given import Built, Function, Names, Where, declared_in, names_of, number_of

LAYOUTS = ("numerator", "denominator", "strict")
_STACKED = regex(r"(?:vech|\\(?:operatorname|mathrm|text)\{vech\})\s*(?:\\left)?\(([^()]*?)(?:\\right)?\)")
CUSTOMARY = frozenset("x X theta Theta w W".split())  # what is unknown in most formulas, beside what is given
_CONJUGATED = regex(r"conj\((.*)\)|\\(?:bar|overline)\s*\{(.*)\}|\\(?:bar|overline)\s*(\w|\\\w+)|(.*)\^(?:\*|\{\*\}|\\ast)")
NOTATIONS = ("auto", "matrix", "index", "kron", "differential", "tensor", "cases")


class Options:
    """How a derivative is wanted. `structured` keeps declared matrices within their sets (see `differentiation.structured`);
    `vectorize` writes sums over families with the stacked families (see `vectorized`); `strict` refuses kinds that were chosen;
    `names` keeps the values that the text names under their names; `wirtinger` differentiates by a complex z and by
    conj(z) as two variables, as naming a conjugate does (see `wirtinger`); `manifold` is the one that the variable stays on, and `along`
    the tangent vector of a Hessian there (see `riemannian`)."""

    __slots__ = ("along", "layout", "manifold", "names", "notation", "order", "strict", "structured", "vectorize", "verify", "wirtinger")

    def __init__(
        self,
        order: int = 1,
        layout: str = "numerator",
        notation: str = "auto",
        verify: bool = True,
        structured: str = "",
        vectorize: bool = False,
        strict: bool = False,
        names: bool = True,
        wirtinger: bool = False,
        manifold: str = "",
        along: str = "",
    ) -> None:
        if isinstance(order, bool) or not isinstance(order, int) or order < 1:
            raise UsageError(f"the order of a derivative is a whole number from 1, not {order!r}")
        if layout not in LAYOUTS:
            raise UsageError(f"unknown layout {layout!r}: use {', '.join(LAYOUTS)}")
        if notation not in NOTATIONS:
            raise UsageError(f"unknown notation {notation!r}: use {', '.join(NOTATIONS)}")
        self.order, self.layout, self.notation = order, layout, notation
        self.verify, self.structured, self.vectorize, self.strict = verify, structured, vectorize, strict
        self.names, self.wirtinger, self.manifold, self.along = names, wirtinger, manifold, along

    def changed(self, **options: Any) -> Options:
        """The same with other values of these."""
        if all([getattr(self, name) == value for name, value in options.items()]):
            return self
        return Options(**{name: getattr(self, name) for name in self.__slots__} | options)


USUAL = Options()
DEFINING = ("\\newcommand", "\\renewcommand", "\\providecommand", "\\DeclareMathOperator", "\\def")  # authors' own commands in a text


class Question:
    """A function with what is declared of its names, the variables, and how the answer is wanted."""

    __slots__ = ("_typed", "declarations", "names", "notes", "options", "program")

    def __init__(
        self,
        program: Program,
        declarations: Iterable[Declaration] = (),
        names: Iterable[str] = (),
        options: Options = USUAL,
        notes: Iterable[str] = (),
    ) -> None:
        self.program, self.declarations, self.names, self.options = program, tuple(declarations), tuple(names), options
        self.notes = tuple(notes)  # what was decided for whoever asked
        self._typed: Typed | None = None

    @classmethod
    def of(cls, function: Function, wrt: Names | None = (), where: Where = None, options: Options = USUAL, asks: bool = False) -> Question:
        """Of a text, a number, or an expression built in Python, with the names of the variables as they are typed. Where `asks` is true, a
        text may ask for a derivative by itself, as d/dx x^2 does, and where no variables are given (None) the only sensible one is taken;
        elsewhere a function is wanted."""
        if isinstance(function, str) and any(word in function for word in DEFINING):
            from ..reading.macros import with_macros, written_out

            function, macros = with_macros(function)
            wrt = wrt if wrt is None else [written_out(name, macros) for name in names_of(wrt)]
            where = written_out(where, macros) if isinstance(where, str) else where
        notes: list[str] = []
        if wrt and isinstance(function, str) and any("^" in name for name in names_of(wrt)):
            from .squares import by_squares

            function, wrt, notes = by_squares(function, names_of(wrt))
        if isinstance(where, str) and isinstance(function, str) and "=" in where:
            from ..reading.commutators import moved

            where, function = moved(where, function)
        where, function, distributions = _distributions(where, function)
        declared = declarations_in(where)
        if isinstance(function, Built):
            program, own = function.read()
            declarations = (*own, *declared)
        elif not isinstance(function, str):
            number = number_of(function)
            program, declarations = Program(spell(number), (), number), declared
        else:
            try:
                program = read(function, declared, words_among(wrt, function), [d.name for d in distributions])
            except EquationError as error:
                from .equations import answered_by

                raise answered_by(error, names_of(wrt or ()), declared_in(where), lambda text: read(text, declared)) from None
            declarations = (*declared, *declarations_in(program.where))
            if distributions:
                program = _over(program, distributions, declarations)
        try:
            given, stacked = unstacked(() if wrt is None else wrt)
            options = options.changed(structured=STACKED) if stacked else options
            names = names_in(given, declarations, program.complex_)
            if program.asked is not None:
                if not asks:
                    raise UsageError("the text asks for a derivative, and a function is wanted here")
                names, order = agreed(program.asked, names, options.order)
                options = options.changed(order=order)
            if asks and program.stated is not None and (not names or not program.stated.names or {*names} & {*program.stated.names}):
                raise _is_a_claim(program)
            made = cls(program, declarations, names, options, notes)
            return made._by_the_sensible() if wrt is None and not names and asks else made
        except MatcalcError as error:
            raise error.located(program.text) from None

    @property
    def text(self) -> str:
        """The function as it was typed."""
        return self.program.text

    @property
    def typed(self) -> Typed:
        """The function, by property-free twins of the variables."""
        if self._typed is None:
            self._typed = infer(self.program, self.declarations, bases(self.names))
            if self.program.random:
                from .expectations import without_expectations

                given = self._typed, self.program, self.declarations, bases(self.names)
                self.declarations, self._typed = without_expectations(*given, twins=True)
            if self.options.strict:
                from ..inference.table import refuse_chosen

                refuse_chosen(self._typed.readings)
        return self._typed

    def real(self, what: str) -> Question:
        """The same question; UsageError where something in it is complex, and `what` is asked of real functions only."""
        if is_complex(self.typed.expr) or any(is_complex(e) for e in self.typed.symbols.values()):
            hint = "ask for the derivative; or write the function with the real and imaginary parts as variables of their own"
            raise UsageError(f"{what} is of real variables, and something here is complex", suggestion=hint)
        return self

    def whole(self) -> Typed:
        """The function with every property of every name, for values and not for derivatives."""
        _ = self.typed if self.program.random else None  # which may declare more
        whole = infer(self.program, self.declarations, bases(self.names), twins=False)
        if not self.program.random:
            return whole
        from .expectations import without_expectations

        return without_expectations(whole, self.program, self.declarations, bases(self.names), twins=False)[1]

    def by(self, *names: str, **options: Any) -> Question:
        """The same function by other variables, or with other options."""
        return Question(self.program, self.declarations, names, self.options.changed(**options) if options else self.options, self.notes)

    def choice(self) -> dict[str, Any]:
        """The names that one could differentiate by (`variables`), and the one that a reader would take (`variable`), or None."""
        names = self.candidates()
        found = names if len(names) == 1 else [n for n in names if n in CUSTOMARY]
        return {"variables": names, "variable": found[0] if len(found) == 1 else None}

    def replaced(self, function: Typed) -> Question:
        """The same question of another function of these names."""
        other = Question(self.program, self.declarations, self.names, self.options, self.notes)
        other._typed = function
        return other

    def _by_the_sensible(self) -> Question:
        """The same by the one name that a reader would take for the variable; UsageError where there are several, or none."""
        names, name = self.choice().values()
        if name is None:
            raise which_variable(names)
        others = [n for n in names if n != name]
        more = f", the customary variable here; there {'is' if len(others) == 1 else 'are'} also {', '.join(others)}" if others else ""
        return Question(self.program, self.declarations, (name,), self.options, [f"by {name}{more}"])

    def candidates(self) -> list[str]:
        """The names that one could differentiate by."""
        typed = self.typed
        names = [n for n, e in typed.symbols.items() if not (e.op is SYMBOL and "integer" in words_of(e))]
        return list(dict.fromkeys(split_indexed(n)[0] if split_indexed(n)[0] in typed.families else n for n in names))

    def need_variables(self) -> None:
        """UsageError where none was given."""
        if not self.names:
            raise which_variable(self.candidates())

    def variable(self, name: str) -> Expr:
        """What a name of a variable stands for: a symbol, a member of a family, an entry x_2. UsageError where it is none of these."""
        typed = self.typed
        if is_conjugate_name(name):
            return conjugate(self.variable(conjugate_name(name)))
        found = typed.symbols.get(name)
        if found is None and name in typed.families:  # the whole family: by its general member
            found = next((e for n, e in typed.symbols.items() if e.op is MEMBER and e.attr[0] == name), None)  # type: ignore[index]
        if found is None:
            found = typed.declared.get(name)
        if found is not None:
            return found
        base, places = _place_of(typed, name)
        if base is not None:
            return entry(base, *places)
        others = ", ".join(typed.symbols) or "there are none"
        raise UsageError(f"{name} does not occur in the expression", suggestion=f"variables here: {others}")

    def declared(self, name: str) -> Expr:
        """The variable with all its properties."""
        if is_conjugate_name(name):
            return conjugate(self.declared(conjugate_name(name)))
        found = self.typed.declared.get(name)
        if found is None:
            found = next((e for e in self.typed.declared.values() if e.op is MEMBER and e.attr[0] == name), None)  # type: ignore[index]
        return self.variable(name) if found is None else found


def _is_a_claim(program: Program) -> UsageError:
    """The error to raise for df/dx = …, by x."""
    assert program.stated is not None
    head = program.text[program.claim[0] : program.claim[1]].strip().rstrip("=").strip()
    message = f"{head} = … states a derivative, and does not ask for one"
    return UsageError(
        message, suggestion="give the text to `matcalc check`; to differentiate the right side once more, leave the left side out"
    )


def which_variable(names: Sequence[str]) -> UsageError:
    """The error to raise where several names could be meant, or none."""
    if not names:
        return UsageError("there is no variable to differentiate by", suggestion="give its name with --wrt")
    return UsageError("by which variable?", suggestion="say one of " + " ".join(f"--wrt {n}" for n in names))


def declarations_in(where: Where) -> tuple[Declaration, ...]:
    """What a text of declarations, or a mapping, says."""
    text = declared_in(where)
    try:
        return parse_where(text) if text else ()
    except MatcalcError as error:
        raise error.located(text) from None


def _distributions(where: Where, function: Function) -> tuple[Where, Function, list[Any]]:
    """Declarations and formula without the distributions that they declare, x ~ N(mu, Sigma), and these."""
    texts = [t for t in (declared_in(where), function) if isinstance(t, str)]
    if not any(sign in t for t in texts for sign in ("~", "\\sim", "\u223c")):
        return where, function, []
    from ..reading.distributions import apart, has_distribution, split

    said = declared_in(where)
    found: list[Any] = []
    if has_distribution(said):
        try:
            where, found = split(said)
        except MatcalcError as error:
            raise error.located(said) from None
    if isinstance(function, str):
        function, more = apart(function)
        found = [*found, *more]
    return where, function, found


def _over(program: Program, distributions: list[Any], declarations: Iterable[Declaration]) -> Program:
    """The program with the distributions in its expectations."""
    from ..reading.distributions import with_distributions

    found = with_distributions(program, distributions, [*(d.name for d in declarations), *(d.name for d in distributions)])
    found.random = frozenset(d.name for d in distributions)
    return found


def read(text: str, declarations: Iterable[Declaration] = (), names: Iterable[str] = (), random: Iterable[str] = ()) -> Program:
    """The surface tree of a text beside these declarations, beside other names that are in use, and those with a distribution."""
    known = tuple(declarations)
    return parse(
        text,
        [*names, *random, *(d.name for d in known)],
        functions=[d.name for d in known if d.domain is not None],
        counts=[d.name for d in known if d.field == "N" and not d.sizes],
        complex_=[d.name for d in known if d.field == "C"],
        random=frozenset(random),
        arguments={d.name: d.argument for d in known if d.argument},
    )


def words_among(wrt: Names | None, text: str) -> list[str]:
    """The words among the variables, `logvar`, that stand as they are in the text: each is one name there, and no product of letters; and
    T, which is no lost transpose where one differentiates by it."""
    names = [] if wrt is None else names_of(wrt)
    given = [word for name in names for word in ((name,) if len(name) == 1 else re.split(r"[\s,;]+", name))]
    words = [w for w in given if len(w) > 1 and w.isascii() and w.isalpha() and w not in GREEK_WORDS and function_of(w) is None]
    alone = ["T"] if "T" in given else []
    return alone + [w for w in words if re.search(rf"(?<![A-Za-z\\]){w}(?![A-Za-z(])", text)]


def unstacked(given: Names) -> tuple[list[str], bool]:
    """The names with S for vech(S), and whether there is one."""
    texts = names_of(given)
    found = [_STACKED.sub(r"\1", text) if "vech" in text else text for text in texts]
    return found, found != texts


def names_in(given: Names, declarations: Iterable[Declaration], complex_: bool = False) -> tuple[str, ...]:
    """The names of variables as they are typed, "x", "x, y", ["x", "y"], in canonical spelling."""
    known = tuple(declarations)
    declared = [d.name for d in known]
    if not complex_ and not any(d.field == "C" for d in known):
        return tuple(n for text in names_of(given) for n in parse_names(text, declared))
    found: list[str] = []
    for text in names_of(given):
        for part in filter(None, map(str.strip, re.split(r",(?![^({]*[)}])", text))):
            conjugated = _CONJUGATED.fullmatch(part)
            names = parse_names(next(filter(None, conjugated.groups())) if conjugated else part, declared)
            found += [conjugate_name(n) for n in names] if conjugated else names
    return tuple(found)


def bases(names: Iterable[str]) -> tuple[str, ...]:
    """The names without conjugates, each once."""
    return tuple(dict.fromkeys(map(base_name, names)))


def _place_of(typed: Typed, name: str) -> tuple[Expr | None, list[Expr]]:
    """The vector or matrix of which `name` is an entry, and the entry's two places: x_2, X_{12}, X_{1,2}, x_i, X_{ij}."""
    base, sub = split_indexed(name)
    whole = typed.symbols.get(base)
    if whole is None or whole.op is not SYMBOL:
        return None, []
    axes = sum(d is not ONE for d in whole.shape)
    parts = sub.split(",") if "," in sub or axes < 2 else list(sub)
    whole_numbers = {n: e for n, e in typed.symbols.items() if len(n) == 1 and e.op is SYMBOL and "integer" in e.attr[1]}  # type: ignore[index]
    taken = ({*typed.symbols} - set(whole_numbers)) | {n for e in typed.symbols.values() for d in e.shape for n in d.names()}
    letters = [p for p in parts if len(p) == 1 and p.isalpha() and p.islower() and p not in taken]
    if len(parts) != axes or "0" in parts or not all(p.isdigit() or p in letters for p in parts) or len(set(letters)) < len(letters):
        return None, []
    places = [num(int(p)) if p.isdigit() else whole_numbers.get(p) or index(p) for p in parts]
    dims = [d for d in whole.shape if d is not ONE]
    if any(d.number is not None and p.isdigit() and int(p) > d.number for p, d in zip(parts, dims, strict=True)):
        raise UsageError(f"{name} is no entry of {base}, which is {shape_text(whole.shape)}")
    return whole, places if axes == 2 else [places[0], num(1)] if whole.shape[1] is ONE else [num(1), places[0]]

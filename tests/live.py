"""What the fields of the book do: each is taken away, and what can be seen of its block is compared.

Fields are read when the book is loaded, or later and then kept; so a change is made before the package is imported, in a fork of a
process that has imported only what is slow. What is seen of a block depends on the fields of others only where SEEN says "alone".

    python tests/live.py            every field of every block; prints those whose loss is seen nowhere
    python tests/live.py tr index   what is seen of a block, and what is seen without this field
"""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
Block = tuple[str, str]  # "operation", "shorthand", "word", "identity", "canonical" or "law", and its name
Change = tuple[str, str, str]  # the same, and a field

# Where the loss of a field is looked for.
SEEN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("statement", "source", "condition", "rule", "example", "quotient"), ("page",)),
    **dict.fromkeys(("unicode", "latex", "typst", "mathml", "notation"), ("print", "names")),
    "spellings": ("names",),
    "differential": ("derivative", "forms"),
    "elementwise": ("page", "entry", "value"),
    **dict.fromkeys(("index", "kronecker", "scalar", "directions", "adjoint", "linear"), ("forms", "page")),
    "numeric": ("value",),
    "real": ("complex",),
    "domain": ("page", "points"),
    "transposes": ("transpose",),
    "parity": ("opposite",),
    **dict.fromkeys(("at_zero", "at_one"), ("folded",)),
    "beside": ("product",),
    "gives": ("facts",),
    **dict.fromkeys(("sympy", "definition"), ("sympy",)),
    **dict.fromkeys(("numpy", "jax", "torch", "array_api", "octave", "r", "julia", "eigen", "stacks"), ("code",)),
    "params": ("page", "value", "entry"),
    "signature": ("shape", "page"),
    "meaning": ("page", "use"),
    "left": ("page",),
    "equal": ("simplified",),
    **dict.fromkeys(("right", "where", "entrywise", "when"), ("use",)),
    **dict.fromkeys(("said", "declared", "sets"), ("declared", "sentences")),
    **dict.fromkeys(("implies", "together"), ("follows",)),
    **dict.fromkeys(("shape", "within", "zero", "mirror"), ("set", "recognised", "drawn", "sentences", "declared")),
    "number": ("numbers",),
    **dict.fromkeys(("drawn", "near"), ("drawn",)),
    **dict.fromkeys(("vanishes", "margin", "weak"), ("recognised",)),
    "kept": ("kept",),
}
# Where that depends on the kind of block.
OF_A_KIND: dict[tuple[str, str], tuple[str, ...]] = {
    ("word", "spellings"): ("declared",),
    ("word", "scalar"): ("follows",),
    ("word", "sympy"): ("assumed",),
    **{("canonical", field): ("page",) for field in ("left", "right", "where", "when", "source")},
}
# Fields that are taken from one block at a time: what is seen of others has them, too.
ALONE = frozenset(("index", "kronecker", "scalar", "directions", "adjoint", "implies", "together", "kept", "shape", "within"))
ANYWHERE = ("page", "print", "value", "derivative", "facts", "code")  # for the fields that are not listed


# ---------------------------------------------------------------------------------------------- fields taken away


def places(kind: str, field: str) -> tuple[str, ...]:
    """Where the loss of a field is looked for."""
    return OF_A_KIND.get((kind, field)) or SEEN.get(field, ANYWHERE)


def classes() -> list[tuple[str, Any]]:
    """The classes of operations, shorthands and words, before any block is made."""
    package = types.ModuleType("matcalc.ops")
    package.__path__ = [str(ROOT / "matcalc" / "ops")]
    sys.modules["matcalc.ops"] = package
    from matcalc.ops import operation, word

    del sys.modules["matcalc.ops"]
    return [("operation", operation.Operation), ("shorthand", operation.Shorthand), ("word", word.Word)]


def tables() -> list[tuple[str, Any]]:
    """The blocks that nothing is made of when the book is loaded; the words are read as well."""
    from matcalc.ops import vocabulary as vocabulary
    from matcalc.ops.canonical import CANONICAL
    from matcalc.ops.identities import IDENTITIES
    from matcalc.ops.laws import LAWS

    return [("identity", IDENTITIES), ("canonical", CANONICAL), ("law", LAWS.values())]


def load(taken: Iterable[Change]) -> None:
    """Load the package with these fields as if they had not been stated."""
    gone = set(taken)
    for kind, made in classes():
        made.__init__ = _without(made.__init__, kind, gone)
    for kind, blocks in tables():
        for block in blocks:
            ASKED[block.name] = _question_about(block) if kind == "identity" else ("", "")
            for field in [f for k, name, f in gone if (k, name) == (kind, block.name)]:
                value: Any = getattr(block, field)
                setattr(block, field, not value if isinstance(value, bool) else f"1 + ({value})" if field == "right" else "")


def _without(init: Callable[..., None], kind: str, gone: set[Change]) -> Callable[..., None]:
    signature = inspect.signature(init)

    def made(self: Any, *args: Any, **fields: Any) -> None:
        given = signature.bind(self, *args, **fields)
        name = given.arguments["name"]
        STATED[kind, name] = dict(given.arguments)
        for field in [f for k, n, f in gone if (k, n) == (kind, name)]:
            default = signature.parameters[field].default
            given.arguments[field] = _other(field, given.arguments[field]) if field in REQUIRED else default
        init(*given.args, **given.kwargs)

    return made


STATED: dict[Block, dict[str, Any]] = {}  # the blocks as they were written

# Fields that cannot be missing have something else instead.
REQUIRED = ("params", "signature", "meaning", "numeric")


def _other(field: str, value: str) -> str:
    if field == "params":
        return " ".join("LMNOPQRS"[k] for k in range(1 + len(value.split())))
    return f"p{value}" if field == "signature" else f"1 + ({value})"


def fields() -> list[Change]:
    """Every field that is stated; found by watching the book being made."""
    found: list[Change] = []
    for kind, made in classes():
        made.__init__ = _watched(made.__init__, kind, found)
    for kind, blocks in tables():
        found += [(kind, b.name, f) for b in blocks for f in type(b).__slots__ if f != "name" and getattr(b, f)]
    return found


def _watched(init: Callable[..., None], kind: str, found: list[Change]) -> Callable[..., None]:
    signature = inspect.signature(init)

    def made(self: Any, *args: Any, **given: Any) -> None:
        bound = signature.bind(self, *args, **given).arguments
        found.extend(
            (kind, bound["name"], f) for f, value in bound.items() if f not in ("self", "name") and value != signature.parameters[f].default
        )
        init(self, *args, **given)

    return made


# ---------------------------------------------------------------------------------------------- what is seen


def look(block: Block, place: str) -> str:
    """What is seen of the block in this place; an error is something to see as well."""
    try:
        return PLACES[place](block)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _operation(block: Block) -> Any:
    from matcalc.ops import by_name

    return by_name(block[1])


def _question(block: Block) -> tuple[str, str, str]:
    """An expression in the text with the operation in it, a variable, and declarations."""
    from test_calls import question

    from matcalc.derivation.rulebook import example_of

    op = _operation(block)
    example = WRITTEN.get(op.name) or op.example or example_of(op)
    if not example:
        text, where = question(op)
        return text, op.params[0], where
    asked, _, where = example.partition(" where ")
    expr, _, rest = asked.partition(" by ")
    return expr, rest.partition(" as ")[0], where


# What the book has no example of.
WRITTEN = {
    "symbol": "x^T x by x where x in R^n",
    "number": "2 x by x where x in R",
    "size": "count(x) x by x where x in R^n",
    "constant": "pi x by x where x in R",
    "imaginary": "Im(c^H z) by z where c, z in C^3",
    "index": "sum_{i=1}^3 i x by x where x in R",
    "eye": "tr(A + I) by A where A in R^{3 x 3}",
    "ones": "ones(3)^T x by x where x in R^3",
    "zeros": "cases(x, s > 0, zeros(3)) by x where x in R^3; s in R",
    "unit": "I_3[:, 2]^T x by x where x in R^3",
    "member": "sum_{i=1}^3 a^T x_i by x_j where a, x_i in R^3",
}


def _page(block: Block) -> str:
    """In the rule book."""
    from matcalc.derivation.rulebook import rules
    from matcalc.ops import contents

    if block[0] != "operation":
        return str([r.as_dict() for r in rules() if r.name in (block[1], f"definition of {block[1]}")])
    places = [op.name for _, chapter in contents() for op in chapter]
    found = [r for r in rules() if r.name in (_operation(block).rule, f"{block[1]} as a quotient")]
    return str([*[r.as_dict() for r in found], places.index(block[1])])


def _print(block: Block) -> str:
    """In every format, by itself."""
    from matcalc.notation.arrange import Arranger
    from matcalc.ops.book import SHORTHANDS
    from matcalc.printing.formats import FORMATS, spelled
    from matcalc.syntax import Node

    if block[0] == "shorthand":
        tree = Node("call", tuple(Node("name", (), p) for p in SHORTHANDS[block[1]].params), block[1])
    else:
        tree = Arranger().spell(_made(block, ""))
    complexly = [d.spell(form) for d in _of_complex(block) for form in FORMATS if form not in ("latex-doc", "markdown")]
    return "\n".join([*(spelled(tree, form) for form in FORMATS), *complexly])


def _of_complex(block: Block) -> list[Any]:
    """Derivatives that have what dissolves where everything is real."""
    import matcalc

    if block[1] not in ("conj", "Re", "Im"):
        return []
    where = "z, c, z_i in C^n; s in C"
    of_it = ("c^T conj(z)", "conj(z)") if block[1] == "conj" else (f"{block[1]}(c^H z)^2", "z")
    asked = [of_it, ("|s|^2 c^T z", "z"), ("|z^H c + s|^2", "z"), ("sum_{i=1}^N |z_i^H c|^2", "c")]
    return [matcalc.derivative(text, wrt, where=where, verify=False) for text, wrt in asked]


def _complex(block: Block) -> str:
    """What is said to a complex argument."""
    from test_calls import question

    import matcalc

    op = _operation(block)
    if not op.spellings and block[1] != "iverson":
        return ""
    called, declared = question(op) if op.spellings else ("1[x > 0] .* x", "x in R^n")
    declared = declared.replace("spd", "hpd").replace(" positive", "")
    try:
        return str(matcalc.derivative(f"sum({called})", op.params[0], where=re.sub(r"\bin R", "in C", declared), verify=False))
    except matcalc.MatcalcError as error:
        return str(error)


def _names(block: Block) -> str:
    from matcalc.ops import function_names, greek_functions

    names = [n for n, name in {**function_names(), **greek_functions()}.items() if name == block[1]]
    own = _operation(block).spellings if block[0] == "operation" else ()
    return f"{sorted(names)} {[n for n in own if n in function_names()]}"


def _derivative(block: Block) -> str:
    import matcalc

    text, wrt, where = _question(block)
    return str(matcalc.derivative(text, wrt, where=where, verify=False))


def _forms(block: Block) -> str:
    """The derivative in other notations, along a line, and the second one."""
    from test_calls import question

    import matcalc

    op = _operation(block)
    text, where = question(op) if op.spellings else ("", "")
    by = op.params[0] if op.params else ""
    questions = [(*_question(block), {}), (text, by, where, {"notation": "kron"}), (text, op.params[-1] if by else "", where, {})]
    if op.scalar or op.directions:
        line = f"a^T {op.spellings[0]}(t A{', A' * (len(op.params) - 1)}) b"
        questions += [(line, "t", "A in R^{n x n}", {}), (f"sum({text})", by, where, {"order": 2})]
    lines = []
    for expr, wrt, declared, options in filter(None, questions):
        try:
            lines.append(str(matcalc.derivative(expr, wrt, where=declared, verify=False, **options)))  # type: ignore[arg-type]
            lines.append(str(matcalc.derivative(expr, wrt, where=declared, verify=False, **options).steps.brief()))  # type: ignore[arg-type]
        except Exception as error:
            lines.append(f"{type(error).__name__}: {error}")
    return "\n".join(lines)


def _built(block: Block) -> Any:
    from matcalc.expressions import build
    from matcalc.kinds import Dim

    s, t = build.symbol("s"), build.symbol("t")
    x, y = (build.symbol(name, (Dim.of("n"), Dim.of(1))) for name in "xy")
    return BUILT[block[1]](build, _operation(block), s, t, x, y)


def _value(block: Block) -> str:
    import numpy as np
    from test_ops import draw, value

    from matcalc.numbers.numeric import evaluate

    op = _operation(block)
    if op.name in BUILT:
        env = {"s": 2.0, "t": 7.0, "x": np.arange(1.0, 4)[:, None], "y": np.array([[2.0], [0.0], [5.0]])}
        return str(np.asarray(evaluate(_built(block), env, {"n": 3})).tolist())
    return str(np.asarray(value(op, draw(op, np.random.default_rng(1)))).tolist())


# Operations whose value depends on more than their parameters.
BUILT: dict[str, Callable[..., Any]] = {
    "size": lambda build, op, s, t, x, y: build.size(x.shape[0]),
    "constant": lambda build, op, s, t, x, y: build.constant("pi"),
    "imaginary": lambda build, op, s, t, x, y: build.imaginary(),
    "index": lambda build, op, s, t, x, y: build.index("i"),
    "eye": lambda build, op, s, t, x, y: build.eye(x.shape[0]),
    "ones": lambda build, op, s, t, x, y: build.ones(*x.shape),
    "zeros": lambda build, op, s, t, x, y: build.zeros(*x.shape),
    "unit": lambda build, op, s, t, x, y: build.unit(build.num(2), x.shape[0]),
    "commutation": lambda build, op, s, t, x, y: _make(op, (), _pair(2, 3), _pair(6, 6), 1),
    "duplication": lambda build, op, s, t, x, y: _stacked().duplication(x.shape[0]),
    "elimination": lambda build, op, s, t, x, y: _stacked().elimination(x.shape[0]),
    "unvec": lambda build, op, s, t, x, y: _stacked().unvec(build.block(2, 1, [x, y]), _pair(3, 2)),
    "convmtx": lambda build, op, s, t, x, y: build.apply(op, (x,), _pair(3, 2)[0]),
    "hankel": lambda build, op, s, t, x, y: build.apply(op, (build.block(2, 1, [x, y]),), _pair(3, 2)[0]),
    "entry": lambda build, op, s, t, x, y: build.entry(x, build.num(2), build.num(1)),
    "literal": lambda build, op, s, t, x, y: build.literal(1, 2, [s, t]),
    "block": lambda build, op, s, t, x, y: build.block(2, 1, [x, y]),
    "selection": lambda build, op, s, t, x, y: _selection(_pair(1, 1)[0], (_pair(3, 1)[0], _pair(2, 1)[0])),
    "add": lambda build, op, s, t, x, y: build.add(x, y),
    "times": lambda build, op, s, t, x, y: build.times(s, x),
    "matmul": lambda build, op, s, t, x, y: build.matmul(x, build.transpose(y)),
    "hadamard": lambda build, op, s, t, x, y: build.hadamard(x, y),
    "iverson": lambda build, op, s, t, x, y: build.apply(op, (x, y), ">"),
    "cases": lambda build, op, s, t, x, y: build.apply(op, (s, build.apply(_by("iverson"), (s, t), ">"), t)),
}


def _pair(first: int, second: int) -> Any:
    from matcalc.kinds import Dim

    return Dim.of(first), Dim.of(second)


def _make(*given: Any) -> Any:
    from matcalc.expressions.expr import make

    return make(*given)


def _selection(*given: Any) -> Any:
    from matcalc.expressions.blocks import selection

    return selection(*given)


def _stacked() -> Any:
    from matcalc.expressions import stacked

    return stacked


def _by(name: str) -> Any:
    return _operation(("operation", name))


def _points(block: Block) -> str:
    """Where the tests try it."""
    import numpy as np
    from test_ops import draw

    return str([np.asarray(a).tolist() for a in draw(_operation(block), np.random.default_rng(1))])


def _made(block: Block, of: str) -> Any:
    from test_ops import shapes

    from matcalc.expressions import build
    from matcalc.kinds import ONE

    op = _operation(block)
    symbols = [build.symbol(p, s) for p, s in zip(op.params, shapes(op)[0], strict=True)]
    if of == "square":  # many facts are of square matrices
        symbols = [build.symbol(p, (s[0], s[1] if s[1] is ONE else s[0])) for p, s in zip(op.params, shapes(op)[0], strict=True)]
    if of == "transpose":
        symbols = [build.transpose(s) for s in symbols]
    if of == "opposite":
        symbols[0] = build.negative(symbols[0])
    attributes = {"iverson": ">", "entrywise_function": ("phi", 0), **dict.fromkeys(("convmtx", "hankel"), _pair(3, 2)[0])}
    return build.apply(op, symbols, attributes.get(op.name))


def _turned(of: str) -> Callable[[Block], str]:
    def place(block: Block) -> str:
        from matcalc.expressions.build import transpose
        from matcalc.notation.arrange import Arranger
        from matcalc.printing.text import spell

        return f"{spell(Arranger().spell(_made(block, of)))}, {spell(Arranger().spell(transpose(_made(block, ''))))}"

    return place


def _entry(block: Block) -> str:
    from matcalc.expressions.build import entry, num
    from matcalc.notation.arrange import Arranger
    from matcalc.printing.text import spell

    return spell(Arranger().spell(entry(_made(block, ""), num(2), num(1))))


def _product(block: Block) -> str:
    """With a column beside it."""
    from matcalc.expressions.build import matmul, symbol
    from matcalc.kinds import ONE
    from matcalc.notation.arrange import Arranger
    from matcalc.printing.text import spell

    made = _made(block, "")
    return spell(Arranger().spell(matmul(made, symbol("q", (made.shape[1], ONE)))))


def _folded(block: Block) -> str:
    """At 0, and at the identity."""
    from matcalc.expressions.build import apply, eye, zeros
    from matcalc.notation.arrange import Arranger
    from matcalc.printing.text import spell
    from matcalc.shortening.folding import folded

    node = _made(block, "square")
    rows, cols = node.args[0].shape
    given = [zeros(rows, cols), *([eye(rows)] if rows is cols else [])]
    return ", ".join(spell(Arranger().spell(folded(apply(node.op, (x,))))) for x in given)


def _facts(block: Block) -> str:
    """What is known of the value where a word is known of its first argument, and of all."""
    from matcalc.expressions.expr import leaves
    from matcalc.expressions.properties import properties_of
    from matcalc.ops.core import SYMBOL
    from matcalc.ops.word import WORDS

    made = _built(block) if block[1] in BUILT else _made(block, "square")
    symbols = [e for e in leaves(made) if e.op is SYMBOL]
    some = ([], symbols[:1], symbols[1:], symbols)
    return str([sorted(properties_of(made, dict.fromkeys(chosen, word))) for word in WORDS for chosen in some])


def _shape(block: Block) -> str:
    return str(_made(block, "").shape)


def _code(block: Block) -> str:
    """Emitted programs, with the derivative, and of a sum over a family of arguments."""
    from test_calls import question

    import matcalc

    text, wrt, where = _question(block)
    questions = [(text, wrt, where), ("tr(A X^k)", "A", "A, X in R^{n x n}; k in N")][: 1 + (block[1] == "matrix_power")]
    op = _operation(block)
    if op.spellings:
        called, declared = question(op)
        for p in [p for p, part in zip(op.params, op.signature.split(","), strict=True) if part.split()[:2] != ["1", "1"]]:
            called = re.sub(rf"\b{p}\b", f"{p}_i", called)
            declared = re.sub(rf"\b{p} in", f"{p}_i in", declared)
        questions.append((f"w sum_{{i=1}}^N sum(exp(w {called}))", "w", f"{declared}; w in R"))
        inner = re.sub(r"\b([a-zA-Z])_i\b", r"W \1_i", called, count=1)
        questions.append((f"sum_{{i=1}}^N sum(exp({inner}))", "W", declared))
    lines = []
    for asked in questions:
        for target in ("numpy", "jax", "torch", "array-api", "octave", "r", "julia", "eigen"):
            try:
                d: Any = matcalc.derivative(*asked[:2], where=asked[2], verify=False)
                lines.append(d.code(target))
            except matcalc.MatcalcError as error:
                lines.append(str(error))
    lines += [d.code(target) for d in _of_complex(block) for target in ("numpy", "jax", "torch", "octave", "r", "julia", "eigen")]
    return "\n".join(lines)


def _sympy(block: Block) -> str:
    """As an object of SymPy's, and back."""
    import matcalc
    from matcalc.exchange.outward import to_sympy

    made = to_sympy(_made(block, ""))
    return f"{made} {matcalc.parse(matcalc.from_sympy(made)).text}"


ASKED: dict[str, tuple[str, str]] = {}  # the questions about identities, as they were before a change


def _question_about(identity: Any) -> tuple[str, str]:
    """The left side of an identity, and declarations of its letters."""
    known = {letter: word for word, letter in (part.split() for part in filter(None, identity.when.split(",")))}
    if identity.entrywise:
        return identity.left, "; ".join(f"{x} in R {known.get(x, '')}" for x in "xy")
    shapes = {x.strip(): sizes.split() for x, _, sizes in (part.partition(":") for part in filter(None, identity.where.split(",")))}
    spaces = {x: f"R^{{{rows}}}" if cols == "1" else f"R^{{{rows} x {cols}}}" for x, (rows, cols) in shapes.items()}
    return identity.left, "; ".join(f"{x} in {space} {known.get(x, '')}" for x, space in spaces.items())


def _use(block: Block) -> str:
    """What the identity makes of its left side, of numbers and of columns, with the properties that it asks for and without; what a
    shorthand is."""
    import matcalc
    from matcalc.notation.arrange import Arranger
    from matcalc.ops.book import SHORTHANDS
    from matcalc.printing.text import spell
    from matcalc.shortening.patterns import rewritten

    if block[0] == "shorthand":
        params = SHORTHANDS[block[1]].params
        found: Any = matcalc.parse(f"{block[1]}({', '.join(params)})", where="; ".join(f"{p} in R" for p in params if p.islower()))
        return str(found.text)
    text, where = ASKED[block[1]]
    lines = []
    for declared in (
        where,
        where.replace("in R ", "in R^n "),
        *[where.replace(word, "") for word in set(re.findall(r"\w+", where)) if len(word) > 2],
    ):
        try:
            expr = matcalc.parse(text, where=declared).expr
            lines += [spell(Arranger().spell(made)) for i, made in rewritten(expr) if i.name == block[1]]
        except matcalc.MatcalcError as error:
            lines.append(str(error))
    return "\n".join(lines)


def _simplified(block: Block) -> str:
    """What the simplifier makes of the left side of an identity, and of what is near it."""
    from matcalc.expressions.expr import Expr
    from matcalc.inference.infer import read_template
    from matcalc.ops.identities import IDENTITIES
    from matcalc.shortening.patterns import letters
    from matcalc.shortening.simplify import simplify

    identity = next(i for i in IDENTITIES if i.name == block[1])
    found: Expr = simplify(read_template(identity.left, letters(identity)))
    near = [identity.left.replace("u ", "-u "), identity.left.replace("u ", "2 u ")] if "unvech" in identity.left else []
    return " ".join([str(found), *(str(simplify(read_template(text, letters(identity)))) for text in near)])


# ---- words


def _word(block: Block) -> Any:
    from matcalc.ops.vocabulary import WORDS

    return WORDS[block[1]]


def _declared(block: Block) -> str:
    """By its name, by its other spellings, and by the sets of what has it."""
    import matcalc

    stated, lines = STATED[block], []
    said = [f"{space} {w}" for w in (block[1], *stated.get("spellings", "").split()) for space in ("R^{3 x 3}", "R^{3 x 2}", "R^3", "R")]
    sets = [f"{s}{size}" for s in stated.get("sets", "").split() for size in ("", "^3")]
    for declaration in (*said, *sets):
        try:
            found: Any = matcalc.parse("2 X", where=f"X in {declaration}")
            lines.append(f"{declaration}: {found._typed.symbols['X']} {found._typed.declarations}")
        except matcalc.MatcalcError as error:
            lines.append(f"{declaration}: {error}")
    return "\n".join(lines)


def _sentences(block: Block) -> str:
    """What is said of it in messages and assumptions."""
    import matcalc
    from matcalc.course import definiteness
    from matcalc.expressions.build import symbol
    from matcalc.kinds import Dim

    n = Dim.of("n")
    said = str(definiteness.definiteness(symbol("S", (n, n), [block[1]])))
    for convention in ("symmetric-space", "independent"):
        try:
            d: Any = matcalc.derivative("tr(A X)", "X", where=f"A in R^{{3 x 3}}; X in R^{{3 x 3}} {block[1]}", structured=convention)
            said += f" {d} {d.assumptions}"
        except matcalc.MatcalcError as error:
            said += f" {error}"
    return said


def _follows(block: Block) -> str:
    """What it implies, alone, with each other word, and of a number."""
    from matcalc.expressions.build import symbol
    from matcalc.expressions.properties import properties_of
    from matcalc.kinds import SCALAR
    from matcalc.ops.vocabulary import WORDS, close_properties

    of_numbers = [(w, block[1] in properties_of(symbol("s", SCALAR, [w]))) for w in WORDS]
    pairs = [(w, v) for w in WORDS for v in WORDS if w < v and block[1] in close_properties((w, v))]
    return f"{sorted(close_properties((block[1],)))} {pairs} {of_numbers} {sorted(properties_of(symbol('s', SCALAR, [block[1]])))}"


def _set(block: Block) -> str:
    """The set that it describes."""
    import matcalc
    from matcalc.ops.pattern import EntryPattern, without_pattern
    from matcalc.ops.vocabulary import OPEN, SIGNS

    name = block[1]
    free, known = EntryPattern((name,)).free(3, 3), (name in OPEN, name in SIGNS, without_pattern((name,)))
    try:
        case: Any = matcalc.parse("cases(X, X > 0, X)", where=f"X in R^{{3 x 3}} {name}")
        return f"{free} {known} {case.text} {sorted(case.properties)}"
    except (matcalc.MatcalcError, AttributeError):
        return f"{free} {known}"


def _of_numbers(block: Block) -> str:
    from fractions import Fraction

    from matcalc.expressions.build import num
    from matcalc.expressions.properties import properties_of

    return str([block[1] in properties_of(num(Fraction(k, 2))) for k in range(-6, 7)])


def _drawn(block: Block) -> str:
    import numpy as np

    from matcalc.numbers.drawing import draw

    lines = []
    for shape in ((3, 3), (3, 2), (3, 1), (1, 1)):
        try:
            lines.append(str(np.asarray(draw(shape, (block[1],), np.random.default_rng(3))).tolist()))
        except Exception as error:
            lines.append(f"{type(error).__name__}: {error}")
    return "\n".join(lines)


def _recognised(block: Block) -> str:
    """Which arrays have it, and how far inside they are."""
    import numpy as np

    from matcalc.numbers.drawing import has_property, margin

    rng = np.random.default_rng(2)
    x = rng.normal(size=(3, 3))
    arrays = [
        np.zeros((3, 3)),
        np.eye(3),
        -np.eye(3),
        np.ones((3, 3)),
        x,
        x + x.T,
        x @ x.T,
        -x @ x.T,
        x - x.T,
        x[:, :2],
        np.diag([1, 0, 0]),
    ]
    arrays += [
        np.tril(x),
        np.triu(x),
        np.linalg.qr(x)[0],
        np.linalg.qr(x)[0][:, :2],
        np.ones((3, 1)) / 3,
        np.eye(3)[:, :1],
        np.abs(x),
        x[:2],
    ]
    return str([(has_property(block[1], a), round(margin((block[1],), a), 6) if a.shape == (3, 3) else None) for a in arrays])


def _kept(block: Block) -> str:
    """Which operations with arguments that have some word have it."""
    from matcalc.expressions import build
    from matcalc.expressions.expr import leaves
    from matcalc.expressions.properties import properties_of
    from matcalc.kinds import Dim
    from matcalc.ops import REGISTRY
    from matcalc.ops.core import SYMBOL
    from matcalc.ops.word import WORDS

    n = Dim.of("n")
    a, b = (build.symbol(name, (n, n)) for name in "AB")
    s, t, k = build.symbol("s"), build.symbol("t"), build.symbol("k", properties=["integer"])
    made = [
        build.times(s, t),
        build.power(s, k),
        build.power(s, build.num(3)),
        build.add(a, b),
        build.matmul(a, b),
        build.hadamard(a, b),
        build.matmul(build.transpose(a), b, a),
        build.transpose(a),
    ]
    names = {w for w in re.findall(r"\w+", STATED[block].get("kept", "")) if w in REGISTRY} - {"add", "matmul", "hadamard", "transpose"}
    for name in sorted(names):
        try:
            made.append(_made(("operation", name), "square"))
        except Exception:
            continue
    found = []
    for e in made:
        symbols = [x for x in leaves(e) if x.op is SYMBOL]
        for chosen in (symbols[:1], symbols):
            found.append([w for w in WORDS if block[1] in properties_of(e, dict.fromkeys(chosen, w))])
    return str(found)


def _assumed(block: Block) -> str:
    """Of a symbol of SymPy's, there and back."""
    import matcalc
    from matcalc.exchange.outward import to_sympy
    from matcalc.expressions.build import symbol
    from matcalc.kinds import SCALAR

    s = to_sympy(symbol("s", SCALAR, [block[1]]))
    return f"{sorted(s.assumptions0.items())} {matcalc.parse(matcalc.from_sympy(s))._typed.declarations}"


PLACES: dict[str, Callable[[Block], str]] = {
    **{
        "complex": _complex,
        "page": _page,
        "print": _print,
        "names": _names,
        "derivative": _derivative,
        "forms": _forms,
        "value": _value,
        "points": _points,
    },
    **{
        "facts": _facts,
        "shape": _shape,
        "transpose": _turned("transpose"),
        "opposite": _turned("opposite"),
        "entry": _entry,
        "product": _product,
        "folded": _folded,
    },
    **{"code": _code, "sympy": _sympy, "use": _use, "simplified": _simplified},
    **{"declared": _declared, "sentences": _sentences, "follows": _follows, "set": _set, "numbers": _of_numbers, "drawn": _drawn},
    **{"recognised": _recognised, "kept": _kept, "assumed": _assumed},
}


# ---------------------------------------------------------------------------------------------- many processes


def in_a_fork(work: Callable[[], Any]) -> Any:
    """What `work` gives in a process of its own."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(here)
        with os.fdopen(there, "w") as out:
            try:
                json.dump({"found": work()}, out)
            except BaseException as error:
                json.dump({"failed": f"{type(error).__name__}: {error}"}, out)
        os._exit(0)
    os.close(there)
    with os.fdopen(here) as answer:
        found = json.loads(answer.read())
    os.waitpid(child, 0)
    if "failed" in found:
        raise RuntimeError(found["failed"])
    return found["found"]


def seen(taken: Iterable[Change], wanted: Iterable[tuple[Block, str]]) -> list[str]:
    """What is seen of blocks in places when these fields are taken away."""

    def work() -> list[str]:
        load(taken)
        return [look(block, place) for block, place in wanted]

    found: list[str] = in_a_fork(work)
    return found


def unread() -> Iterator[Change]:
    """The fields whose loss is seen nowhere."""
    stated = [(kind, name, field) for kind, name, field in in_a_fork(fields)]
    wanted = list(dict.fromkeys(((kind, name), p) for kind, name, field in stated for p in places(kind, field)))
    before = dict(zip(wanted, seen((), wanted), strict=True))
    together = defaultdict(list)
    for change in stated:
        together[change if change[2] in ALONE else change[2]].append(change)
    for changes in together.values():
        wanted = [((kind, name), p) for kind, name, field in changes for p in places(kind, field)]
        after = dict(zip(wanted, seen(changes, wanted), strict=True))
        for kind, name, field in changes:
            if all(after[(kind, name), p] == before[(kind, name), p] for p in places(kind, field)):
                yield kind, name, field


def main() -> None:
    """On the command line."""
    if len(sys.argv) == 1:
        for kind, name, field in unread():
            print(f"{kind} {name}: {field}", flush=True)
        return
    name, field = (*sys.argv[1:], "")[:2]
    kind = next(k for k, n, _ in in_a_fork(fields) if n == name)
    wanted = [((kind, name), p) for p in (places(kind, field) if field else tuple(PLACES))]
    for label, taken in (("as it is", ()), (f"without {field}", ((kind, name, field),)))[: 1 + bool(field)]:
        for (_, place), text in zip(wanted, seen(taken, wanted), strict=True):
            print(f"{label}, {place}: {text}")


if __name__ == "__main__":
    import numpy  # noqa: F401
    import pytest  # noqa: F401

    main()

"""The printers: tables of trees and their texts, the count of symbols, depth, and round trips through the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcalc.errors import NoAnswerError
from matcalc.printing import count, latex, text, unicode
from matcalc.syntax import Binding, Node, Program, same, walk

# Shorthand for trees


def n(name: str) -> Node:
    return Node("name", (), name)


def q(value: int | str | Fraction) -> Node:
    return Node("num", (), Fraction(value))


def mul(*args: Node, by: str = "") -> Node:
    """A product; `by` has one character for each sign, a blank for juxtaposition."""
    return Node("mul", args, tuple(s.strip() for s in by) if by else ("",) * (len(args) - 1))


def ew(*args: Node, by: str = ".*") -> Node:
    return Node("ew", args, tuple(by.split()) if " " in by else (by,) * (len(args) - 1))


def add(*args: Node) -> Node:
    return Node("add", args)


def op(name: str, *args: Node, attr: str | tuple[int, int] | None = None) -> Node:
    return Node(name, args, attr)


def call(name: str, *args: Node) -> Node:
    return Node("call", args, name)


def neg(a: Node) -> Node:
    return Node("neg", (a,))


def t(a: Node) -> Node:
    return Node("T", (a,))


def inv(a: Node) -> Node:
    return Node("inv", (a,))


def power(a: Node, b: Node) -> Node:
    return Node("pow", (a, b))


def epow(a: Node, b: Node) -> Node:
    return Node("epow", (a, b))


def div(a: Node, b: Node) -> Node:
    return mul(a, b, by="/")


def total(body: Node, index: str = "i", lower: Node | None = None, upper: Node | None = None) -> Node:
    return Node("sum", (body,) if lower is None or upper is None else (body, lower, upper), index)


a, b, c, s, w, x, y, A, B, X = map(n, "abcswxyABX")
ONE, TWO = q(1), q(2)
RESIDUALS = total(mul(add(n("y_i"), neg(mul(t(w), n("x_i")))), t(n("x_i"))), "i", ONE, n("N"))

# tree, text, LaTeX, Unicode
TABLE = [
    # quadratic forms and other everyday gradients
    (mul(t(x), add(A, t(A))), "x^T (A + A^T)", "x^{T} (A + A^{T})", "xᵀ (A + Aᵀ)"),
    (mul(TWO, t(add(mul(A, x), neg(b))), A), "2 (A x - b)^T A", "2 (A x - b)^{T} A", "2 (A x - b)ᵀ A"),
    (neg(mul(t(inv(X)), a, t(b), t(inv(X)))), "-X^-T a b^T X^-T", "-X^{-T} a b^{T} X^{-T}", "-X⁻ᵀ a bᵀ X⁻ᵀ"),
    (
        mul(call("diag", call("cos", add(mul(A, x), b))), A),
        "diag(cos(A x + b)) A",
        r"\operatorname{diag}(\cos(A x + b)) A",
        "diag(cos(A x + b)) A",
    ),
    (add(A, neg(mul(TWO, x, t(x)))), "A - 2 x x^T", "A - 2 x x^{T}", "A - 2 x xᵀ"),
    # postfix
    (op("pinv", X), "X^+", "X^{+}", "X⁺"),
    (inv(t(X)), "(X^T)^-1", "(X^{T})^{-1}", "(Xᵀ)⁻¹"),
    (t(power(X, TWO)), "(X^2)^T", "(X^{2})^{T}", "(X²)ᵀ"),
    (t(mul(A, B)), "(A B)^T", "(A B)^{T}", "(A B)ᵀ"),
    (power(x, add(n("n"), neg(ONE))), "x^(n - 1)", "x^{n - 1}", "x^(n - 1)"),
    (power(x, neg(TWO)), "x^-2", "x^{-2}", "x⁻²"),
    (power(x, q("1/2")), "x^(1/2)", "x^{1/2}", "x^(1/2)"),
    (power(add(power(x, neg(div(ONE, TWO))), ONE), TWO), "(x^(-1/2) + 1)^2", "(x^{-1/2} + 1)^{2}", "(x^(-1/2) + 1)²"),
    (power(X, n("k")), "X^k", "X^{k}", "X^k"),
    (power(X, n("T")), "X^(T)", "X^{((T))}", "X^(T)"),
    (power(n("e"), n("x_1")), "e^(x_1)", "e^{x_{1}}", "e^(x₁)"),
    (neg(power(x, TWO)), "-x^2", "-x^{2}", "-x²"),
    (power(neg(x), TWO), "(-x)^2", "(-x)^{2}", "(-x)²"),
    (power(q("2/3"), n("k")), "(2/3)^k", r"\left(\frac{2}{3}\right)^{k}", "(2/3)^k"),
    (epow(x, TWO), "x.^2", r"x^{\odot 2}", "x^⊙2"),
    (t(call("ones", n("n"))), "ones(n)^T", r"\mathbf{1}_{n}^{T}", "ones(n)ᵀ"),
    # products and division
    (mul(q("2/3"), x), "(2/3) x", r"\frac{2}{3} x", "(2/3) x"),
    (div(ONE, mul(TWO, call("sqrt", c))), "1/(2 sqrt(c))", r"\frac{1}{2 \sqrt{c}}", "1/(2 sqrt(c))"),
    (div(t(x), add(ONE, mul(t(x), x))), "x^T/(1 + x^T x)", r"\frac{x^{T}}{1 + x^{T} x}", "xᵀ/(1 + xᵀ x)"),
    (div(mul(TWO, x), mul(a, b)), "2 x/(a b)", r"\frac{2 x}{a b}", "2 x/(a b)"),
    (mul(TWO, x, mul(a, b), by=" /"), "2 x/(a b)", r"\frac{2 x}{a b}", "2 x/(a b)"),
    (mul(a, b, c, s, by="/ /"), "a/b c/s", r"\frac{\frac{a}{b} c}{s}", "a/b c/s"),
    (mul(a, div(b, c)), "a (b/c)", r"a \frac{b}{c}", "a (b/c)"),
    (div(a, div(b, c)), "a/(b/c)", r"\frac{a}{\frac{b}{c}}", "a/(b/c)"),
    (div(add(a, b), c), "(a + b)/c", r"\frac{a + b}{c}", "(a + b)/c"),
    (power(div(a, b), TWO), "(a/b)^2", r"\left(\frac{a}{b}\right)^{2}", "(a/b)²"),
    (mul(A, mul(t(x), y), B), "A (x^T y) B", "A (x^{T} y) B", "A (xᵀ y) B"),
    (mul(mul(A, B), X), "A B X", "A B X", "A B X"),
    (mul(TWO, q(3)), "2 * 3", r"2 \cdot 3", "2 * 3"),
    (mul(x, power(TWO, n("k"))), "x * 2^k", r"x \cdot 2^{k}", "x * 2^k"),
    (mul(neg(x), y), "(-x) y", "(-x) y", "(-x) y"),
    (mul(a, b, by="@"), "a b", "a b", "a b"),
    # elementwise and Kronecker
    (ew(A, B), "A .* B", r"A \odot B", "A ⊙ B"),
    (ew(y, mul(X, w)), "y .* X w", r"y \odot X w", "y ⊙ X w"),
    (ew(A, B, by="kron"), "A ⊗ B", r"A \otimes B", "A ⊗ B"),
    (ew(A, B, X, by=".* ./"), "A .* B ./ X", r"A \odot B \oslash X", "A ⊙ B ⊘ X"),
    (ew(A, ew(B, X)), "A .* (B .* X)", r"A \odot (B \odot X)", "A ⊙ (B ⊙ X)"),
    (ew(A, mul(B, X, by="*")), "A .* (B * X)", r"A \odot (B \cdot X)", "A ⊙ (B * X)"),
    (mul(ew(A, B), x), "(A .* B) x", r"(A \odot B) x", "(A ⊙ B) x"),
    (neg(ew(a, b)), "-a .* b", r"-a \odot b", "-a ⊙ b"),
    (ew(neg(a), b), "(-a) .* b", r"(-a) \odot b", "(-a) ⊙ b"),
    # sums
    (add(a, add(b, neg(add(c, s)))), "a + b - (c + s)", "a + b - (c + s)", "a + b - (c + s)"),
    (add(a, add(neg(b), c)), "a - b + c", "a - b + c", "a - b + c"),
    (add(neg(a), neg(neg(b))), "-a - (-b)", "-a - (-b)", "-a - (-b)"),
    (
        add(neg(mul(TWO, RESIDUALS)), mul(TWO, n("lambda"), t(w))),
        "-2 sum_{i=1}^N (y_i - w^T x_i) x_i^T + 2 lambda w^T",
        r"-2 \sum_{i=1}^{N} (y_{i} - w^{T} x_{i}) x_{i}^{T} + 2 \lambda w^{T}",
        "-2 ∑_{i=1}^N (yᵢ - wᵀ xᵢ) xᵢᵀ + 2 λ wᵀ",
    ),
    (
        mul(TWO, n("N"), total(x, "i", ONE, add(n("N"), neg(ONE))), by="/ "),
        "2/N sum_{i=1}^{N - 1} x",
        r"\frac{2}{N} \sum_{i=1}^{N - 1} x",
        "2/N ∑_{i=1}^{N - 1} x",
    ),
    (mul(total(n("x_i")), A), "(sum_i x_i) A", r"\left(\sum_{i} x_{i}\right) A", "(∑ᵢ xᵢ) A"),
    (ew(mul(A, total(n("x_i"))), b), "A (sum_i x_i) .* b", r"A \left(\sum_{i} x_{i}\right) \odot b", "A (∑ᵢ xᵢ) ⊙ b"),
    (div(total(n("x_i")), n("N")), "(sum_i x_i)/N", r"\frac{\sum_{i} x_{i}}{N}", "(∑ᵢ xᵢ)/N"),
    (total(add(n("x_i"), a)), "sum_i (x_i + a)", r"\sum_{i} (x_{i} + a)", "∑ᵢ (xᵢ + a)"),
    (op("product", n("x_i"), ONE, n("n"), attr="i"), "prod_{i=1}^n x_i", r"\prod_{i=1}^{n} x_{i}", "∏_{i=1}^n xᵢ"),
    # norms and bars
    (op("norm", x, attr=""), "||x||", r"\lVert x \rVert", "‖x‖"),
    (power(op("norm", X, attr="F"), TWO), "||X||_F^2", r"\lVert X \rVert_F^{2}", "‖X‖_F²"),
    (op("norm", x, attr="1"), "||x||_1", r"\lVert x \rVert_1", "‖x‖_1"),
    (op("norm", x, attr="inf"), "||x||_infty", r"\lVert x \rVert_\infty", "‖x‖_∞"),
    (op("norm", x, n("p"), attr="p"), "||x||_p", r"\lVert x \rVert_{p}", "‖x‖_p"),
    (op("bars", s), "|s|", r"\lvert s \rvert", "|s|"),
    (op("norm", mul(A, op("bars", s)), attr=""), "||A (|s|)||", r"\lVert A \lvert s \rvert \rVert", "‖A (|s|)‖"),
    (op("norm", call("f", op("bars", s)), attr=""), "||f(|s|)||", r"\lVert f(\lvert s \rvert) \rVert", "‖f(|s|)‖"),
    (op("norm", div(x, s), attr=""), "||x/s||", r"\left\lVert \frac{x}{s} \right\rVert", "‖x/s‖"),
    (op("inner", A, B), "<A, B>", r"\langle A, B \rangle", "⟨A, B⟩"),
    # names and calls
    (mul(n("w_{out}"), n("A_{ij}"), n("y_{hat}")), "w_{out} A_{ij} y_{hat}", r"w_{\mathrm{out}} A_{ij} \hat{y}", "w_{out} Aᵢⱼ y_{hat}"),
    (mul(n("weight"), n("theta_1")), "weight theta_1", r"\mathrm{weight} \theta_{1}", "weight θ₁"),
    (mul(n("b_{k+1}"), n("x_{alpha}")), "b_{k+1} x_{alpha}", r"b_{k+1} x_{\alpha}", "b_{k+1} x_{α}"),
    (
        mul(n("y_{hat,1}"), n("weight_{hat}")),
        "y_{hat,1} weight_{hat}",
        r"\hat{y}_{1} \mathrm{weight}_{\mathrm{hat}}",
        "y_{hat,1} weight_{hat}",
    ),
    (mul(n("I_n"), n("K_{mn}")), "I_n K_{mn}", "I_{n} K_{mn}", "Iₙ Kₘₙ"),
    (add(A, n("0_{m x n}")), "A + 0_{m x n}", r"A + 0_{m \times n}", "A + 0_{m x n}"),
    (call("ones", n("m"), n("n")), "ones(m, n)", r"\mathbf{1}_{m \times n}", "ones(m, n)"),
    (call("sigmoid", x), "sigmoid(x)", r"\sigma(x)", "sigmoid(x)"),
    (mul(n("sigma"), call("sigmoid", x)), "sigma sigmoid(x)", r"\sigma \operatorname{sigmoid}(x)", "σ sigmoid(x)"),
    (call("phi'", x), "phi'(x)", r"\phi'(x)", "φ'(x)"),
    (call("exp", div(x, y)), "exp(x/y)", r"\exp\left(\frac{x}{y}\right)", "exp(x/y)"),
    (call("tr", mul(A, X)), "tr(A X)", r"\operatorname{tr}(A X)", "tr(A X)"),
    # entries, literals, conditions
    (op("index", X, ONE, TWO), "X[1,2]", "X_{1, 2}", "X[1,2]"),
    (op("index", X, n("i"), n("j")), "X[i,j]", "X_{ij}", "X[i,j]"),
    (op("index", mul(A, y), TWO), "(A y)[2]", "(A y)_{2}", "(A y)[2]"),
    (op("index", n("X_1"), n("i"), op("all")), "X_1[i,:]", "(X_{1})_{i, :}", "X₁[i,:]"),
    (
        op("literal", n("x_1"), TWO, q(3), q(4), attr=(2, 2)),
        "[x_1, 2; 3, 4]",
        r"\begin{bmatrix} x_{1} & 2 \\ 3 & 4 \end{bmatrix}",
        "[x₁, 2; 3, 4]",
    ),
    (op("iverson", op("cmp", x, q(0), attr=">")), "1[x > 0]", r"\mathbf{1}[x > 0]", "1[x > 0]"),
    (
        op("cases", x, op("cmp", x, q(0), attr=">="), q(0)),
        "cases(x, x >= 0, 0)",
        r"\begin{cases} x & x \ge 0 \\ 0 & \text{otherwise} \end{cases}",
        "cases(x, x ≥ 0, 0)",
    ),
]


@pytest.mark.parametrize(("tree", "plain", "tex", "pretty"), TABLE, ids=[row[1] for row in TABLE])
def test_spelling(tree: Node, plain: str, tex: str, pretty: str) -> None:
    assert (text.spell(tree), latex.spell(tree), unicode.spell(tree)) == (plain, tex, pretty)


def delta(i: str, j: str) -> Node:
    return op("index", n("delta"), n(i), n(j))


PROGRAMS = [
    (
        Program("", (Binding("e", add(y, neg(mul(n("Phi"), n("theta"))))),), neg(mul(TWO, t(n("e")), n("Phi")))),
        "e = y - Phi theta; -2 e^T Phi",
        r"e = y - \Phi \theta; -2 e^{T} \Phi",
    ),
    (Program("", (Binding("f", mul(TWO, x), ("x",)),), call("f", y)), "f(x) = 2 x; f(y)", "f(x) = 2 x; f(y)"),
    (
        Program("", (), mul(delta("i", "k"), op("index", X, n("j"), n("l"))), ("index", "J", ("i", "j", "k", "l"))),
        "J[i,j,k,l] = delta[i,k] X[j,l]",
        r"J_{ijkl} = \delta_{ik} X_{jl}",
    ),
    (
        Program("", (), mul(delta("i", "k"), delta("p", "l"), op("index", x, n("j"))), ("index", "J", (("i", "p"), "j", "k", "l"))),
        "J[(i,p),j,k,l] = delta[i,k] delta[p,l] x[j]",
        r"J_{(i,p), j, k, l} = \delta_{ik} \delta_{pl} x_{j}",
    ),
    (
        Program("", (), ew(t(B), A, by="kron"), ("kron", "F", "X")),
        "d vec(F)/d vec(X)^T = B^T ⊗ A",
        r"\frac{\partial \operatorname{vec}(F)}{\partial \operatorname{vec}(X)^{T}} = B^{T} \otimes A",
    ),
    (Program("", (), mul(A, n("dX"), B), ("map", "dX")), "dX -> A dX B", r"dX \mapsto A\, dX\, B"),
]


@pytest.mark.parametrize(("program", "plain", "tex"), PROGRAMS, ids=[row[1] for row in PROGRAMS])
def test_programs(program: Program, plain: str, tex: str) -> None:
    assert (text.spell(program), latex.spell(program)) == (plain, tex)
    assert count.symbols(program) == score_symbols(plain)


def test_latex_options() -> None:
    assert (
        latex.spell(mul(t(x), call("sigmoid", y)), style=latex.style_of(r"\top"), names=frozenset({"sigma"}))
        == r"x^{\top} \operatorname{sigmoid}(y)"
    )


def test_a_number_too_long_for_python_is_refused() -> None:
    with pytest.raises(NoAnswerError):
        text.spell(q(10**5000))


@pytest.mark.parametrize(
    ("shape", "depth"), [("sum", 100_000), ("product", 20_000), ("call", 20_000), ("power", 20_000), ("fraction", 20_000)]
)
def test_depth_is_no_limit(shape: str, depth: int) -> None:
    grow: Callable[[Node], Node] = {
        "sum": lambda d: add(d, neg(x)),
        "product": lambda d: mul(d, x),
        "call": lambda d: call("sin", d),
        "power": lambda d: power(x, d),
        "fraction": lambda d: div(d, TWO),
    }[shape]
    tree = x
    for _ in range(depth):
        tree = grow(tree)
    for spell in (text.spell, latex.spell, unicode.spell):
        assert len(spell(tree)) > depth
    assert count.symbols(tree) > depth


# Random trees

NAMES = "x y w A B X N T theta Phi x_1 w_{out} y_{hat} A_{ij} b_{k+1} I_n e sigma weight".split()


def trees(leaves: list[str], bounds: list[str]) -> st.SearchStrategy[Node]:
    """Trees of every operation, whether they mean anything or not."""
    numbers = st.sampled_from([0, 1, 2, 3, 10, 17]).map(q)
    leaf = st.sampled_from(leaves).map(n) | numbers | st.sampled_from(["2/3", "1/10"]).map(q)
    bound = numbers | st.sampled_from(bounds).map(n)

    def grow(kid: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        many = st.lists(kid, min_size=2, max_size=3)
        cmp = st.builds(lambda u, v, sign: op("cmp", u, v, attr=sign), kid, kid, st.sampled_from(["<", ">", "<=", ">=", "=", "!="]))
        exponent = numbers | numbers.map(neg) | kid
        return st.one_of(
            many.map(lambda ks: add(*ks)),
            kid.map(neg),
            many.flatmap(
                lambda ks: st.tuples(*[st.sampled_from(["", "", "", "/", "*"])] * (len(ks) - 1)).map(
                    lambda signs: Node("mul", tuple(ks), signs)
                )
            ),
            many.flatmap(
                lambda ks: st.tuples(*[st.sampled_from([".*", "./", "kron"])] * (len(ks) - 1)).map(
                    lambda signs: Node("ew", tuple(ks), signs)
                )
            ),
            st.builds(power, kid, exponent),
            st.builds(epow, kid, exponent),
            st.builds(
                lambda o, k: op(o, n("1") if (o, k.op, k.attr) == ("T", "num", 1) else k), st.sampled_from(["T", "inv", "pinv"]), kid
            ),  # 1^T is ones
            st.builds(lambda k, p: op("norm", k, attr=p), kid, st.sampled_from(["", "1", "2", "F", "inf", "*"])),
            st.builds(lambda k, p: op("norm", k, p, attr="p"), kid, st.just(n("p")) | st.just(q(3))),
            kid.map(lambda k: op("bars", k)),
            st.builds(lambda u, v: op("inner", u, v), kid, kid),
            st.builds(call, st.sampled_from(["sin", "tr", "exp", "sqrt", "sigmoid", "logsumexp"]), kid),
            st.builds(lambda k, i, j: op("index", k, i, j), kid, numbers, numbers | st.just(op("all"))),
            st.builds(lambda u, v: op("literal", u, v, attr=(2, 1)), kid, kid),
            st.builds(lambda u, v: op("literal", u, v, attr=(1, 2)), kid, kid),
            st.builds(lambda k, lo, hi: total(k, "i", lo, hi), kid, bound, bound),
            st.builds(lambda k, lo, hi: op("product", k, lo, hi, attr="i"), kid, bound, bound),
            cmp.map(lambda k: op("iverson", k)),
            st.builds(lambda u, k, v: op("cases", u, k, v), kid, cmp, kid),
        )

    return st.recursive(leaf, grow, max_leaves=12)


def score_symbols(text: str) -> int:
    """The corpus's own counter (score.py), word for word."""
    for old, new in (("‖", "||"), ("⊙", ".*"), ("⊗", " kron "), ("ᵀ", "^T"), ("−", "-"), ("·", "*")):
        text = text.replace(old, new)
    text = re.sub(r"\^\s*\{?\s*-\s*T\s*\}?", " TINV ", text)
    text = re.sub(r"\^\s*\{?\s*T\s*\}?|'", " TR ", text)
    text = re.sub(r"\^\s*\{?\s*-\s*1\s*\}?", " INV ", text)
    text = re.sub(r"\|\|(?:_\{?\w+\}?)?", " | ", text)
    bars = text.count("|")
    text = text.replace("|", " ")
    return bars // 2 + len(re.findall(r"[^\W\d_]+(?:_\{?\w+\}?)?|\d+(?:\.\d+)?|\.[*/^]|[-+*/^=<>]", text))


@given(trees(NAMES, ["N", "T", "infty", "N_1", "T_{max}"]))
@settings(max_examples=1000, deadline=None)
def test_symbols_are_counted_as_the_corpus_counts_them(tree: Node) -> None:
    assert count.symbols(tree) == score_symbols(text.spell(tree)), text.spell(tree)


@pytest.mark.parametrize("tree", [row[0] for row in TABLE], ids=[row[1] for row in TABLE])
def test_symbols_of_the_table(tree: Node) -> None:
    assert count.symbols(tree) == score_symbols(text.spell(tree))


# Round trips


def settled(node: Node) -> Node:
    """The tree up to what printing does not keep: how sums and left products are nested, and the sign of a product."""
    args = tuple(map(settled, node.args))
    match node.op:
        case "num" if isinstance(node.attr, Fraction) and node.attr.denominator > 1:
            return div(q(node.attr.numerator), q(node.attr.denominator))
        case "add":
            return Node("add", tuple(k for arg in args for k in (arg.args if arg.op == "add" else (arg,))))
        case "mul" | "ew":
            signs = tuple("" if s in ("*", "@", ".") else str(s) for s in node.attr) if isinstance(node.attr, tuple) else ()
            if args[0].op == node.op and isinstance(args[0].attr, tuple):
                return Node(node.op, args[0].args + args[1:], args[0].attr + signs)
            return Node(node.op, args, signs)
        case "pow" if same(args[1], neg(ONE)):
            return inv(args[0])
    return Node(node.op, args, node.attr)


# LaTeX writes these as names with subscripts; that they are entries and ones is found when kinds are known.
LEFT_TO_INFERENCE = {"ones(n)^T": t(n("1_n")), "ones(m, n)": n("1_{m x n}"), "X[1,2]": n("X_{1,2}"), "X[i,j]": n("X_{ij}")}


def read(text: str, declared: Iterable[str] = (), functions: Iterable[str] = ()) -> Program:
    from matcalc.reading.read import parse

    program = parse(text, frozenset(declared), functions=frozenset(functions))
    assert program.alternative is None, f"{text} has two readings"
    return program


@pytest.mark.parametrize("row", TABLE, ids=[row[1] for row in TABLE])
@pytest.mark.parametrize("form", [1, 2, 3], ids=["text", "latex", "unicode"])
def test_the_table_is_read_back(row: tuple[Node, str, str, str], form: int) -> None:
    tree, printed = row[0], str(row[form])
    wanted = LEFT_TO_INFERENCE.get(row[1], tree) if form == 2 else tree
    names = {str(k.attr) for k in walk(tree) if k.op == "name"} - {"I_n", "0_{m x n}", "e", "T"}
    functions = {str(k.attr).rstrip("'") for k in walk(tree) if k.op == "call"} & {"f", "phi"}
    back = read(printed, names, functions).body
    assert same(settled(back), settled(wanted)), f"{printed}\n{settled(wanted)}\n{settled(back)}"


@pytest.mark.parametrize("program", [row[0] for row in PROGRAMS], ids=[row[1] for row in PROGRAMS])
@pytest.mark.parametrize("spell", [text.spell, latex.spell, unicode.spell], ids=["text", "latex", "unicode"])
def test_programs_are_read_back(program: Program, spell: Callable[[Program], str]) -> None:
    printed = spell(program)
    back = read(printed)
    assert back.form == program.form, printed
    assert [(b.name, b.params) for b in back.bindings] == [(b.name, b.params) for b in program.bindings]
    pairs = zip([b.value for b in back.bindings] + [back.body], [b.value for b in program.bindings] + [program.body], strict=True)
    assert all(same(settled(u), settled(v)) for u, v in pairs), printed


def with_own_indices(tree: Node) -> Node:
    """The tree with another index for every sum, since indices may not shadow."""
    letters = iter("ijklmopqrstuv")
    done: dict[int, Node] = {}
    for node in reversed(list(walk(tree))):
        attr = next(letters) if node.op in ("sum", "product") else node.attr
        done[id(node)] = Node(node.op, tuple(done[id(a)] for a in node.args), attr)
    return done[id(tree)]


def as_latex_is_read(node: Node) -> Node:
    """Entries of a plain name are names with subscripts in LaTeX."""
    args = tuple(map(as_latex_is_read, node.args))
    if node.op == "index" and args[0].op == "name" and "_" not in str(args[0].attr) and all(a.op == "num" for a in args[1:]):
        return n(f"{args[0].attr}_{{{','.join(str(a.attr) for a in args[1:])}}}")
    return Node(node.op, args, node.attr)


@given(trees(NAMES, ["N", "T", "infty", "x_1"]).map(with_own_indices))
@settings(max_examples=400, deadline=None)
def test_round_trips(tree: Node) -> None:
    names = frozenset(NAMES) - {"I_n"}
    assume(not re.search(r"\^\+ [<>=!]", text.spell(tree)))  # the reader takes this + for a sum's, and looks for an operand
    for printed, wanted in (
        (text.spell(tree), tree),
        (latex.spell(tree, names=names), as_latex_is_read(tree)),
        (unicode.spell(tree), tree),
    ):
        back = read(printed, names).body
        assert same(settled(back), settled(wanted)), f"{printed}\n{settled(wanted)}\n{settled(back)}"

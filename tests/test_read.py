"""The reader: text to the surface tree, the declarations, and the messages for what cannot be read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

import matcalc
from matcalc.errors import MatcalcError, ReadingError
from matcalc.kinds import Dim
from matcalc.ops.vocabulary import SETS
from matcalc.reading.declare import read_declarations
from matcalc.reading.read import parse, parse_names, parse_where
from matcalc.reading.sizes import sizes_of
from matcalc.reading.tree import build_parser
from matcalc.syntax import Declaration, Node, Program

DATA = Path(__file__).resolve().parent / "data"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


def brief(node: Node) -> str:
    """A tree on one line: `(mul (T x) A x)`; the attribute follows the operation after a colon."""
    if node.op in ("num", "name"):
        return str(node.attr)
    attr = node.attr
    if isinstance(attr, tuple):
        attr = "" if set(attr) == {""} else " ".join(str(a) or "_" for a in attr)
    head = f"{node.op}:{attr}" if attr else node.op
    return f"({' '.join([head, *map(brief, node.args)])})"


def read(text: str, *declared: str) -> str:
    return brief(parse(text, declared).body)


TREES = {
    # operators, from tight to loose
    "x^T A x": "(mul (T x) A x)",
    "1/2 x^T K x": "(mul:/ _ _ _ 1 2 (T x) K x)",
    "x / y z": "(mul:/ _ x y z)",
    "K q/sqrt(n)": "(mul:_ / K q (call:sqrt n))",
    "-x^2": "(neg (pow x 2))",
    "2^-x": "(pow 2 (neg x))",
    "a - -b": "(add a (neg (neg b)))",
    "a - b + c": "(add a (neg b) c)",
    "y .* X w": "(ew:.* y (mul X w))",
    "A .* -B C": "(ew:.* A (neg (mul B C)))",
    "A .* B ./ C": "(ew:.* ./ A B C)",
    "A ⊗ B": "(ew:kron A B)",
    "u·v": "(mul:. u v)",
    "x.T*A*x": "(mul:* * (T x) A x)",
    "x.T @ A @ x": "(mul:@ @ (T x) A x)",
    "x**2": "(pow x 2)",
    "x.^2": "(epow x 2)",
    "2.*x": "(ew:.* 2 x)",
    "1./x": "(ew:./ 1 x)",
    "A : B + <A, B>": "(add (inner A B) (inner A B))",
    "a <x, y>": "(mul a (inner x y))",
    # postfix marks
    "x''": "(T (T x))",
    "X^-T": "(T (inv X))",
    "X^-1 + X^{-1}": "(add (inv X) (inv X))",
    "X^+ + A^\\dagger": "(add (pinv X) (pinv A))",
    "X^2^T": "(T (pow X 2))",
    "X^T^2": "(pow (T X) 2)",
    "x^(T)": "(pow x T)",
    "X^{-1/2}": "(pow X (neg (mul:/ 1 2)))",
    "x^Ty + x^TA x": "(add (mul (T x) y) (mul (T x) A x))",
    "k! + factorial(k)": "(add (call:factorial k) (call:factorial k))",
    # names
    "AXB": "(mul A X B)",
    "3xyz": "(mul 3 x y z)",
    "3x^2y": "(mul 3 (pow x 2) y)",
    "Ddiag(w)": "(mul D (call:diag w))",
    "Sigmax": "(mul Sigma x)",
    "x^2_i + x^{(i)} + x_{i}": "(add (pow x_i 2) x_i x_i)",
    "x_j^{(i)} + x^{(i)}_j": "(add (index x_i j) (index x_i j))",
    "x_{12} + x_12 + x₁₂": "(add x_{12} x_{12} x_{12})",
    "x_iy_i": "(mul x_i y_i)",
    "x^T_i": "(T x_i)",
    "b_{k + 1}": "b_{k+1}",
    "w_{\\text{out}}^T x": "(mul (T w_{out}) x)",
    "\\hat y + \\bar{\\beta}": "(add y_{hat} beta_{bar})",
    "x_\\theta + f_{x_1}": "(add x_{theta} f_{x_1})",
    "µ + \\varepsilon + ϕ": "(add mu epsilon phi)",
    "varepsilon_1 + varphi^2": "(add epsilon_1 (pow phi 2))",
    "K_{mn} + K_{m,n}": "(add K_{mn} K_{m,n})",
    "I_n + I_{2n} + I": "(add I_n I_{2 n} I)",
    "0_{m \\times n} + 0_n": "(add 0_{m x n} 0_n)",
    "\\mathbf 1^T x + \\mathbf{1}_n + 1_n + \\mathbf 0": "(add (mul (T 1) x) 1_n 1_n 0)",
    # indices and literals
    "X[i,j] + (V y)_i + (V y)_{i,j} + (A B)_{ij}": "(add (index X i j) (index (mul V y) i) (index (mul V y) i j) (index (mul A B) i j))",
    "X[i,:] + X_{:,j}": "(add (index X i (all)) (index X (all) j))",
    "(X^-1)[i,k] X^-1[l,j]": "(mul (index (inv X) i k) (index (inv X) l j))",
    "x [1; 2]": "(mul x (literal:2 1 1 2))",
    "(a + b)[c + d]": "(mul (add a b) (add c d))",
    "[1, 2; 3, 4] [c]": "(mul (literal:2 2 1 2 3 4) c)",
    "[1, 2\n3, 4]": "(literal:2 2 1 2 3 4)",
    "(x^2 y, 5 x)": "(literal:2 1 (mul (pow x 2) y) (mul 5 x))",
    "(r \\cos t, r \\sin t, z)^T": "(literal:3 1 (mul r (call:cos t)) (mul r (call:sin t)) z)",
    "\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\\\ \\end{bmatrix}": "(literal:2 2 1 2 3 4)",
    # bars
    "||x||^2_2 + ||x||_2^2": "(add (pow (norm:2 x) 2) (pow (norm:2 x) 2))",
    "||X||_F + \\|X\\|_* + ‖x‖_\\infty + ||x||_p": "(add (norm:F X) (norm:* X) (norm:inf x) (norm:p x p))",
    "|x||y|": "(mul (bars x) (bars y))",
    "| |x| - 1 |": "(bars (add (bars x) (neg 1)))",
    "|a + |b||": "(bars (add a (bars b)))",
    "||A x|| ||x||": "(mul (norm (mul A x)) (norm x))",
    # functions
    "tr A B + 1": "(add (call:tr (mul A B)) 1)",
    "\\log\\det X": "(call:log (call:det X))",
    "\\ln|\\Sigma|": "(call:log (bars Sigma))",
    "sin x cos y": "(mul (call:sin x) (call:cos y))",
    "\\sin^2 x + \\sin^2(x)": "(add (pow (call:sin x) 2) (pow (call:sin x) 2))",
    "log_2 x + \\log_{10}(x)": "(add (call:log x 2) (call:log x 10))",
    "\\exp\\{-x\\} tr[A]": "(mul (call:exp (neg x)) (call:tr A))",
    "Tr(X) + Trace(X) + DET(X)": "(add (call:tr X) (call:tr X) (call:det X))",
    "exp.(X)": "(call:exp. X)",
    "\\vec(X) + \\vec{x}": "(add (call:vec X) x)",
    "\\lambda(w^T w - 1) + A(B \\circ X)": "(add (mul lambda (add (mul (T w) w) (neg 1))) (mul A (ew:.* B X)))",
    "σ(W x) + \\sigma'(z) + \\sigma^2": "(add (call:sigmoid (mul W x)) (call:sigmoid' z) (pow sigma 2))",
    "\\frac12 x + \\frac{1}{n} + \\tfrac 1 2": "(add (mul (mul:/ 1 2) x) (mul:/ 1 n) (mul:/ 1 2))",
    "a/\\frac{b}{c}": "(mul:/ a (mul:/ b c))",
    "\\sqrt[3]{x} + \\sqrt2 + √x": "(add (pow x (mul:/ 1 3)) (call:sqrt 2) (call:sqrt x))",
    # sums
    "1/N sum_{i=1}^N (y_i - b)^2 + 3": "(add (mul:/ _ 1 N (sum:i (pow (add y_i (neg b)) 2) 1 N)) 3)",
    "sum_i x_i y_i": "(sum:i (mul x_i y_i))",
    "y .* sum_i x_i .* z": "(ew:.* y (sum:i (ew:.* x_i z)))",
    "sum_i -x_i": "(sum:i (neg x_i))",
    "sum_{i,j} A_{ij}": "(sum:i (sum:j A_{ij}))",
    "sum_{i=1}^N x_i + sum_{i=1}^M y_i": "(add (sum:i x_i 1 N) (sum:i y_i 1 M))",
    "\\sum\\limits_{i=1}^{N-1} x_i": "(sum:i x_i 1 (add N (neg 1)))",
    "\\sum{x_i^2}": "(sum (pow x_i 2))",
    "log sum_i exp(x_i)": "(call:log (sum:i (call:exp x_i)))",
    "sum_{k=0}^infty x^k/k!": "(sum:k (mul:/ (pow x k) (call:factorial k)) 0 infty)",
    "prod_{i=1}^n L_{ii}^(n - i + 1)": "(product:i (pow L_{ii} (add n (neg i) 1)) 1 n)",
    "sum(x)": "(call:sum x)",
    # comparisons
    "1[x > 0] x": "(mul (iverson (cmp:> x 0)) x)",
    "1[<w, x> >= 0]": "(iverson (cmp:>= (inner w x) 0))",
    "cases(x, x > 0, 0)": "(cases x (cmp:> x 0) 0)",
    "\\begin{cases} x & \\text{if } x > 0 \\\\ -x, & x < 0 \\\\ 0 & \\text{otherwise} \\end{cases}": (
        "(cases x (cmp:> x 0) (neg x) (cmp:< x 0) 0)"
    ),
    # numbers
    "0.1 + 1e-3 + .5": f"(add {Fraction(1, 10)} {Fraction(1, 1000)} {Fraction(1, 2)})",
}


@pytest.mark.parametrize(("text", "expected"), TREES.items(), ids=TREES)
def test_trees(text: str, expected: str) -> None:
    assert read(text) == expected


ALIKE = [
    ("x^T A^-1 x", "x' A^{-1} x", "xᵀ A⁻¹ x", "x^⊤A⁻¹x", "$x^{\\top} \\mathbf{A}^{-1} x$.", "\\[ x^{\\mathsf{T}} A^{-1}\\, x \\]"),
    ("(A - b)^-T", "\\left(A-b\\right)^{-\\top}", "(A−b)⁻ᵀ", "(A – b)^{-T}"),
    ("theta .* phi", "θ ⊙ φ", "\\theta \\odot \\phi", "θ∘ϕ", "\\boldsymbol{\\theta} \\circ \\varphi"),
    ("A ⊗ B", "A \\otimes B"),
    ("(1/2) ||x - y||^2", "\\frac{1}{2}\\|x-y\\|^2", "\\frac12 \\lVert x - y\\rVert^2", "\\dfrac12\\left\\|x-y\\right\\|^2", "(1/2)‖x−y‖²"),
    ("tr(X)", "\\operatorname{tr}(X)", "\\mathrm{tr}\\left(X\\right)", "\\text{tr}(X)", "Tr(X)", "trace(X)", "\\tr(X)"),
    ("sum_{i=1}^N x_i", "\\sum_{i=1}^{N} x_i", "∑_{i=1}^N x_i", "Σ_{i=1}^N x_i", "\\sum^N_{i=1}x_i", "\\sum_{i=1}^Nx_i"),
    ("1[x > 0]", "\\mathbb 1[x > 0]", "\\mathbf{1}\\{x>0\\}", "1_{x > 0}", "\\mathbb{1}_{\\{x > 0\\}}", "𝟙[x>0]", "[x > 0]"),
    ("u \\cdot v", "u·v", "u⋅v"),
    ("|x|", "\\lvert x\\rvert", "\\left|x\\right|", "\\vert x \\vert"),
    ("<x, y>", "⟨x, y⟩", "\\langle x, y\\rangle", "\\left<x, y\\right>"),
    ("[1, 2; 3, 4]", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{bmatrix} 1 & 2 \\\\\n 3 & 4 \\end{bmatrix}", "[1, 2\n 3, 4]"),
    (
        "J[i,j,k,l] = delta[i,k] X[j,l] + sum_a A[i,a] B[a,j]",
        "J_{ijkl} = \\delta_{ik} X_{jl} + \\sum_{a} A_{ia} B_{aj}",
        "J_{i,j,k,l} = \\delta_{i,k} X_{jl} + \\sum_a A_{ia} B_{a,j}",
    ),
    (
        "d vec(F)/d vec(X)^T = B^T ⊗ A",
        "\\frac{\\partial \\operatorname{vec}(F)}{\\partial \\operatorname{vec}(X)^{T}} = B^{T} \\otimes A",
        "dvec(F)/dvec(X)' = Bᵀ ⊗ A",
    ),
    ("dX -> A dX B", "dX \\mapsto A\\, dX\\, B", "\\mathrm{d}X ↦ A\\,\\mathrm{d}X\\,B"),
    ("2 x^T", "f = 2 x^T", "df/dx = 2 x^T", "\\frac{\\partial f}{\\partial x} = 2 x^{\\top}", "\\begin{align} f &= 2 x^T \\end{align}"),
]  # fmt: skip


@pytest.mark.parametrize("spellings", ALIKE, ids=lambda s: s[0])
def test_spellings_of_one_expression_give_one_tree(spellings: tuple[str, ...]) -> None:
    first = parse(spellings[0])
    for other in map(parse, spellings[1:]):
        assert brief(other.body) == brief(first.body), other.text
        assert other.form == first.form, other.text


def test_declared_names_cut_runs() -> None:
    assert read("weight^T x", "weight") == "(mul (T weight) x)"
    assert read("2weightx", "weight", "x") == "(mul 2 weight x)"
    assert read("w_out x", "w_{out}") == "(mul w_{out} x)"
    assert read("lr = 2; 3lr") == "(mul 3 lr)"


def test_functions_that_are_declared_or_defined_are_called() -> None:
    assert brief(parse("phi(x) + phi'(x)", functions=["phi"]).body) == "(add (call:phi x) (call:phi' x))"
    assert read("sum(phi(A x)) where phi: R -> R") == "(call:sum (call:phi (mul A x)))"
    program = parse("f(x, y) = x^T y; f(a, b)")
    assert (program.bindings[0].name, program.bindings[0].params) == ("f", ("x", "y"))
    assert brief(program.body) == "(call:f a b)"


def test_statements() -> None:
    program = parse("z = A x + b\nf = sum(tanh(z))")
    assert [(b.name, brief(b.value)) for b in program.bindings] == [("z", "(add (mul A x) b)")]
    assert (program.name, brief(program.body)) == ("f", "(call:sum (call:tanh z))")
    assert read("x^T A x\n  + b^T x") == read("x^T A x + b^T x") == read("x^T A x +\n b^T x")
    assert read("f &= x \\\\ &\\quad + y") == "(add x y)"


def test_an_inner_where() -> None:
    program = parse("rate^T x where rate, x in R^n")
    assert (brief(program.body), program.where) == ("(mul (T rate) x)", "rate, x in R^n")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("J[i,j] = A[i,j]", ("index", "J", ("i", "j"))),
        ("J[(i,p),(j,q),k,l] = A[i,j] delta[p,k]", ("index", "J", (("i", "p"), ("j", "q"), "k", "l"))),
        ("J_{(i,p)(j,q)kl} = A_{ij} \\delta_{pk} B_{ql}", ("index", "J", (("i", "p"), ("j", "q"), "k", "l"))),
        ("d vec(F)/d vec(X)^T = I", ("kron", "F", "X")),
        ("d\\theta -> A d\\theta", ("map", "dtheta")),
        ("J_{ij} = A x", None),
        ("C[(i,p),(j,q)]", None),
    ],
)
def test_forms(text: str, form: tuple[object, ...] | None) -> None:
    assert parse(text).form == form


def test_readings_are_stated() -> None:
    assert parse("log y_j + σ(x)").readings == ("read `log y_j` as log(y_j)", "read `σ(…)` as sigmoid(…)")
    assert parse("tr(A B)").readings == ()


def test_a_mixed_chain_has_two_readings() -> None:
    program = parse("A .* B * C")
    assert program.alternative is not None
    assert (brief(program.body), brief(program.alternative.body)) == ("(ew:.* A (mul:* B C))", "(mul:* (ew:.* A B) C)")
    assert parse("A .* (B * C)").alternative is None
    assert parse("A * B .* C").alternative is None  # one tree either way
    assert parse("A .* B + B * C").alternative is None


def test_places_are_those_of_the_text() -> None:
    text = "\\frac{1}{2} (x - y)^T z"
    spans = {brief(n): text[slice(*n.span)] for n in parse(text).body.args if n.span}
    assert spans == {"(mul:/ 1 2)": "\\frac{1}{2}", "(T (add x (neg y)))": "(x - y)^T", "z": "z"}


REFUSED = {
    # text: (what the message or the suggestion says, what the caret is under)
    "": ("no expression", ""),
    ";": ("no expression", ";"),
    "x^T (A x": ("`(` is not closed", "("),
    "x^T A x)": ("`)`", ")"),
    "(x]": ("another kind", "]"),
    "\\left( x": ("\\left", "\\left("),
    "||x - y|": ("not closed", "|"),
    "||||": ("several ways", "||||"),
    "x +": ("ends with `+`", "+"),
    "(x + ) y": ("`+` has nothing after it", "+"),
    "* x": ("begins with `*`", "*"),
    "x ^^ 2": ("`^`", "^"),
    "a^b^c": ("two powers", "^"),
    "e^xy": ("^{xy} or ^x y", "^xy"),
    "tr()": ("`tr` has no argument", "tr"),
    "sin": ("`sin` has no argument", "sin"),
    "sin(sin)": ("`sin` has no argument", "sin"),
    "kron(A)": ("kron takes 2", "kron(A)"),
    "\\sin^{-1} x": ("asin", "\\sin^{-1}"),
    "x2": ("x_2", "x2"),
    "trace2(X)": ("trace2", "trace2"),
    "2 3": ("2 3", "2 3"),
    "detX": ("det(X)", "detX"),
    "Xdet": ("`Xdet` ends", "Xdet"),
    "logdt(X)": ("logdet", "logdt"),
    "softmx(x)": ("softmax", "softmx"),
    "frobnicate(x)": ("frobnicate", "frobnicate"),
    "\\foo x": ("\\foo", "\\foo"),
    "\\operatorname{sofmax}(x)": ("softmax", "\\operatorname{sofmax}"),
    "f(x) + f": ("f: R -> R", "f(x)"),
    "x^T \\frac{d}{dx} x": ("middle", "\\frac{d}{dx}"),
    "d/dx x^2 + x": ("first term", "d/dx"),
    "\\frac{d^2}{dx} x": ("order 2", "\\frac{d^2}{dx}"),
    "A_ij x": ("A_{ij} or A_i j", "ij"),
    "x_": ("`_`", "_"),
    "x_1_2": ("two subscripts", "_"),
    "x.__class__": ("`.`", "."),
    "exec('import os')": ("exec", "exec"),
    "lambda x: x": (":", ":"),
    "$(touch pwned)": ("`$`", "$"),
    "c + (a, b)": ("[a, b]", ","),
    "x < y": ("comparison", "<"),
    "x == y": ("==", "=="),
    "[1, 2; 3]": ("1 entry", "3"),
    "x = ": ("`x =`", "="),
    "z = ; sum(z)": ("z", "="),
    "A x = z; sum(z)": ("A x", "A x"),
    "tr = x; tr^2": ("tr", "tr"),
    "I = x; I": ("identity", "I"),
    "z = A z; sum(z)": ("`z` is defined by itself", "z"),
    "a = b; b = a; a": ("`b` is used before", "b"),
    "z = x; z = y; z": ("`z` is bound twice", "z"),
    "sum(z); z = A x": ("sum(z)", "sum(z)"),
    "sum(z)\nw = A x": ("sum(z)", "sum(z)"),
    "sum_{i=1}^N sum_{i=1}^M x_i": ("index i", "sum"),
    "J[i,j] = sum_i A[i,j]": ("index i", "sum"),
    "sum_{1=i}^N x_i": ("1=i", "1=i"),
    "sum_{1<2} x_i": ("gives no index", "1<2"),
    r"\prod_{(i,j) \in S} x_i x_j": ("a set of indices", r"\prod"),
    "x\0y": ("\\x00", "\0"),
    "x 🙂": ("🙂", "🙂"),
    "х + 1": ("Latin letter x", "х"),
    "x\x1b[31m": ("\\x1b", "\x1b"),
    "\u202ex": ("\\u202e", "\u202e"),
    "x + \\": ("\\", "\\"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items(), ids=map(repr, REFUSED))
def test_refusals_name_the_fault_and_its_place(text: str, expected: tuple[str, str]) -> None:
    with pytest.raises(MatcalcError) as caught:
        parse(text)
    error = caught.value
    said, place = expected
    assert said in f"{error.message}\n{error.suggestion}"
    assert error.text == text and error.span is not None
    assert text[slice(*error.span)] == place
    assert str(error).isprintable() or str(error).replace("\n", "").isprintable()


DECLARATIONS = r"""
x, y_i in R^n; A ∈ ℝ^{m×n}; S in R^{n x n} positive definite, constant
s in R; k in N; t in R^1; W in S^n; P in S_{++}^n
B \in \mathbb R^{2n \times (m + 1)}
"""


def test_declarations() -> None:
    found = {d.name: (d.field, tuple(map(str, d.sizes)), d.properties) for d in parse_where(DECLARATIONS)}
    assert found == {
        "x": ("R", ("n",), ()),
        "y_i": ("R", ("n",), ()),
        "A": ("R", ("m", "n"), ()),
        "S": ("R", ("n", "n"), ("spd", "constant")),
        "s": ("R", (), ()),
        "k": ("N", (), ()),
        "t": ("R", (), ()),
        "W": ("S", ("n", "n"), ("symmetric",)),
        "P": ("S", ("n", "n"), ("spd",)),
        "B": ("R", ("2 n", "m + 1"), ()),
    }
    (phi,) = parse_where("phi: R -> R")
    assert (phi.domain, phi.sizes) == ((), ())
    (f,) = parse_where("f: R^n \\to R^m")
    assert (f.domain, f.sizes) == ((Dim.of("n"),), (Dim.of("m"),))
    assert [d.name for d in parse_where("x in R^n, A in R^{n x n} symmetric, w_out in R^n; x in R^n")] == ["x", "A", "w_{out}"]
    assert parse_where("") == ()
    assert parse_where("A in R^{1000000000000 x 1000000000000}")[0].sizes[0] is Dim.of(10**12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x in R^n; x in R^m", "`x` is declared twice"),
        ("x in R^; A in R^n", "dimension after `^`"),
        ("x in Q^n", "C (complex)"),
        ("x in C^n positive", "only what is real is positive"),
        ("A in R^{n x n} hermitian", "declared hermitian and real"),
        ("x R^n", "`in` is missing after `x`"),
        ("x in R^0", "0"),
        ("x in R^2.5", "2.5"),
        ("A in R^{n x n} fluffy", "fluffy"),
        ("A in R^{n x n} symetric", "did you mean symmetric"),
        ("A in R^{m x n} symmetric", "m and n"),
        ("1 in R^n", "`1` is no name"),
        ("tr in R", "tr"),
        ("x in", "set"),
        ("x in R^{a x b x c x d x e}", "at most 4 indices"),
        ("x in R^{__import__('os').getpid()}", "getpid"),
        ("phi: R", "arrow"),
    ],
)
def test_bad_declarations(text: str, said: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        parse_where(text)
    assert said in f"{caught.value.message}\n{caught.value.suggestion}"
    assert caught.value.text == text and caught.value.span


def test_names() -> None:
    assert parse_names("x, y_1, θ, w_{out}, \\theta, \\hat y, x^{(i)}, weight") == (
        "x",
        "y_1",
        "theta",
        "w_{out}",
        "theta",
        "y_{hat}",
        "x_i",
        "weight",
    )
    for bad in ("A x", "2", "x +", "__import__('os')", "sin", "I_n", "f(x)"):
        with pytest.raises(MatcalcError, match="`"):
            parse_names(bad)
    with pytest.raises(MatcalcError):
        parse_names("")


def test_sizes() -> None:
    m, n = Dim.of("m"), Dim.of("n")
    assert sizes_of("m x n") == sizes_of("mxn") == sizes_of("m \\times n") == (m, n)
    assert sizes_of("2n") == (n * 2,)
    assert sizes_of("m n + 1, n^2") == (m * n + 1, n * n)


HOSTILE = {
    "letters": "A" * 3000,
    "brackets": "(" * 10_000 + "x" + ")" * 10_000,
    "unclosed": "(" * 10_000,
    "calls": "sin(" * 5000 + "x" + ")" * 5000,
    "products": "a(" * 10_000 + "x + y" + ")" * 10_000,
    "exponents": "x^{" * 5000 + "x" + "}" * 5000,
    "fractions": "\\frac{" * 5000 + "x" + "}{2}" * 5000,
    "primes": "x" + "'" * 10_000,
    "signs": "-" * 10_000 + "x",
    "sums": "x + " * 10_000 + "x",
    "bare functions": "sin " * 10_000 + "x",
    "bindings": "".join(f"x_{{{k}}} = 1; " for k in range(2000)) + "x",
    "digits": "9" * 100_000 + " x",
    "a great number": "1e999999999",
    "one megabyte": "x + " * 250_000 + "x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_inputs_are_read_or_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    try:
        parse(text, ["A"])
    except MatcalcError as error:
        assert len(str(error)) < 1000
    assert time.perf_counter() - start < 10


def test_the_grammar_has_no_conflicts() -> None:
    build_parser(strict=True)


def _corpus() -> Iterator[tuple[str, str, str]]:
    for name in ("public", "rivals", "course"):
        path = CORPUS / f"{name}.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            case = json.loads(line)
            if name == "course":
                argv = case["argv"]
                where = argv[argv.index("--where") + 1] if "--where" in argv else ""
                texts = [argv[1], *([case["answer"]] if isinstance(case["answer"], str) else [])]
            else:
                where, texts = case["where"], [case["expr"], case.get("expected")]
            yield from ((case["id"], where, text) for text in texts if text)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus lies beside the project and is not here")
def test_the_corpus_is_read() -> None:
    failed = []
    for case, where, text in _corpus():
        for declared in ([d.name for d in parse_where(where)], []):
            try:
                program = parse(text, declared)
                assert isinstance(program, Program)
            except MatcalcError as error:
                failed.append(f"{case}: {error}")
    assert not failed, "\n".join(failed)


def test_a_backslash_before_a_blank() -> None:
    """A space in LaTeX, and division from the left where people write programs: in a text without LaTeX nobody can tell."""
    with pytest.raises(ReadingError, match="division from the left"):
        parse(r"A \ b")
    assert repr(parse(r"\mathbf{A} \ b").body) == repr(parse("A b").body)


@pytest.mark.parametrize("written", SETS)
def test_a_set_is_read_before_and_after_the_size(written: str) -> None:
    """R_+^n and R^n_{+}: what the subscript says was lost where it stands behind the size."""
    field, _, cone = written.partition("_")
    size = [] if field in "NZ" else ["n"]
    spellings = [f"{field}_{{{cone}}}^n", f"{field}^n_{{{cone}}}", *([f"{field}^n_{cone}"] if cone in ("+", "-", "++", "--") else [])]
    for text in spellings if cone else [field + "^n" * len(size)]:
        (d,) = parse_where(f"x in {text}")
        assert list(map(str, d.sizes)) == size * (2 if field == "S" else 1), text
        assert field in "NZ" or d.properties == (SETS[written],), text


def test_a_size_may_have_a_subscript() -> None:
    (d,) = parse_where("x in R^n_1")
    assert list(map(str, d.sizes)) == ["n_1"] and d.properties == ()


@pytest.mark.parametrize("ones", ["1^T", "1ᵀ", "1'", "1^{\\top}", "1^{T}"])
def test_ones_are_transposed_in_every_spelling(ones: str) -> None:
    assert matcalc.parse(f"{ones} w", where="w in R^n").shape == ("1", "1")


def test_an_inner_product_of_absolute_values_is_no_bra() -> None:
    for text in ("<|x|, y>", "<|x|, |y|>", "<||x|| x, y>", "<x, |y|>"):
        assert matcalc.parse(text, where="x, y in R^n").shape == ("1", "1"), text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[1, 2 <X, X>, r]", "[1, 2 tr(X^T X), r]"),
        ("sum([1, sum_{i=1}^N <X, X>, r])", "sum([1, N tr(X^T X), r])"),
        ("[sum_{i=1}^3 <X, X>^2; r]", "[3 tr(X^T X)^2; r]"),
        ("r [r < 2]", "r 1[r < 2]"),
    ],
)
def test_an_inner_product_behind_a_factor_in_a_list(text: str, meant: str) -> None:
    """Its `<` was taken for a comparison, and the list for a condition."""
    assert matcalc.parse(text, where="X in R^{m x n}; r in R").text == meant


@pytest.mark.parametrize("name", ["public", "rivals", "fields", "posted"])
def test_declarations_read_one_by_one_are_those_read_together(name: str) -> None:
    """What stands between two semicolons is read once for many questions: it must be what the whole text says, places and all."""
    texts = {json.loads(line).get("where") or "" for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()}
    for text in sorted(texts) + [
        "x in R^n; ; y in R",
        " A in R^{m x n} symmetric ;b in R",
        "x in R^n; x in R^n",
        "x in R^n; phi: R -> R; c in N",
    ]:

        def said(read: Callable[[str], tuple[Declaration, ...]], text: str = text) -> object:
            try:
                return [(d.name, d.field, d.sizes, d.properties, d.domain, d.span, d.argument) for d in read(text)]
            except MatcalcError as error:
                return str(error), error.span

        assert said(parse_where) == said(lambda t: read_declarations(t, 0, len(t)))

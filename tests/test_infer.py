"""What a text is taken to mean: shapes, kinds, assumptions, and the messages where it means nothing."""

from __future__ import annotations

import re

import pytest
from corpus import cases

from matcalc.errors import MatcalcError, ReadingError, ShapeError, UsageError
from matcalc.expressions.build import eye, matmul, symbol, times
from matcalc.expressions.expr import outline
from matcalc.inference.infer import Typed, infer, read_template
from matcalc.inference.unify import Sizes, is_unknown
from matcalc.kinds import ONE, Dim, Family, shape_text
from matcalc.reading.read import parse, parse_where
from matcalc.syntax import Node, Program


def typed(text: str, where: str = "", wrt: tuple[str, ...] = (), twins: bool = True) -> Typed:
    declarations = parse_where(where)
    program = parse(text, [d.name for d in declarations], functions=[d.name for d in declarations if d.domain is not None])
    return infer(program, declarations, wrt, twins)


def refused(text: str, where: str = "", wrt: tuple[str, ...] = ()) -> MatcalcError:
    with pytest.raises(MatcalcError) as caught:
        typed(text, where, wrt)
    return caught.value


# ---------------------------------------------------------------------------------------------- declared kinds

SQUARE = "A, B, X in R^{n x n}; x, y in R^n; s, t in R; k in N"
WIDE = "A, B in R^{m x n}; x, u, v in R^n; y in R^m; X in R^{m x n}"
FAMILY = "x_i, w in R^n; y_i in R"

MEANINGS = [
    # products
    ("x^T A x", SQUARE, "1×1", "matmul(transpose(x), A, x)"),
    ("x^T y A x", SQUARE, "n×1", "times(matmul(transpose(y), x), matmul(A, x))"),
    ("u \\cdot v", WIDE, "1×1", "matmul(transpose(v), u)"),
    ("y \\cdot A x", WIDE, "1×1", "matmul(transpose(y), A, x)"),
    ("(x^T y) / s", SQUARE, "1×1", "times(matmul(transpose(y), x), power(s, -1))"),
    ("<A, B>", WIDE, "1×1", "tr(matmul(A, transpose(B)))"),
    ("s^T x", SQUARE, "n×1", "times(s, x)"),
    ("kron(A, x)", WIDE, "m n×n", "kron(A, x)"),
    ("y .* A x", WIDE, "m×1", "hadamard(y, matmul(A, x))"),
    ("1 ./ A", WIDE, "m×n", "power(A, -1)"),
    # blocks
    ("[x; 1]", SQUARE, "n + 1×1", "block(x, 1)"),
    ("[A, x; x^T, s]", SQUARE, "n + 1×n + 1", "block(A, x, transpose(x), s)"),
    ("[A, 0; 0, B]", SQUARE, "2 n×2 n", "block(A, zeros, zeros, B)"),
    ("[s, t; 1, 2]", SQUARE, "2×2", "literal(s, t, 1, 2)"),
    # functions known by their sets
    ("phi(A x)", SQUARE + "; phi: R -> R", "n×1", "entrywise_function(matmul(A, x))"),
    ("f'(x)", SQUARE + "; f: R^n -> R", "1×n", "function(x)"),
    ("F'(X)", SQUARE + "; F: R^{n x n} -> R^{p x q}", "p q×n n", "function(X)"),
    ("F'(X, B)", SQUARE + "; F: R^{n x n} -> R^{p x q}", "p×q", "function_along(X, B)"),
    # powers
    ("s^t", SQUARE, "1×1", "power(s, t)"),
    ("A^3", SQUARE, "n×n", "matrix_power(A, 3)"),
    ("A^{k - 1}", SQUARE, "n×n", "matrix_power(A, add(k, -1))"),
    ("x.^2", SQUARE, "n×1", "power(x, 2)"),
    ("2.^x", SQUARE, "n×1", "exp(times(log(2), x))"),
    ("e^s", SQUARE, "1×1", "exp(s)"),
    ("e^A", SQUARE, "n×n", "expm(A)"),
    ("e^s", "e, s in R", "1×1", "power(e, s)"),
    # sums of unlike shapes
    ("x + s", SQUARE, "n×1", "add(x, times(s, ones))"),
    ("A + s I", SQUARE, "n×n", "add(A, times(s, eye))"),
    ("1 - x.^2", SQUARE, "n×1", "add(ones, times(-1, power(x, 2)))"),
    ("max(0, x)", SQUARE, "n×1", "max(zeros, x)"),
    ("1[x > 0]", SQUARE, "n×1", "iverson(x, zeros)"),
    # functions by kind
    ("diag(x)", SQUARE, "n×n", "diag(x)"),
    ("diag(A)", SQUARE, "n×1", "diagonal(A)"),
    ("||x||", SQUARE, "1×1", "norm(x)"),
    ("norm(x, infty)", SQUARE, "1×1", "norminf(x)"),
    ("norm(x, F)", SQUARE, "1×1", "norm(x)"),
    ("norm2(x)", SQUARE, "1×1", "norm(x)"),
    ("norm2(X)", WIDE, "1×1", "norm2(X)"),
    ("norm(X, F)", WIDE, "1×1", "normF(X)"),
    ("||x||_inf", SQUARE, "1×1", "norminf(x)"),
    ("||X||_fro", WIDE, "1×1", "normF(X)"),
    ("||X||_{nuc}", WIDE, "1×1", "norm_nuclear(X)"),
    ("np.linalg.norm(x, np.inf)", SQUARE, "1×1", "norminf(x)"),
    ("sum_{j=1}^inf s^j", SQUARE, "1×1", "indexed_sum(1, infty, power(s, j))"),
    ("sum_{j=1}^{inf} s^j", SQUARE, "1×1", "indexed_sum(1, infty, power(s, j))"),
    ("||X||", WIDE, "1×1", "normF(X)"),
    ("||x^T||_1", SQUARE, "1×1", "norm1(x)"),
    ("|s|", SQUARE, "1×1", "abs(s)"),
    ("|A|", SQUARE, "1×1", "det(A)"),
    ("|x|^2", SQUARE, "1×1", "power(norm(x), 2)"),
    ("|x| + y", SQUARE, "n×1", "add(y, abs(x))"),
    ("softmax(x)", SQUARE, "n×1", "softmax(x)"),
    ("softmax(x^T)", SQUARE, "1×n", "transpose(softmax(x))"),
    ("softmax(A)", WIDE, "m×n", "softmax_rows(A)"),
    ("mean(y)", WIDE, "1×1", "times(sum(y), power(m, -1))"),
    ("log_2(s)", SQUARE, "1×1", "times(log(s), power(log(2), -1))"),
    ("vec(A)", WIDE, "m n×1", "vec(A)"),
    ("f(z) = z^2; f(s) + f(t)", SQUARE, "1×1", "add(power(s, 2), power(t, 2))"),
    # names
    ("x_2 + x_1", SQUARE, "1×1", "add(entry(x, 1, 1), entry(x, 2, 1))"),
    ("A_{12}", SQUARE, "1×1", "entry(A, 1, 2)"),
    ("(A x)_2", SQUARE, "1×1", "entry(matmul(A, x), 2, 1)"),
    ("X[1,:]", WIDE, "1×n", "matmul(transpose(unit(1)), X)"),
    ("e_1^T x", SQUARE, "1×1", "entry(x, 1, 1)"),
    ("(x^T x)/n", SQUARE, "1×1", "times(matmul(transpose(x), x), power(n, -1))"),
    ("0_{m x n} + A", WIDE, "m×n", "A"),
    ("\\mathbf 1^T x", SQUARE, "1×1", "sum(x)"),
    # sums over an index
    ("sum_{i=1}^N x_i^T w", FAMILY, "1×1", "indexed_sum(1, N, matmul(transpose(w), member(i)))"),
    ("\\sum_i y_i^2", FAMILY, "1×1", "indexed_sum(1, N, power(member(i), 2))"),
    ("\\sum{y_i^2}", FAMILY, "1×1", "indexed_sum(1, N, power(member(i), 2))"),
    ("sum_i x_i", SQUARE, "1×1", "indexed_sum(1, n, entry(x, i, 1))"),
    ("u_i = w^T x_i; sum_{k=1}^N u_k", FAMILY, "1×1", "indexed_sum(1, N, matmul(transpose(member(k)), w))"),
    ("prod_{i=1}^n x_i", SQUARE, "1×1", "indexed_product(1, n, entry(x, i, 1))"),
    # forms
    ("dX -> A^T dX", WIDE, "n×n", "matmul(transpose(A), dX)"),
    ("J[i,j,k,l] = delta[i,k] B[j,l]", WIDE, "1×1", "times(entry(eye, i, k), entry(B, j, l))"),
]


def spelling(expr_outline: str) -> str:
    """The outline with the arguments of commutative operations in one order."""
    return "".join(sorted(expr_outline))


@pytest.mark.parametrize("text, where, shape, meaning", MEANINGS, ids=[m[0] for m in MEANINGS])
def test_a_text_means(text: str, where: str, shape: str, meaning: str) -> None:
    found = typed(text, where)
    assert shape_text(found.expr.shape) == shape
    assert spelling(outline(found.expr)) == spelling(meaning), outline(found.expr)


@pytest.mark.parametrize("text, where", [m[:2] for m in MEANINGS], ids=[m[0] for m in MEANINGS])
def test_its_declarations_give_the_same_typing(text: str, where: str) -> None:
    first = typed(text, where)
    assert typed(text, first.where).expr is first.expr


# ---------------------------------------------------------------------------------------------- undeclared kinds

GUESSES = [
    ("x^T A x", "x in R^n; A in R^{n x n}", "x in R^n, A in R^{n x n} (inferred)"),
    ("A x + b", "A in R^{m x n}; x in R^n; b in R^m", "A in R^{m x n}, x in R^n, b in R^m (inferred)"),
    ("tr(AXB)", "A in R^{m x n}; X in R^{n x p}; B in R^{p x m}", ""),
    ("y - Phi theta", "y in R^m; Phi in R^{m x n}; theta in R^n", "theta read as a vector (R^n)"),
    ("a^T x + b", "a in R^n; x in R^n; b in R", ""),
    ("x^2 + x", "x in R", ""),
    ("lambda x", "lambda in R; x in R", ""),
    ("lambda x^T", "lambda in R; x in R^n", ""),
    ("X^k", "X in R^{n x n}; k in N", "k read as a whole number"),
    ("W^T W - I", "W in R^{m x n}", ""),
    ("[a; b]", "a in R; b in R", ""),
    ("vec(A X B) - kron(B^T, A) vec(X)", "A in R^{m x n}; X in R^{n x p}; B in R^{p x q}", ""),
    ("sum_{i=1}^N x_i^T w", "x_i in R^n; w in R^n", "x_i read as a family (x_i in R^n)"),
    ("sum_{i=1}^N w_i x_i", "w in R^N; x in R^N", ""),
    ("1/(1 + e^{-w^T x})", "w in R^n; x in R^n", "e is Euler's number"),
]


@pytest.mark.parametrize("text, where, told", GUESSES, ids=[g[0] for g in GUESSES])
def test_undeclared_kinds(text: str, where: str, told: str) -> None:
    found = typed(text)
    assert found.where == where
    assert not told or told in found.assumptions


@pytest.mark.parametrize(
    "text, where, told",
    [
        ("X + s", "X in R^{n x n}; s in R", "s added to every entry (write s I for the diagonal)"),
        ("x - s", "x in R^n; s in R", "s subtracted from every entry"),
        ("X + 1", "X in R^{n x n}", "1 added to every entry (write 1 I for the diagonal)"),
        ("||X||", "X in R^{m x n}", "||X|| is the Frobenius norm"),
        ("|X|", "X in R^{n x n}", "|X| is the determinant"),
        ("exp(X)", "X in R^{n x n}", "exp(X) is taken entry by entry; expm is the matrix exponential"),
        ("\\log\\det X", "X in R^{n x n}", "read `\\log\\det X` as log(\\det X)"),
        ("J[i,j,k,l] = delta[i,l] delta[j,k]", "X in R^{m x n}", "i and l read as running to n"),
    ],
)
def test_what_was_chosen_is_told(text: str, where: str, told: str) -> None:
    assert told in typed(text, where).assumptions


@pytest.mark.parametrize("text", ["x + 1", "1 - x.^2", "exp(x)", "exp.(X)", "x^T x + 1"])
def test_the_ordinary_is_not_told(text: str) -> None:
    assert typed(text, "x in R^n; X in R^{n x n}").assumptions == []


def test_a_declared_kind_is_never_changed() -> None:
    assert isinstance(refused("x y", "x, y in R^n"), ShapeError)


@pytest.mark.parametrize("text, choices", [("a^T b c^T d e f", ["e in R", "f in R"]), ("(x y)^T", ["x in R", "y in R"])])
def test_a_tie_shows_the_choices(text: str, choices: list[str]) -> None:
    error = refused(text)
    assert all(c in str(error.suggestion) for c in choices)


# ---------------------------------------------------------------------------------------------- variables


def test_a_variable_is_its_property_free_twin() -> None:
    found = typed("x^T S x", "x in R^n positive; S in S^n", ("S", "x"))
    assert found.symbols["S"].attr == ("S", ("square",))
    assert found.declared["S"].attr == ("S", ("square", "symmetric"))
    assert found.symbols["x"] is found.declared["x"]  # positive survives small variations
    assert typed("x^T S x", "x in R^n; S in S^n", ("S",), twins=False).symbols["S"] is found.declared["S"]


def test_symbols_are_in_order_of_occurrence() -> None:
    assert list(typed("B x + A y", "A, B in R^{n x n}; x, y in R^n").symbols) == ["B", "x", "A", "y"]


def test_a_declared_variable_need_not_occur() -> None:
    assert typed("x^T x", "x, y in R^n", ("y",)).symbols["y"].shape == (Dim.of("n"), ONE)


@pytest.mark.parametrize(
    "text, where, wrt, mention",
    [
        ("x^T x", "", "y", "y does not occur"),
        ("z = 2 x; z^T z", "", "z", "z is bound"),
        ("f(x) = x^2; f(s)", "", "f", "f is a function"),
        ("sum_{i=1}^N x_j", "x_j in R^n", "x", "x_j"),
    ],
)
def test_what_is_no_variable(text: str, where: str, wrt: str, mention: str) -> None:
    error = refused(text, where, (wrt,))
    assert isinstance(error, UsageError)
    assert mention in str(error)


def test_families() -> None:
    found = typed("sum_{i=1}^N x_i^T w", FAMILY, ("x_3",))
    assert found.families == {"x": Family("i", Dim.of("N"))}
    assert outline(found.symbols["x_i"]) == "member(i)"
    assert outline(found.symbols["x_3"]) == "member(3)"


def test_bindings_and_nodes() -> None:
    found = typed("z = A x; z^T z", "A in R^{m x n}; x in R^n")
    assert outline(found.bindings["z"]) == "matmul(A, x)"
    assert next((n.op, outline(e)) for n, e in found.nodes if n.op == "mul") == ("mul", "matmul(A, x)")


# ---------------------------------------------------------------------------------------------- errors

ERRORS = [
    ("A x", "A in R^{m x n}; x in R^m", ["A", "x", "m×n", "m×1", "A^T x"]),
    ("x y", "x, y in R^n", ["x^T y", "x y^T", "x .* y"]),
    ("A B x y", SQUARE, ["(A B x)^T y"]),
    ("A + B", "A in R^{m x n}; B in R^{n x m}", ["m×n", "n×m", "A + B^T"]),
    ("x + A", "A in R^{n x n}; x in R^n", ["x", "A", "diag(x) + A"]),
    ("det(A)", "A in R^{m x n}", ["det", "A", "m×n"]),
    ("A^-1", "A in R^{m x n}", ["A", "m×n", "A^+"]),
    ("tr(A B)", "A in R^{m x n}; B in R^{n x p}", ["tr", "A B", "m×p"]),
    ("x / y", "x, y in R^n", ["./", "y"]),
    ("A / B", SQUARE, ["./", "B^-1", "A B^-1"]),
    ("x^2", "x in R^n", ["x.^2", "x^T x"]),
    ("A^2", "A in R^{m x n}", ["A.^2"]),
    ("x .* y", "x in R^n; y in R^m", ["n×1", "m×1"]),
    ("X^k", "X in R^{n x n}; k in R", ["k in N"]),
    ("X^{1/3}", "X in R^{n x n}", ["1/3", "square roots"]),
    ("2^A", "A in R^{n x n}", ["2", "A", "expm"]),
    ("tr(exp(X))", "X in R^{n x n}", ["expm(X)", "exp.(X)"]),
    ("|x|", "x in R^n", ["||x||", "abs(x)"]),
    ("A @ x * y", "A in R^{m x n}; x in R^n; y in R^m", [".*", "@"]),
    ("A .* B * C", "A, B, C in R^{n x n}", ["A .* (B * C)", "(A .* B) * C"]),
    ("x_3", "x in R^2", ["3", "2"]),
    ("sum_{i=1}^N x_i", "x in R^n", ["N", "n"]),
    ("x_i^T w + sum_{i=1}^N x_i^T w", FAMILY, ["x_i"]),
    ("tr(I)", "", ["I_n"]),
    ("e^x + e", "x in R", ["exp(x)"]),
    ("f(x)", "f: R^n -> R; x in R^m", ["f: R^n -> R", "m×1"]),
    ("f(x, y)", "f: R^n -> R", ["one argument"]),
    ("[A, x; B, y]", "A in R^{m x n}; B in R^{p x n}; x in R^m; y in R^m", ["block"]),
    ("x^T x", "x in R^n; x in R^m", ["x", "n", "m"]),
    ("A", "A in R^{m x n} symmetric", ["A", "symmetric", "m", "n"]),
    ("kron(A, B) x", "x in R^{m n}", ["m n"]),
]


@pytest.mark.parametrize("text, where, mentions", ERRORS, ids=[f"{t} | {w}" for t, w, _ in ERRORS])
def test_what_is_refused_and_what_is_suggested(text: str, where: str, mentions: list[str]) -> None:
    error = refused(text, where)
    missing = [m for m in mentions if m not in str(error)]
    assert not missing, str(error)


def test_errors_point_into_the_text() -> None:
    error = refused("x^T x + A x", "A in R^{m x n}; x in R^m")
    assert error.text is not None
    assert error.span is not None
    assert error.text[slice(*error.span)] == "A x"


# ---------------------------------------------------------------------------------------------- rules

N, M = Dim.of("n"), Dim.of("m")
X, DX = symbol("X", (N, N)), symbol("dX", (N, N))


def test_a_template_is_built_from_what_its_names_stand_for() -> None:
    assert read_template("X dX", {"X": X, "dX": DX}) is matmul(X, DX)
    assert read_template("I - X", {"X": X}) is read_template("-X + I", {"X": X})
    assert read_template("S = 2 X; S dX", {"X": X, "dX": DX}) is times(read_template("2", {}), matmul(X, DX))


def test_a_template_reads_operations_by_their_own_names() -> None:
    wide = symbol("X", (M, N))
    assert outline(read_template("softmax_rows(X)", {"X": wide})) == "softmax_rows(X)"


def test_a_template_does_not_capture_indices() -> None:
    body = typed("sum_{i=1}^n x_i", "x in R^n").expr.args[2]  # x_i, with i free
    found = read_template("sum_{i=1}^{3} s i", {"s": body})
    assert found.indices == {"i"}


def test_a_name_that_a_template_does_not_know_is_an_error() -> None:
    with pytest.raises(ReadingError):
        read_template("X + Y", {"X": X})


def test_the_identity_takes_its_size_from_its_neighbours() -> None:
    assert read_template("I X", {"X": X}) is X
    assert read_template("X + I", {"X": X}).args[0].op is eye(N).op or read_template("X + I", {"X": X}).args[1].op is eye(N).op


# ---------------------------------------------------------------------------------------------- sizes


def test_sizes_unify() -> None:
    sizes = Sizes()
    a, b, c = sizes.fresh(), sizes.fresh(), sizes.fresh()
    assert sizes.unify(a, b)
    assert sizes.unify(b, c)
    assert sizes.unify(c, N)
    assert sizes.resolve(a) is N
    assert not sizes.unify(a, M)
    assert not sizes.unify(sizes.fresh(), ONE)


def test_products_of_sizes_are_taken_apart() -> None:
    sizes = Sizes()
    a, b = sizes.fresh(), sizes.fresh()
    assert sizes.unify(sizes.product(a, b), sizes.product(M, N))
    assert sizes.unify(sizes.product(a, b), M * N)
    assert (a, b, M * N) in (sizes.unsettled() or [])
    assert sizes.unify(a, M)
    assert sizes.unsettled() == []
    assert sizes.resolve(b) is N
    assert is_unknown(sizes.fresh())


# ---------------------------------------------------------------------------------------------- limits


def test_long_sums_and_products_need_no_recursion() -> None:
    x = Node("name", (), "x")
    long_sum = Node("add", (x,) * 250_000)
    assert outline(infer(Program("x", (), long_sum)).expr) == "times(250000, x)"
    assert outline(typed("A" * 3000, "A in R^{n x n}").expr) == "matrix_power(A, 3000)"
    deep = x
    for _ in range(5000):
        deep = Node("neg", (deep,))
    assert infer(Program("x", (), deep)).expr.shape[1] is ONE


def test_the_search_is_bounded() -> None:
    assert isinstance(refused("(a b c d e f g h j k l m n o p q r s t u)^T"), ShapeError)


# ---------------------------------------------------------------------------------------------- the corpus


def variables(case: dict[str, object]) -> tuple[str, ...]:
    wrt = case["wrt"]
    return tuple(map(str, wrt)) if isinstance(wrt, list) else (str(wrt),)


@pytest.mark.parametrize("name", ["public", "rivals"])
def test_the_corpus_infers_as_declared(name: str) -> None:
    for case in cases(name):
        text, where = str(case["expr"]), str(case["where"])
        first = typed(text, where, variables(case))
        assert typed(text, first.where, variables(case)).expr is first.expr, text


def bare(case: dict[str, object]) -> bool:
    """Whether the case is one to be tried without its declarations (as the scorer's --bare does)."""
    args = case["args"]
    assert isinstance(args, dict)
    plain = not (case.get("props") or case.get("families") or case.get("needs"))
    letters = any(not shape and len(name.split("_")[0]) == 1 for name, shape in args.items())
    return plain and any(args.values()) and not letters and not any(isinstance(d, int) for shape in args.values() for d in shape)


def test_the_corpus_infers_without_declarations() -> None:
    right, tried = 0, 0
    for case in filter(bare, cases("public") + cases("rivals")):
        declared, tried = typed(str(case["expr"]), str(case["where"]), variables(case)), tried + 1
        try:
            found = typed(str(case["expr"]), "", variables(case))
        except MatcalcError:
            continue
        right += all(name in found.symbols and found.symbols[name].kind == e.kind for name, e in declared.symbols.items())
    assert right >= 0.97 * tried


@pytest.mark.parametrize(
    "text, wrt, hint",
    [
        ("x_1^T x_2", "x", "x_1 and x_2 do; declare x in R^n if they are entries of x"),
        ("x_1^2", "x", "x_1 does; declare x in R^n if it is an entry of x"),
        ("x_1^2", "x_2", "x_1 does"),
    ],
)
def test_a_variable_that_does_not_occur_names_those_that_do(text: str, wrt: str, hint: str) -> None:
    assert refused(text, wrt=(wrt,)).suggestion == hint


def test_the_exponent_at_a_function_is_told() -> None:
    assert typed(r"\sin^2 x", "x in R").assumptions == [r"read `\sin^2 x` as sin(x)^2"]
    assert typed("ln³ x", "x in R").assumptions == ["read `ln³ x` as log(x)^3"]


def test_an_undeclared_entrywise_exponent_is_a_scalar() -> None:
    found = typed("sum(x.^k)")
    assert found.symbols["k"].is_scalar and found.symbols["x"].kind == "vector"
    assert not typed("x.^k", "x, k in R^n").symbols["k"].is_scalar


@pytest.mark.parametrize("text", ["s^T x", "s^{T} x"])
def test_a_power_T_of_a_scalar_is_refused_where_T_is_declared(text: str) -> None:
    error = refused(text, "T in R^{n x n}; s in R")
    assert "the transpose of the scalar s, or its power T" in str(error) and "s^(T)" in str(error)


def test_T_above_what_is_no_scalar_stays_the_transpose() -> None:
    assert typed("x^T x", "T in R; x in R^n").expr.is_scalar
    assert typed("s' x", "T in R; s in R; x in R^n").expr is typed("s x", "s in R; x in R^n").expr


def test_the_nuclear_norm_has_a_name() -> None:
    assert typed("norm_nuclear(X)", "X in R^{m x n}").expr is typed("||X||_*", "X in R^{m x n}").expr


def test_a_definite_matrix_has_real_powers() -> None:
    found = typed("a^T X^s b", "X in R^{n x n} spd; s in R; a, b in R^n")
    assert found.expr is typed("a^T expm(s logm(X)) b", "X in R^{n x n} spd; s in R; a, b in R^n").expr
    assert "X^s is expm(s logm(X))" in found.assumptions
    assert "not declared whole" in str(refused("X^s", "X in R^{n x n}; s in R"))
    assert typed("X^k", "X in R^{n x n} spd; k in N").expr is typed("X^k", "X in R^{n x n} spd").expr


@pytest.mark.parametrize(("text", "mention"), [("X - colsum(X)", "colsum(X) is 1×n"), ("X ./ rowsum(X)", "rowsum(X) is m×1")])
def test_sums_of_rows_and_columns_are_of_matrices(text: str, mention: str) -> None:
    """X was read as a number for the sake of the shapes, and the answer was 0."""
    with pytest.raises(ShapeError, match=re.escape(mention)):
        typed(text)


def test_a_matrix_function_of_a_number_is_the_function() -> None:
    assert outline(typed("expm(t) A", "t in R; A in R^{n x n}").expr) == outline(typed("exp(t) A", "t in R; A in R^{n x n}").expr)
    assert outline(typed("sqrtm(t)", "t in R").expr) == outline(typed("sqrt(t)", "t in R").expr)

"""Whether the capital letters of a text are numbers: amounts, prices, currents, amplitudes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from fractions import Fraction
from itertools import pairwise

from ..reading.spellings import GREEK_WORDS
from ..syntax import Node, Program, split_name, walk
from .takes import goes_by_entries, is_unknown_function, takes_arrays

_OF_ARRAYS = frozenset({"T", "H", "norm", "inv", "pinv", "inner", "ew", "epow", "index", "literal", "bars"})
_EXPONENTS = GREEK_WORDS | {"a", "b", "c", "z"}  # what a matrix is not raised to
_AMOUNTS = frozenset(  # prices and rates with what they are of, as economics writes them
    {
        ("w", "L"),
        ("r", "K"),
        ("p", "Q"),
        ("P", "Q"),
        ("p", "Y"),
        ("s", "Y"),
        ("delta", "K"),
        ("alpha", "K"),
        ("c", "Y"),
        ("c", "Q"),
        ("t", "Y"),
    }
)
_VOLTAGES = ("V", "U", "E", "P")
_OHM = ({"I", "R"}, {"I", "Z"}, {"V", "I"}, {"U", "I"})
_ACCOUNTS = frozenset("CIGXMS")  # C + I + G + X
_SALES = {"TR": {"P", "Q"}, "R": {"P", "Q"}, "MV": {"P", "Y"}, "sigma": {"E", "epsilon"}}
_COEFFICIENTS = frozenset("abcd")
_WAVES = frozenset({"cos", "sin", "tan", "acos", "asin", "atan", "sqrt"})
_PROBABILITIES = frozenset({"normcdf", "erf"})
RANDOM = frozenset("DRXYZ")  # what is observed, a treatment and a return too, where no other capital letter stands in the sum
SIZE_LETTERS = frozenset("nNdDmpk")
MATRICES = frozenset("ABCPQWXYZ")  # capital letters that are matrices first, whatever stands beside them
OFTEN_VECTORS = frozenset("huvwxyz")  # what stands beside a capital letter as a vector more often than as a number


def capitals_are_numbers(nodes: Sequence[Node], known: Collection[str], wrt: Collection[str] = ()) -> bool:
    """Whether the undeclared capital letters are numbers, in a text without linear algebra: one divides, or is T; a power has a Greek
    exponent or is a third, 0.3 and the like; two stand under roots, as in K^{1/2} L^{1/2}; one is an amplitude, as in A e^{-k t}, or in the
    exponents of a sum, or K/(tau s + 1); or what holds one is divided by r, by (1 + r)^t; one is an I that is no identity; its price stands
    before it, as in w_L L; they are S_{xx} and S_{xy}; half of one stands before a square, as in 1/2 C V^2; another letter has powers, as
    in A v^3; they stand before probabilities; a number is added to a multiple of one, as in 100 - 2 Q; a Greek
    letter is added to another before one, as in alpha + beta X; they are observations, as in
    sum_i (Y_i - b X_i)^2; or all of them stand in logarithms alone."""

    bounds = {id(m) for n in nodes if n.op in ("sum", "product") for a in n.args[1:] for m in walk(a)}  # T of sum_{t=1}^T is a count
    nodes = [n for n in nodes if id(n) not in bounds]

    def has(root: Node, fits: Callable[[str], bool]) -> bool:
        return any(n.op == "name" and n.attr not in known and id(n) not in bounds and fits(split_name(str(n.attr))[0]) for n in walk(root))

    if any((n.op in _OF_ARRAYS and not _is_absolute(n)) or (n.op == "mul" and isinstance(n.attr, tuple) and "@" in n.attr) for n in nodes):
        return False
    calls = {str(n.attr) for n in nodes if n.op == "call"}
    if any(not is_unknown_function(name) and takes_arrays(name) and not goes_by_entries(name) for name in calls):
        return False
    if any(n.op == "name" and n.attr == "T" for n in nodes) and "T" not in known:  # a time or a temperature
        return True
    if _is_no_identity([n for n in nodes if n.op == "name" and (n.attr not in known or n.attr == "I")], nodes, wrt):
        return True
    if any(_is_series(n) for n in nodes):
        return False
    if _is_polynomial(nodes, known) or _are_amounts(nodes, known):
        return True
    if not any(n.attr == "I" for n in nodes) and any(_is_amount_less(n, known) for n in nodes if n.op == "add"):
        return True
    if not any(n.attr == "I" for n in nodes) and any(_is_affine(n, known) for n in nodes if n.op == "add"):
        return True
    if _is_of_probabilities(nodes, known) or any(_is_of_observations(n, known) for n in nodes if n.op in ("sum", "product")):
        return True
    if _is_modulus(nodes, known) or any(_is_rate(n, known) for n in nodes if n.op == "mul"):
        return True
    raised = {str(n.args[0].attr) for n in nodes if n.op == "pow" and n.args[0].op == "name" and n.args[1].op == "num"} - {"e"}
    acts = any(_acts(a, b) and b.attr not in raised for n in nodes if n.op == "mul" for a, b in pairwise(n.args))
    free = [n for n in raised if n not in known and split_name(n)[0] not in known]  # r = y - X b; sum_i r_i^2: r_i is an entry
    if not acts and any(n.op == "name" and n.attr not in known and _is_mean(*split_name(str(n.attr))) for n in nodes):
        return True
    if not acts and any(n.islower() and n not in GREEK_WORDS for n in free):
        return True
    if _are_moments({str(n.attr) for n in nodes if n.op == "name" and n.attr not in known}) and not acts:
        return True
    if any(_is_price(a, b) or _are_roots(a, b) for n in nodes if n.op == "mul" for a, b in pairwise(n.args)):
        return True
    inner = {id(a) for n in nodes if n.op == "mul" for a in n.args if a.op == "mul"}
    for n in nodes:
        if n.op == "mul" and id(n) not in inner:
            factors, divisors = _factors(n)
            if any(has(a, str.isupper) for a in divisors):
                return True
            if not acts and _is_energy(factors, divisors, known):
                return True
            flat = [m for a in divisors for m in (a.args if a.op == "mul" and any(k.attr == "pi" for k in a.args) else (a,))]
            amplitude = any(a.op in ("name", "add") and has(a, str.isupper) for a in factors)
            waves = [*factors, *(m for a in divisors if a.op == "add" for m in a.args)]  # K/(1 + e^{-r t})
            if amplitude and not acts and (any(map(_is_length, flat)) or any(map(_is_wave, waves))):
                return True
            if not acts and (_is_gain(factors, divisors, known) or _is_variance(factors, divisors, known)):
                return True
        elif n.op == "pow" and n.args[0].op == "name" and n.args[0].attr != "e":
            if has(n.args[1], _EXPONENTS.__contains__) or (has(n.args[0], str.isupper) and _share(n.args[1]) > 2):
                return True
    if any(not acts and has(n.args[0], str.isupper) and _is_sum_of_exponentials(n) for n in nodes if n.op == "sum"):
        return True
    if any(_has_number_beside_capital(n, known) for n in map(_exponent, nodes) if n is not None):
        return True
    if _has_coefficients(nodes, known):
        return True
    if any(not acts and (_is_growth(n, known) or _is_length_less(n, known)) for n in nodes):
        return True
    capital = [n for n in nodes if n.op == "name" and n.attr not in known and str(n.attr)[:1].isupper()]
    if capital and all(_is_word(str(n.attr)) and (not acts or str(n.attr)[0] not in MATRICES) for n in capital):
        return True
    capital = [n for n in capital if split_name(str(n.attr))[0] != "I"]
    inside = {id(n.args[0]) for n in nodes if n.op == "call" and n.attr == "log"}
    for n in nodes:  # sqrt(P R), log10(abs(H))
        a = n.args[0] if n.op == "call" and n.attr in ("sqrt", "log") else n
        if a is not n and (a.op == "mul" or (a.op == "call" and a.attr == "abs")) and not acts and not MATRICES.issuperset(_letters(a)):
            inside |= {id(m) for m in walk(a)}
    return bool(capital) and len(nodes) > 2 and all(id(n) in inside for n in capital)


def _is_of_observations(n: Node, known: Collection[str]) -> bool:
    r"""\sum_i (Y_i - b X_i)^2, \sum_i (X_i - \bar X)(Y_i - \bar Y), \sum_i \log(1 + X_i^2): deviations of capital letters with the index of
    the sum are squared or multiplied, or all of the capital letters are those of random variables. (sum_i A_i x, sum_i A_i B_i may be
    of matrices.)"""

    def carries(name: str) -> bool:
        sub = split_name(name)[1]
        return sub == n.attr if isinstance(n.attr, str) else len(sub) == 1 and sub.islower()

    def deviates(a: Node) -> bool:
        return a.op == "add" and any(
            m.op == "name" and m.attr not in known and str(m.attr)[:1].isupper() and carries(str(m.attr)) for m in walk(a)
        )

    inside = list(walk(n.args[0]))
    capital = [str(m.attr) for m in inside if m.op == "name" and m.attr not in known and str(m.attr)[:1].isupper()]
    if any(m.op == "mul" and any(_acts(a, b) for a, b in pairwise(m.args)) for m in inside):
        return False
    if any(m.op == "add" and _is_complement(m, capital) and any(map(carries, capital)) for m in inside):
        return True
    if any(map(carries, capital)) and RANDOM.issuperset(split_name(name)[0] for name in capital):
        return True
    squares = any(m.op == "pow" and m.args[1].op == "num" and m.args[1].attr == 2 and deviates(m.args[0]) for m in inside)
    products = any(m.op == "mul" and sum(map(deviates, m.args)) > 1 for m in inside)
    return squares or products or any(m.op == "call" and m.attr == "log" and deviates(m.args[0]) for m in inside)


def _is_complement(n: Node, capital: Collection[str]) -> bool:
    """1 - A_i, which for a matrix would be I - A_i."""
    one, *others = n.args
    return one.op == "num" and one.attr == 1 and len(others) == 1 and others[0].op == "neg" and others[0].args[0].attr in capital


def _is_of_probabilities(nodes: Sequence[Node], known: Collection[str]) -> bool:
    r"""S \Phi(d) - K e^{-r t} \Phi(d - s): what stands before a probability is an amount, where no capital letter stands in one."""
    called = [n for n in nodes if n.op == "call" and n.attr in _PROBABILITIES]
    inside = [m for n in called for m in walk(n.args[0])]
    return bool(called) and not any(m.op == "name" and str(m.attr)[:1].isupper() and m.attr not in known for m in inside)


def _is_mean(base: str, sub: str) -> bool:
    r"""\bar X, \bar X_1"""
    return base in RANDOM and sub.partition(",")[0] == "bar"


def _is_affine(n: Node, known: Collection[str]) -> bool:
    r"""\alpha + \beta X, \phi X_{t-1} + \epsilon_t: a Greek letter by itself and one that stands before a capital letter; a - b Q."""

    def greek(m: Node) -> bool:
        return m.op == "name" and split_name(str(m.attr))[0] in GREEK_WORDS and str(m.attr).islower() and m.attr not in known

    parts = [a.args[0] if a.op == "neg" else a for a in n.args]
    pairs = [m.args for m in parts if m.op == "mul" and m.args[0].op == "name" and len(m.args) == 2]
    lines = [b for a, b in pairs if greek(a) and b.op == "name" and str(b.attr)[:1].isupper() and b.attr not in known and b.attr != "I"]
    squares = [b.args[0] for a, b in pairs if greek(a) and "_" in str(a.attr) and b.op == "pow" and b.args[1].attr == 2]
    if any(b.op == "name" and split_name(str(b.attr))[0] in RANDOM for b in squares) and lines:  # theta_1 X + theta_2 X^2
        return True
    plain = [b for a, b in pairs if a.op == b.op == "name" and a.attr in _COEFFICIENTS and str(b.attr)[:1].isupper() and b.attr != "I"]
    if len(plain) == len(pairs) == 1 and len(parts) == 2 and any(m.op == "name" and m.attr in _COEFFICIENTS for m in parts):  # a - b Q
        return plain[0].attr not in known
    return bool(lines) and any(map(greek, parts))


def _is_amount_less(n: Node, known: Collection[str]) -> bool:
    """100 - 2 Q, 50 + 3 Q + Q^2: a number beside multiples of capital letters in a sum. (1 - A may be the ones less a matrix.) And
    ln X + a ln Y, of utility."""
    parts = [a.args[0] if a.op == "neg" else a for a in n.args]
    logarithms = [a.args[-1] if a.op == "mul" else a for a in parts]
    inside = [str(a.args[0].attr) for a in logarithms if a.op == "call" and a.attr == "log" and a.args[0].op == "name"]
    if len(inside) > 1 and all(name[:1].isupper() and name not in known for name in inside):  # ln X + a ln Y
        return True
    if not any(a.op == "num" and a.attr not in (0, 1) for a in parts):
        return False
    lines = [a.args[-1] if a.op == "mul" else a.args[0] if a.op == "pow" else a for a in parts]
    capital = [a for a in lines if a.op == "name" and str(a.attr)[:1].isupper() and a.attr not in known]
    return bool(capital) and all(a.op in ("name", "num") for m in parts for a in (m.args if m.op in ("mul", "pow") else (m,)))


def _letters(n: Node) -> set[str]:
    return {split_name(str(m.attr))[0] for m in walk(n) if m.op == "name" and str(m.attr)[:1].isupper()}


def _is_word(name: str) -> bool:
    """Sxy, Kp, RSS: a word of program text."""
    base = split_name(name)[0]
    return len(base) > 1 and base not in GREEK_WORDS


def _is_growth(n: Node, known: Collection[str]) -> bool:
    """P (1 + r/n)^(n t): a capital letter before a power of 1 and more with letters above it."""
    factors = n.args if n.op == "mul" and not (isinstance(n.attr, tuple) and "/" in n.attr) else ()
    capital = any(a.op == "name" and str(a.attr)[:1].isupper() and a.attr not in known for a in factors)
    powers = [a for a in factors if a.op == "pow" and a.args[0].op == "add" and any(m.attr == 1 for m in a.args[0].args)]
    if n.op == "mul" and not factors:  # P r (1 + r)^n/((1 + r)^n - 1)
        above, below = _factors(n)
        capital = any(a.op == "name" and str(a.attr)[:1].isupper() and a.attr not in known for a in above)
        return capital and any(map(_is_growth_of, above)) and any(_is_growth_of(m) for a in below for m in walk(a))
    small = [[str(m.attr) for m in walk(a) if m.op == "name"] for a in powers]
    return capital and any(a.args[1].op in ("name", "mul") and all(map(str.islower, names)) for a, names in zip(powers, small))


def _has_coefficients(nodes: Sequence[Node], known: Collection[str]) -> bool:
    """m c (T_2 - T_1), (p - c) q - F: capital letters that are no matrices first, in sums with small Latin factors, and none before a small
    letter, which may be a vector."""
    capital = [n for n in nodes if n.op == "name" and str(n.attr)[:1].isupper() and n.attr not in known]
    bases = {split_name(str(n.attr))[0] for n in capital}
    if not capital or not MATRICES.isdisjoint(bases) or "I" in bases or any(len(b) > 1 for b in bases):
        return False
    pairs = [(a, b) for n in nodes if n.op == "mul" for a, b in pairwise(n.args)]
    if any(a.op == b.op == "name" and str(a.attr)[:1].isupper() and str(b.attr)[:1].islower() for a, b in pairs):
        return False
    sums = [
        n for n in nodes if n.op == "add" and any(m.op == "name" and m.attr not in known and str(m.attr)[:1].isupper() for m in walk(n))
    ]
    held = {id(a) for n in nodes if n.op == "mul" and n.args[0].op == "name" and _is_latin(n.args[0]) for a in n.args}
    held |= {id(n) for n in sums if any(a.op == "mul" and a.args[0].op == "add" and _is_latin(a.args[-1]) for a in n.args)}
    return bool(sums) and any(id(n) in held for n in sums)


def _is_latin(n: Node) -> bool:
    return n.op == "name" and str(n.attr).islower() and split_name(str(n.attr))[0] not in GREEK_WORDS and n.attr not in OFTEN_VECTORS


def _is_growth_of(a: Node) -> bool:
    """(1 + r)^n"""
    return a.op == "pow" and a.args[0].op == "add" and a.args[0].args[0].attr == 1 and a.args[1].op == "name"


def _is_length_less(n: Node, known: Collection[str]) -> bool:
    """L - x: a capital letter that is no matrix first, and nothing that is observed, less a small Latin letter."""
    parts = [a.args[0] if a.op == "neg" else a for a in n.args] if n.op == "add" and len(n.args) == 2 else []
    names = [split_name(str(a.attr))[0] for a in parts if a.op == "name" and a.attr not in known]
    capital = [name for name in names if name.isupper() and len(name) == 1]
    small = [name for name in names if len(name) == 1 and name.islower()]
    return len(capital) == len(small) == 1 and (MATRICES | RANDOM | {"I", "S", "K", "H", "M"}).isdisjoint(capital)


def _is_polynomial(nodes: Sequence[Node], known: Collection[str]) -> bool:
    """5 Q + 3 Q^2: the one name of a text, its multiples and powers, where it is an amount more often than a matrix."""
    names = {str(n.attr) for n in nodes if n.op == "name"}
    one = next(iter(names), "")
    if len(names) != 1 or one in known or not one[:1].isupper() or split_name(one)[0] in "ABCIMWXYZ":
        return False
    powers = [n for n in nodes if n.op == "pow" and n.args[1].op == "num"]
    return bool(powers) and any(n.op == "add" for n in nodes) and all(n.op in ("add", "neg", "mul", "pow", "num", "name") for n in nodes)


def _is_absolute(n: Node) -> bool:
    """|psi|, of small letters: no determinant, and no norm where they are numbers. Nor |Y_i - m|, a difference of what is observed."""
    capital = [split_name(str(m.attr)) for m in walk(n) if m.op == "name" and str(m.attr)[:1].isupper()]
    deviation = n.args[0].op == "add" and all(sub and base in RANDOM for base, sub in capital)
    return n.op == "bars" and (deviation or not capital)


def _is_rate(n: Node, known: Collection[str]) -> bool:
    """k C_A^n C_B^m: powers with letters of one capital letter with different subscripts."""
    raised = [a.args[0] for a in n.args if a.op == "pow" and a.args[0].op == a.args[1].op == "name"]
    bases = {split_name(str(a.attr)) for a in raised if str(a.attr)[:1].isupper() and a.attr not in known}
    return len(bases) > 1 and len({letter for letter, _ in bases}) == 1 and all(sub for _, sub in bases)


def _is_modulus(nodes: Sequence[Node], known: Collection[str]) -> bool:
    r"""E/(1 - \nu^2) (\epsilon_x + \nu \epsilon_y): the one capital letter, none that matrices have, is divided, and all else is Greek."""
    names = {str(n.attr) for n in nodes if n.op == "name" and n.attr not in known}
    capital = {n for n in names if n[:1].isupper()}
    others = {split_name(n)[0] for n in names - capital}
    if len(capital) != 1 or len(others) < 2 or not others <= GREEK_WORDS or not MATRICES.isdisjoint(split_name(n)[0] for n in capital):
        return False
    divided = [n for n in nodes if n.op == "mul" and isinstance(n.attr, tuple) and "/" in n.attr]
    return any(a.op == "name" and a.attr in capital for n in divided for a in n.args)


def _are_moments(names: Collection[str]) -> bool:
    """S_{xx}, S_{xy} and S_{yy}: sums of squares and products."""
    below = [split_name(n)[1] for n in names if n[:1].isupper()]
    return len(below) > 1 and all(len(s) == 2 and s.isalpha() and s.islower() for s in below) and any(s[0] == s[1] for s in below)


def _share(n: Node) -> int:
    """The denominator of an exponent: 10 of 0.3, 3 of -2/3. Only numbers have powers beyond halves. (A^{1/2} is the root of a matrix.)"""
    n = n.args[0] if n.op == "neg" else n
    above = n.args if n.op == "mul" and n.attr == ("/",) else (n,)
    found = [a.attr for a in above if a.op == "num" and isinstance(a.attr, Fraction)]
    return (found[0] / (found[1] or 1) if len(found) > 1 else found[0]).denominator if len(found) == len(above) else 1


def _are_roots(a: Node, b: Node) -> bool:
    """K^{1/2} L^{1/2}: the roots of two letters of which neither is a matrix first."""
    both = [n.args[0].attr for n in (a, b) if n.op == "pow" and n.args[0].op == "name" and _share(n.args[1]) == 2]
    if len(set(both)) == 2 and RANDOM.issuperset(map(str, both)):  # X^0.5 Y^0.5, of utility
        return True
    return len(set(both)) == 2 and MATRICES.isdisjoint(split_name(str(n))[0] for n in both)


def _are_amounts(nodes: Sequence[Node], known: Collection[str]) -> bool:
    """P Q - w L - r K, s Y - delta K: two of the letters of economics, each behind its price or rate."""
    pairs = [(str(a.attr), str(b.attr)) for n in nodes if n.op == "mul" for a, b in pairwise(n.args) if a.op == b.op == "name"]
    found = {(split_name(a)[0], split_name(b)[0]) for a, b in pairs if b not in known}
    for n in nodes:
        if n.op == "mul" and n.args[0].op == "add" and n.args[-1].op == "name" and len(n.args) == 2:  # (1 - delta) K_t
            found |= {(str(m.attr), split_name(str(n.args[1].attr))[0]) for m in walk(n.args[0]) if m.op == "name"}
        elif n.op == "add" and len(_ACCOUNTS.intersection(str(a.attr) for a in n.args if a.attr not in known)) > 2:
            return any(a.attr == "I" for a in n.args)
    return len(found & _AMOUNTS) > 1


def _is_price(a: Node, b: Node) -> bool:
    """w_L L, P_x X: a letter with the capital letter behind it, or its small one, as its subscript."""
    base, sub = split_name(str(a.attr)) if a.op == "name" else ("", "")
    own = b.op == "name" and str(b.attr)[:1].isupper() and b.attr in (sub, sub.upper())
    return own and (base.islower() if sub == b.attr else base == "P")


def _is_no_identity(names: Sequence[Node], nodes: Sequence[Node], wrt: Collection[str]) -> bool:
    """I, where it is differentiated by, has a power, is I_0 or I_1, or is the one capital letter of a text with more in it than a product
    of numbers: P = I^2 R, I_0 e^{-mu x}, p x - I."""
    found = {str(n.attr) for n in names}
    own = {n for n in found if n == "I" or n in ("I_0", "I_1")}
    if not own:
        return False
    squared = any(n.op == "pow" and n.args[0].attr == "I" and n.args[1].op == "num" and n.args[1].attr != -1 for n in nodes)
    alone = all(not n[:1].isupper() or split_name(n)[0] == "I" for n in found) and len(nodes) > 2
    return squared or alone or own != {"I"} or "I" in wrt


def _is_series(n: Node) -> bool:
    """I + t K + t^2 K^2: an I by itself in a sum with a square of another capital letter. (C + I + G is of numbers.)"""
    if n.op != "add" or not any(a.op == "name" and a.attr == "I" for a in n.args):
        return False
    squares = [m.args[0] for a in n.args for m in walk(a) if m.op == "pow" and m.args[1].op == "num" and m.args[0].op == "name"]
    return any(str(base.attr)[:1].isupper() and base.attr != "I" for base in squares)


def _is_energy(factors: Sequence[Node], divisors: Sequence[Node], known: Collection[str]) -> bool:
    """1/2 C V^2, 1/2 k (V - U)^2: a square of capital letters, another letter, a number that divides. (A X^2 may be of matrices.)"""
    squares = [a for a in factors if a.op == "pow" and a.args[1].op == "num" and a.args[1].attr == 2]
    bases = [[str(m.attr) for m in walk(a.args[0]) if m.op == "name" and m.attr not in known] for a in squares]
    others = [a for a in factors if a.op == "name"]
    halves = any(a.op == "num" for a in divisors) or any(a.op == "num" and _share(a) == 2 for a in factors)
    return halves and bool(others) and any(b and all(n[:1].isupper() for n in b) for b in bases)


def _factors(n: Node) -> tuple[list[Node], list[Node]]:
    """What a product is made of, and what it is divided by, through the products in it."""
    factors: list[Node] = []
    divisors: list[Node] = []
    todo = [n]
    while todo:
        n = todo.pop()
        signs = n.attr if isinstance(n.attr, tuple) else ("",) * (len(n.args) - 1)
        for a, sign in zip(n.args, ("", *signs)):
            (divisors if sign == "/" else todo if a.op == "mul" else factors).append(a)
    return factors, divisors


def _acts(a: Node, b: Node) -> bool:
    """A x: a capital before a letter that is a vector more often than a number."""
    return a.op == b.op == "name" and str(a.attr)[:1].isupper() and split_name(str(b.attr))[0] in OFTEN_VECTORS


def _is_variance(factors: Sequence[Node], divisors: Sequence[Node], known: Collection[str]) -> bool:
    r"""(n - 1) S^2/\sigma^2: the square of a capital letter that is no matrix first is divided by that of a small one."""

    def squares(nodes: Sequence[Node]) -> list[str]:
        found = [a.args[0] for a in nodes if a.op == "pow" and a.args[1].attr == 2 and a.args[0].op == "name"]
        return [str(a.attr) for a in found if a.attr not in known]

    above = [name for name in squares(factors) if name[:1].isupper() and MATRICES.isdisjoint(split_name(name)[0])]
    return bool(above) and any(map(str.islower, squares(divisors)))


def _is_gain(factors: Sequence[Node], divisors: Sequence[Node], known: Collection[str]) -> bool:
    r"""K/(\tau s + 1), U_0 ((a/x)^2 - a/x): a capital letter that is no matrix first is divided by a sum of small letters, or stands before
    a sum of quotients of these."""
    capital = [str(a.attr) for a in factors if a.op == "name" and str(a.attr)[:1].isupper() and a.attr not in known]
    if len(capital) != 1 or not MATRICES.isdisjoint(split_name(capital[0])[0]):
        return False
    divisors = [m for a in divisors for m in (a.args if a.op == "mul" else (a,))]  # K/(s (s + a))
    sums = [a for a in (*divisors, *factors) if a.op == "add"]
    small = sums and all(str(m.attr).islower() for a in sums for m in walk(a) if m.op == "name")
    quotients = [m for a in factors if a.op == "add" for m in walk(a) if m.op == "mul" and m.attr == ("/",)]
    over = any(m.args[0].op == m.args[1].op == "name" for m in quotients)
    return bool(small) and (over or any(a.op == "add" and any(m.op == "name" for m in walk(a)) for a in divisors))


def _is_length(n: Node) -> bool:
    """What only numbers are divided by: r, r^2, (1 + r)^t; not n, which may be a size."""
    names = {str(m.attr) for m in walk(n) if m.op == "name"}
    return (
        n.op in ("name", "pow") and bool(names) and all(m.islower() and m not in GREEK_WORDS for m in names) and not names <= SIZE_LETTERS
    )


def _exponent(n: Node) -> Node | None:
    """What stands in e^{…} or exp(…)."""
    if n.op == "pow" and n.args[0].attr == "e":
        return n.args[1]
    return n.args[0] if n.op == "call" and n.attr == "exp" else None


def _has_number_beside_capital(n: Node, known: Collection[str]) -> bool:
    """(mu - s^2/2) t + s W, in the exponent of e, where a matrix would be added to a number."""
    if n.op != "add" or any(m.op == "name" and m.attr == "I" for m in walk(n)):
        return False
    held = [any(m.op == "name" and m.attr not in known and str(m.attr)[:1].isupper() for m in walk(a)) for a in n.args]
    return any(held) and not all(held)


def _is_wave(n: Node) -> bool:
    """e^{-k t}, (1 - e^{-k t})^2, cos(\\omega t + \\phi) and asin(sqrt(cos(\\phi))), with no capital inside."""
    base = n.args[0] if n.op == "pow" and n.args[1].op == "num" else n
    if base.op == "add":
        return any(_is_wave(a.args[0] if a.op == "neg" else a) for a in base.args)
    inside = _exponent(n) or (n.args[0] if n.op == "call" and n.attr in _WAVES else None)
    names = {split_name(str(m.attr))[0] for m in walk(inside) if m.op == "name"} if inside is not None else set()
    return bool(names) and all(m.islower() for m in names) and (n.op == "pow" or not names.isdisjoint(GREEK_WORDS))


def _is_sum_of_exponentials(n: Node) -> bool:
    """sum_k e^{-\\beta E_k}."""
    inside = _exponent(n.args[0])
    return inside is not None and any(m.op == "name" and "_" in str(m.attr) and str(m.attr)[:1].isupper() for m in walk(inside))


def is_amount(program: Program, known: Collection[str], wrt: Sequence[str]) -> bool:
    """U = 1/2 sigma epsilon V by V: what is named is a product of numbers and the one capital letter that it is differentiated by. And
    V = I R, k [A]^2 [B]."""
    body = program.body
    if program.name in _VOLTAGES and body.op == "mul" and {str(n.attr) for n in walk(body) if n.op == "name"} in _OHM:
        return "I" not in known
    if program.name in _SALES and body.op == "mul" and {str(n.attr) for n in walk(body) if n.op == "name"} == _SALES[program.name]:
        return not _SALES[program.name].intersection(known)
    if "[" in program.text and _are_concentrations(program, known):
        return True
    names = [str(n.attr) for n in walk(body) if n.op == "name"]
    capital = [n for n in names if n[:1].isupper()]
    flat = body.op == "mul" and all(n.op in ("mul", "name", "num") for n in walk(body))
    numbers = [n for n in names if split_name(n)[0] in GREEK_WORDS and n[:1].islower() and n not in known]
    return bool(program.name) and flat and capital == list(wrt) and capital[0] not in MATRICES and 0 < len(numbers) == len(names) - 1


def _are_concentrations(program: Program, known: Collection[str]) -> bool:
    """k [A]^2 [B]: every capital letter stands alone in square brackets, behind a rate."""
    text, names = program.text, [n for n in walk(program.body) if n.op == "name" and n.attr not in known]
    capital = [n.span for n in names if str(n.attr)[:1].isupper() and not str(n.attr).startswith(("K_", "V_"))]
    inside = all(span is not None and text[span[0]] == "[" and text[span[1] - 1] == "]" for span in capital)
    return bool(capital) and inside and any(split_name(str(n.attr))[0] == "k" for n in names)

"""How a block of the book is written: `operation`, `elementwise`, `shorthand`, and the registry they fill.

    det = operation("det", "X", "n n -> 1 1", differential="det(X) tr(X^-1 dX)", …)

signature    shapes of the arguments and of the value, in dimension letters; `1` is one; `m n` any shape. Operations of `core` that have
             constructors of their own have neither parameters nor a signature
index        for multilinear operations: index letters of each argument and of the value, `(ij)` a Kronecker pair: trace "ii->11",
             row sums "ij->i1", kron "ij,kl->(ik)(jl)" (see `multilinear`). It is all such an operation needs: the differential, the
             adjoints, the code, `transposes`, what is linear about it, the signs of its entries and, where `numeric` gives nothing
             faster, the values follow
differential dF in matcalc's language: the parameters, `dX` for the differential of X, `F` for the value itself
elementwise  the value's entry is a function of the argument's entry; `derivative` is that of a scalar x
transposes   "commutes": f(X^T) = f(X)^T;  "ignores": f(X^T) = f(X)
directions   further arguments may follow the parameters, directions of the shape of the first parameter X, in any order: the
             value is then the derivative by X along all of them, and d along X takes dX as one more. All parameters but X
             are such directions already; `numeric` has the further ones in the tuple `directions`
adjoint      of such an operation L, or of a linear one, linear in its last parameter E: the text of L* with <A, L(E)> = <L*(A), E>
linear       of an operation of one argument with neither letters nor an adjoint: it is linear in it. Its values for unit vectors say all
             that a derivative asks for
kronecker    of such an operation: the matrix M with vec(value) = M vec(E); beside a differential, the M with d vec(value) = M vec(dX), for
             answers by stacked columns
scalar       of a function of a square matrix: the function of numbers that it is, `exp` of expm. Along what commutes with X, its derivative
             is that one's, f'(X); of a diagonal matrix it is that of the diagonal
at_zero, at_one  the value where its one argument is 0, and where it is the identity, in matcalc's language (of the parameter only the
             sizes count)
domain       what random arguments must be for the value and its derivative to exist. Of the entries: "" any real
             number, "nonzero", "positive", "(-1,1)", "(1,inf)", "integer" (from 1); of a matrix: "symmetric", "invertible", "spd",
             "principal" (no eigenvalue on the closed negative real axis), "simple" (an eigenvalue)
parity       "even": f(-x) = f(x);  "odd": f(-x) = -f(x)
condition    where the differential holds, for the rule book, if that is not what the domain says of the first parameter
gives        what is known of the value, `positive` (of every entry), or by what is known of the arguments: "invertible; symmetric -> spd".
             A premise is a word (or several, with `|` between) of the first parameter, or of the one that is named: "k even -> psd"
spellings    the names under which it is called in text, letters only, the one that is printed first. Two operations may
             share a name: the kinds of the arguments decide, and the block that comes first says how it is printed
notation     the operation of `syntax` as which it is written where that is no call, with its mark: "pinv", "norm F"
beside       of a matrix made from a: the function as which its product with a column b is written, `cross` of [a]_x b = a × b; where its
             transpose is not its opposite, also that of b and a for the product of the transpose: `conv correlate`
latex        how LaTeX writes its name, where that is not `\\operatorname{NAME}` with the first spelling: a command `\\arcsin`, which
             is read as well. Typst and MathML write the word of a command, arcsin, and of `\\sigma` the letter
unicode, typst, mathml  how these write its name where they do not write what was said
             In each of the four `#` stands for the argument: `\\sqrt{#}` has delimiters of its own, `#!` is a sign after it
sympy        SymPy's name of it, where that is not its own: "Abs", "Determinant"
definition   what it is in terms of the others, in matcalc's language, where SymPy has no name for it: "1/(1 + exp(-x))"
quotient     of a function of x by which school writes it, "sin(x)/cos(x)": alone it is differentiated by the quotient rule
numeric      NumPy expression in the parameters (scalars are floats, everything else two-dimensional arrays); not needed beside `index`
numpy, octave, r, julia, eigen  how emitted code computes it, where a translation of `numeric` will not do: an expression in the
             parameters, of the language's functions and those of `codegen.helpers`. Vectors have one axis in Python and Julia; `axis` is
             the last one in Octave, R and Julia. `{a|b}` is a, and b for a stack of arrays
jax, torch   the same, where these do not write what NumPy does with `jnp.` and `torch.` in place of `np.`
array_api    the same with `xp.`, where NumPy's text needs more than the array API standard has; what neither can write has no program
stacks       what that takes beside the shapes of the signature: "last", further axes in front, for a stack of arrays;
             "entries", arrays of any shape, entry by entry (so does every `elementwise`)
rule         the name of its rule in derivations and in `matcalc rules`; of a function of one entry `derivative of sin` by itself
example      where an example cannot be made from the signature: `EXPR by X`, or `EXPR by X where DECLARATIONS`
real         whether it is no holomorphic function of its arguments: of real ones only, or of complex ones another formula (see
             `inference.complex_values`)
source       made by `cite`
"""

from __future__ import annotations

from ..errors import MatcalcError
from .operation import Operation, Shorthand

REGISTRY: dict[str, Operation] = {}
SHORTHANDS: dict[str, Shorthand] = {}


def operation(name: str, params: str = "", signature: str = "", **block: object) -> Operation:
    """Add an operation to the book (fields: see the head of this module)."""
    if name in REGISTRY:
        raise MatcalcError(f"the book has two operations called {name}")
    REGISTRY[name] = op = Operation(name, params, signature, **block)  # type: ignore[arg-type]
    return op


def elementwise(name: str, *, derivative: str, **block: object) -> Operation:
    """Add a function of one real variable, applied entry by entry; `derivative` is f'(x) in matcalc's language."""
    return operation(name, "x", "m n -> m n", elementwise=True, transposes="commutes", differential=derivative, **block)


def shorthand(name: str, params: str, meaning: str, **written: str) -> None:
    """Add a spelling that stands for an expression: mean(x) is sum(x)/count(x)."""
    SHORTHANDS[name] = Shorthand(name, params, meaning, **written)

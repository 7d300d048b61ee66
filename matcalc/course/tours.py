"""The stops of `matcalc tour`: a walk through the fifth chapter of Mathematics for Machine Learning, one command a stop.

for stop in matcalc.tour():
    print(stop.title, stop.command)
"""

from __future__ import annotations

import shlex

from ..errors import UsageError


class Stop:
    """A place in the book: what it says, and the command line that computes it. `refused` is for a lesson in what is not done."""

    __slots__ = ("argv", "refused", "text", "title")

    def __init__(self, title: str, text: str, command: str, refused: bool = False) -> None:
        self.title, self.text, self.refused = title, text, refused
        self.argv: tuple[str, ...] = tuple(shlex.split(command))

    @property
    def command(self) -> str:
        """The command line as one types it."""
        return "matcalc " + " ".join(quoted(word) for word in self.argv)

    def __repr__(self) -> str:
        return f"<{self.title}: {self.command}>"


def quoted(word: str) -> str:
    """A word of a command line, in double quotes where it needs any; an expression looks best in those."""
    if word.replace("-", "").replace(",", "").replace("_", "").isalnum():
        return word
    return f'"{word}"' if not set(word) & set('"$`\\!') else shlex.quote(word)


def tour(first: int = 1) -> list[Stop]:
    """The stops from number `first` on."""
    if isinstance(first, bool) or not isinstance(first, int) or not 1 <= first <= len(STOPS):
        raise UsageError(f"the tour has the stops 1 to {len(STOPS)}, not {first!r}")
    return list(STOPS[first - 1 :])


STOPS = (
    Stop(
        "5.1 Differentiation: the power rule (Example 5.2)",
        "A derivative is the limit of a difference quotient. `d` gives it in closed form; --wrt says by what.",
        "d 'x^n' --wrt x --where 'x in R positive; n in N'",
    ),
    Stop(
        "5.1.1 Taylor polynomials (Example 5.3)",
        "x^4 about 1: the polynomial of order 6 is x^4 itself, for there is nothing beyond the fourth power.",
        "taylor 'x^4' --wrt x --at 1 --order 6 --where 'x in R'",
    ),
    Stop(
        "5.1.1 Taylor series (Example 5.4)",
        "With --order inf the general term is found as well.",
        "taylor 'sin(x) + cos(x)' --wrt x --at 0 --order inf --where 'x in R'",
    ),
    Stop(
        "Figure 5.4: four Taylor polynomials",
        "`plot` draws them: add --out figure.png (or .svg, .pdf).",
        "plot 'sin(x) + cos(x)' --wrt x --taylor 0,1,5 --at 0 --range -4,4 --where 'x in R'",
    ),
    Stop(
        "5.1.2 The chain rule (Example 5.5)",
        "Statements are read from left to right; the last one is what is differentiated.",
        "d 'f = 2x + 1; f^4' --wrt x --where 'x in R'",
    ),
    Stop(
        "5.2 Partial derivatives (Example 5.6)",
        "Several variables: one derivative for each.",
        "d '(x + 2y^3)^2' --wrt x,y --where 'x, y in R'",
    ),
    Stop(
        "5.2 The gradient is a row (Example 5.7)",
        "By a vector the derivative of a scalar is a row, so that the chain rule is a product of matrices from left to right.",
        "d 'x_1^2 x_2 + x_1 x_2^3' --wrt x --where 'x in R^2'",
    ),
    Stop(
        "Rows or columns",
        "Who wants the gradient as a column, to add it to x in a descent step, asks for `grad`.",
        "grad 'x^T A x' --wrt x",
    ),
    Stop(
        "5.2.2 The chain rule with several paths (Example 5.8)",
        "x_1 and x_2 both depend on t; the contributions add up. (One printing of the book has a wrong last line here.)",
        "d 'x_1 = sin(t); x_2 = cos(t); x_1^2 + 2 x_2' --wrt t --where 't in R'",
    ),
    Stop(
        "5.2.2 Gradient checking",
        "Is the misprint right? `check` judges a claim, says what is wrong with it, and gives the right answer.",
        "check 'x_1 = sin(t); x_2 = cos(t); x_1^2 + 2 x_2' --wrt t --claim '2 sin(t) (cos(t) + sin(t))' --where 't in R'",
        refused=True,
    ),
    Stop(
        "5.3 Jacobians (Example 5.9)",
        "The derivative of a vector by a vector is a matrix. Nothing was declared here: what was assumed is said.",
        "d 'A x' --wrt x",
    ),
    Stop(
        "5.3 Shapes",
        "Not sure what is a matrix and what a vector? `shapes` lists every subexpression.",
        "shapes '(A x - b)^T W (A x - b)'",
    ),
    Stop(
        "5.3 Change of variables (5.63)-(5.66)",
        "By which factor does a map change volumes? The determinant of its Jacobian says; for matrices too.",
        "jacdet '[-2 x_1 + x_2; x_1 + x_2]' --wrt x --where 'x in R^2'",
    ),
    Stop(
        "5.3 Least squares (Example 5.11)",
        "--steps shows the rules that were used, each with its source.",
        "d 'e = y - Phi theta; ||e||^2' --wrt theta --where 'y in R^N; Phi in R^{N x D}; theta in R^D' --steps",
    ),
    Stop(
        "Least squares, solved",
        "Where is that gradient zero, and is it a minimum? `stationary` solves for it, with the condition.",
        "stationary '||y - Phi theta||^2' --wrt theta --where 'y in R^N; Phi in R^{N x D}; theta in R^D'",
    ),
    Stop(
        "5.4 Gradients of matrices (Example 5.12)",
        "A vector by a matrix has three indices. There is no matrix notation for it, so indices are used.",
        "d 'A x' --wrt A --where 'A in R^{M x N}; x in R^N'",
    ),
    Stop(
        "5.4 Four indices (Example 5.13)",
        "R^T R by R has four. As a Kronecker product, or as a linear map, it is shorter: --notation kron, --notation differential.",
        "d 'R^T R' --wrt R --where 'R in R^{M x N}' --notation differential",
    ),
    Stop(
        "5.5 Useful identities (5.103)",
        "The table of identities is not looked up but computed, and every answer is compared with a numerical derivative.",
        "d 'a^T X^-1 b' --wrt X --where 'X in R^{n x n} invertible; a, b in R^n'",
    ),
    Stop(
        "5.6 Backpropagation (Example 5.14)",
        "The computational graph: intermediate values, local derivatives, and both directions of the chain rule.",
        "graph 'sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))' --wrt x --where 'x in R'",
    ),
    Stop(
        "5.6.1 A layer of a network",
        "The same with vectors: adjoints are rows, and going backwards takes far fewer operations.",
        "graph 'z = A x + b; h = tanh(z); ||y - h||^2' --wrt b --where 'A in R^{m x n}; x in R^n; b, y in R^m'",
    ),
    Stop(
        "5.7 Higher derivatives (5.147)",
        "`hessian` is `d --order 2`; by two variables it is the mixed one.",
        "hessian '(x_1 + 2 x_2^3)^2' --wrt x --where 'x in R^2'",
    ),
    Stop(
        "5.8 Linearisation (5.148)",
        "The best straight approximation near a point, as the extended Kalman filter uses it.",
        "linearize 'tanh(A x + b)' --wrt x --at x_0 --where 'x, x_0 in R^n; A in R^{m x n}; b in R^m'",
    ),
    Stop(
        "5.8 Multivariate Taylor polynomials (Example 5.15)",
        "In several variables, exactly.",
        "taylor 'x^2 + 2 x y + y^3' --wrt x,y --at 'x = 1; y = 2' --order 3 --where 'x, y in R'",
    ),
    Stop(
        "Steepest ascent",
        "In which direction does a function grow fastest, and how fast does it grow in another one?",
        "directional 'x^2 + x y + y^2' --wrt x,y --along '[1; 1]' --normalize --at 'x = 0.5; y = -0.4' --where 'x, y in R'",
    ),
    Stop(
        "Exercise 5.8a",
        "For a paper: --format latex.",
        "d 'y = x - mu; z = y^T S^-1 y; exp(-1/2 z)' --wrt x --where 'x, mu in R^D; S in R^{D x D} invertible' --format latex",
    ),
    Stop(
        "What is refused",
        "Where an expression can be read in two ways, or in none, matcalc does not guess: it says what it needs.",
        "d 'x^2' --wrt x --where 'x in R^n'",
        refused=True,
    ),
)

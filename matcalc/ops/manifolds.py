"""The manifolds that a variable may be kept on, as data: what a gradient and a Hessian are there.

name          as it is asked for: `--manifold stiefel`
said          how sentences call it
variable      the shape of the variable: "n 1" a column, "m n" a matrix, "n n" a square one
property      the word that declares that X lies on it (see `ops.properties`): the law of its points, and how they are drawn
constraint    the same as a formula, for people
direction     the word that all tangent vectors have
vanishing     what is 0 of every tangent vector U
metric        the inner product of the tangent vectors U and V at X
tangent       the tangent vector next to any E, by the metric
gradient      the Riemannian gradient, by the gradient G of free entries
factored      a projector P: the gradient is P G where X^T G is symmetric
hessian       the Riemannian Hessian along a tangent vector U, by G and the derivative H of G along U
connection    what is added to the derivative of a field V along U before it is made tangent; nothing where the metric is that of the space
retraction    a curve on the manifold: a point for each small multiple of a tangent vector U, along which the check moves
drawn         how random entries x become a point where no word says it, as text for NumPy
invariant     what a function must not see: moves V of X along which it must stay the same, by any square E; "" where it may see all of X
source        what the formulas follow

`E`, `G`, `H`, `U`, `V` have the shape of X. None of the formulas is trusted: an answer is compared with difference quotients along
curves on the manifold, and must be tangent (see `pipeline.riemannian`).
"""

from __future__ import annotations

from ..errors import MatcalcError
from ..sources import follows, work

ABSIL = work(
    "Absil, Mahony & Sepulchre 2008",
    "P.-A. Absil, R. Mahony and R. Sepulchre, Optimization Algorithms on Matrix Manifolds, Princeton University Press 2008",
)
BOUMAL = work("Boumal 2023", "N. Boumal, An Introduction to Optimization on Smooth Manifolds, Cambridge University Press 2023")
EDELMAN = work(
    "Edelman, Arias & Smith 1998",
    "A. Edelman, T. A. Arias and S. T. Smith, The Geometry of Algorithms with Orthogonality Constraints, "
    "SIAM J. Matrix Anal. Appl. 20 (1998) 303-353",
)
PENNEC = work(
    "Pennec, Fillard & Ayache 2006",
    "X. Pennec, P. Fillard and N. Ayache, A Riemannian Framework for Tensor Computing, Int. J. Computer Vision 66 (2006) 41-66",
)
VANDEREYCKEN = work(
    "Vandereycken 2013",
    "B. Vandereycken, Low-Rank Matrix Completion by Riemannian Optimization, SIAM J. Optim. 23 (2013) 1214-1236",
)
SUN = work(
    "Sun, Gao, Hong, Mishra & Yin 2016",
    "Y. Sun, J. Gao, X. Hong, B. Mishra and B. Yin, Heterogeneous Tensor Decomposition for Clustering via Manifold Optimization, "
    "IEEE Trans. Pattern Anal. Mach. Intell. 38 (2016) 476-489",
)
_RIESZ = "<grad f, U> = tr(G^T U) for all tangent U; of the Hessian, its derivative along U, made tangent"


class Manifold:
    """One manifold, as data; the fields are explained at the head of this module."""

    __slots__ = (
        *("name", "said", "variable", "property", "constraint", "metric", "tangent", "gradient", "hessian", "connection", "retraction"),
        *("direction", "drawn", "factored", "invariant", "source", "vanishing"),
    )

    def __init__(
        self,
        name: str,
        said: str,
        variable: str,
        *,
        constraint: str,
        metric: str,
        tangent: str,
        gradient: str,
        hessian: str,
        retraction: str,
        source: str,
        property: str = "",
        connection: str = "",
        direction: str = "",
        drawn: str = "",
        factored: str = "",
        invariant: str = "",
        vanishing: str = "",
    ) -> None:
        self.name, self.said, self.variable, self.property, self.constraint = name, said, variable, property, constraint
        self.metric, self.tangent, self.gradient, self.hessian = metric, tangent, gradient, hessian
        self.connection, self.retraction, self.drawn, self.factored = connection, retraction, drawn, factored
        self.direction, self.invariant, self.source, self.vanishing = direction, invariant, source, vanishing

    @property
    def gradient_rule(self) -> str:
        """The name of the rule in the rule book."""
        return f"gradient on {self.said}"

    @property
    def hessian_rule(self) -> str:
        """The name of the rule in the rule book."""
        return f"Hessian on {self.said}"

    def __repr__(self) -> str:
        return self.name


MANIFOLDS: dict[str, Manifold] = {}


def manifold(name: str, said: str, variable: str, **block: str) -> Manifold:
    """Add a manifold to the book (fields: see the head of this module)."""
    if name in MANIFOLDS:
        raise MatcalcError(f"the book has two manifolds called {name}")
    MANIFOLDS[name] = made = Manifold(name, said, variable, **block)
    return made


SPHERE = manifold(
    "sphere",
    "the sphere",
    "n 1",
    property="unit",
    constraint="X^T X = 1",
    vanishing="X^T U",
    metric="U^T V",
    tangent="E - (X^T E) X",
    gradient="G - (X^T G) X",
    hessian="H - (X^T H) X - (X^T G) U",
    retraction="(X + U)/norm(X + U)",
    source=follows(_RIESZ, ABSIL),
)

# Wen and Yin's curve is rational, and on the manifold for every U: (I - W/2)^-1 (I + W/2) X with a skew W that has W X = U.
_CAYLEY = "(I - (U X^T - X U^T + X (U^T X - X^T U) X^T/2)/2)^-1 (I + (U X^T - X U^T + X (U^T X - X^T U) X^T/2)/2) X"

STIEFEL = manifold(
    "stiefel",
    "the Stiefel manifold",
    "m n",
    property="orthonormal",
    constraint="X^T X = I",
    metric="tr(U^T V)",
    tangent="E - X (X^T E + E^T X)/2",
    gradient="G - X (X^T G + G^T X)/2",
    factored="I - X X^T",
    hessian="H - X (X^T H + H^T X)/2 - U (X^T G + G^T X)/2 + X (X^T U (X^T G + G^T X) + (X^T G + G^T X) U^T X)/4",
    retraction=_CAYLEY,
    source=follows(_RIESZ, ABSIL),
)
ORTHOGONAL = manifold(
    "orthogonal",
    "the orthogonal group",
    "n n",
    property="orthogonal",
    constraint="X^T X = I",
    metric="tr(U^T V)",
    tangent="(E - X E^T X)/2",
    gradient="(G - X G^T X)/2",
    hessian="(H - X H^T X)/2 - (U X^T G + U G^T X + G X^T U + X G^T U)/4",
    retraction="(I - (U X^T - X U^T)/4)^-1 (I + (U X^T - X U^T)/4) X",
    source=follows(_RIESZ, ABSIL),
)
GRASSMANN = manifold(
    "grassmann",
    "the Grassmann manifold",
    "m n",
    property="orthonormal",
    constraint="X^T X = I, for the space that the columns of X span",
    metric="tr(U^T V)",
    tangent="E - X X^T E",
    gradient="(I - X X^T) G",
    hessian="(I - X X^T) H - U X^T G",
    retraction=_CAYLEY,
    invariant="X (E - E^T)",
    source=follows(_RIESZ, EDELMAN),
)
SPD = manifold(
    "spd",
    "the positive definite matrices",
    "n n",
    property="spd",
    constraint="X symmetric and positive definite",
    direction="symmetric",
    metric="tr(X^-1 U X^-1 V)",
    tangent="(E + E^T)/2",
    gradient="X (G + G^T) X/2",
    hessian="X (H + H^T) X/2 + (U (G + G^T) X + X (G + G^T) U)/4",
    connection="-(U X^-1 V + V X^-1 U)/2",
    retraction="X + U + U X^-1 U/2",
    source=follows(_RIESZ, PENNEC),
)
SIMPLEX = manifold(
    "simplex",
    "the simplex",
    "n 1",
    property="simplex",
    constraint="X > 0 and sum(X) = 1",
    vanishing="sum(U)",
    metric="sum(U .* V ./ X)",
    tangent="E - sum(E) X",
    gradient="X .* G - (X^T G) X",
    hessian="X .* H - (X^T H) X + U .* G/2 - (U^T G) X/2 - (X^T G) U/2",
    connection="-(U .* V ./ X)/2",
    retraction="X .* exp(U ./ X)/sum(X .* exp(U ./ X))",
    source=follows(_RIESZ, SUN),
)
OBLIQUE = manifold(
    "oblique",
    "the oblique manifold",
    "m n",
    property="oblique",
    constraint="diag(X^T X) = 1",
    vanishing="diag(X^T U)",
    metric="tr(U^T V)",
    tangent="E - X diag(diag(X^T E))",
    gradient="G - X diag(diag(X^T G))",
    hessian="H - X diag(diag(X^T H)) - U diag(diag(X^T G))",
    retraction="(X + U) diag(1 ./ sqrt(diag((X + U)^T (X + U))))",
    source=follows(_RIESZ, BOUMAL),
)
FIXED_RANK = manifold(
    "fixed-rank",
    "the matrices of fixed rank",
    "m n",
    constraint="rank(X) fixed",
    metric="tr(U^T V)",
    tangent="X X^+ E + E X^+ X - X X^+ E X^+ X",
    gradient="X X^+ G + G X^+ X - X X^+ G X^+ X",
    hessian="X X^+ H + H X^+ X - X X^+ H X^+ X + (I - X X^+) G (I - X^+ X) U^T (X^+)^T + (X^+)^T U^T (I - X X^+) G (I - X^+ X)",
    retraction="(X + U - X X^+ U X^+ X/2) X^+ (X + U - X X^+ U X^+ X/2)",
    drawn="x[:, : max(n - 1, 1)] @ x[: max(n - 1, 1), :]",
    source=follows(_RIESZ, VANDEREYCKEN),
)

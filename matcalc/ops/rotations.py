"""Vectors of three entries: the matrix of the cross product, the vector of a skew matrix, rotations and their Jacobian.

[w]_x is the skew matrix with [w]_x v = w × v. The cross product is written with it, so that the engine has one operation for both: it
turns products of [a]_x and b round by a × b = -b × a, and a chain of three by the cyclic rule of a^T (b × c). The exponential of [w]_x is
the rotation by |w| about w (Rodrigues); its derivative has the left Jacobian of SO(3), the integral of exp(s [w]_x) for s from 0 to 1.
"""

from __future__ import annotations

from ..sources import cite, work
from .book import operation, shorthand

LIE = work(
    "Solà et al. 2021", "J. Solà, J. Deray, D. Atchuthan, A micro Lie theory for state estimation in robotics, arXiv:1812.01537, 2021"
)

SKEW = operation(
    "skew",
    "w",
    "3 1 -> 3 3",
    adjoint="2 vex(A)",
    rule="differential of the matrix of a cross product",
    statement="d [w]_x = [dw]_x, where [w]_x v = w × v",
    source="from (u + w) × v = u × v + w × v",
    spellings="skew",
    beside="cross",
    unicode="[#]_×",
    latex="[#]_{\\times}",
    typst="[#]_times",
    mathml="<msub><mrow><mo>[</mo>#<mo>]</mo></mrow><mo>×</mo></msub>",
    numeric="skew_matrix(w)",
    numpy="np.cross(np.eye(3, dtype=w.dtype), w)",
    array_api="_hat(w)",
    torch="torch.linalg.cross(torch.eye(3, dtype=w.dtype), w.expand(3, 3))",
    octave="cross(eye(3), repmat(w(:).', 3, 1), 2)",
    r="hat_(w)",
    julia="hat_(w)",
    eigen="hat_(w)",
    gives="skew",
)
VEX = operation(
    "vex",
    "X",
    "3 3 -> 3 1",
    adjoint="skew(A)/2",
    rule="differential of the vector of a skew matrix",
    statement="d vex(X) = vex(dX): the w with [w]_x = (X - X^T)/2",
    source="definition",
    spellings="vex",
    numeric="np.array([X[2, 1] - X[1, 2], X[0, 2] - X[2, 0], X[1, 0] - X[0, 1]]).reshape(3, 1) / 2",
    numpy="(X - X.T)[[2, 0, 1], [1, 2, 0]] / 2",
    array_api="_vex(X)",
    octave="[X(3, 2) - X(2, 3); X(1, 3) - X(3, 1); X(2, 1) - X(1, 2)] / 2",
    r="column_(c(X[3, 2] - X[2, 3], X[1, 3] - X[3, 1], X[2, 1] - X[1, 2]) / 2)",
    julia="vex_(X)",
    eigen="vex_(X)",
)
shorthand("cross", "a b", "skew(a) b", unicode="# × #", latex="# \\times #", typst="# times #", mathml="#<mo>×</mo>#")

ROTATION = operation(
    "rotation",
    "w",
    "3 1 -> 3 3",
    differential="skew(leftjac(w) dw) F",
    rule="differential of a rotation",
    statement="d exp([w]_x) = [J dw]_x exp([w]_x), where J is the left Jacobian; rotation(w) = exp([w]_x) = "
    "I + sin(t)/t [w]_x + (1 - cos(t))/t^2 [w]_x^2 with t = ||w|| (Rodrigues)",
    source=cite(LIE, "eq. (145), the left Jacobian"),
    spellings="rotation",
    definition="expm(skew(w))",
    numeric="matrix_exponential(skew_matrix(w))",
    numpy="_expm(np.cross(np.eye(3, dtype=w.dtype), w))",
    array_api="_expm(_hat(w))",
    jax="jax.scipy.linalg.expm(jnp.cross(jnp.eye(3, dtype=w.dtype), w))",
    torch="torch.linalg.matrix_exp(torch.linalg.cross(torch.eye(3, dtype=w.dtype), w.expand(3, 3)))",
    octave="expm(cross(eye(3), repmat(w(:).', 3, 1), 2))",
    r="expm_(hat_(w))",
    julia="exp(hat_(w))",
    eigen="expm_(hat_(w))",
    gives="orthogonal",
)
LEFT_JACOBIAN = operation(
    "leftjac",
    "w",
    "3 1 -> 3 3",
    differential="((norm(w) sin(norm(w)) - 2 + 2 cos(norm(w)))/norm(w)^4) (w^T dw) skew(w)"
    " + ((1 - cos(norm(w)))/norm(w)^2) skew(dw)"
    " + ((3 sin(norm(w)) - 2 norm(w) - norm(w) cos(norm(w)))/norm(w)^5) (w^T dw) skew(w)^2"
    " + ((norm(w) - sin(norm(w)))/norm(w)^3) (skew(dw) skew(w) + skew(w) skew(dw))",
    domain="nonzero",
    rule="differential of the left Jacobian of SO(3)",
    statement="leftjac(w) = I + (1 - cos(t))/t^2 [w]_x + (t - sin(t))/t^3 [w]_x^2 with t = ||w||, by the product rule",
    source=cite(LIE, "eq. (145), the left Jacobian"),
    spellings="leftjac",
    definition="I + ((1 - cos(norm(w)))/norm(w)^2) skew(w) + ((norm(w) - sin(norm(w)))/norm(w)^3) skew(w)^2",
    numeric="left_jacobian(w)",
    numpy="_left_jacobian(w)",
    octave="left_jacobian_(w)",
    r="left_jacobian_(w)",
    julia="left_jacobian_(w)",
    eigen="left_jacobian_(w)",
)

"""The check refuses derivatives that are nearly right: a factor, a sign, a term missing or off by a billionth, a transpose, a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest

import matcalc
import matcalc.pipeline.derive
from matcalc.differentiation.network import Term
from matcalc.differentiation.tensor import Tensor
from matcalc.errors import NoAnswerError, VerificationError
from matcalc.expressions.build import add, is_zero, num, substitute, subtract, times, transpose, value_of
from matcalc.expressions.expr import Expr, postorder
from matcalc.expressions.labels import words_of
from matcalc.kinds import ONE
from matcalc.numbers.record import Check
from matcalc.ops.core import ADD, EYE, NUMBER, SIZE, SYMBOL, TIMES
from matcalc.shortening.simplify import simplify

EXPRESSIONS = [  # text, variable, declarations, order
    ("x^T A x + b^T x", "x", "A in R^{n x n}", 1),
    ("A x + x .* x", "x", "A in R^{n x n}", 1),
    ("1000 x + sin(x)", "x", "x in R", 1),
    ("100000000 + x^2 + sin(x)", "x", "x in R", 1),
    ("(exp(x) + x sin(x))/10000000000000", "x", "x in R", 1),
    ("exp(-40) sum(sin(x) .* x)", "x", "x in R^n", 1),
    ("sin(100000 s)", "s", "s in R", 1),
    ("exp(20 s) + exp(-20 s)", "s", "s in R", 1),
    ("log(sigmoid(18 + x^T A x))", "x", "A in R^{n x n}", 1),
    ("atanh(sigmoid(8 + x^T A x))", "x", "A in R^{n x n}", 1),
    ("log(1 - sigmoid(x)^2) + x^3", "x", "x in R", 1),
    ("sum(log(sigmoid(y .* (X w))))", "w", "", 1),
    ("||A x - b||^2 + lambda ||x||^2", "x", "", 1),
    ("||A x - b|| + ||x||_1", "x", "", 1),
    ("sum(relu(A x - b)) + x^T x", "x", "", 1),
    ("logdet(X) + a^T X^-1 b", "X", "X in R^{n x n}", 1),
    ("det(X) + tr(X^3)", "X", "X in R^{n x n}", 1),
    ("tr(A X B X^T) + a^T X b", "X", "X in R^{m x n}", 1),
    ("A X B + X", "X", "A, B, X in R^{n x n}", 1),
    ("tr(expm(X)) + tr(X^T X)", "X", "X in R^{n x n}", 1),
    ("||dexpm(A, X)||_F + ||X||_F", "X", "A, X in R^{n x n}", 1),
    ("||X||_* + ||X||_2", "X", "X in R^{m x n}", 1),
    ("sum(pinv(X)) + sum(X)", "X", "X in R^{m x n}", 1),
    ("pinv(X)", "X", "X in R^{n x n}", 1),
    ("a^T (I - pinv(X) X) b", "X", "X in R^{n x n}; a, b in R^n", 1),
    ("logsumexp(A x) + sum(softmax(x) .* x)", "x", "A in R^{m x n}", 1),
    ("sum(gelu(x)) + prod_{i=1}^n x_i", "x", "x in R^n", 1),
    ("sum_{i=1}^N (w^T x_i - y_i)^2 + w^T w", "w", "w, x_i in R^n; y_i in R", 1),
    ("1/(1 + exp(-a^T x)) + sqrt(1 + x^T x)", "x", "", 1),
    ("sum(sin(x) .* exp(x))", "x", "x in R^n", 2),
    ("x^T x x^T A x", "x", "A in R^{n x n}", 2),
    ("logdet(X) + tr(X^3)", "X", "X in R^{n x n}", 2),
    ("log(1 + exp(x^T x)) + sum(x.^3)", "x", "x in R^n", 2),
    ("100000000 + sum(exp(x) + x.^3)", "x", "x in R^n", 2),
    # determinants of products, which are 0 where the product is singular
    ("det(X^T X) + tr(X^T X)", "X", "X in R^{m x n}", 1),
    ("det(X^T X)", "X", "X in R^{m x n}", 1),
    ("det(A X)", "X", "A in R^{m x n}; X in R^{n x m}", 1),
    ("det(X^T A X)", "X", "A in R^{n x n}; X in R^{n x m}", 1),
    ("logdet(X^T X) + a^T X b", "X", "X in R^{m x n}", 1),
    ("det(x x^T + y y^T) + x^T y", "x", "x, y in R^n", 1),
    # beyond a threshold
    ("relu(x - 10) + x", "x", "x in R", 1),
    ("max(x, 10) + x^2", "x", "x in R", 1),
    ("a^T x + relu(x^T x - 1000)", "x", "x in R^n", 1),
    ("x^T A x exp(-1000 x^T x) + b^T x", "x", "A in R^{n x n}", 1),
    ("sum(relu(x - 100000)) + sum(x.^2)", "x", "x in R^n", 1),
    ("x^3 1[x > 1/1000] 1[x < 2/1000] + x", "x", "x in R", 1),
    ("cases(x^2, x > 30, x^3)", "x", "x in R", 1),
    ("clip(x, -7, 20) + x^2", "x", "x in R", 1),
    ("huber(x, 50) + x^3", "x", "x in R", 1),
    ("min(s, ||A||_F) + s tr(A)", "A", "A in R^{n x n}; s in R", 1),
    ("|x^3 - 1000000| + x", "x", "x in R", 1),
    # whole numbers, and sizes as numbers
    ("x^k", "x", "x in R; k in N", 1),
    ("sum(x.^k) + k x^T x", "x", "x in R^n; k in N", 1),
    ("tr(X^k)", "X", "X in R^{n x n}; k in N", 1),
    ("x^T x + (n-2)(n-3) sum(x)", "x", "x in R^n", 1),
    ("(N-2)(N-3) w^T w + sum_{i=1}^N w^T x_i", "w", "w, x_i in R^n", 1),
    ("n x^T x + n^2 sum(x)", "x", "x in R^n", 1),
    ("m n sum(X) + tr(X^T X)/n", "X", "X in R^{m x n}", 1),
    ("1/n sum(x.^3) + 1/n^2 (sum(x))^2", "x", "x in R^n", 2),
    # scales
    ("a^T x + sum(sin(x))/100000000", "x", "x in R^n", 1),
    ("1000000000 x + sin(x)", "x", "x in R", 1),
    ("100000000 a^T x + sum(exp(x))", "x", "x in R^n", 1),
    ("x^T x + x^T A x/1000000000", "x", "A in R^{n x n}", 1),
    # tensors, families
    ("diag(x) A + x a^T", "x", "x, a in R^n; A in R^{n x n}", 1),
    ("X A X + A X", "X", "A, X in R^{n x n}", 1),
    ("x x^T x + x", "x", "x in R^n", 2),
    ("sum_{i=1}^N log(1 + exp(-y_i w^T x_i)) + w^T w", "w", "w, x_i in R^n; y_i in R", 2),
    ("sum_{i=1}^N ||x_i - mu||^2 + mu^T mu", "mu", "mu, x_i in R^n", 1),
    ("prod_{i=1}^n x_i + sum(x)", "x", "x in R^n", 2),
    ("sum(X .* X .* X) + tr(X^T A X)", "X", "X in R^{m x n}; A in R^{m x m}", 2),
]
FURTHER = [
    # thresholds, nested and shifted
    ("relu(relu(x - 3) - 5) + x", "x", "x in R", 1),
    ("max(min(x, 20), -30) + x^2", "x", "x in R", 1),
    ("relu(a^T x - 50) + relu(-a^T x - 50) + b^T x", "x", "x in R^n", 1),
    ("cases(x^3, x < -100, cases(x^2, x < 5, x))", "x", "x in R", 1),
    ("sum(max(x, 40 y)) + x^T y", "x", "x, y in R^n", 1),
    ("relu(x^T x - 400)^2 + a^T x", "x", "x in R^n", 1),
    ("|x - 1000| + |x + 1000| + x^2", "x", "x in R", 1),
    ("sum(relu(A relu(B x) - 3)) + x^T x", "x", "A in R^{m x p}; B in R^{p x n}; x in R^n", 1),
    ("relu(1/1000 - x^T x) + b^T x", "x", "x in R^n", 1),
    ("sum(huber(A x, 30)) + x^T x", "x", "A in R^{m x n}; x in R^n", 1),
    ("max(x) + 1/1000000 sum(x)", "x", "x in R^n", 1),
    ("relu(det(X) - 8) + tr(X)", "X", "X in R^{n x n}", 1),
    # whole exponents, and whole numbers elsewhere
    ("x^(2 k) + k x", "x", "x in R; k in N", 1),
    ("(a^T x)^k/k", "x", "x in R^n; k in N", 1),
    ("tr(A^k X) + k tr(X)", "X", "A, X in R^{n x n}; k in N", 1),
    ("tr(X^k A)", "X", "X, A in R^{n x n}; k in N", 1),
    ("sum_{i=1}^n x_i^k", "x", "x in R^n; k in N", 1),
    ("prod_{i=1}^k (x + i)", "x", "x in R; k in N", 1),
    ("sum_{j=0}^k c^j x^j", "x", "x, c in R; k in N", 1),
    ("(k - 2)(k - 3) x^2 + x", "x", "x in R; k in N", 1),
    ("k^2 x^T x - k a^T x", "x", "x in R^n; k in N", 2),
    # polynomials in sizes
    ("(n - 2)(n - 3)(n - 4) x^T x + a^T x", "x", "x in R^n", 1),
    ("(m - n) tr(X^T X) + m n sum(X)", "X", "X in R^{m x n}", 1),
    ("n^2/(n + 1) x^T A x + x^T x", "x", "A in R^{n x n}", 1),
    ("1/(N - 1) sum_{i=1}^N ||x_i - mu||^2", "mu", "mu, x_i in R^n", 1),
    ("log(n) sum(x) + x^T x/n", "x", "x in R^n", 1),
    ("sum(exp(x))/n + (n - 1)(n - 2) sum(x)", "x", "x in R^n", 2),
    # scales
    ("x^T A x/1000000000 + 1000000000 b^T x", "x", "A in R^{n x n}", 1),
    ("exp(1000000000 x)/1000000000 + x", "x", "x in R", 1),
    ("sin(x/1000000000) + cos(1000000 x)/1000000000", "x", "x in R", 1),
    ("tr(expm(X/1000000)) + tr(X^2)/1000000000", "X", "X in R^{n x n}", 1),
    ("log(1 + exp(-100 a^T x)) + x^T x/1000000000", "x", "a, x in R^n", 1),
    ("sum((1000 x + y).^2) + sum(sin(x))", "x", "x, y in R^n", 2),
    # products over indices
    ("prod_{i=1}^n (1 + x_i^2)", "x", "x in R^n", 1),
    ("prod_{i=1}^N (w^T x_i) + w^T w", "w", "w, x_i in R^n", 1),
    ("sum_{i=1}^n prod_{j=1}^n (x_i + y_j)", "x", "x, y in R^n", 1),
    ("prod_{i=1}^n exp(x_i y_i) + sum(x)", "x", "x, y in R^n", 2),
    ("prod_{i=1}^m sum_{j=1}^n X_{ij}", "X", "X in R^{m x n}", 1),
    # Hessians
    ("sum(softmax(x) .* y) + x^T x", "x", "x, y in R^n", 2),
    ("sqrt(1 + x^T A x) + a^T x", "x", "A in R^{n x n} symmetric", 2),
    ("1/(1 + x^T x) + (a^T x)^3", "x", "x in R^n", 2),
    ("tr(X^T A X B) + tr(X)^2", "X", "A, B, X in R^{n x n}", 2),
    ("a^T X^-1 b", "X", "X in R^{n x n}", 2),
    ("sum(tanh(W x)) + x^T W^T W x", "x", "W in R^{m x n}", 2),
    ("log(sum(exp(A x)))", "x", "A in R^{m x n}", 2),
    ("x^T A y + sum(x .* x .* y)", "x,y", "A in R^{n x n}; x, y in R^n", 2),
    # Kronecker and vec
    ("tr(kron(X, A) B)", "X", "X in R^{n x n}; A in R^{m x m}; B in R^{n m x n m}", 1),
    ("a^T kron(X, Y) b", "X", "X in R^{m x n}; Y in R^{p x q}; a in R^{m p}; b in R^{n q}", 1),
    ("||kron(x, y) - b||^2 + x^T x", "x", "x in R^n; y in R^m; b in R^{n m}", 1),
    ("vec(X)^T A vec(X) + tr(X^T X)", "X", "X in R^{m x n}; A in R^{m n x m n}", 1),
    ("vec(A X B)^T c + sum(X)", "X", "A in R^{p x m}; X in R^{m x n}; B in R^{n x q}; c in R^{p q}", 1),
    ("kron(X, I_m) + kron(I_n, A)", "X", "X in R^{n x n}; A in R^{m x m}", 1),
    # matrix functions
    ("tr(logm(X) A)", "X", "X, A in R^{n x n} spd", 1),
    ("tr(sqrtm(X)) + tr(X^2)", "X", "X in R^{n x n} spd", 1),
    ("a^T expm(X) b + tr(X)/100", "X", "X in R^{n x n}", 1),
    ("tr(sin.(X) A) + sum(X)", "X", "X, A in R^{n x n}", 1),
    ("sum(chol(X)) + tr(X)", "X", "X in R^{n x n} spd", 1),
    ("tr(pinv(X) A) + tr(X^T B)", "X", "X, B in R^{m x n}; A in R^{m x n}", 1),
    ("||expm(t A) b||^2 + t^2", "t", "t in R; A in R^{n x n}; b in R^n", 1),
    # families
    ("sum_{i=1}^N sum_{j=1}^N (w^T x_i) (w^T x_j) + w^T w", "w", "w, x_i in R^n", 1),
    ("sum_{i=1}^N log(1 + exp(-y_i (w^T x_i + b)))", "b", "w, x_i in R^n; y_i, b in R", 1),
    ("sum_{i=1}^N ||x_i - x_{2}||^2", "x_2", "x_i in R^n", 1),
    ("sum_{i=1}^N ||A x_i - y_i||^2 + ||A||_F^2", "A", "A in R^{m x n}; x_i in R^n; y_i in R^m", 1),
    ("sum_{k=1}^K p_k exp(-||x - m_k||^2)", "x", "x, m_k in R^n; p_k in R", 1),
    ("log(sum_{k=1}^K exp(w_k^T x)) - w_2^T x", "x", "x, w_k in R^n", 1),
]
NEWER = [
    # complex variables
    ("det(A X B) + tr(X C)", "X", "A in R^{p x m}; X in R^{m x n}; B in R^{n x p}; C in R^{n x m}", 1),
    ("||A z - b||^2", "z", "z in C^n; A in C^{m x n}; b in C^m", 1),
    ("|z|^4 + |z|^2", "z", "z in C", 1),
    ("tr(H A) + tr(H^2)", "H", "H in C^{n x n} hermitian; A in C^{n x n}", 1),
    ("2 Re(b^H z) + z^H A z", "z", "z, b in C^n; A in C^{n x n} hermitian", 1),
    ("||A z - b||^2 + ||z||^4", "z", "z in C^n; A in C^{m x n}; b in C^m", 1),
    ("tr(Z^H Z)^2 + 2 Re(tr(A Z))", "Z", "Z in C^{m x n}; A in C^{n x m}", 1),
    ("logdet(I + Z^H Z)", "Z", "Z in C^{m x n}", 1),
    ("log(1 + |z|^2) + |z - w|^2", "z", "z, w in C", 1),
    ("z^3 + exp(w z)", "z", "z, w in C", 1),
    ("a^T Z^-1 b", "Z", "Z in C^{n x n}; a, b in C^n", 1),
    ("det(Z) + tr(A Z)", "Z", "Z, A in C^{n x n}", 1),
    ("|a^H z|^2/(1 + z^H z)", "z", "z, a in C^n", 1),
    ("exp(-z^H z)", "conj(z)", "z in C^n", 1),
    ("tr(A H) + tr(H^3)", "H", "H in C^{n x n} hermitian; A in C^{n x n} hermitian", 1),
    ("logdet(H) + a^H H a", "H", "H in C^{n x n} hpd; a in C^n", 1),
    ("||A z - b||^2 + |c^H z - 100|^2", "z", "z, c in C^n; A in C^{m x n}; b in C^m", 1),
    ("(n-2)(n-3) ||z||^2 + 2 Re(a^H z)", "z", "z, a in C^n", 1),
    ("1e-12 ||z||^4 + ||z||^2", "z", "z in C^n", 1),
    # stacked columns
    ("vech(S)^T a + tr(S A S)", "S", "S in S^n; a in R^{n(n+1)/2}; A in R^{n x n}", 1),
    ("a^T vech(S) + logdet(S)", "vech(S)", "S in R^{n x n} spd; a in R^{n(n+1)/2}", 1),
    ("tr(S A) + x^T S x", "vech(S)", "S in S^n; A in R^{n x n}; x in R^n", 1),
    ("tr(vec(X) vec(X)^T A)", "X", "X in R^{m x n}; A in R^{m n x m n}", 1),
    ("a^T vech(X X^T)", "X", "X in R^{n x m}; a in R^{n(n+1)/2}", 1),
    ("vech(S)^T B vech(S)", "S", "S in S^n; B in R^{n(n+1)/2 x n(n+1)/2}", 1),
    ("tr(unvech(v) A) + v^T v", "v", "v in R^{n(n+1)/2}; A in R^{n x n}", 1),
    ("logdet(S) + tr(A S)", "vech(S)", "S in R^{n x n} spd; A in R^{n x n}", 1),
    ("||vech(S) - a||^2", "vech(S)", "S in S^n; a in R^{n(n+1)/2}", 1),
    # arrays of three indices
    ("sum_{i=1}^p c_i x^T T_i y", "x", "T in R^{p x m x n}; c in R^p; x in R^m; y in R^n", 1),
    ('einsum("pmn,p,m,n->", T, c, x, y) + c^T c', "c", "T in R^{p x m x n}; c in R^p; x in R^m; y in R^n", 1),
    ('einsum("ij,jk,k->i", A, X, b) + X b', "X", "A, X in R^{n x n}; b in R^n", 1),
    ('einsum("ijk,j,k->i", T, x, x) + A x', "x", "T in R^{n x n x n}; x in R^n; A in R^{n x n}", 1),
    ('einsum("ijk,ijk->", T, T) + einsum("ijk,i,j,k->", T, a, b, c)', "T", "T in R^{p x m x n}; a in R^p; b in R^m; c in R^n", 1),
    ('einsum("ijk,i,j,k->", T, x, x, x) + x^T x', "x", "T in R^{n x n x n}; x in R^n", 2),
    ('einsum("ijk,j,k->i", T, x, x)^T b', "x", "T in R^{p x n x n}; x in R^n; b in R^p", 2),
    ('einsum("ijk,kl,lj->i", T, X, Y)^T b', "X", "T in R^{p x m x n}; X in R^{n x q}; Y in R^{q x m}; b in R^p", 1),
    ("sum_{i=1}^p ||T_i x||^2", "x", "T in R^{p x m x n}; x in R^n", 2),
    ("sum_{i=1}^p log(1 + x^T T_i x)", "x", "T in R^{p x n x n}; x in R^n", 1),
    # determinants of rectangular products
    ("det(I_m + X X^T)", "X", "X in R^{m x n}", 1),
    ("det(X X^T) + det(X^T X)", "X", "X in R^{m x n}", 1),
    ("logdet(I_n + X^T S X)", "X", "X in R^{m x n}; S in R^{m x m} spd", 1),
    ("det(X Y^T + Z)", "X", "X, Y in R^{m x n}; Z in R^{m x m}", 1),
    ("det(X X^T)^(1/2) + a^T X b", "X", "X in R^{m x n}", 1),
    # thresholds far away
    ("relu(||x||^2 - 1000000) + a^T x", "x", "x in R^n", 1),
    ("sum(max(A x, -200)) + x^T x", "x", "A in R^{m x n}; x in R^n", 1),
    ("cases(x, x > 12345, x^2)", "x", "x in R", 1),
    ("cases(x^4, x < -2000, x^2, x < 3000, x)", "x", "x in R", 1),
    ("relu(tr(X) - 77) + sum(X.^2)", "X", "X in R^{n x n}", 1),
    ("1[x^T x > 500] x^T A x + b^T x", "x", "A in R^{n x n}", 1),
    ("|a^T x - 444| + x^T x", "x", "x in R^n", 1),
    ("relu(log(x) - 6) + x^2", "x", "x in R positive", 1),
    ("relu(exp(x) - 1000) + x", "x", "x in R", 1),
    ("max(x^T x, 600) + sum(x)", "x", "x in R^n", 1),
    ("relu(x - y - 250) + x y", "x", "x, y in R", 1),
    ("sum(relu(X - 300 Y)) + tr(X^T X)", "X", "X, Y in R^{m x n}", 1),
    ("relu(logdet(X) - 9) + tr(X)", "X", "X in R^{n x n} spd", 1),
    ("softplus(x) + relu(x - 31) relu(60 - x)", "x", "x in R", 1),
    ("lambda_max(S) + tr(S)", "S", "S in S^n", 1),
    ("sum(softmax(A x) .* b) + sum(tanh(x))", "x", "A in R^{m x n}; x in R^n; b in R^m", 1),
    ("lambda_max(A + x x^T)", "x", "x in R^n; A in S^n", 1),
    ("softmax(X)", "X", "X in R^{m x n}", 1),
    # whole numbers
    ("x^(k^2 - 5 k + 6) + x", "x", "x in R; k in N", 1),
    ("tr(X^(k+1)) + k tr(X)", "X", "X in R^{n x n}; k in N", 1),
    ("sum(x.^(2 k)) + (k-2)(k-3)(k-4) sum(x)", "x", "x in R^n; k in N", 1),
    ("(x^T A x)^k + k! sum(x)", "x", "A in R^{n x n}; x in R^n; k in N", 1),
    ("(1 + x^T x)^(-k)", "x", "x in R^n; k in N", 1),
    ("x^k y^m + x", "x", "x, y in R; k, m in N", 1),
    ("sum_{j=1}^k j x^j", "x", "x in R; k in N", 2),
    ("a^T X^k b", "X", "X in R^{n x n}; a, b in R^n; k in N", 1),
    # polynomials in sizes
    ("(n-1)(n-2)(n-3) sum(x) + x^T x", "x", "x in R^n", 1),
    ("(m-2)(n-3) sum(X) + tr(X^T X)", "X", "X in R^{m x n}", 1),
    ("(m - n - 1) a^T X b + sum(X)/m", "X", "X in R^{m x n}", 1),
    ("(n^2 - 5n + 6) x^T A x + n^3 b^T x", "x", "A in R^{n x n}; x, b in R^n", 1),
    ("tr(X)^2/n - tr(X^2)/n^2", "X", "X in R^{n x n}", 1),
    ("N/(N-1) sum_{i=1}^N (x_i - c)^2 + (N-2)(N-3) c", "c", "c, x_i in R", 1),
    ("1/(n (n+1)) sum(x)^2 + x^T x/(n+2)", "x", "x in R^n", 2),
    # scales from 1e-12 to 1e12
    ("1e-12 a^T x + x^T x", "x", "x in R^n", 1),
    ("1e12 x^T A x + 1e-12 b^T x", "x", "A in R^{n x n}; x in R^n", 1),
    ("sin(1e12 x) + x", "x", "x in R", 1),
    ("x/1e12 + exp(-x^2)", "x", "x in R", 1),
    ("1e12 tr(X) + 1e-3 logdet(X)", "X", "X in R^{n x n} spd", 1),
    ("log(1 + 1e-12 x^T x) + a^T x", "x", "x in R^n", 1),
    ("1e-12 sum(exp(x)) + 1e12 sum(x.^3)", "x", "x in R^n", 2),
    ("exp(-1e6 x^2) + x^3", "x", "x in R", 1),
    # sums and products over indices
    ("sum_{i=1}^N sum_{j=1}^M (x_i^T y_j)^2 + a^T sum_{i=1}^N x_i", "x_1", "x_i, y_j, a in R^n", 1),
    ("sum_{i=1}^n sum_{j=1}^n A_{ij} x_i x_j^2", "x", "A in R^{n x n}; x in R^n", 1),
    ("sum_{i=1}^{n-1} (x_{i+1} - x_i)^2 + x_1^2", "x", "x in R^n", 1),
    ("sum_{i=1}^n i x_i^2 + sum(x)", "x", "x in R^n", 1),
    ("sum_{i=1}^N c_i tr(X A_i X^T)", "X", "X in R^{m x n}; A_i in R^{n x n}; c_i in R", 1),
    ("-sum_{i=1}^N log(sum_{k=1}^K exp(w_k^T x_i)) + sum_{i=1}^N w_1^T x_i", "w_1", "w_k, x_i in R^n", 1),
    ("prod_{i=1}^n (x_i^2 + y_i) + sum(x)", "x", "x, y in R^n", 1),
    ("prod_{k=1}^K (1 + a_k^T x)", "x", "x, a_k in R^n", 2),
    ("log(prod_{i=1}^n x_i) + x^T x", "x", "x in R^n positive", 1),
    ("prod_{i=1}^m prod_{j=1}^n (1 + X_{ij})", "X", "X in R^{m x n}", 1),
    ("sum_{i=1}^N sum_{j=1}^N ||x_i - x_j||^4", "x_1", "x_i in R^n", 1),
    ("sum_{i<j} 1/||x_i - x_j||", "x_2", "x_i in R^3", 1),
    ("sum_{i \\ne j} x_i x_j^2", "x", "x in R^n", 1),
    ("sum_{i=1}^n log(chol(S)[i,i])", "S", "S in R^{n x n} spd", 1),
    ("exp(-||x_1 - x_2||^2/2) + x_1^T x_2", "x_1", "x_i in R^n", 1),
    # second derivatives
    ("exp(-x^T A x/2) + b^T x", "x", "A in R^{n x n}; x in R^n", 2),
    ("||x|| + (a^T x)^2", "x", "x in R^n", 2),
    ("logdet(I + x x^T) + sum(x.^4)", "x", "x in R^n", 2),
    ("tr(X^-1 A) + tr(X)", "X", "X, A in R^{n x n}", 2),
    ("sum(sigmoid(A x)) + x^T x", "x", "A in R^{m x n}; x in R^n", 2),
    ("x^T A y + (x^T y)^2", "x,y", "A in R^{n x n}; x, y in R^n", 2),
    ("det(X) + tr(X A)", "X", "X, A in R^{n x n}", 2),
    ("tr(expm(t A) B) + t^3", "t", "t in R; A, B in R^{n x n}", 2),
    ("||chol(S) x||^2 + logdet(S)", "x", "S in R^{n x n} spd; x in R^n", 2),
    # eigenvalues, factors, functions of matrices
    ("eigmin(S) + tr(S A)", "S", "S in S^n; A in R^{n x n}", 1),
    ("tr(chol(S) A) + logdet(S)", "S", "S in R^{n x n} spd; A in R^{n x n}", 1),
    ("||chol(S) x||^2", "S", "S in R^{n x n} spd; x in R^n", 1),
    ("tr(cosm(X) A) + tr(X)", "X", "X, A in R^{n x n}", 1),
    ("a^T expm(X) b + tr(expm(X) A)", "X", "X, A in R^{n x n}; a, b in R^n", 1),
    ("||X||_* + tr(A X)", "X", "X in R^{m x n}; A in R^{n x m}", 1),
    ("||X||_2 + sum(X.^2)", "X", "X in R^{m x n}", 1),
    ("eigval(S, 2) + 2 tr(A S)", "S", "S in S^n; A in R^{n x n}", 1),
    ("tr(cos.(X) A) + tr(cosm(X))", "X", "X, A in R^{n x n}", 1),
    # properties that are declared
    ("tr(S^3) + a^T S a", "S", "S in S^n; a in R^n", 1),
    ("tr(A L) + logdet(L)", "L", "A in R^{n x n}; L in R^{n x n} lower", 1),
    ("x^T U^-1 y + tr(U)", "U", "x,y in R^n; U in R^{n x n} upper", 1),
    ("||S x - b||^2 + tr(S A)", "S", "S in S^n; A in R^{n x n}; x, b in R^n", 1),
    ("-1/2 (x - mu)^T Sigma^-1 (x - mu) - 1/2 logdet(Sigma)", "Sigma", "x, mu in R^n; Sigma in R^{n x n} spd", 1),
    # others
    ("det(x y^T + z w^T) + x^T y", "x", "x,y,z,w in R^n", 1),
    ("tr(adj(X^T X) B)", "X", "X in R^{m x n}; B in R^{n x n}", 1),
    ("tr((X^T X)^-1 A)", "X", "X in R^{m x n}; A in R^{n x n}", 1),
    ("X x x^T", "X", "X in R^{n x n}; x in R^n", 1),
    ("diag(x) x x^T", "x", "x in R^n", 1),
    ("1/(x^T A x) + 1/(x^T x)^2", "x", "A in R^{n x n}; x in R^n", 1),
    ("x^T A x/(x^T B x)", "x", "A, B in R^{n x n}; x in R^n", 1),
    ("norm(x - y)^3 + x^T y", "x", "x, y in R^n", 1),
    ("sum(kron(x, y)) + x^T x", "x", "x in R^n; y in R^m", 1),
    ("sum(erf(x)) + x^T A x", "x", "A in R^{n x n}; x in R^n", 1),
    ("cross(x, a)^T b + x^T x", "x", "x, a, b in R^3", 1),
    ("(x^T A x)^2 x", "x", "A in R^{n x n}; x in R^n", 1),
    ("kron(X, X) b", "X", "X in R^{n x n}; b in R^{n n}", 1),
    ("X^-1 A X", "X", "X, A in R^{n x n}", 1),
]
HOSTILE = [
    # complex variables
    ("Re(tr(A Z B Z^H)) + |tr(Z)|^2", "Z", "Z in C^{n x n}; A, B in C^{n x n}", 1),
    ("log(z) conj(z) + z^2 conj(z)", "conj(z)", "z in C", 1),
    ("Im(a^H z)^2 + |a^H z|^4", "z", "a, z in C^n", 1),
    ("sum_{i=1}^N |w^H x_i - y_i|^2 + lambda w^H w", "w", "w, x_i in C^n; y_i in C; lambda in R", 1),
    ("z^H A z/(z^H z)", "z", "z in C^n; A in C^{n x n} hermitian", 1),
    ("|z|^3 + Re(z^2)", "z", "z in C", 1),
    # stacked columns
    ("vech(S)^T vech(S) + logdet(S)", "vech(S)", "S in R^{n x n} spd", 1),
    ("tr(S A S) + n a^T vech(S)", "S", "S in S^n; A in R^{n x n}; a in R^{n(n+1)/2}", 1),
    ("vec(X^T)^T vec(Y) + vec(X)^T a", "X", "X in R^{m x n}; Y in R^{n x m}; a in R^{m n}", 1),
    # cases
    ("cases(x^T x, a^T x > 1, b^T x)", "x", "a, b, x in R^n", 1),
    ("sum(cases(x.^2, x > y, x .* y))", "x", "x, y in R^n", 1),
    ("cases(x^3, k > 3, x^2) + k x", "x", "x in R; k in N", 1),
    ("1[a^T x > ||b||^2] x^T A x + x^T b", "x", "a, b, x in R^n; A in R^{n x n}", 1),
    # functions known by their sets alone
    ("f(x)^2 + sum(x)", "x", "f: R^n -> R; x in R^n", 1),
    ("g(A x)^T g(A x) + a^T x", "x", "g: R^m -> R^p; A in R^{m x n}; x in R^n", 1),
    ("f(g(x)) + x", "x", "f: R -> R; g: R -> R; x in R", 1),
    ("f(x^T x) + f(a^T x)", "x", "f: R -> R; a, x in R^n", 2),
    ("h(X a) + tr(X B)", "X", "h: R^m -> R; X in R^{m x n}; a in R^n; B in R^{n x m}", 1),
    # thresholds that depend on data
    ("sum(relu(A x - 100 b)) + c^T x", "x", "A in R^{m x n}; b in R^m; c, x in R^n", 1),
    ("max(a^T x, 50 ||b||) + x^T x", "x", "a, b, x in R^n", 1),
    ("relu(x^T x - 10 y^T y) + a^T x", "x", "a, x, y in R^n", 1),
    ("sum_{i=1}^N relu(1 - 30 y_i w^T x_i) + w^T w", "w", "w, x_i in R^n; y_i in R", 1),
    ("clip(a^T x, -20 s, 20 s) + x^T x", "x", "a, x in R^n; s in R positive", 1),
    ("min(||A||_F, 40 s) + tr(A)", "A", "A in R^{n x n}; s in R positive", 1),
    ("|x - 300 y| + x y", "x", "x, y in R", 1),
    ("sum(huber(x - 40 y, 3)) + x^T y", "x", "x, y in R^n", 1),
    # sizes in products
    ("tr(kron(I_m, X) A) + m tr(X)", "X", "X in R^{n x n}; A in R^{m n x m n}", 1),
    ("(m + n) tr(X^T X) + (m - n)^2 sum(X)", "X", "X in R^{m x n}", 1),
    ("n! sum(x) + x^T x", "x", "x in R^n", 1),
    ("(-1)^n a^T x + x^T x", "x", "a, x in R^n", 1),
    ("2^n a^T x + n^n x^T x", "x", "a, x in R^n", 1),
    ("det(n X) + tr(X)/n", "X", "X in R^{n x n}", 1),
    ("sum_{i=1}^n i x_i + sum_{i=1}^n i^2 x_i^2", "x", "x in R^n", 1),
    ("tr(X) tr(I_n) + logdet(n X)", "X", "X in R^{n x n} spd", 1),
    # families with conditions
    ("sum_{i \\ne j} ||x_i - x_j||^2", "x_1", "x_i in R^n", 1),
    ("sum_{i<j} (x_i^T x_j)^2 + sum_{i=1}^N x_i^T x_i", "x_2", "x_i in R^n", 1),
    ("sum_{i=1}^N 1[y_i > 0] (w^T x_i)^2 + w^T w", "w", "w, x_i in R^n; y_i in R", 1),
    ("sum_{i=2}^N ||x_i - A x_{i-1}||^2 + tr(A)", "A", "x_i in R^n; A in R^{n x n}", 1),
    # determinants of rectangular products, with names
    ("G = X^T X; det(G) + tr(G)", "X", "X in R^{m x n}", 1),
    ("P = A X B; det(P) + sum(X)", "X", "A in R^{p x m}; X in R^{m x n}; B in R^{n x p}", 1),
    ("G = X X^T; H = X^T X; det(G) + 3 det(H)", "X", "X in R^{m x n}", 1),
    ("K = I_m + U V^T; logdet(K) + det(V^T U)", "U", "U, V in R^{m x n}", 1),
    ("S = X^T W X; det(S) tr(X^T X)", "X", "X in R^{m x n}; W in R^{m x m} spd", 1),
    ("det(A^T A + B^T B)", "A", "A in R^{m x n}; B in R^{p x n}", 1),
    ("det([x, y]^T [x, y]) + x^T y", "x", "x, y in R^n", 1),
    # partial traces
    ("tr(ptrace(X, 2, m, n) A)", "X", "X in R^{m n x m n}; A in R^{m x m}", 1),
    ("tr(ptrace(X, 1, m, n)^2) + tr(X)", "X", "X in R^{m n x m n}", 1),
    ("tr(ptrace(X X^T, 2, m, n) A)", "X", "X in R^{m n x p}; A in R^{m x m}", 1),
    # second derivatives
    ("sum_{i<j} (w_i - w_j)^4", "w", "w in R^n", 2),
    ("cases(x^T x, a^T x > 5, (b^T x)^3)", "x", "a, b, x in R^n", 2),
    ("sum(relu(A x - 20).^2) + x^T x", "x", "A in R^{m x n}; x in R^n", 2),
    ("(n-1)(n-3) x^T A x + (x^T x)^2", "x", "x in R^n; A in R^{n x n}", 2),
    ("det(X^T X)", "X", "X in R^{m x n}", 2),
    ("f(x)^2", "x", "f: R^n -> R; x in R^n", 2),
    # functions of time
    ("x^T A(t) x + t", "t", "A(t) in R^{n x n}; x in R^n; t in R", 1),
    ("x^T P x", "t", "x(t) in R^n; P in S^n; t in R", 2),
    ("tr(A(t)^-1 B(t))", "t", "A(t), B(t) in R^{n x n}; t in R", 1),
    # others
    ("max(x) + max(A x)", "x", "A in R^{m x n}; x in R^n", 1),
    ("||x||_1^2 + ||x||_4", "x", "x in R^n", 1),
    ("eigval(S, 1) eigval(S, 2)", "S", "S in S^n", 1),
    ("tr((A .* X)^3) + sum(X)", "X", "A, X in R^{n x n}", 1),
    ("prod_{i<j} (x_i - x_j)", "x", "x in R^n", 1),
    ("sum_{i=1}^n x_i^i", "x", "x in R^n", 1),
    ("||X a||^3/(1 + ||X||_F)", "X", "X in R^{m x n}; a in R^n", 1),
]
SEARCHED = [
    # members beyond a threshold, and a switch that turns where another name is greater
    ("sum_{i=1}^N 1[c_i > 50] (a_i^T x)^2 + b^T x", "x", "a_i, x, b in R^n; c_i in R", 1),
    ("max(max(x, 20), 30 y)", "x", "x, y in R", 1),
    # sums within a term, of which a summand is nothing, or does not move, unless it is sought
    ("(b^T x) (1 + exp(-1000 x^T x))", "x", "b, x in R^n", 1),
    ("log(a^T x + exp(-500 x^T x) + 40)", "x", "a, x in R^n", 1),
    ("(x^T A x) (2 + tanh(1000 b^T x))", "x", "b, x in R^n; A in R^{n x n}", 1),
    ("(a^T x) (1 + exp(-1000 y^T y))", "x", "a, x, y in R^n", 1),
    ("tr(X^T (A + exp(-800 tr(X^T X)) B))", "X", "X, A, B in R^{m x n}", 1),
    ("sum(x .* (x + exp(-900 x.^2)))", "x", "x in R^n", 1),
    ("exp(a^T x) (3 + 1e-18 b^T x)", "x", "a, b, x in R^n", 1),
    ("(1 + exp(-1000 |z|^2)) Re(a z)", "z", "a, z in C", 1),
    ("|z|^2 relu(Re(z) - 20) + |z|", "z", "z in C", 1),
    # determinants that are both more than 0 for square matrices alone
    ("det(X^T X)^2 + det(X X^T)", "X", "X in R^{m x n}", 1),
    ("det(X^T X) det(Y Y^T) + tr(X^T Y)", "X", "X, Y in R^{m x n}", 1),
    ("det(X X^T) (1 + det(X^T X)) + sum(X)", "X", "X in R^{m x n}", 1),
    # whole numbers and sizes that are compared with great ones
    ("cases(x^3, k > 7, x^2) + x", "x", "x in R; k in N", 1),
    ("cases(x^2, k > 100, x^3) + k x", "x", "x in R; k in N", 1),
    ("cases(x^2, k = 20, x^3)", "x", "x in R; k in N", 1),
    ("max(k, 50) x^2 + x", "x", "x in R; k in N", 1),
    ("relu(k - 9) sum(x) + x^T x", "x", "x in R^n; k in N", 1),
    ("max(n, 12) x^T x + sum(x)", "x", "x in R^n", 1),
    ("cases(x^T x, n > 9, sum(x.^3))", "x", "x in R^n", 1),
    ("relu(n - 15) x^T x + sum(x)", "x", "x in R^n", 1),
    # thresholds close to each other
    ("|x - 77| x + max(x, 300)", "x", "x in R", 1),
    ("relu(x - 200) + relu(x - 300) + relu(x - 500)", "x", "x in R", 1),
    ("clip(x, 100, 105) x", "x", "x in R", 1),
    # a size that is a number only where something far away shows
    ("sum_{i=1}^N relu(a_i^T x - 30)^2 + b^T x", "x", "a_i, b, x in R^n", 1),
    ("n relu(a^T x - 500) + x^T x", "x", "a, x in R^n", 1),
    ("relu(x - 500)^k + x", "x", "x in R; k in N", 1),
    # conditions within conditions
    ("sum(relu(W relu(V x + b) + c))", "x", "W in R^{p x m}; V in R^{m x n}; x in R^n; b in R^m; c in R^p", 1),
]
STRUCTURED = [
    ("tr(A S) + logdet(S)", "S", "A in R^{n x n}; S in R^{n x n} spd"),
    ("a^T S b + tr(S^2)", "S", "a, b in R^n; S in R^{n x n} symmetric"),
    ("tr(A D) + tr(D^3)", "D", "A in R^{n x n}; D in R^{n x n} diagonal"),
    ("a^T K b + tr(K A K)", "K", "a, b in R^n; A in R^{n x n}; K in R^{n x n} skew"),
    ("a^T L b + tr(L L^T)", "L", "a, b in R^n; L in R^{n x n} lower"),
    ("logdet(S) + tr(S^-1 A)", "S", "A in R^{n x n}; S in R^{n x n} spd"),
    ("tr(S A S B) + x^T S x", "S", "A, B in R^{n x n}; x in R^n; S in R^{n x n} symmetric"),
    ("x^T D y + logdet(D)", "D", "x, y in R^n; D in R^{n x n} diagonal"),
    ("tr(A K) + tr(K^T K)", "K", "A in R^{n x n}; K in R^{n x n} skew"),
    ("||L x - b||^2 + tr(L)", "L", "x, b in R^n; L in R^{n x n} lower"),
    ("tr(U A U^T) + sum(U)", "U", "A in R^{n x n}; U in R^{n x n} upper"),
    ("tr(expm(S) A)", "S", "A in R^{n x n}; S in R^{n x n} symmetric"),
]
BILLIONTH = Fraction(1, 10**9)
Mutation = Callable[[Tensor], Iterator[Tensor]]


def with_summands(t: Tensor, change: Callable[[list[Any], int], list[Any]], parts: list[Any]) -> Iterator[Tensor]:
    """The tensor with its summands changed, one after another."""
    for k in range(len(parts)):
        changed = change(parts, k)
        made = Tensor(t.shapes, changed if t.matrix is None else t.terms)
        if t.matrix is not None:
            made.replace(add(*changed))
        yield made


def summands(t: Tensor) -> list[Any]:
    if t.matrix is None:
        return list(t.terms)
    return list(t.matrix.args) if t.matrix.op is ADD else [t.matrix]


def scaled(part: Term | Expr, by: Fraction) -> Any:
    return Term(times(num(by), part.scalar), part.factors, part.slots, part.binders) if isinstance(part, Term) else times(num(by), part)


def by_factor(by: Fraction) -> Mutation:
    def whole(t: Tensor) -> Iterator[Tensor]:
        yield next(with_summands(t, lambda parts, k: [scaled(p, by) for p in parts], summands(t)))

    return whole


def one_by_factor(by: Fraction) -> Mutation:
    return lambda t: with_summands(t, lambda ps, k: [*ps[:k], scaled(ps[k], by), *ps[k + 1 :]], summands(t))


def missing(t: Tensor) -> Iterator[Tensor]:
    parts = summands(t)
    return with_summands(t, lambda ps, k: [*ps[:k], *ps[k + 1 :]], parts) if len(parts) > 1 else iter(())


def turned(t: Tensor) -> Iterator[Tensor]:
    """With a summand transposed, where that is another one of its shape: in matrix notation, or two slots of a term exchanged."""
    if len(t.shapes) > 2:
        return  # Hessians are symmetric
    parts = summands(t)
    for k, part in enumerate(parts):
        others: list[Any] = []
        if isinstance(part, Term):
            for a, b in ((0, 1), (2, 3)):
                rows, cols = part.slots[a], part.slots[b]
                if rows and [i.dim for i in rows] == [i.dim for i in cols] and not any(_is_unit(e) for e, _, _ in part.factors):
                    slots = [*part.slots]
                    slots[a], slots[b] = cols, rows
                    others.append(Term(part.scalar, part.factors, slots, part.binders))
        elif part.shape[0] is part.shape[1] is not ONE and not is_zero(simplify(subtract(part, transpose(part)))):
            others.append(transpose(part))
        for other in others:
            yield next(with_summands(t, lambda ps, _, k=k, other=other: [*ps[:k], other, *ps[k + 1 :]], parts))  # type: ignore[misc]


def _is_unit(e: Expr) -> bool:
    """Whether it is I, or a number times I."""
    return e.op is EYE or (e.op is TIMES and e.args[-1].op is EYE)


def numbered(t: Tensor) -> Iterator[Tensor]:
    """With numbers in place of a size, or of a whole number."""
    leaves = {e for e in postorder(t.expressions()) if e.op is SIZE or (e.op is SYMBOL and "integer" in words_of(e))}
    for leaf in leaves:
        for k in (1, 2, 3, 4, 6):
            yield t.map(lambda e, leaf=leaf, k=k: substitute(e, {leaf: num(k)}))


def counted(t: Tensor) -> Iterator[Tensor]:
    """With a whole number that is greater by one: a factor, an exponent, a threshold."""
    for e in {e for e in postorder(t.expressions()) if e.op is NUMBER and value_of(e) >= 2 and value_of(e).denominator == 1}:
        yield t.map(lambda whole, e=e: substitute(whole, {e: num(value_of(e) + 1)}))


def within(make: Callable[[Expr, Expr], Expr]) -> Mutation:
    """With a summand changed of a sum that may stand anywhere: given are the sum and the summand."""

    def one_after_another(t: Tensor) -> Iterator[Tensor]:
        for e in dict.fromkeys(e for e in postorder(t.expressions()) if e.op is ADD):
            for a in e.args:
                yield t.map(lambda whole, e=e, a=a: substitute(whole, {e: make(e, a)}))

    return one_after_another


MUTATIONS: dict[str, Mutation] = {
    "twice": by_factor(Fraction(2)),
    "the other sign": by_factor(Fraction(-1)),
    "a billionth more": by_factor(1 + BILLIONTH),
    "a term twice": one_by_factor(Fraction(2)),
    "a term with the other sign": one_by_factor(Fraction(-1)),
    "a term a billionth more": one_by_factor(1 + BILLIONTH),
    "a term missing": missing,
    "a number for a size": numbered,
    "a term transposed": turned,
    "another number": counted,
}
WITHIN: dict[str, Mutation] = {"a summand within missing": within(subtract), "a summand within twice": within(add)}


def names(wrt: str) -> str | list[str]:
    return wrt.split(",") if "," in wrt else wrt


def survivors(
    monkeypatch: pytest.MonkeyPatch, mutation: Mutation, text: str, wrt: str, where: str, order: int, **options: Any
) -> list[str]:
    """The wrong derivatives that the check lets through."""
    check = matcalc.pipeline.differentiate.judged
    passed = []

    def mutated(typed: Any, previous: Any, tensor: Any, *rest: Any, **more: Any) -> Check:
        for wrong in mutation(tensor) if order == 1 or previous is not None else ():
            try:
                if check(typed, previous, wrong, *rest, **more):
                    passed.append("; ".join(map(str, wrong.expressions())))
            except (VerificationError, NoAnswerError):
                pass
        return Check(1, (), 0)

    monkeypatch.setattr(matcalc.pipeline.differentiate, "judged", mutated)
    matcalc.derivative(text, names(wrt), where=where, **({"order": order} if order > 1 else {}), **options)  # type: ignore[arg-type]
    return passed


@pytest.mark.parametrize("question", [*EXPRESSIONS, *FURTHER, *NEWER, *HOSTILE, *SEARCHED], ids=lambda q: q[0])
def test_what_is_nearly_right_is_refused(monkeypatch: pytest.MonkeyPatch, question: tuple[str, str, str, int]) -> None:
    found = matcalc.derivative(question[0], names(question[1]), where=question[2], order=question[3])
    assert found.verified == "verified"  # type: ignore[union-attr]
    for name, mutation in MUTATIONS.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, *question), name


@pytest.mark.parametrize("question", SEARCHED, ids=lambda q: q[0])
def test_summands_within_a_term_too(monkeypatch: pytest.MonkeyPatch, question: tuple[str, str, str, int]) -> None:
    for name, mutation in WITHIN.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, *question), name


@pytest.mark.parametrize("convention", ["symmetric-space", "independent"])
@pytest.mark.parametrize("question", STRUCTURED, ids=lambda q: q[0])
def test_within_a_set_too(monkeypatch: pytest.MonkeyPatch, question: tuple[str, str, str], convention: str) -> None:
    for name, mutation in MUTATIONS.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, *question, 1, structured=convention), name


@pytest.mark.parametrize("notation", ["kron", "differential", "index", "cases"])
@pytest.mark.parametrize("text", ["A X B + X A", "X^-1 + 2 X", "X A X"])
def test_in_other_notations_too(monkeypatch: pytest.MonkeyPatch, text: str, notation: str) -> None:
    for name, mutation in MUTATIONS.items():
        with monkeypatch.context() as patch:
            assert not survivors(patch, mutation, text, "X", "A, B, X in R^{n x n}", 1, notation=notation), name


def test_sizes_are_even_and_odd() -> None:
    """Where the points are tall: det(-X^T X) is det(X^T X) for even n."""
    check = matcalc.derivative("log(1 + det(X^T X)) tr(X^T B)", "X", where="X, B in R^{m x n}").check
    assert check is not None and {sizes["n"] % 2 for sizes in check.sizes} == {0, 1}


def test_there_are_enough() -> None:
    assert all(len(questions) >= 60 for questions in (EXPRESSIONS, FURTHER, NEWER, HOSTILE))

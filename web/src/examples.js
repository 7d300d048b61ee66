// Questions by field. The tests ask every one of them.

export const EXAMPLES = {
  "Least squares": [
    { expr: "||A x - b||^2", wrt: ["x"] },
    { expr: "||A x - b||^2 + lambda ||x||^2", wrt: ["x"], what: "hessian" },
    { expr: "\\frac{1}{2}\\lVert y - \\Phi\\theta\\rVert_2^2", wrt: ["theta"] },
    { expr: "||X - W H||_F^2", wrt: ["W", "H"] },
  ],
  "Machine learning": [
    { expr: "sum(log(1 + exp(-y .* (X w))))", wrt: ["w"] },
    { expr: "-y^T log(softmax(W x))", wrt: ["W"] },
    { expr: "1/N sum_{i=1}^N (w^T x_i - y_i)^2", wrt: ["w"], where: "w, x_i in R^n; y_i in R" },
    { expr: "v^T tanh(W x + b)", wrt: ["W", "b"] },
    { expr: "softmax(z)", wrt: ["z"], what: "jacobian" },
  ],
  Statistics: [
    { expr: "-1/2 log(det(S)) - 1/2 (x - mu)^T S^-1 (x - mu)", wrt: ["mu"], where: "mu in R^n; S in R^{n x n} spd" },
    { expr: "logdet(S) + tr(S^-1 C)", wrt: ["S"], where: "S, C in R^{n x n} spd" },
    { expr: "(x - mu)^2/sigma^2", wrt: ["sigma"], where: "x, mu, sigma in R" },
  ],
  "Linear algebra": [
    { expr: "x^T A x", wrt: ["x"] },
    { expr: "(x^T A x)/(x^T x)", wrt: ["x"], where: "A in S^n" },
    { expr: "a^T X^-1 b", wrt: ["X"] },
    { expr: "A X B", wrt: ["X"], notation: "kron" },
    { expr: "tr(expm(X))", wrt: ["X"] },
  ],
  "Optimisation and physics": [
    { expr: "t c^T x - sum(log(b - A x))", wrt: ["x"], what: "hessian" },
    { expr: "1/2 w^T S w - lambda mu^T w", wrt: ["w"], where: "mu in R^n; S in S^n" },
    { expr: "1/2 m ||v||^2", wrt: ["v"], where: "m in R" },
  ],
};

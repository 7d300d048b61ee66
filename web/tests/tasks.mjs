// The twenty commonest tasks: the question as its link says it, and what the page answers.

export const TASKS = [
  ["a quadratic form", "f=x^T A x", ["x^T (A + A^T)"]],
  ["a symmetric one", "f=x^T A x&where=A in S^n", ["2 x^T A"]],
  ["least squares", "f=||A x - b||^2&by=x", ["2 (A x - b)^T A"]],
  ["a gradient as a column", "f=||A x - b||^2&by=x&what=grad", ["2 A^T (A x - b)"]],
  ["a Hessian", "f=||A x - b||^2&by=x&what=hessian", ["2 A^T A"]],
  ["ridge regression in LaTeX", "f=\\frac{1}{2}\\|y - X w\\|^2 + \\frac{\\lambda}{2}\\|w\\|^2&by=w", ["lambda w^T - (y - X w)^T X"]],
  ["a sum over data", "f=1/N sum_{i=1}^N (w^T x_i - y_i)^2&by=w&where=w, x_i in R^n; y_i in R", ["2/N sum_{i=1}^N (w^T x_i - y_i) x_i^T"]],
  ["log det", "f=log det X&by=X", ["X^-T"]],
  ["an inverse", "f=a^T X^-1 b&by=X", ["-X^-T a b^T X^-T"]],
  ["a trace", "f=tr(A X B)&by=X", ["A^T B^T"]],
  ["its strict layout", "f=tr(A X B)&by=X&layout=strict", ["B A"]],
  ["a Jacobian", "f=sin(A x + b)&by=x&what=jacobian", ["diag(cos(A x + b)) A"]],
  ["softmax", "f=softmax(x)&by=x", ["diag(softmax(x)) - softmax(x) softmax(x)^T"]],
  ["a Kronecker form", "f=A X B&by=X&notation=kron", ["d vec(F)/d vec(X)^T = B^T ⊗ A"]],
  ["a differential", "f=A X B&by=X&notation=differential", ["dX -> A dX B"]],
  ["several variables", "f=a^T X b&by=a,X", ["(X b)^T", "a b^T"]],
  ["a norm", "f=||x||&by=x", ["x^T/||x||"]],
  ["a quotient of forms", "f=(x^T A x)/(x^T x)&by=x&where=A in S^n", ["2/(x^T x) (A x - (x^T A x) x/(x^T x))^T"]],
  ["calculus, which asks SymPy", "f=sin(x)^2 + cos(x)^2 + x&by=x&where=x in R", ["1"]],
  ["what the text asks itself", "f=\\frac{d}{dt} t^3&where=t in R", ["3 t^2"]],
];

# Functions that an emitted R program carries with it, where it needs them: their text is copied.


column_ <- function(x) {
    # numbers as a column
    matrix(x, ncol = 1)
}


expand_ <- function(x, shape) {
    # x repeated along its axes of length one
    if (is.null(dim(x))) return(array(x, shape))
    places <- lapply(seq_along(shape), function(k) if (dim(x)[k] == 1) rep(1, shape[k]) else seq_len(shape[k]))
    do.call(`[`, c(list(x), places, drop = FALSE))
}


view_ <- function(x, order) {
    # the axes in another order, new ones of length one where it says 0
    old <- order[order > 0]
    x <- if (length(old) > 1) aperm(array(x, dim(x)[seq_along(old)]), old) else x
    shape <- rep(1, length(order))
    shape[order > 0] <- dim(x)[seq_along(old)]
    array(x, shape)
}


reshape_ <- function(x, from, to) {
    # the same entries, row by row, with other axes
    array(aperm(array(aperm(array(x, from), rev(seq_along(from))), rev(to)), rev(seq_along(to))), to)
}


member_ <- function(x, k) {
    # the k-th along the first axis
    shape <- dim(x)[-1]
    found <- array(x, c(dim(x)[1], prod(shape)))[k, ]
    array(found, if (length(shape) < 2) c(shape, 1) else shape)
}


part_ <- function(x, low, high) {
    # those from low to high along the first axis
    found <- array(x, c(dim(x)[1], prod(dim(x)[-1])))[seq(low, length.out = high - low + 1), , drop = FALSE]
    array(found, c(high - low + 1, dim(x)[-1]))
}


cumulated_ <- function(x, axis, backwards) {
    # cumulative sums along an axis, from its end if backwards
    turn <- if (backwards) rev else identity
    if (length(dim(x)) == 2 && axis == 1) return(array(apply(x, 2, function(v) turn(cumsum(turn(v)))), dim(x)))
    order <- c(axis, seq_along(dim(x))[-axis])
    turned <- aperm(x, order)
    found <- array(apply(array(turned, c(dim(turned)[1], prod(dim(turned)[-1]))), 2, function(v) turn(cumsum(turn(v)))), dim(turned))
    aperm(found, match(seq_along(order), order))
}


prod_ <- function(x, rank) {
    # products along the last axis
    if (rank == 1) prod(x) else array(apply(x, seq_len(rank - 1), prod), c(dim(x)[seq_len(rank - 1)], 1)[seq_len(max(rank - 1, 2))])
}


places_ <- function(grid, labels, names) {
    # the rows of a grid of indices as an index of an array, whose vectors are columns
    at <- grid[, match(labels, names), drop = FALSE]
    if (length(labels) == 1) cbind(at, 1) else at
}


contract_ <- function(x, first, y, second, out) {
    # a product of two arrays with a letter for every axis, summed over the letters that are not in out
    first <- strsplit(first, "")[[1]]
    second <- strsplit(second, "")[[1]]
    out <- strsplit(out, "")[[1]]
    names <- unique(c(out, first, second))
    sizes <- c(dim(x)[seq_along(first)], dim(y)[seq_along(second)])[match(names, c(first, second))]
    grid <- as.matrix(expand.grid(lapply(sizes, seq_len)))
    left <- if (length(first)) x[places_(grid, first, names)] else x
    right <- if (length(second)) y[places_(grid, second, names)] else y
    kept <- sizes[seq_along(out)]
    sums <- rowSums(matrix(left * right, nrow = prod(kept)))
    if (length(out) == 0) sums else array(sums, if (length(out) == 1) c(kept, 1) else kept)
}


spread_ <- function(shape, ...) {
    # zeros with arrays added along diagonals: list("iji", a) adds a[i, j] at [i, j, i]
    total <- array(0, shape)
    for (part in list(...)) {
        axes <- strsplit(part[[1]], "")[[1]]
        names <- unique(axes)
        sizes <- shape[match(names, axes)]
        grid <- as.matrix(expand.grid(lapply(sizes, seq_len)))
        values <- part[[2]]
        if (!is.null(dim(values))) values <- expand_(values, if (length(sizes) == 1) c(sizes, 1) else sizes)
        at <- grid[, match(axes, names), drop = FALSE]
        total[at] <- total[at] + c(values)
    }
    total
}


cases_ <- function(...) {
    # the first value whose condition is not 0; not a number where none holds
    given <- list(...)
    otherwise <- if (length(given) %% 2) given[[length(given)]] else NaN
    shape <- Find(Negate(is.null), lapply(given, dim))
    whole <- function(v) if (is.null(shape)) v else array(v, shape)
    total <- whole(otherwise)
    for (k in rev(seq_len(length(given) %/% 2))) {
        holds <- whole(given[[2 * k]]) != 0
        total[holds] <- whole(given[[2 * k - 1]])[holds]
    }
    total
}


sigmoid_ <- function(z) {
    # 1 / (1 + exp(-z)), without overflow
    small <- exp(-abs(z))
    (small * (z < 0) + (z >= 0)) / (1 + small)
}


softplus_ <- function(z) {
    # log(1 + exp(z)), without overflow
    z * (z > 0) + log1p(exp(-abs(z)))
}


softmax_ <- function(z, axis) {
    # exp(z) / sum(exp(z)) along the last axis, without overflow
    if (axis == 1) {
        e <- exp(z - max(z))
        return(e / sum(e))
    }
    e <- exp(z - c(apply(z, seq_len(axis - 1), max)))
    e / c(apply(e, seq_len(axis - 1), sum))
}


logsumexp_ <- function(z, axis) {
    # log(sum(exp(z))) along the last axis, without overflow
    over_(z, axis, function(x) max(x) + log(sum(exp(x - max(x)))))
}


over_ <- function(x, axis, f) {
    # a function of what lies along the axes from this one on
    if (axis == 1) return(f(x))
    found <- apply(x, seq_len(axis - 1), f)
    if (axis == 2) column_(found) else found
}


larger_ <- function(x, y) {
    # the larger entries of two arrays of one shape, or of an array and a number
    shape <- if (is.null(dim(x))) dim(y) else dim(x)
    if (is.null(shape)) max(x, y) else array(pmax(c(x), c(y)), shape)
}


smaller_ <- function(x, y) {
    # the smaller ones
    -larger_(-x, -y)
}


erf_ <- function(x) {
    # the error function
    sign(x) * pchisq(2 * x^2, 1)
}


gelu_ <- function(z) {
    # z times the normal distribution function
    z * pnorm(z)
}


det_ <- function(X) {
    # the determinant, which base R has of real matrices
    if (is.complex(X)) prod(eigen(X, only.values = TRUE)$values) else det(X)
}


logdet_ <- function(X) {
    # log(abs(det(X))), without overflow
    if (is.complex(X)) sum(log(Mod(eigen(X, only.values = TRUE)$values))) else as.numeric(determinant(X)$modulus)
}


tril_ <- function(X) {
    # the entries on and below the diagonal
    X[upper.tri(X)] <- 0
    X
}


triu_ <- function(X) {
    # the entries on and above the diagonal
    X[lower.tri(X)] <- 0
    X
}


mpower_ <- function(X, k) {
    # a whole power
    if (k < 0) return(solve(mpower_(X, -k)))
    total <- diag(nrow(X))
    for (i in seq_len(k)) total <- total %*% X
    total
}


pinv_ <- function(X) {
    # the pseudoinverse; singular values of rounding errors, 16 units for each row or column, are taken for zero
    s <- svd(X)
    kept <- s$d > 16 * max(dim(X)) * .Machine$double.eps * max(s$d)
    s$v[, kept, drop = FALSE] %*% (t(s$u[, kept, drop = FALSE]) / s$d[kept])
}


adjugate_ <- function(X) {
    # the adjugate, also of a singular matrix
    s <- svd(X)
    others <- vapply(seq_along(s$d), function(k) prod(s$d[-k]), 0)
    det(s$u) * det(s$v) * s$v %*% (others * t(s$u))
}


hat_ <- function(w) {
    # the rows e_k x w
    matrix(c(0, w[3], -w[2], -w[3], 0, w[1], w[2], -w[1], 0), 3, 3)
}


left_jacobian_ <- function(w) {
    # the integral of exp(s [w]_x) for s from 0 to 1
    expm_(rbind(cbind(hat_(w), diag(3)), matrix(0, 3, 6)))[1:3, 4:6]
}


first_right_singular_ <- function(X) {
    # the first right singular vector, its greatest entry positive
    v <- svd(X)$v[, 1]
    column_(v * sign(v[which.max(abs(v))]))
}


spectral_ <- function(X, k) {
    # the k-th eigenvalue by real parts, from above with k < 0; not a number where X is real and it is not
    values <- eigen(X, only.values = TRUE)$values
    value <- values[order(Re(values))[k + (k < 0) * (nrow(X) + 1)]]
    if (is.complex(X)) value else if (abs(Im(value)) > 1e-8 * max(abs(values))) NaN else Re(value)
}


projector_ <- function(X, k) {
    # v w'/(w' v) with its right and left eigenvector
    found <- eigen(X)
    at <- order(Re(found$values))[k + (k < 0) * (nrow(X) + 1)]
    P <- found$vectors[, at, drop = FALSE] %*% solve(found$vectors)[at, , drop = FALSE]
    if (is.complex(X)) P else if (abs(Im(found$values[at])) > 1e-8 * max(abs(found$values))) Re(P) * NaN else Re(P)
}


eigen_ <- function(X, k) {
    # the k-th eigenvalue of the symmetric part from below, from above with k < 0
    sort(eigen((X + t(X)) / 2, symmetric = TRUE)$values)[k + (k < 0) * (nrow(X) + 1)]
}


eigenvector_ <- function(X, k) {
    # its vector, the greatest entry positive
    found <- eigen((X + t(X)) / 2, symmetric = TRUE)
    v <- found$vectors[, order(found$values)[k + (k < 0) * (nrow(X) + 1)]]
    column_(v * sign(v[which.max(abs(v))]))
}


polar_ <- function(X) {
    # U V^T for X = U S V^T
    s <- svd(X)
    s$u %*% t(s$v)
}


polar_derivative_ <- function(X, E, ...) {
    # the derivative of U V^T along E, X = U S V^T of full rank; along several directions a block of X (X^T X)^(-1/2)
    further <- list(...)
    if (length(further) == 0) {
        s <- svd(X)
        F <- t(s$u) %*% E %*% s$v
        left <- t(t(E %*% s$v - s$u %*% F) / s$d)
        right <- (t(s$u) %*% E - F %*% t(s$v)) / s$d
        return((s$u %*% ((F - t(F)) / outer(s$d, s$d, "+")) + left) %*% t(s$v) + s$u %*% right)
    }
    if (nrow(X) < ncol(X)) return(t(do.call(polar_derivative_, c(list(t(X), t(E)), lapply(further, t)))))
    tall <- triangle_(X, E, ...)
    wide <- do.call(triangle_, c(list(t(X), t(E)), lapply(further, t)))
    whole <- tall %*% solve(sqrtm_(wide %*% tall))
    whole[seq_len(nrow(X)), seq(ncol(whole) - ncol(X) + 1, ncol(whole)), drop = FALSE]
}


columns_ <- function(linear, X) {
    # the matrix of a linear map of matrices like X, for stacked columns
    vapply(seq_along(X), function(k) c(linear(array(as.numeric(seq_along(X) == k), dim(X)))), numeric(length(X)))
}


kronecker_ <- function(f, X, ...) {
    # M with vec(L(X, ..., E)) = M vec(E), L the derivative of a function of matrices along the directions and E
    columns_(function(E) derivative_(f, X, ..., E), X)
}


polar_kronecker_ <- function(X, ...) {
    # the same for the factor U V^T
    columns_(function(E) polar_derivative_(X, ..., E), X)
}


sqrtm_ <- function(X) {
    # the principal square root: the product form of Denman and Beavers' iteration (Higham 2008, section 6.3)
    eye <- diag(nrow(X))
    M <- X
    S <- X
    for (k in 1:60) {
        away <- max(abs(M - eye))
        if (away <= 4 * nrow(X) * .Machine$double.eps) break
        scale <- if (away > 0.1) exp(-as.numeric(determinant(M)$modulus) / (2 * nrow(X))) else 1
        inverse <- solve(M)
        S <- scale / 2 * S %*% (eye + inverse / scale^2)
        M <- (eye + (scale^2 * M + inverse / scale^2) / 2) / 2
    }
    if (max(abs(M - eye)) < 0.01) S else NaN * S
}


logm_ <- function(X) {
    # the principal logarithm: square roots, then the Pade approximant of log(1 + x) in partial fractions (Higham 2008, 11.5)
    points <- c(0.14887433898163122, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717)
    weights <- c(0.29552422471475287, 0.26926671930999635, 0.21908636251598204, 0.1494513491505806, 0.06667134430868814)
    eye <- diag(nrow(X))
    roots <- 0
    while (max(colSums(abs(X - eye))) > 0.25 && roots < 100) {
        X <- sqrtm_(X)
        roots <- roots + 1
    }
    Y <- X - eye
    total <- 0 * Y
    for (k in 1:5) for (t in c(-1, 1) * points[k]) total <- total + weights[k] / 2 * solve(eye + (1 + t) / 2 * Y, Y)
    2^roots * total
}


turned_ <- function(X) {
    # exp([0, X; -X, 0]), which is [cos X, sin X; -sin X, cos X]
    expm_(rbind(cbind(0 * X, X), cbind(-X, 0 * X)))
}


cosm_ <- function(X) {
    # the matrix cosine
    turned_(X)[seq_len(nrow(X)), seq_len(nrow(X)), drop = FALSE]
}


sinm_ <- function(X) {
    # the matrix sine
    turned_(X)[seq_len(nrow(X)), nrow(X) + seq_len(nrow(X)), drop = FALSE]
}


coshm_ <- function(X) {
    # the matrix hyperbolic cosine
    (expm_(X) + expm_(-X)) / 2
}


sinhm_ <- function(X) {
    # the matrix hyperbolic sine
    (expm_(X) - expm_(-X)) / 2
}


commutation_ <- function(m, n) {
    # K with K vec(X) = vec(X^T) for X of m x n
    diag(m * n)[c(t(matrix(seq_len(m * n), m, n))), , drop = FALSE]
}


elimination_ <- function(n) {
    # L with L vec(X) = vech(X) for X of n x n
    diag(n * n)[which(lower.tri(diag(n), diag = TRUE)), , drop = FALSE]
}


duplication_ <- function(n) {
    # D with D vech(S) = vec(S) for symmetric S of n x n
    place <- matrix(seq_len(n * n), n, n)
    diag(n * n)[c(pmin(place, t(place))), , drop = FALSE] %*% t(elimination_(n))
}


convmtx_ <- function(a, n) {
    # T with n columns and T %*% x the convolution of a and x
    zeros <- rep(0, n - 1)
    hankel_(c(zeros, a, zeros), n)[, n:1, drop = FALSE]
}


hankel_ <- function(r, n) {
    # n columns, H[i, j] = r[i + j - 1]
    rows <- length(r) - n + 1
    matrix(r[outer(seq_len(rows), seq_len(n), "+") - 1], rows, n)
}


convolve_ <- function(x, a) {
    # the convolution of two columns
    y <- rep(0, length(x) + length(a) - 1)
    for (k in seq_along(a)) {
        at <- k - 1 + seq_along(x)
        y[at] <- y[at] + a[k] * x
    }
    matrix(y)
}


correlate_ <- function(x, a) {
    # the correlation of x with a, where a lies within x
    y <- rep(0, length(x) - length(a) + 1)
    for (k in seq_along(a)) y <- y + a[k] * x[k - 1 + seq_along(y)]
    matrix(y)
}


unvech_ <- function(v) {
    # the symmetric matrix S with vech(S) = v
    n <- (sqrt(8 * length(v) + 1) - 1) / 2
    matrix(duplication_(n) %*% v, n, n)
}


norm_ <- function(x) {
    # the root of the sum of squares, also where these over- or underflow
    top <- max(abs(x))
    if (top > 0 && is.finite(top)) top * sqrt(sum(abs(x / top)^2)) else top
}


p_norm_ <- function(x, p) {
    # the p-norm, scaled so that nothing overflows
    top <- max(abs(x))
    if (top > 0) top * sum((abs(x) / top)^p)^(1 / p) else top
}


expm_ <- function(X) {
    # the matrix exponential: Pade approximation with scaling and squaring (Higham 2005)
    b <- c(64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
           33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)
    size <- max(colSums(abs(X)))
    squarings <- if (size > 0) max(0, ceiling(log2(size / 5.371920351148152))) else 0
    A <- X / 2^squarings
    eye <- diag(nrow(X))
    A2 <- A %*% A
    A4 <- A2 %*% A2
    A6 <- A4 %*% A2
    U <- A %*% (A6 %*% (b[14] * A6 + b[12] * A4 + b[10] * A2) + b[8] * A6 + b[6] * A4 + b[4] * A2 + b[2] * eye)
    V <- A6 %*% (b[13] * A6 + b[11] * A4 + b[9] * A2) + b[7] * A6 + b[5] * A4 + b[3] * A2 + b[1] * eye
    value <- solve(V - U, V + U)
    for (k in seq_len(squarings)) value <- value %*% value
    value
}


triangle_ <- function(X, ...) {
    # the block triangle of which a function of matrices has its derivative along the directions in the top right corner
    block <- X
    k <- 0
    for (E in list(...)) {
        step <- kronecker(diag(2^k), E)
        block <- rbind(cbind(block, step), cbind(0 * step, block))
        k <- k + 1
    }
    block
}


derivative_ <- function(f, X, ...) {
    # the derivative of a function of matrices at X along the directions
    whole <- f(triangle_(X, ...))
    whole[seq_len(nrow(X)), seq(ncol(whole) - ncol(X) + 1, ncol(whole)), drop = FALSE]
}


batched_ <- function(f, results, axes, given) {
    # a function for every sample, what it returns with one more axis in front; axes are -1 of what is the same for all
    places <- which(axes >= 0)
    for (p in places) given[[p]] <- if (axes[p] == 0) matrix(c(given[[p]])) else as.array(given[[p]])
    samples <- dim(given[[places[1]]])[1]
    for (p in places) {
        if (samples == 0 || dim(given[[p]])[1] != samples || length(dim(given[[p]])) != max(2, axes[p] + 1))
            stop("one and the same number of samples expected in front")
    }
    rows <- given
    for (p in places) dim(rows[[p]]) <- c(samples, length(rows[[p]]) / samples)
    found <- vector("list", length(results))
    shapes <- found
    for (k in seq_len(samples)) {
        one <- given
        for (p in places) {
            row <- rows[[p]][k, ]
            one[[p]] <- if (axes[p] == 0) row else array(row, if (axes[p] == 1) c(length(row), 1) else dim(given[[p]])[-1])
        }
        values <- do.call(f, one)
        if (length(results) == 1) values <- list(values)
        for (r in seq_along(results)) {
            if (k == 1) {
                shapes[[r]] <- if (results[r] < 2) length(values[[r]]) else dim(values[[r]])
                found[[r]] <- matrix(0, samples, length(values[[r]]))
            }
            found[[r]][k, ] <- values[[r]]
        }
    }
    for (r in seq_along(results)) dim(found[[r]]) <- c(samples, shapes[[r]])
    if (length(results) == 1) found[[1]] else found
}

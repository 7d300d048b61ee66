// Functions that an emitted program in C++ carries with it, where it needs them: their text is copied. An array of more than two axes is
// a matrix, the first axis its rows, the others its columns, the second running fastest.


inline Matrix zeros_(const Shape& shape) {
    // zeros
    Index rest = 1;
    for (std::size_t k = 1; k < shape.size(); ++k) rest *= shape[k];
    return Matrix::Zero(shape[0], rest);
}


inline Matrix full_(Number value, const Shape& shape) {
    // a number everywhere
    return Matrix(zeros_(shape).array() + value);
}


inline Matrix block_(Number x) {
    // a number as an array
    return Matrix::Constant(1, 1, x);
}
template <typename Derived>
const Derived& block_(const Eigen::MatrixBase<Derived>& x) {
    return x.derived();
}


template <typename Derived>
void check_(const Eigen::MatrixBase<Derived>& x, const Shape& shape, const char* words) {
    // the shape of an argument
    if (x.rows() != shape[0] || x.cols() != (shape.size() > 1 ? shape[1] : 1))
        throw std::invalid_argument(std::string(words) + " expected, not (" + std::to_string(x.rows()) + ", " + std::to_string(x.cols()) + ")");
}
template <typename A>
auto check_(const A& x, const Shape& shape, const char* words) -> decltype(x.entries, void()) {
    Index size = 1;
    for (Index n : shape) size *= n;
    if (x.shape != shape || x.entries.rows() != shape[0] || x.entries.size() != size) throw std::invalid_argument(std::string(words) + " expected");
}


template <typename A, typename B>
Number dot_(const Eigen::MatrixBase<A>& a, const Eigen::MatrixBase<B>& b) {
    // the sum of the products of entries
    return a.cwiseProduct(b).sum();
}


inline Matrix range_(Index low, Index high) {
    // low, low + 1, ..., high
    Matrix x(std::max<Index>(high - low + 1, 0), 1);
    for (Index k = 0; k < x.rows(); ++k) x(k, 0) = Number(Real(low + k));
    return x;
}


inline Matrix part_(const Matrix& x, Index low, Index high) {
    // those from low to high along the first axis
    return x.middleRows(low - 1, std::max<Index>(high - low + 1, 0));
}


inline Matrix reshaped_(const Matrix& x, const Shape& shape) {
    // the same entries, column by column, with other axes
    return Matrix(Eigen::Map<const Matrix>(x.data(), shape[0], shape[0] ? x.size() / shape[0] : 0));
}


inline Matrix member_(const Matrix& x, Index k, const Shape& shape) {
    // the k-th along the first axis
    return reshaped_(Matrix(x.row(k - 1)), shape);
}


inline Shape strides_(const Shape& shape) {
    // how far apart in storage neighbours along an axis are
    Shape strides(shape.size(), 1);
    for (std::size_t k = 1; k < shape.size(); ++k) strides[k] = strides[k - 1] * shape[k - 1];
    return strides;
}


template <typename F>
void walk_(const Shape& sizes, F f) {
    // f of every place of an array, the first index running fastest
    Shape at(sizes.size(), 0);
    for (Index n : sizes)
        if (n == 0) return;
    while (true) {
        f(at);
        std::size_t k = 0;
        while (k < sizes.size() && ++at[k] == sizes[k]) at[k++] = 0;
        if (k == sizes.size()) return;
    }
}


inline Matrix view_(const Matrix& x, const Shape& before, const std::vector<int>& order) {
    // the axes in another order, which counts from 1; new ones of length one where it says 0
    Shape shape, step;
    for (int p : order) {
        shape.push_back(p ? before[p - 1] : 1);
        step.push_back(p ? strides_(before)[p - 1] : 0);
    }
    Matrix y = zeros_(shape);
    Index next = 0;
    walk_(shape, [&](const Shape& at) {
        Index place = 0;
        for (std::size_t k = 0; k < at.size(); ++k) place += at[k] * step[k];
        y.data()[next++] = x.data()[place];
    });
    return y;
}


inline Matrix expand_(const Matrix& x, const Shape& before, const Shape& shape) {
    // x repeated along its axes of length one
    if (shape.size() < 3) return x.replicate(shape[0] / x.rows(), shape.size() < 2 ? 1 : shape[1] / x.cols());
    Shape step = strides_(before);
    for (std::size_t k = 0; k < step.size(); ++k)
        if (before[k] == 1) step[k] = 0;
    Matrix y = zeros_(shape);
    Index next = 0;
    walk_(shape, [&](const Shape& at) {
        Index place = 0;
        for (std::size_t k = 0; k < at.size(); ++k) place += at[k] * step[k];
        y.data()[next++] = x.data()[place];
    });
    return y;
}


inline Matrix reshape_(const Matrix& x, const Shape& before, const Shape& shape) {
    // the same entries, row by row, with other axes
    std::vector<int> back, forth;
    for (int k = int(before.size()); k > 0; --k) back.push_back(k);
    for (int k = int(shape.size()); k > 0; --k) forth.push_back(k);
    const Shape turned(shape.rbegin(), shape.rend());
    return view_(reshaped_(view_(x, before, back), turned), turned, forth);
}


inline Matrix beside_(const std::vector<Matrix>& parts) {
    // blocks in a row
    Index cols = 0;
    for (const Matrix& p : parts) cols += p.cols();
    Matrix x(parts[0].rows(), cols);
    cols = 0;
    for (const Matrix& p : parts) {
        x.middleCols(cols, p.cols()) = p;
        cols += p.cols();
    }
    return x;
}


inline Matrix below_(const std::vector<Matrix>& parts) {
    // blocks in a column
    Index rows = 0;
    for (const Matrix& p : parts) rows += p.rows();
    Matrix x(rows, parts[0].cols());
    rows = 0;
    for (const Matrix& p : parts) {
        x.middleRows(rows, p.rows()) = p;
        rows += p.rows();
    }
    return x;
}


inline Matrix literal_(Index rows, Index cols, const std::vector<Number>& entries) {
    // the entries, row by row
    Matrix x(rows, cols);
    for (Index k = 0; k < rows * cols; ++k) x(k / cols, k % cols) = entries[k];
    return x;
}


inline Matrix contract_(const Matrix& x, const Shape& before, const std::string& la, const Matrix& y, const Shape& second, const std::string& lb, const std::string& out, const Shape& shape) {
    // the product of two arrays whose axes have letters, summed over the letters that are not in `out`
    std::string names = out;
    for (char c : la + lb)
        if (names.find(c) == std::string::npos) names += c;
    Shape sizes(names.size()), one(names.size(), 0), two(names.size(), 0), result(names.size(), 0);
    const Shape first = strides_(before), other = strides_(second), whole = strides_(shape);
    for (std::size_t k = 0; k < la.size(); ++k) one[names.find(la[k])] += first[k], sizes[names.find(la[k])] = before[k];
    for (std::size_t k = 0; k < lb.size(); ++k) two[names.find(lb[k])] += other[k], sizes[names.find(lb[k])] = second[k];
    for (std::size_t k = 0; k < out.size(); ++k) result[k] = whole[k];
    Matrix total = shape.empty() ? Matrix(Matrix::Zero(1, 1)) : zeros_(shape);
    walk_(sizes, [&](const Shape& at) {
        Index a = 0, b = 0, c = 0;
        for (std::size_t k = 0; k < at.size(); ++k) a += at[k] * one[k], b += at[k] * two[k], c += at[k] * result[k];
        total.data()[c] += x.data()[a] * y.data()[b];
    });
    return total;
}


struct Core {
    // an array that is added along diagonals: "iji", a adds a(i, j) at (i, j, i)
    std::string axes;
    Matrix values;
    Shape shape;
    Core(const char* axes_, Number value, const Shape&) : axes(axes_), values(Matrix::Constant(1, 1, value)) {}
    Core(const char* axes_, const Matrix& values_, const Shape& shape_) : axes(axes_), values(values_), shape(shape_) {}
};
inline Matrix spread_(const Shape& shape, const std::vector<Core>& cores) {
    // zeros with such arrays added
    Matrix total = zeros_(shape);
    const Shape strides = strides_(shape);
    for (const Core& core : cores) {
        std::string names;
        Shape sizes, to;
        for (std::size_t k = 0; k < core.axes.size(); ++k) {
            const std::size_t at = names.find(core.axes[k]);
            if (at == std::string::npos) {
                names += core.axes[k];
                sizes.push_back(shape[k]);
                to.push_back(strides[k]);
            } else {
                to[at] += strides[k];
            }
        }
        Shape from = strides_(core.shape);
        for (std::size_t k = 0; k < from.size(); ++k)
            if (core.shape[k] == 1) from[k] = 0;
        from.resize(sizes.size(), 0);
        walk_(sizes, [&](const Shape& at) {
            Index a = 0, b = 0;
            for (std::size_t k = 0; k < at.size(); ++k) a += at[k] * from[k], b += at[k] * to[k];
            total.data()[b] += core.values.data()[a];
        });
    }
    return total;
}


inline Matrix cumulated_(const Matrix& x, int axis, const Shape& shape, bool backwards) {
    // cumulative sums along an axis, from its end if backwards
    Matrix y = x;
    const Index step = strides_(shape)[axis - 1], n = shape[axis - 1];
    Shape rest = shape;
    rest[axis - 1] = 1;
    const Shape strides = strides_(shape);
    walk_(rest, [&](const Shape& at) {
        Index start = 0;
        for (std::size_t k = 0; k < at.size(); ++k) start += at[k] * strides[k];
        for (Index k = 1; k < n; ++k) {
            const Index here = start + (backwards ? n - 1 - k : k) * step;
            y.data()[here] += y.data()[backwards ? here + step : here - step];
        }
    });
    return y;
}


inline Matrix prod_(const Matrix& x, Index last) {
    // products along the last of several axes
    return Matrix(Eigen::Map<const Matrix>(x.data(), x.size() / last, last).rowwise().prod());
}


template <typename F>
Matrix stacked_(const Matrix& x, const Shape& before, std::size_t axes, const Shape& shape, F f) {
    // a function of arrays with so many axes, of each in a stack of them
    Shape lead(before.begin(), before.end() - axes), own(before.end() - axes, before.end());
    Index count = 1, size = 1;
    for (Index n : lead) count *= n;
    for (Index n : own) size *= n;
    const Matrix all = Eigen::Map<const Matrix>(x.data(), count, size);
    Matrix found;
    for (Index k = 0; k < count; ++k) {
        const Matrix one = block_(f(reshaped_(Matrix(all.row(k)), own)));
        if (k == 0) found = Matrix(count, one.size());
        found.row(k) = Eigen::Map<const Eigen::Matrix<Real, 1, Eigen::Dynamic>>(one.data(), one.size());
    }
    return reshaped_(found, shape);
}


inline Real at_least_tiny_(Real x) {
    // the least positive number in place of 0
    return std::max(x, std::numeric_limits<Real>::min());
}
template <typename Derived>
Matrix at_least_tiny_(const Eigen::MatrixBase<Derived>& x) {
    return x.cwiseMax(std::numeric_limits<Real>::min());
}


inline Matrix cases_(const std::vector<Matrix>& given) {
    // the first value whose condition is not 0, entry by entry; not a number where none holds
    Matrix x = given.back();
    if (given.size() % 2 == 0) x.setConstant(std::numeric_limits<Real>::quiet_NaN());
    for (Index k = Index(given.size() / 2) - 1; k >= 0; --k)
        for (Index i = 0; i < x.size(); ++i)
            if (given[2 * k + 1].data()[i] != Number(0)) x.data()[i] = given[2 * k].data()[i];
    return x;
}
inline Number cases_(const std::vector<Number>& given) {
    for (std::size_t k = 0; k + 1 < given.size(); k += 2)
        if (given[k + 1] != Number(0)) return given[k];
    return given.size() % 2 ? given.back() : std::numeric_limits<Real>::quiet_NaN();
}


inline Number power_(Number x, Number y) {
    // x to the power of y, whole ones as products
    if (y == Number(2)) return x * x;
    if (y == Number(-1)) return Number(1) / x;
    return std::pow(x, y);
}


inline Real sign_(Real x) {
    // -1, 0 or 1
    return Real(x > 0) - Real(x < 0);
}


inline Eigen::LLT<Matrix> chol_(const Matrix& S) {
    // the Cholesky factor of a positive definite matrix
    Eigen::LLT<Matrix> factor(S);
    if (factor.info() != Eigen::Success) throw std::domain_error("a matrix is not positive definite");
    return factor;
}


inline Matrix lower_factor_(const Matrix& X) {
    // L with L L^T the symmetric part
    return chol_((X + X.transpose()) / 2).matrixL();
}


inline Eigen::PartialPivLU<Matrix> lu_(const Matrix& X) {
    // the factors of a matrix, for several solutions
    return Eigen::PartialPivLU<Matrix>(X);
}


inline Matrix lu_solve_turned_(const Eigen::PartialPivLU<Matrix>& factor, const Matrix& B) {
    // X^-T B from the factors of X
    return factor.transpose().solve(B);
}


inline Matrix solve_(const Matrix& X, const Matrix& B) {
    // X^-1 B
    return X.partialPivLu().solve(B);
}


inline Matrix inverse_(const Matrix& X) {
    // the inverse
    return X.inverse();
}


inline Number det_(const Matrix& X) {
    // the determinant
    return X.determinant();
}


inline Real logdet_(const Matrix& X) {
    // log(abs(det(X))), without overflow
    return X.partialPivLu().matrixLU().diagonal().array().abs().log().sum();
}


inline Matrix diagonal_(const Matrix& v) {
    // a vector on the diagonal
    Matrix X = Matrix::Zero(v.size(), v.size());
    for (Index k = 0; k < v.size(); ++k) X(k, k) = v.data()[k];
    return X;
}


inline Matrix add_diagonal_(const Matrix& X, Number s) {
    // X + s I, X + diag(v)
    Matrix Y = X;
    Y.diagonal().array() += s;
    return Y;
}
template <typename Derived>
Matrix add_diagonal_(const Matrix& X, const Eigen::MatrixBase<Derived>& v) {
    Matrix Y = X;
    Y.diagonal() += v;
    return Y;
}


inline Real sigmoid_(Real z) {
    // 1 / (1 + exp(-z)), without overflow
    const Real small = std::exp(-std::abs(z));
    return (z < 0 ? small : 1) / (1 + small);
}


inline Real softplus_(Real z) {
    // log(1 + exp(z)), without overflow
    return std::max<Real>(z, 0) + std::log1p(std::exp(-std::abs(z)));
}


inline Real normcdf_(Real z) {
    // the normal distribution function
    return std::erfc(-z / std::sqrt(Real(2))) / 2;
}


inline Real lognormcdf_(Real x) {
    // the logarithm of it; far below by the continued fraction of Mills' ratio (DLMF 7.9.1)
    if (x > 1) return std::log1p(-std::erfc(x / std::sqrt(Real(2))) / 2);
    if (x > -10) return std::log(std::erfc(-x / std::sqrt(Real(2))) / 2);
    Real below = 0;
    for (int k = 40; k > 0; --k) below = k / (-x + below);
    return -x * x / 2 - std::log(-x + below) - std::log(2 * Real(3.141592653589793238)) / 2;
}


inline Real polygamma_(Real order, Real x) {
    // the derivative of this order of digamma: an asymptotic series (DLMF 5.11.2, 5.15.9), moved to great arguments (5.5.2, 5.15.5)
    const int k = int(std::lround(order));
    if ((x <= 0 && x == std::floor(x)) || x < -1e6 || k < 0 || k > 60) return std::numeric_limits<Real>::quiet_NaN();
    double z = x, total = 0, series = 0;
    for (; z < 15 + k; z += 1) total += 1 / std::pow(z, k + 1);
    const double bernoulli[] = {1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6};
    for (int j = 1; j < 8; ++j) series += bernoulli[j - 1] * std::tgamma(2 * j + k) / std::tgamma(2 * j + 1) / std::pow(z, 2 * j + k);
    const double first = k ? std::tgamma(k) / std::pow(z, k) : -std::log(z);
    return Real((k % 2 ? 1 : -1) * (first + std::tgamma(k + 1) * (total + 1 / (2 * std::pow(z, k + 1))) + series));
}


inline Matrix softmax_(const Matrix& z) {
    // exp(z) / sum(exp(z)), without overflow
    const Matrix e = (z.array() - z.maxCoeff()).exp();
    return e / e.sum();
}


inline Real logsumexp_(const Matrix& z) {
    // log(sum(exp(z))), without overflow
    const Real top = z.maxCoeff();
    return top + std::log((z.array() - top).exp().sum());
}


inline Matrix softmax_rows_(const Matrix& Z) {
    // the softmax of every row
    Matrix S = Z;
    for (Index k = 0; k < S.rows(); ++k) S.row(k) = softmax_(Z.row(k));
    return S;
}


inline Matrix logsumexp_rows_(const Matrix& Z) {
    // log(sum(exp)) of every row
    Matrix s(Z.rows(), 1);
    for (Index k = 0; k < s.rows(); ++k) s(k, 0) = logsumexp_(Z.row(k));
    return s;
}


inline Real norm_(const Matrix& x) {
    // the root of the sum of squares, also where these over- or underflow
    const Real top = x.size() ? x.cwiseAbs().maxCoeff() : 0;
    return top > 0 && std::isfinite(top) ? top * (x / top).norm() : top;
}


inline Real p_norm_(const Matrix& x, Real p) {
    // the p-norm, scaled so that nothing overflows
    const Real top = x.cwiseAbs().maxCoeff();
    return top > 0 ? top * std::pow((x / top).array().abs().pow(p).sum(), 1 / p) : top;
}


inline Matrix tril_(const Matrix& X) {
    // the entries on and below the diagonal
    return X.triangularView<Eigen::Lower>();
}


inline Matrix triu_(const Matrix& X) {
    // the entries on and above the diagonal
    return X.triangularView<Eigen::Upper>();
}


inline Matrix halftril_(const Matrix& X) {
    // the lower triangle of the symmetric part, with half of its diagonal
    const Matrix U = X.triangularView<Eigen::StrictlyUpper>();
    return (tril_(X) + U.transpose()) / 2;
}


inline Matrix symtril_(const Matrix& X) {
    // the symmetric matrix with this lower triangle
    const Matrix L = X.triangularView<Eigen::StrictlyLower>();
    return tril_(X) + L.transpose();
}


inline Matrix kron_(const Matrix& X, const Matrix& Y) {
    // the Kronecker product
    Matrix K(X.rows() * Y.rows(), X.cols() * Y.cols());
    for (Index i = 0; i < X.rows(); ++i)
        for (Index j = 0; j < X.cols(); ++j) K.block(i * Y.rows(), j * Y.cols(), Y.rows(), Y.cols()) = X(i, j) * Y;
    return K;
}


inline Matrix mpower_(const Matrix& X, Number exponent) {
    // a whole power
    Index k = Index(std::llround(std::real(exponent)));
    Matrix base = k < 0 ? inverse_(X) : X, total = Matrix::Identity(X.rows(), X.cols());
    for (k = std::abs(k); k > 0; k /= 2) {
        if (k % 2) total = total * base;
        base = base * base;
    }
    return total;
}


inline Matrix pinv_(const Matrix& X) {
    // the pseudoinverse; singular values of rounding errors, 16 units for each row or column, are taken for zero
    const Eigen::JacobiSVD<Matrix> svd(X, Eigen::ComputeThinU | Eigen::ComputeThinV);
    const auto& s = svd.singularValues();
    const Real least = Real(16) * std::numeric_limits<Real>::epsilon() * Real(std::max(X.rows(), X.cols())) * s.maxCoeff();
    const Matrix inverted = s.unaryExpr([&](Real v) { return v > least ? 1 / v : Real(0); });
    return svd.matrixV() * inverted.col(0).asDiagonal() * svd.matrixU().transpose();
}


inline Matrix adjugate_(const Matrix& X) {
    // the adjugate, also of a singular matrix
    const Eigen::JacobiSVD<Matrix> svd(X, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Matrix others = Matrix::Ones(X.rows(), 1);
    for (Index k = 0; k < X.rows(); ++k)
        for (Index i = 0; i < X.rows(); ++i)
            if (i != k) others(k, 0) *= svd.singularValues()(i);
    return svd.matrixU().determinant() * svd.matrixV().determinant() * svd.matrixV() * others.col(0).asDiagonal() * svd.matrixU().transpose();
}


inline Matrix singular_values_(const Matrix& X) {
    // the singular values
    return Eigen::JacobiSVD<Matrix>(X).singularValues();
}


inline Matrix signed_(const Matrix& v) {
    // a vector with its greatest entry positive
    Index at;
    v.col(0).cwiseAbs().maxCoeff(&at);
    return v(at, 0) < 0 ? Matrix(-v) : v;
}


inline Matrix first_right_singular_(const Matrix& X) {
    // the first right singular vector, its greatest entry positive
    return signed_(Eigen::JacobiSVD<Matrix>(X, Eigen::ComputeThinV | Eigen::ComputeThinU).matrixV().col(0));
}


inline Real eigen_(const Matrix& X, Real k) {
    // the k-th eigenvalue of the symmetric part from below, from above with k < 0
    const Eigen::SelfAdjointEigenSolver<Matrix> found((X + X.transpose()) / 2, Eigen::EigenvaluesOnly);
    return found.eigenvalues()(Index(k < 0 ? Real(X.rows()) + k : k - 1));
}


inline Matrix eigenvector_(const Matrix& X, Real k) {
    // its vector, the greatest entry positive
    const Eigen::SelfAdjointEigenSolver<Matrix> found((X + X.transpose()) / 2);
    return signed_(found.eigenvectors().col(Index(k < 0 ? Real(X.rows()) + k : k - 1)));
}


inline void take_(const Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>& x, Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>& y) {
    // y = x, the real parts where y is of real numbers
    y = x.real();
}
inline void take_(const Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>& x, Eigen::Matrix<std::complex<Real>, Eigen::Dynamic, Eigen::Dynamic>& y) {
    y = x;
}


inline std::pair<Number, Matrix> spectral_(const Matrix& X, Number k_) {
    // the k-th eigenvalue by real parts, from above with k < 0, and its projector v w'/(w' v); not numbers where it is not real
    const std::conditional_t<std::is_same<Number, Real>::value, Eigen::EigenSolver<Matrix>, Eigen::ComplexEigenSolver<Matrix>> found(X);
    const Real k = std::real(k_);
    std::vector<Index> order(X.rows());
    for (Index i = 0; i < X.rows(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](Index i, Index j) { return found.eigenvalues()(i).real() < found.eigenvalues()(j).real(); });
    const Index at = order[Index(k < 0 ? Real(X.rows()) + k : k - 1)];
    const std::complex<Real> value = found.eigenvalues()(at);
    const auto vectors = found.eigenvectors().eval();
    Matrix projector;
    take_(vectors.col(at) * vectors.inverse().row(at), projector);
    const bool is_real = std::abs(value.imag()) <= 1e-8 * found.eigenvalues().cwiseAbs().maxCoeff();
    const Number whole = is_real ? Real(1) : std::numeric_limits<Real>::quiet_NaN();
    return {whole * value.real(), whole * projector};
}


inline Matrix commutation_(Index m, Index n) {
    // K with K vec(X) = vec(X^T) for X of m x n
    Matrix K = Matrix::Zero(m * n, m * n);
    for (Index i = 0; i < m; ++i)
        for (Index j = 0; j < n; ++j) K(i * n + j, j * m + i) = 1;
    return K;
}


inline Matrix elimination_(Index n) {
    // L with L vec(X) = vech(X) for X of n x n
    Matrix L = Matrix::Zero(n * (n + 1) / 2, n * n);
    Index row = 0;
    for (Index j = 0; j < n; ++j)
        for (Index i = j; i < n; ++i) L(row++, j * n + i) = 1;
    return L;
}


inline Matrix duplication_(Index n) {
    // D with D vech(S) = vec(S) for symmetric S of n x n
    Matrix D = Matrix::Zero(n * n, n * (n + 1) / 2);
    Index col = 0;
    for (Index j = 0; j < n; ++j)
        for (Index i = j; i < n; ++i, ++col) D(j * n + i, col) = D(i * n + j, col) = 1;
    return D;
}


inline Matrix hankel_(const Matrix& r, Index n) {
    // n columns, H(i, j) = r(i + j)
    Matrix H(r.size() - n + 1, n);
    for (Index j = 0; j < n; ++j) H.col(j) = r.col(0).segment(j, H.rows());
    return H;
}


inline Matrix convmtx_(const Matrix& a, Index n) {
    // the matrix T with n columns and T x the convolution of a and x
    Matrix T = Matrix::Zero(a.size() + n - 1, n);
    for (Index j = 0; j < n; ++j) T.col(j).segment(j, a.size()) = a.col(0);
    return T;
}


inline Matrix convolve_(const Matrix& x, const Matrix& a) {
    // the convolution of two columns
    Matrix y = Matrix::Zero(x.size() + a.size() - 1, 1);
    for (Index k = 0; k < a.size(); ++k) y.col(0).segment(k, x.size()) += a(k) * x.col(0);
    return y;
}


inline Matrix correlate_(const Matrix& x, const Matrix& a) {
    // the correlation of x with a, where a lies within x
    Matrix y = Matrix::Zero(x.size() - a.size() + 1, 1);
    for (Index k = 0; k < a.size(); ++k) y.col(0) += a(k) * x.col(0).segment(k, y.rows());
    return y;
}


inline Matrix vec_(const Matrix& X) {
    // the columns one below the other
    return reshaped_(X, {X.size()});
}


inline Matrix vech_(const Matrix& X) {
    // the entries on and below the diagonal, column by column
    return elimination_(X.rows()) * vec_(X);
}


inline Matrix unvech_(const Matrix& v) {
    // the symmetric matrix S with vech(S) = v
    const Index n = Index(std::llround((std::sqrt(8 * double(v.size()) + 1) - 1) / 2));
    return reshaped_(duplication_(n) * v, {n, n});
}


inline Matrix hat_(const Matrix& w) {
    // the matrix of the cross product with w
    return literal_(3, 3, {0, -w(2), w(1), w(2), 0, -w(0), -w(1), w(0), 0});
}


inline Matrix vex_(const Matrix& X) {
    // the vector of the cross product, of the skew part
    return literal_(3, 1, {(X(2, 1) - X(1, 2)) / 2, (X(0, 2) - X(2, 0)) / 2, (X(1, 0) - X(0, 1)) / 2});
}


inline Matrix expm_(const Matrix& X) {
    // the matrix exponential
    return X.exp();
}


inline Matrix sqrtm_(const Matrix& X) {
    // the principal square root
    return X.sqrt();
}


inline Matrix logm_(const Matrix& X) {
    // the principal logarithm
    return X.log();
}


inline Matrix turned_(const Matrix& X) {
    // exp([0, X; -X, 0]), which is [cos X, sin X; -sin X, cos X]
    const Matrix zero = 0 * X;
    return expm_(below_({beside_({zero, X}), beside_({-X, zero})}));
}


inline Matrix cosm_(const Matrix& X) {
    // the matrix cosine
    return turned_(X).topLeftCorner(X.rows(), X.cols());
}


inline Matrix sinm_(const Matrix& X) {
    // the matrix sine
    return turned_(X).topRightCorner(X.rows(), X.cols());
}


inline Matrix coshm_(const Matrix& X) {
    // the matrix hyperbolic cosine
    return (expm_(X) + expm_(-X)) / 2;
}


inline Matrix sinhm_(const Matrix& X) {
    // the matrix hyperbolic sine
    return (expm_(X) - expm_(-X)) / 2;
}


inline Matrix left_jacobian_(const Matrix& w) {
    // the integral of exp(s [w]_x) for s from 0 to 1
    const Matrix row = beside_({hat_(w), Matrix::Identity(3, 3)});
    return expm_(below_({row, Matrix::Zero(3, 6)})).topRightCorner(3, 3);
}


inline Matrix triangle_(const Matrix& X, const std::vector<Matrix>& directions) {
    // the block triangle of which a function of matrices has its derivative along the directions in the top right corner
    Matrix block = X;
    Index copies = 1;
    for (const Matrix& E : directions) {
        const Matrix step = kron_(Matrix::Identity(copies, copies), E);
        block = below_({beside_({block, step}), beside_({Matrix::Zero(X.rows() * copies, X.cols() * copies), block})});
        copies *= 2;
    }
    return block;
}


template <typename F, typename... Directions>
Matrix derivative_(F f, const Matrix& X, const Directions&... directions) {
    // the derivative of a function of matrices at X along the directions
    return f(triangle_(X, {directions...})).topRightCorner(X.rows(), X.cols());
}


template <typename F>
Matrix columns_(F linear, const Matrix& X) {
    // the matrix of a linear map of matrices like X, for stacked columns
    Matrix M(X.size(), X.size());
    for (Index k = 0; k < X.size(); ++k) {
        Matrix E = Matrix::Zero(X.rows(), X.cols());
        E.data()[k] = 1;
        M.col(k) = vec_(linear(E));
    }
    return M;
}


template <typename F, typename... Directions>
Matrix kronecker_(F f, const Matrix& X, const Directions&... directions) {
    // M with vec(L(X, ..., E)) = M vec(E), L the derivative of a function of matrices along the directions and E
    return columns_([&](const Matrix& E) { return derivative_(f, X, directions..., E); }, X);
}


inline Matrix polar_(const Matrix& X) {
    // U V^T for X = U S V^T
    const Eigen::JacobiSVD<Matrix> svd(X, Eigen::ComputeThinU | Eigen::ComputeThinV);
    return svd.matrixU() * svd.matrixV().transpose();
}


inline Matrix polar_along_(const Matrix& X, const std::vector<Matrix>& directions) {
    // the derivative of U V^T, X = U S V^T of full rank; along several directions a block of X (X^T X)^(-1/2)
    std::vector<Matrix> turned;
    for (const Matrix& E : directions) turned.push_back(E.transpose());
    if (directions.size() == 1) {
        const Eigen::JacobiSVD<Matrix> svd(X, Eigen::ComputeThinU | Eigen::ComputeThinV);
        const Matrix U = svd.matrixU(), V = svd.matrixV(), s = svd.singularValues(), E = directions[0], F = U.transpose() * E * V;
        const Matrix left = (E * V - U * F) * s.col(0).cwiseInverse().asDiagonal();
        const Matrix right = s.col(0).cwiseInverse().asDiagonal() * (U.transpose() * E - F * V.transpose());
        const Matrix sums = s.replicate(1, s.rows()) + s.transpose().replicate(s.rows(), 1);
        return (U * (F - F.transpose()).cwiseQuotient(sums) + left) * V.transpose() + U * right;
    }
    if (X.rows() < X.cols()) return polar_along_(X.transpose(), turned).transpose();
    const Matrix tall = triangle_(X, directions), wide = triangle_(X.transpose(), turned);
    const Matrix whole = tall * inverse_(sqrtm_(wide * tall));
    return whole.topRightCorner(X.rows(), X.cols());
}


template <typename... Directions>
Matrix polar_derivative_(const Matrix& X, const Directions&... directions) {
    // the same, the directions one by one
    return polar_along_(X, {directions...});
}


template <typename... Directions>
Matrix polar_kronecker_(const Matrix& X, const Directions&... directions) {
    // M with vec(L(X, ..., E)) = M vec(E) for the factor U V^T
    return columns_([&](const Matrix& E) { return polar_derivative_(X, directions..., E); }, X);
}


inline Index samples_(const std::vector<Index>& lengths) {
    // how many samples there are
    for (Index n : lengths)
        if (n == 0 || n != lengths[0]) throw std::invalid_argument("one and the same number of samples expected in front");
    return lengths[0];
}


inline Index count_(const Array& x, std::size_t axes) {
    // how many samples an array has
    Index size = 1;
    for (Index n : x.shape) size *= n;
    if (x.shape.size() != axes || x.entries.rows() != x.shape[0] || x.entries.size() != size)
        throw std::invalid_argument("an array of " + std::to_string(axes) + " axes expected, that of samples in front");
    return x.shape[0];
}


inline Matrix sample_matrix_(const Array& x, Index k) {
    // the k-th matrix
    const Matrix row = x.entries.row(k);
    return Matrix(Eigen::Map<const Matrix>(row.data(), x.shape[1], x.shape[1] ? row.size() / x.shape[1] : 0));
}


inline Array sample_array_(const Array& x, Index k) {
    // the k-th array
    return Array{Shape(x.shape.begin() + 1, x.shape.end()), sample_matrix_(x, k)};
}


inline void store_(Vector& all, Index k, Index samples, Real one) {
    // what a function returns for the k-th sample
    if (k == 0) all = Vector(samples);
    all(k) = one;
}
inline void store_(Matrix& all, Index k, Index samples, const Vector& one) {
    if (k == 0) all = Matrix(samples, one.size());
    all.row(k) = one.transpose();
}
inline void store_(Array& all, Index k, Index samples, const Array& one) {
    if (k == 0) {
        all.shape = one.shape;
        all.shape.insert(all.shape.begin(), samples);
        all.entries = Matrix(samples, one.entries.size());
    }
    all.entries.row(k) = Eigen::Map<const Eigen::Matrix<Real, 1, Eigen::Dynamic>>(one.entries.data(), one.entries.size());
}
inline void store_(Array& all, Index k, Index samples, const Matrix& one) {
    store_(all, k, samples, Array{Shape{one.rows(), one.cols()}, one});
}

# Functions that an emitted Julia program carries with it, where it needs them: their text is copied.


# x with its axes in another order, new ones of length one where it says 0
function view_(x, from, order)
    old = [p for p in order if p > 0]
    moved = permutedims(reshape(x, from), old)
    sizes = [p > 0 ? from[p] : 1 for p in order]
    return reshape(moved, Tuple(sizes))
end


# the same entries, row by row, with other axes
function reshape_(x, from, to)
    rows = permutedims(reshape(x, from), length(from):-1:1)
    return permutedims(reshape(rows, reverse(to)), length(to):-1:1)
end


# a function of arrays along the axes `dims`, which are left out
function over_(f, x, dims)
    return ndims(x) == length(dims) ? f(x) : dropdims(f(x; dims=dims); dims=dims)
end


# a function of matrices, of every matrix of a stack
function stacked_(f, x)
    before = size(x)[1:ndims(x)-2]
    count = prod(before)
    flat = reshape(x, (count, size(x, ndims(x) - 1), size(x, ndims(x))))
    return reshape([f(flat[k, :, :]) for k in 1:count], before)
end


# the entries of an array whose axes have letters, with an axis for each of `letters`
function spread_axes_(x, from, labels, letters)
    whole = x isa Number ? fill(x) : reshape(x, from)
    sizes = [findfirst(k, labels) === nothing ? 1 : from[findfirst(k, labels)] for k in letters]
    places = [findfirst(==(k), letters) for k in labels]
    return [whole[[at[p] for p in places]...] for at in CartesianIndices(Tuple(sizes))]
end


# a product of two arrays with a letter for every axis, summed over the letters that are not in out
function contract_(x, from, first, y, second, last, out)
    letters = unique(string(out, first, last))
    total = spread_axes_(x, from, first, letters) .* spread_axes_(y, second, last, letters)
    kept = length(out)
    summed = kept < length(letters) ? sum(total; dims=Tuple(kept+1:length(letters))) : total
    return kept == 0 ? summed[1] : reshape(summed, size(summed)[1:kept])
end


# zeros with arrays added along diagonals: ("iji", a, size(a)) adds a[i, j] at [i, j, i]
function spread_(T, shape, parts...)
    total = zeros(T, shape)
    for part in parts
        axes = part[1]
        letters = unique(axes)
        extent = Tuple([shape[findfirst(k, axes)] for k in letters])
        places = [findfirst(==(k), letters) for k in axes]
        entries = (part[2] isa Number ? part[2] : reshape(part[2], part[3])) .+ zeros(T, extent)
        for at in CartesianIndices(extent)
            total[[at[p] for p in places]...] += entries[at]
        end
    end
    return total
end


# functions that have no value there
function log_(x)
    return x isa Real && x < 0 ? oftype(float(x), NaN) : log(x)
end


function sqrt_(x)
    return x isa Real && x < 0 ? oftype(float(x), NaN) : sqrt(x)
end


function log1p_(x)
    return x isa Real && x < -1 ? oftype(float(x), NaN) : log1p(x)
end


function asin_(x)
    return x isa Real && abs(x) > 1 ? oftype(float(x), NaN) : asin(x)
end


function acos_(x)
    return x isa Real && abs(x) > 1 ? oftype(float(x), NaN) : acos(x)
end


function acosh_(x)
    return x isa Real && x < 1 ? oftype(float(x), NaN) : acosh(x)
end


function atanh_(x)
    return x isa Real && abs(x) > 1 ? oftype(float(x), NaN) : atanh(x)
end


function power_(x, y)
    return x isa Real && x < 0 && y != round(y) ? oftype(float(x), NaN) : x^y
end


# 1 / (1 + exp(-z)), without overflow
function sigmoid_(z)
    return 1 / (1 + exp(-z))
end


# log(1 + exp(z)), without overflow
function softplus_(z)
    return max(z, 0) + log1p(exp(-abs(z)))
end


# the normal distribution function
function normcdf_(z)
    return erfc(-z / sqrt(oftype(z, 2))) / 2
end


# its logarithm
function lognormcdf_(z)
    root = sqrt(oftype(z, 2))
    return z > 0 ? log1p(-erfc(z / root) / 2) : log(erfcx(-z / root) / 2) - z^2 / 2
end


# z times the normal distribution function
function gelu_(z)
    return z * normcdf_(z)
end


# log|gamma(z)|
function lgamma_(z)
    return logabsgamma(z)[1]
end


# the derivative of order k of digamma
function polygamma_(k, z)
    return polygamma(Int(k), z)
end


# exp(z) / sum(exp(z)) along an axis, without overflow
function softmax_(z, axis)
    e = exp.(z .- maximum(z; dims=axis))
    return e ./ sum(e; dims=axis)
end


# log(sum(exp(z))) along an axis, without overflow
function logsumexp_(z, axis)
    top = maximum(z; dims=axis)
    found = top .+ log.(sum(exp.(z .- top); dims=axis))
    return ndims(z) == 1 ? found[1] : dropdims(found; dims=axis)
end


# the norms along some axes, also where the squares over- or underflow
function norms_(x, dims)
    top = max.(maximum(abs.(x); dims=dims), floatmin(real(eltype(x))))
    return dropdims(top .* sqrt.(sum(abs2.(x ./ top); dims=dims)); dims=dims)
end


# the sign of the entry that is greatest without its sign
function greatest_(v)
    return sign(v[argmax(abs.(v))])
end


# the first right singular vector, its greatest entry positive
function first_right_singular_(X)
    v = svd(X).V[:, 1]
    return v * greatest_(v)
end


# the k-th of n, from the last with k < 0
function place_(k, n)
    return k > 0 ? Int(k) : n + 1 + Int(k)
end


# the k-th eigenvalue of the symmetric part from below, from above with k < 0
function eigen_(X, k)
    return eigvals(Symmetric((X + transpose(X)) / 2))[place_(k, size(X, 1))]
end


# its vector, the greatest entry positive
function eigenvector_(X, k)
    v = eigen(Symmetric((X + transpose(X)) / 2)).vectors[:, place_(k, size(X, 1))]
    return v * greatest_(v)
end


# the k-th eigenvalue by real parts, from above with k < 0; not a number where X is real and it is not
function spectral_(X, k)
    values = eigvals(X)
    value = values[sortperm(real.(values))[place_(k, size(X, 1))]]
    eltype(X) <: Real || return value
    return abs(imag(value)) > 1e-8 * maximum(abs.(values)) ? eltype(X)(NaN) : real(value)
end


# v w'/(w' v) with its right and left eigenvector
function projector_(X, k)
    found = eigen(X)
    at = sortperm(real.(found.values))[place_(k, size(X, 1))]
    P = found.vectors[:, at] * transpose(inv(found.vectors)[at, :])
    eltype(X) <: Real || return P
    whole = abs(imag(found.values[at])) > 1e-8 * maximum(abs.(found.values)) ? NaN : 1
    return eltype(X).(real.(P) * whole)
end


# U V' for X = U S V'
function polar_(X)
    found = svd(X)
    return found.U * found.Vt
end


# the derivative of U V' along E, X = U S V' of full rank; along several directions a block of X (X' X)^(-1/2)
function polar_derivative_(X, E, further...)
    if length(further) == 0
        found = svd(X)
        U, s, Vt = found.U, found.S, found.Vt
        F = transpose(U) * E * transpose(Vt)
        left = (E * transpose(Vt) - U * F) ./ transpose(s)
        right = (transpose(U) * E - F * Vt) ./ s
        return (U * ((F - transpose(F)) ./ (s .+ transpose(s))) + left) * Vt + U * right
    end
    turned = [transpose(D) for D in further]
    if size(X, 1) < size(X, 2)
        return transpose(polar_derivative_(transpose(X), transpose(E), turned...))
    end
    tall = triangle_(X, E, further...)
    wide = triangle_(transpose(X), transpose(E), turned...)
    whole = tall * inv(real.(sqrt(wide * tall)))
    return whole[1:size(X, 1), size(whole, 2)-size(X, 2)+1:size(whole, 2)]
end


# the block triangle of which a function of matrices has its derivative along the directions in the top right corner
function triangle_(X, directions...)
    block = Matrix(X)
    for E in directions
        count = div(size(block, 1), size(X, 1))
        step = kron(Matrix{eltype(X)}(I, count, count), Matrix(E))
        block = vcat(hcat(block, step), hcat(zeros(eltype(X), size(step)), block))
    end
    return block
end


# the derivative of a function of matrices at X along the directions
function derivative_(f, X, directions...)
    whole = real.(f(triangle_(X, directions...)))
    return whole[1:size(X, 1), size(whole, 2)-size(X, 2)+1:size(whole, 2)]
end


# M with vec(L(X, ..., E)) = M vec(E), L the derivative of a function of matrices along the directions and E
function kronecker_(f, X, directions...)
    return columns_(E -> derivative_(f, X, directions..., E), X)
end


# the same for the factor U V'
function polar_kronecker_(X, directions...)
    return columns_(E -> polar_derivative_(X, directions..., E), X)
end


# the matrix of a linear map of matrices like X, for stacked columns
function columns_(linear, X)
    total = zeros(eltype(X), (length(X), length(X)))
    for k in 1:length(X)
        E = zeros(eltype(X), size(X))
        E[k] = 1
        total[:, k] = vec(linear(E))
    end
    return total
end


# the pseudoinverse; singular values of rounding errors, 16 units for each row or column, are taken for zero
function pinv_(X)
    return pinv(X; rtol=16 * maximum(size(X)) * eps(real(eltype(X))))
end


# the adjugate, also of a singular matrix
function adjugate_(X)
    found = svd(X)
    others = [prod([found.S[j] for j in 1:size(X, 1) if j != k]) for k in 1:size(X, 1)]
    return det(found.U) * det(found.Vt) * transpose(found.Vt) * Diagonal(others) * transpose(found.U)
end


# the lower factor of the symmetric part
function lower_factor_(X)
    return Matrix(cholesky(Hermitian((X + transpose(X)) / 2)).L)
end


# K with K vec(X) = vec(X') for X of m x n
function commutation_(T, m, n)
    places = vec(permutedims(reshape(collect(1:m*n), (m, n))))
    return Matrix{T}(I, m * n, m * n)[places, :]
end


# L with L vec(X) = vech(X) for X of n x n
function elimination_(T, n)
    places = [i + (j - 1) * n for j in 1:n for i in j:n]
    return Matrix{T}(I, n * n, n * n)[places, :]
end


# the place in vech(S) of the entry S[i, j] of a matrix with n rows
function half_(i, j, n)
    low = min(i, j)
    return (low - 1) * n - div((low - 1) * (low - 2), 2) + max(i, j) - low + 1
end


# D with D vech(S) = vec(S) for symmetric S of n x n
function duplication_(T, n)
    size = div(n * (n + 1), 2)
    places = [half_(i, j, n) for j in 1:n for i in 1:n]
    return Matrix{T}(I, size, size)[places, :]
end


# the matrix H with n columns and H[i, j] = r[i + j - 1]
function hankel_(r, n)
    return [r[i + j - 1] for i in 1:length(r)-n+1, j in 1:n]
end


# the matrix with n columns whose product with x is the convolution of a and x
function convmtx_(T, a, n)
    zero = zeros(T, n - 1)
    return reverse(hankel_(vcat(zero, a, zero), n); dims=2)
end


# the convolution of two vectors
function convolve_(T, x, a)
    return convmtx_(T, a, length(x)) * x
end


# the correlation of x with a, where a lies within x
function correlate_(x, a)
    return hankel_(x, length(a)) * a
end


# the columns of the lower half, stacked
function vech_(X)
    return [X[i, j] for j in 1:size(X, 1) for i in j:size(X, 1)]
end


# the symmetric matrix S with vech(S) = v
function unvech_(v)
    n = div(Int(round(sqrt(8 * length(v) + 1))) - 1, 2)
    return [v[half_(i, j, n)] for i in 1:n, j in 1:n]
end


# the matrix of the cross product with w
function hat_(w)
    O = zero(w[1])
    return permutedims(reshape([O, -w[3], w[2], w[3], O, -w[1], -w[2], w[1], O], (3, 3)))
end


# the vector of the skew part
function vex_(X)
    return [X[3, 2] - X[2, 3], X[1, 3] - X[3, 1], X[2, 1] - X[1, 2]] / 2
end


# the integral of exp(s [w]_x) for s from 0 to 1
function left_jacobian_(w)
    eye = Matrix{eltype(w)}(I, 3, 3)
    whole = exp(vcat(hcat(hat_(w), eye), zeros(eltype(w), (3, 6))))
    return whole[1:3, 4:6]
end


# what a function returns for every sample, with one more axis in front
function stacked_(found)
    first = found[1]
    if first isa Number
        return found
    end
    rows = zeros(eltype(first), (length(found), length(first)))
    for k in 1:length(found)
        rows[k, :] = vec(found[k])
    end
    return reshape(rows, (length(found), size(first)...))
end


# the k-th sample of an argument
function sample_(x, axes, k)
    return axes < 0 ? x : axes == 0 ? x[k] : collect(selectdim(x, 1, k))
end


# a function of so many results for every sample; axes are -1 of what is the same for all
function batched_(f, count, axes, given)
    places = [p for p in 1:length(axes) if axes[p] >= 0]
    samples = size(given[places[1]], 1)
    for p in places
        if samples == 0 || size(given[p], 1) != samples || ndims(given[p]) != axes[p] + 1
            throw(DimensionMismatch("one and the same number of samples expected in front"))
        end
    end
    found = [f([sample_(given[p], axes[p], k) for p in 1:length(axes)]...) for k in 1:samples]
    return count == 1 ? stacked_(found) : Tuple([stacked_([one[r] for one in found]) for r in 1:count])
end

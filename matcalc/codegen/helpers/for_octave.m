% Functions that an emitted program in Octave or MATLAB carries with it, where it needs them: their text is copied. Both read them.

1;


function s = sigmoid_(z)
    % 1 / (1 + exp(-z)), without overflow
    small = exp(-abs(z));
    s = (small .* (z < 0) + (z >= 0)) ./ (1 + small);
end


function s = softplus_(z)
    % log(1 + exp(z)), without overflow
    s = max(z, 0) + log1p(exp(-abs(z)));
end


function s = gelu_(z)
    % z times the normal distribution function
    s = z .* erfc(-z / sqrt(2)) / 2;
end


function s = lognormcdf_(z)
    % the logarithm of the normal distribution function
    low = min(z, 0);
    s = (z >= 0) .* log1p(-erfc(max(z, 0) / sqrt(2)) / 2) + (z < 0) .* (log(erfcx(-low / sqrt(2)) / 2) - low.^2 / 2);
end


function s = norms_(x, axis)
    % the norms along an axis, also where the squares over- or underflow
    top = max(max(abs(x), [], axis), realmin);
    s = top .* sqrt(sum((x ./ top).^2, axis));
end


function s = softmax_(z, axis)
    % exp(z) / sum(exp(z)) along an axis, without overflow
    s = exp(z - max(z, [], axis));
    s = s ./ sum(s, axis);
end


function s = logsumexp_(z, axis)
    % log(sum(exp(z))) along an axis, without overflow
    top = max(z, [], axis);
    s = top + log(sum(exp(z - top), axis));
end


function s = p_norm_(x, p)
    % the p-norm, scaled so that nothing overflows
    top = max(abs(x));
    s = top * sum((abs(x) / max(top, realmin)).^p)^(1 / p);
end


function v = first_right_singular_(X)
    % the first right singular vector, its greatest entry positive
    [U, S, V] = svd(X);
    v = V(:, 1);
    [top, k] = max(abs(v));
    v = v * sign(v(k));
end


function Q = polar_(X)
    % U V' for X = U S V'
    [U, S, V] = svd(X, 'econ');
    Q = U * V';
end


function L = polar_derivative_(X, E, varargin)
    % the derivative of U V' along E, X = U S V' of full rank; along several directions a block of X (X' X)^(-1/2)
    if isempty(varargin)
        [U, S, V] = svd(X, 'econ');
        s = diag(S);
        F = U' * E * V;
        left = (E * V - U * F) ./ s.';
        right = (U' * E - F * V') ./ s;
        L = (U * ((F - F.') ./ (s + s.')) + left) * V' + U * right;
        return;
    end
    turned = cellfun(@transpose, varargin, 'UniformOutput', false);
    if size(X, 1) < size(X, 2)
        L = polar_derivative_(X.', E.', turned{:}).';
        return;
    end
    tall = triangle_(X, E, varargin{:});
    wide = triangle_(X.', E.', turned{:});
    whole = tall / real(sqrtm(wide * tall));
    L = whole(1:size(X, 1), end-size(X, 2)+1:end);
end


function block = triangle_(X, varargin)
    % the block triangle of which a function of matrices has its derivative along the directions in the top right corner
    block = X;
    for k = 1:numel(varargin)
        step = kron(eye(2^(k - 1)), varargin{k});
        block = [block, step; zeros(size(step)), block];
    end
end


function L = derivative_(f, X, varargin)
    % the derivative of a function of matrices at X along the directions
    whole = real(f(triangle_(X, varargin{:})));
    L = whole(1:size(X, 1), end-size(X, 2)+1:end);
end


function M = kronecker_(f, X, varargin)
    % M with vec(L(X, ..., E)) = M vec(E), L the derivative of a function of matrices along the directions and E
    M = columns_(@(E) derivative_(f, X, varargin{:}, E), X);
end


function M = polar_kronecker_(X, varargin)
    % the same for the factor U V'
    M = columns_(@(E) polar_derivative_(X, varargin{:}, E), X);
end


function M = columns_(linear, X)
    % the matrix of a linear map of matrices like X, for stacked columns
    M = zeros(numel(X));
    for k = 1:numel(X)
        E = zeros(size(X));
        E(k) = 1;
        M(:, k) = reshape(linear(E), [], 1);
    end
end


function P = pinv_(X)
    % the pseudoinverse; singular values of rounding errors, 16 units for each row or column, are taken for zero
    P = pinv(X, 16 * max(size(X)) * eps(norm(X)));
end


function A = adjugate_(X)
    % the adjugate, also of a singular matrix
    [U, S, V] = svd(X);
    s = diag(S);
    others = zeros(size(s));
    for k = 1:numel(s)
        others(k) = prod(s([1:k-1, k+1:end]));
    end
    A = det(U) * det(V) * V * diag(others) * U.';
end


function K = commutation_(m, n)
    % K * vec(X) = vec(X') for X of m x n
    K = eye(m * n);
    K = K(reshape(reshape(1:m*n, m, n).', 1, []), :);
end


function L = elimination_(n)
    % L * vec(X) = vech(X) for X of n x n
    L = eye(n * n);
    L = L(find(tril(true(n))), :);
end


function D = duplication_(n)
    % D * vech(S) = vec(S) for symmetric S of n x n
    place = reshape(1:n*n, n, n);
    place = min(place, place.');
    D = eye(n * n);
    D = D(place(:), :) * elimination_(n).';
end


function T = convmtx_(a, n)
    % T * x = conv(a, x) for x of n entries
    T = fliplr(hankel_([zeros(n - 1, 1); a(:); zeros(n - 1, 1)], n));
end


function H = hankel_(r, n)
    % n columns, H(i, j) = r(i + j - 1)
    H = reshape(r((1:numel(r)-n+1).' + (0:n-1)), [], n);
end


function S = unvech_(v)
    % the symmetric matrix S with vech(S) = v
    n = (sqrt(8 * numel(v) + 1) - 1) / 2;
    S = reshape(duplication_(n) * v(:), n, n);
end


function x = cases_(varargin)
    % the first value whose condition holds: value, condition, value, condition, ..., otherwise
    x = NaN;
    last = numel(varargin);
    if mod(last, 2)
        x = varargin{last};
        last = last - 1;
    end
    for k = last-1:-2:1
        here = (varargin{k + 1} ~= 0) | (zeros(size(varargin{k})) & zeros(size(x)));
        value = varargin{k} + zeros(size(here));
        x = x + zeros(size(here));
        x(here) = value(here);
    end
end


function f = lu_(X)
    % the factors of a matrix, for several solutions
    [f.L, f.U, f.P] = lu(X);
end


function x = lu_solve_(f, b, transposed)
    % X \ b, or X.' \ b, from the factors of X
    if transposed
        x = f.P.' * (f.L.' \ (f.U.' \ b));
    else
        x = f.U \ (f.L \ (f.P * b));
    end
end


function s = logdet_(X)
    % log(abs(det(X))), without overflow
    [L, U, P] = lu(X);
    s = sum(log(abs(diag(U))));
end


function y = reshape_(x, from, to)
    % the same entries, row by row, with other axes
    rows = permute(reshape(x, from), numel(from):-1:1);
    y = permute(reshape(rows, fliplr(to)), numel(to):-1:1);
end


function x = member_(x, k)
    % the k-th along the first axis
    dims = size(x);
    x = reshape(x, dims(1), []);
    x = reshape(x(k, :), [dims(2:end), 1]);
end


function c = contract_(a, la, b, lb, out)
    % the product of two arrays whose axes have letters, summed over the letters that are not in `out`
    letters = unique([la, lb, out]);
    [a, la] = diagonals_(a, la);
    [b, lb] = diagonals_(b, lb);
    c = spread_axes_(a, la, letters) .* spread_axes_(b, lb, letters);
    for k = find(~ismember(letters, out))
        c = sum(c, k);
    end
    order = [arrayfun(@(k) find(letters == k), out), find(~ismember(letters, out))];
    if numel(order) > 1
        c = permute(c, order);
    end
end


function [x, labels] = diagonals_(x, labels)
    % letters that stand twice, once
    dims = [size(x), ones(1, numel(labels) - ndims(x))];
    [once, places] = unique(labels, 'first');
    once = labels(sort(places));
    if numel(once) < numel(labels)
        strides = cumprod([1, dims(1:numel(labels)-1)]);
        at = 1;
        for k = 1:numel(once)
            n = dims(find(labels == once(k), 1));
            at = at + reshape((0:n-1) * sum(strides(labels == once(k))), [ones(1, k - 1), n, 1]);
        end
        x = reshape(x(at(:)), [size(at), 1]);
        labels = once;
    end
end


function x = spread_axes_(x, labels, letters)
    % the axes at the places of their letters
    places = arrayfun(@(k) find(letters == k), labels);
    rest = setdiff(1:max(2, numel(letters)), places);
    dims = [size(x), ones(1, numel(letters))];
    order = zeros(1, max(2, numel(letters)));
    order(places) = 1:numel(labels);
    order(rest) = numel(labels) + (1:numel(rest));
    x = permute(reshape(x, [dims(1:max(2, numel(labels)))]), order);
end


function total = spread_(dims, varargin)
    % zeros with arrays added along diagonals: 'iji', a adds a(i, j) at (i, j, i)
    total = zeros(dims);
    strides = cumprod([1, dims(1:end-1)]);
    for p = 1:2:numel(varargin)
        axes = varargin{p};
        [once, places] = unique(axes, 'first');
        once = axes(sort(places));
        at = 1;
        for k = 1:numel(once)
            n = dims(find(axes == once(k), 1));
            at = at + reshape((0:n-1) * sum(strides(axes == once(k))), [ones(1, k - 1), n, 1]);
        end
        part = varargin{p + 1} + zeros(size(at));
        total(at(:)) = total(at(:)) + part(:);
    end
end


function J = left_jacobian_(w)
    % The integral of exp(s [w]_x) for s from 0 to 1.
    K = cross(eye(3), repmat(w(:).', 3, 1), 2);
    J = expm([K, eye(3); zeros(3, 6)]);
    J = J(1:3, 4:6);
end


function F = cosm_(X)
    % The matrix cosine.
    F = real(expm(1i * X));
end


function F = sinm_(X)
    % The matrix sine.
    F = imag(expm(1i * X));
end


function F = coshm_(X)
    % The matrix hyperbolic cosine.
    F = (expm(X) + expm(-X)) / 2;
end


function F = sinhm_(X)
    % The matrix hyperbolic sine.
    F = (expm(X) - expm(-X)) / 2;
end


function s = spectral_(X, k)
    % The k-th eigenvalue by real parts, from above with k < 0; not a number where X is real and it is not.
    s = eig(X);
    [parts, order] = sort(real(s));
    at = order(k + (k < 0) * (numel(s) + 1));
    real_ = isreal(X);
    if real_ && abs(imag(s(at))) > 1e-8 * max(abs(s))
        s = NaN;
    else
        s = s(at);
        if real_
            s = real(s);
        end
    end
end


function P = projector_(X, k)
    % v w'/(w' v) with its right and left eigenvector.
    [V, D] = eig(X);
    s = diag(D);
    [parts, order] = sort(real(s));
    at = order(k + (k < 0) * (numel(s) + 1));
    W = inv(V);
    P = V(:, at) * W(at, :);
    if isreal(X)
        P = real(P);
        if abs(imag(s(at))) > 1e-8 * max(abs(s))
            P = P * NaN;
        end
    end
end


function s = eigen_(X, k)
    % The k-th eigenvalue of the symmetric part from below, from above with k < 0.
    s = sort(eig((X + X.') / 2));
    s = s(k + (k < 0) * (numel(s) + 1));
end


function v = eigenvector_(X, k)
    % Its vector, the greatest entry positive.
    [V, D] = eig((X + X.') / 2);
    [s, order] = sort(diag(D));
    v = V(:, order(k + (k < 0) * (numel(s) + 1)));
    [top, at] = max(abs(v));
    v = v * sign(v(at));
end


function varargout = batched_(f, results, axes, given)
    % A function for every sample, what it returns with one more axis in front; axes are -1 of what is the same for all.
    places = find(axes >= 0);
    for p = places(axes(places) == 0)
        given{p} = given{p}(:);
    end
    samples = size(given{places(1)}, 1);
    for p = places
        if samples == 0 || size(given{p}, 1) ~= samples || ndims(given{p}) > max(2, axes(p) + 1)
            error('one and the same number of samples expected in front');
        end
    end
    shapes = cell(1, numel(results));
    found = cell(1, numel(results));
    for k = 1:samples
        one = given;
        for p = places
            shape = size(given{p});
            one{p} = reshape(given{p}(k, :), [shape(2:end), ones(1, 3 - numel(shape))]);
        end
        values = cell(1, numel(results));
        [values{:}] = f(one{:});
        for r = 1:numel(results)
            if k == 1
                shape = [size(values{r}), ones(1, results(r))];
                shapes{r} = shape(1:max(1, results(r)));
                found{r} = zeros(samples, numel(values{r}));
            end
            found{r}(k, :) = values{r}(:).';
        end
    end
    varargout = cell(1, numel(results));
    for r = 1:numel(results)
        varargout{r} = reshape(found{r}, [samples, shapes{r}]);
    end
end

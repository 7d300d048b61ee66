"""The function of a file as PyTorch, JAX and Julia's ChainRules differentiate it: forward the value, backward the closed form.

By the other arguments they differentiate the value itself. The backward pass is made of their own operations, so that it can be
differentiated again.
"""

from __future__ import annotations

from .frame import File
from .target import Target

_TORCH = """class _Function(torch.autograd.Function):
    \"\"\"The function, whose derivative by {by} is vjp.\"\"\"

    generate_vmap_rule = True

    @staticmethod
    def forward({all}):
        return value({all})

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.whole = [None if isinstance(x, torch.Tensor) else x for x in inputs]
        ctx.save_for_backward(*[x if isinstance(x, torch.Tensor) else None for x in inputs])

    @staticmethod
    def backward(ctx, weight):
        inputs = [x if w is None else w for x, w in zip(ctx.saved_tensors, ctx.whole)]
        found = _pulled(value, inputs, [k for k in {others} if ctx.needs_input_grad[k]], weight)
        if any(ctx.needs_input_grad[k] for k in {variables}):
            closed = vjp(*inputs, weight)
            for k, part in zip({variables}, {closed}):
                found[k] = part
        return tuple(found)


def function({all}):
    \"\"\"The value, for autograd: its derivative by {by} is the closed form.\"\"\"
    {all}, *_ = _inputs({all})
    return _Function.apply({all})"""

_JAX = """@jax.custom_vjp
def function({all}):
    \"\"\"The value, for jax.grad: its derivative by {by} is the closed form.\"\"\"
    return value({all})


def _forward({all}):
    return value({all}), ({all},)


def _backward(inputs, weight):
    found = _pulled(value, inputs, {others}, weight)
    closed = vjp(*inputs, weight)
    for k, part in zip({variables}, {closed}):
        found[k] = part.astype(jnp.result_type(inputs[k]))
    return tuple(found)


function.defvjp(_forward, _backward)"""

_JULIA = """\"\"\"
The value, for reverse mode: its derivative by {by} is the closed form; the others are not here.
\"\"\"
function ChainRulesCore.rrule(::typeof(value), {all})
    function pullback(weight)
        closed = vjp({all}, unthunk(weight))
        return NoTangent(), {tangents}
    end
    return value({all}), pullback
end"""

TEXTS = {"torch": _TORCH, "jax": _JAX, "julia": _JULIA}


def autograd_function(target: Target, file: File, variables: list[str]) -> str:
    """The text, with `function`; `variables` are the arguments with a closed form."""
    names = [target.names[a.name] for a in file.arguments]
    places = [k for k, a in enumerate(file.arguments) if a.name in variables]
    order = [next(k for k, a in enumerate(file.arguments) if a.name == v) for v in variables]
    return TEXTS[target.language.name].format(
        all=", ".join(names),
        by=", ".join(target.names[v] for v in variables),
        others=[k for k in range(len(names)) if k not in places],
        variables=order,
        closed="closed" if len(order) > 1 else "[closed]",
        tangents=", ".join(_tangent(n, k, order) for k, n in enumerate(names)),
    )


def _tangent(name: str, place: int, order: list[int]) -> str:
    """What ChainRules is told of an argument."""
    if place not in order:
        return f'@not_implemented("the closed form is not by {name}")'
    closed = f"closed[{order.index(place) + 1}]" if len(order) > 1 else "closed"
    return f"ProjectTo({name})({closed})"

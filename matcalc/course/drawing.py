"""A `Plot` drawn with matplotlib: 1200×800, no window, the same bytes every time.

matplotlib is an extra, and slow to import: nothing here is imported before `save`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from ..errors import MatcalcError
from ..pipeline.expression import expression
from ..pipeline.question import Question
from ..printing.latex import latex_name

if TYPE_CHECKING:
    from .plots import Plot

SIZE, DPI = (12.0, 8.0), 100
CURVE, GRID, ARROWS = 801, 61, 20  # points of a curve, of a surface and arrows of the field, a side
LONGEST_LABEL = 46  # characters of a formula in the legend
MARKS = {
    "minimum": ("v", "#15803d"),
    "maximum": ("^", "#b91c1c"),
    "saddle": ("X", "#7c3aed"),
    "inflection": ("s", "#b45309"),
    "undecided": ("o", "#374151"),
}
SETTINGS: Any = {
    "font.size": 14,
    "axes.titlesize": 18,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "matcalc",
    "mathtext.fontset": "cm",
}


def draw(plot: Plot, path: str | BinaryIO, ending: str = "") -> None:
    """Write the picture to `path`, whose ending is a format, or to a stream in the format `ending`."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    ending = ending or str(path).rpartition(".")[2].lower()
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=SIZE, dpi=DPI, layout="constrained" if plot.flat else "compressed")
        FigureCanvasAgg(figure)
        if plot.flat:
            _line(plot, figure)
        else:
            _plane(plot, figure)
        dateless = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[ending]
        figure.savefig(path, format=ending, dpi=DPI, metadata=dateless)


# ----------------------------------------------------------------------------------------------------------- one variable


def _line(plot: Plot, figure: Any) -> None:
    import numpy as np

    axes = figure.add_subplot()
    ((low, high),) = plot.windows
    (name,) = plot.axes
    xs = np.linspace(low, high, CURVE)
    f = _sampled(plot.f, xs)
    bottom, top = _height(f, 0.6 if plot.taylor else 0.15)
    derivatives = [(d, _sampled(plot.evaluator(d), xs)) for d in plot.derivatives]
    for _, values in derivatives:
        lowest, highest = _height(values, 0.15)
        bottom, top = min(bottom, lowest), max(top, highest)
    label = latex_name(name) if plot.taylor or plot.derivatives else ""
    axes.plot(xs, _broken(f, top - bottom), color="#1d4ed8", linewidth=2.8, label=f"$f({label})$" if label else None, zorder=3)
    for (d, values), color in zip(derivatives, ("#ea580c", "#0d9488", "#9333ea", "#64748b", "#be185d", "#4d7c0f")):
        mark = "'" * d.order if d.order < 4 else f"^{{({d.order})}}"
        axes.plot(xs, _broken(values, top - bottom), color=color, linewidth=1.8, label=_labelled(f"f{mark}({label})", d.latex, d.unicode))
    for t, color in zip(plot.taylor, _colors(len(plot.taylor))):
        values = _sampled(plot.evaluator(t), xs)
        axes.plot(xs, values, color=color, linestyle="--", linewidth=2.0, label=_labelled(f"T_{{{t.order}}}({label})", t.latex, t.unicode))
    if plot.centre is not None:
        at = plot.centre[0]
        axes.plot([at], [plot.f(plot.centre)], "o", color="#111827", markersize=8, zorder=5, label=rf"${label}_0 = {at:g}$")
    _mark(plot, axes, [(m.at[0], m.value) for m in plot.marks], top - bottom)
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, top)
    axes.axhline(0, color="#9ca3af", linewidth=1, zorder=1)
    axes.set_xlabel(_math(latex_name(name), name))
    axes.set_title(_title(plot), pad=14)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", framealpha=0.9)


def _sampled(f: Callable[[tuple[float, ...]], float], xs: Any) -> Any:
    import numpy as np

    return np.array([f((float(x),)) for x in xs])


def _height(values: Any, margin: float) -> tuple[float, float]:
    """From the lowest to the highest value and some more; a pole does not decide it."""
    import numpy as np

    finite = values[np.isfinite(values)]
    if not finite.size:
        return -1.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    inner_low, inner_high = (float(q) for q in np.percentile(finite, (12, 88)))
    if high - low > 12 * max(inner_high - inner_low, 1e-12):
        low, high = inner_low, inner_high
    pad = margin * (high - low) if high > low else 1.0
    return low - pad, high + pad


def _broken(values: Any, height: float) -> Any:
    """The curve with a gap where it jumps from one end of the picture to the other: a pole, not a line."""
    import numpy as np

    values = np.array(values)
    jumps = np.abs(np.diff(values)) > height
    values[:-1][jumps] = np.nan
    return values


def _colors(count: int) -> Sequence[Any]:
    from matplotlib import colormaps

    chosen = colormaps["plasma"]
    return [chosen(0.12 + 0.7 * k / max(count - 1, 1)) for k in range(count)]


def _mark(plot: Plot, axes: Any, places: Sequence[tuple[float, float]], height: float) -> None:
    """The stationary points, each kind once in the legend, with their names where there are few."""
    seen: set[str] = set()
    for m, (x, y) in zip(plot.marks, places):
        shape, color = MARKS[m.kind]
        label = None if m.kind in seen else m.kind
        seen.add(m.kind)
        axes.plot([x], [y], shape, color=color, markersize=12, markeredgecolor="white", label=label, zorder=6)
        if len(plot.marks) <= 8:
            name = _math(_mark_latex(plot, m), m.name)
            up = m.kind != "minimum"
            axes.annotate(
                name,
                (x, y),
                xytext=(0, 14 if up else -14),
                textcoords="offset points",
                ha="center",
                va="bottom" if up else "top",
                fontsize=13,
                bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.8},
                zorder=7,
            )


def _mark_latex(plot: Plot, mark: Any) -> str:
    """The place of a mark as LaTeX: `x = \\frac{1}{2}`, `(0, 0)`."""
    if not plot.flat:
        return "(" + r",\ ".join(f"{c:.4g}" for c in mark.at) + ")"
    try:
        value = f"{mark.at[0]:.4g}" if _is_decimal(mark.name) else expression(Question.of(mark.name)).latex
        return f"{latex_name(plot.axes[0])} = {value}"
    except MatcalcError:
        return f"{mark.at[0]:.4g}"


def _is_decimal(name: str) -> bool:
    return any(c in name for c in ".e")


# ---------------------------------------------------------------------------------------------------------- two variables


def _plane(plot: Plot, figure: Any) -> None:
    import numpy as np

    (a, b), (c, d) = plot.windows
    xs, ys = np.linspace(a, b, GRID), np.linspace(c, d, GRID)
    z = np.array([[plot.f((float(x), float(y))) for x in xs] for y in ys])
    if plot.kind == "auto":
        grid = figure.add_gridspec(1, 2, width_ratios=(1, 1.1))
        left = figure.add_subplot(grid[0], projection="3d")
        right = figure.add_subplot(grid[1])
    else:
        left = figure.add_subplot(projection="3d") if plot.kind == "surface" else None
        right = figure.add_subplot() if plot.kind == "contours" else None
    if left is not None:
        _surface(plot, left, *np.meshgrid(xs, ys), z)
    if right is not None:
        _contours(plot, right, xs, ys, z, figure)
    figure.suptitle(_title(plot), fontsize=18)


def _surface(plot: Plot, axes: Any, x: Any, y: Any, z: Any) -> None:
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    low, high = _height(z.ravel(), 0.0)
    axes.plot_surface(x, y, np.clip(z, low, high), cmap="viridis", alpha=0.85, linewidth=0.2, edgecolor="#ffffff55", rstride=2, cstride=2)
    for m in plot.marks:
        shape, color = MARKS[m.kind]
        axes.plot([m.at[0]], [m.at[1]], [m.value], shape, color=color, markersize=11, markeredgecolor="white", zorder=10)
    if plot.path:
        px, py = zip(*plot.path)
        axes.plot(px, py, [plot.f(p) for p in plot.path], "o-", color="#dc2626", markersize=4, linewidth=2, zorder=9)
    for axis, name in zip((axes.set_xlabel, axes.set_ylabel), plot.axes):
        axis(_math(latex_name(name), name), labelpad=10)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=11)
    axes.view_init(elev=28, azim=-58)
    axes.set_box_aspect((1, 1, 0.9), zoom=1.1)


def _contours(plot: Plot, axes: Any, xs: Any, ys: Any, z: Any, figure: Any) -> None:
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    finite = z[np.isfinite(z)]
    levels = MaxNLocator(18).tick_values(*_height(z.ravel(), 0.0))
    beyond = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    extend = beyond[bool(finite.min() < levels[0]), bool(finite.max() > levels[-1])]
    drawn = axes.contourf(xs, ys, np.ma.masked_invalid(z), levels=levels, cmap="viridis", alpha=0.6, extend=extend)
    axes.contour(xs, ys, np.ma.masked_invalid(z), levels=levels, colors="#334155", linewidths=0.7, alpha=0.7)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, pad=0.02, ticks=levels[:: 2 if len(levels) > 9 else 1])
    bar.ax.tick_params(labelsize=11)
    (a, b), (c, d) = plot.windows
    centres = [np.linspace(lo + (hi - lo) / (2 * ARROWS), hi - (hi - lo) / (2 * ARROWS), ARROWS) for lo, hi in ((a, b), (c, d))]
    gradient = plot.gradient_at()
    field = np.array([[gradient((float(x), float(y))) for x in centres[0]] for y in centres[1]])
    longest = float(np.nanpercentile(np.hypot(field[..., 0], field[..., 1]), 95)) or 1.0
    lengths = np.hypot(field[..., 0], field[..., 1])
    field = field * np.minimum(1.0, longest / np.maximum(lengths, 1e-300))[..., None]  # a few very long arrows would hide the rest
    axes.quiver(
        *centres,
        field[..., 0],
        field[..., 1],
        color="#0f172a",
        angles="xy",
        scale=longest * ARROWS / (b - a) / 1.3,
        scale_units="xy",
        width=0.003,
    )
    if plot.path:
        px, py = zip(*plot.path)
        axes.plot(px, py, "o-", color="#dc2626", markersize=4, linewidth=2.2, label="gradient descent", zorder=5)
    _mark(plot, axes, [(m.at[0], m.at[1]) for m in plot.marks], d - c)
    if 0.2 < (b - a) / (d - c) < 5:
        axes.set_aspect("equal")
    axes.set_xlim(a, b)
    axes.set_ylim(c, d)
    axes.grid(False)
    axes.set_xlabel(_math(latex_name(plot.axes[0]), plot.axes[0]))
    axes.set_ylabel(_math(latex_name(plot.axes[1]), plot.axes[1]))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.set_title("level lines and gradient", fontsize=15)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.11), ncols=3, frameon=False)


# ---------------------------------------------------------------------------------------------------------------- formulas


def _title(plot: Plot) -> str:
    axes = ", ".join(map(latex_name, plot.axes))
    expression = plot.expression
    return _math(f"f({axes}) = {expression.latex}", f"f({', '.join(plot.axes)}) = {expression.unicode}")


def _labelled(name: str, latex: str, plain: str) -> str:
    """`T_5(x) = …` where that is short, else `T_5(x)`."""
    if len(plain) > LONGEST_LABEL:
        return f"${name}$"
    return _math(f"{name} = {latex}", f"${name}$ = {_without_math(plain)}")


def _math(latex: str, plain: str) -> str:
    """Mathematics where matplotlib can set it, plain text where it cannot."""
    from matplotlib.mathtext import MathTextParser

    text = f"${latex}$"
    for theirs, ours in ((r"\lVert", r"\|"), (r"\rVert", r"\|"), (r"\lvert", "|"), (r"\rvert", "|")):  # other words for the same
        text = text.replace(theirs, ours)
    try:
        MathTextParser("path").parse(text)
    except (ValueError, RuntimeError):
        return _without_math(plain)
    return text


def _without_math(text: str) -> str:
    return text.replace("$", r"\$")

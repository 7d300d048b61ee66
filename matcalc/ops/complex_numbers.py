"""Complex numbers: the conjugate, the real and the imaginary part.

None of them stands in an expression: the conjugate of a name is a name of its own (`expressions.conjugates`), and the parts are written
with both.
"""

from __future__ import annotations

from ..sources import work
from .book import operation

WIRTINGER = work(
    "Hjørungnes & Gesbert 2007",
    "A. Hjørungnes, D. Gesbert, Complex-valued matrix differentiation: techniques and key results, IEEE Transactions on Signal Processing "
    "55(6), 2740-2746, 2007",
)
KREUTZ_DELGADO = work("Kreutz-Delgado 2009", "K. Kreutz-Delgado, The complex gradient operator and the CR-calculus, arXiv:0906.4835, 2009")

CONJUGATE = operation(
    "conj",
    "X",
    "m n -> m n",
    statement="the complex conjugate of every entry; z and conj(z) are differentiated by as two variables",
    source="definition",
    spellings="conj conjugate",
    latex="\\overline{#}",
    typst="overline(#)",
    mathml="<mover><mrow>#</mrow><mo>¯</mo></mover>",
    numeric="np.conj(X)",
    numpy="np.conj(X)",
    octave="conj(X)",
    r="Conj(X)",
    julia="conj.(X)",
    eigen="std::conj(X)",
)
REAL_PART = operation(
    "Re",
    "X",
    "m n -> m n",
    statement="the real part of every entry, (z + conj(z))/2",
    source="definition",
    spellings="Re real",
    latex="\\operatorname{Re}",
    numeric="np.real(X)",
    numpy="np.real(X)",
    octave="real(X)",
    r="Re(X)",
    julia="real.(X)",
    eigen="std::real(X)",
)
IMAGINARY_PART = operation(
    "Im",
    "X",
    "m n -> m n",
    statement="the imaginary part of every entry, (z - conj(z))/(2 i)",
    source="definition",
    spellings="Im imag",
    latex="\\operatorname{Im}",
    numeric="np.imag(X)",
    numpy="np.imag(X)",
    octave="imag(X)",
    r="Im(X)",
    julia="imag.(X)",
    eigen="std::imag(X)",
)

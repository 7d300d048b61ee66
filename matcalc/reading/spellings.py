"""Characters, words and commands that are spelt differently and mean one thing: the tables of `scan`."""

from __future__ import annotations

from ..syntax import GREEK as LETTERS
from ..syntax import ODOT_BAR, OTIMES_BAR, OTIMES_LOW

_VARIANTS = {c: word for c, word in zip("ϵϑϕϖϱς\u00b5\u2126\u2206", "epsilon theta phi pi rho sigma mu Omega Delta".split(), strict=True)}
GREEK = {letter: word for word, letter in LETTERS.items()} | _VARIANTS
GREEK_WORDS = frozenset(GREEK.values())

# What a mark is: (kind, value). Kinds: `infix` value is the operator; `open` and `close` value is the bracket.
SYMBOLS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("+", ".+", "＋"), ("plus", "+")),
    **dict.fromkeys(("-", "−", "–", ".-", "－"), ("minus", "-")),
    **dict.fromkeys(("*", "×", "∗"), ("infix", "*")),
    **dict.fromkeys(("·", "⋅", "∙"), ("infix", ".")),
    **dict.fromkeys(("/", "÷"), ("infix", "/")),
    "@": ("infix", "@"),
    "%*%": ("infix", "@"),
    **dict.fromkeys((".*", "⊙", "∘"), ("infix", ".*")),
    **dict.fromkeys(("./", "⊘"), ("infix", "./")),
    "⊗": ("infix", "kron"),
    **{sign: ("infix", sign) for sign in (OTIMES_BAR, OTIMES_LOW, ODOT_BAR)},
    "⟦": ("open", "⟦"),
    "⟧": ("close", "⟦"),
    **dict.fromkeys(("⋄", "◇", "◊"), ("infix", "khatri_rao")),
    **dict.fromkeys(("^", "**"), ("caret", "^")),
    **dict.fromkeys((".^", "^⊙", "^∘"), ("caret", ".^")),
    **dict.fromkeys(("'", "′", "’", "ᵀ", "⊤", ".'", ".T"), ("post", "T")),
    "†": ("post", "pinv"),
    "ᴴ": ("post", "H"),
    "!": ("post", "!"),
    "_": ("under", "_"),
    ",": ("comma", ","),
    ";": ("semi", ";"),
    ":": ("colon", ":"),
    ":=": ("cmp", "="),
    "&": ("amp", "&"),
    "\n": ("newline", "\n"),
    "(": ("open", "("),
    "[": ("open", "["),
    "{": ("open", "{"),
    ")": ("close", "("),
    "]": ("close", "["),
    "}": ("close", "{"),
    "⟨": ("open", "<"),
    "⟩": ("close", "<"),
    **dict.fromkeys(("|", "∣"), ("bar", "|")),
    **dict.fromkeys(("||", "‖", "∥"), ("bar", "||")),
    **dict.fromkeys(("<",), ("cmp", "<")),
    **dict.fromkeys((">",), ("cmp", ">")),
    **dict.fromkeys(("<=", "≤"), ("cmp", "<=")),
    **dict.fromkeys((">=", "≥"), ("cmp", ">=")),
    "=": ("cmp", "="),
    "==": ("cmp", "=="),
    **dict.fromkeys(("!=", "≠"), ("cmp", "!=")),
    **dict.fromkeys(("->", "→", "↦"), ("arrow", "->")),
    "∈": ("in", "in"),
    "∑": ("binder", "sum"),
    "∏": ("binder", "product"),
    "∞": ("greek", "infty"),
    "∇": ("partial", "nabla"),
    "∂": ("partial", "d"),
    "√": ("sqrt", "sqrt"),
    **dict.fromkeys(("ħ", "ℏ"), ("hbar", "hbar")),
    "ℝ": ("word", "R"),
    "ℂ": ("word", "C"),
    "ℕ": ("word", "N"),
    "ℤ": ("word", "Z"),
    "𝟙": ("const", "1"),
    "𝟏": ("const", "1"),
}

_VARIED = "epsilon theta phi pi rho sigma kappa".split()
VARIANTS = frozenset("var" + word for word in _VARIED)
COMMANDS: dict[str, tuple[str, str]] = {
    **{word: ("greek", word) for word in GREEK_WORDS},
    "ell": ("greek", "ell"),
    **{"var" + word: ("greek", word) for word in _VARIED},
    **dict.fromkeys(("cdot", "bullet"), ("infix", ".")),
    **dict.fromkeys(("times", "ast"), ("infix", "*")),
    **dict.fromkeys(("odot", "circ"), ("infix", ".*")),
    **dict.fromkeys(("oslash",), ("infix", "./")),
    **dict.fromkeys(("div",), ("infix", "/")),
    "otimes": ("infix", "kron"),
    "diamond": ("infix", "khatri_rao"),
    **dict.fromkeys(("top", "intercal", "prime", "mathsfT"), ("post", "T")),
    "dagger": ("post", "pinv"),
    "{": ("open", "\\{"),
    "}": ("close", "\\{"),
    **dict.fromkeys(("lbrace",), ("open", "\\{")),
    **dict.fromkeys(("rbrace",), ("close", "\\{")),
    **dict.fromkeys(("langle",), ("open", "<")),
    **dict.fromkeys(("rangle",), ("close", "<")),
    "llbracket": ("open", "⟦"),
    "rrbracket": ("close", "⟦"),
    **dict.fromkeys(("lbrack",), ("open", "[")),
    **dict.fromkeys(("rbrack",), ("close", "[")),
    **dict.fromkeys(("|", "Vert", "parallel"), ("bar", "||")),
    **dict.fromkeys(("vert", "mid"), ("bar", "|")),
    "lVert": ("open", "||"),
    "rVert": ("close", "||"),
    "lvert": ("open", "|"),
    "rvert": ("close", "|"),
    **dict.fromkeys(("le", "leq", "leqslant"), ("cmp", "<=")),
    **dict.fromkeys(("ge", "geq", "geqslant"), ("cmp", ">=")),
    **dict.fromkeys(("lt",), ("cmp", "<")),
    **dict.fromkeys(("gt",), ("cmp", ">")),
    **dict.fromkeys(("ne", "neq"), ("cmp", "!=")),
    **dict.fromkeys(("to", "mapsto", "rightarrow"), ("arrow", "->")),
    "in": ("in", "in"),
    "colon": ("colon", ":"),
    "sum": ("binder", "sum"),
    "prod": ("binder", "product"),
    "infty": ("greek", "infty"),
    "partial": ("partial", "d"),
    "nabla": ("partial", "nabla"),
    "sqrt": ("sqrt", "sqrt"),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), ("frac", "/")),
    "left": ("left", "left"),
    "right": ("right", "right"),
    "\\": ("newline", "\\\\"),
    "_": ("under", "_"),
    **dict.fromkeys(("hat", "widehat"), ("accent", "hat")),
    **dict.fromkeys(("tilde", "widetilde"), ("accent", "tilde")),
    **dict.fromkeys(("bar", "overline"), ("accent", "bar")),
    **dict.fromkeys(("dot",), ("accent", "dot")),
    **dict.fromkeys(("ddot",), ("accent", "ddot")),
    **dict.fromkeys(("check",), ("accent", "check")),
    **dict.fromkeys(("underline",), ("accent", "underline")),
    **dict.fromkeys("mathrm mathit mathsf mathcal mathfrak mathbb mathnormal mathtt rm it sf".split(), ("font", "")),
    **dict.fromkeys("mathbf boldsymbol bm symbf pmb bf textbf".split(), ("font", "bold")),
    **dict.fromkeys(("vec", "overrightarrow"), ("font", "arrow")),
    **dict.fromkeys("operatorname text textrm textit substack".split(), ("font", "")),
    **dict.fromkeys(
        ", ; : ! quad qquad thinspace medspace enspace limits nolimits displaystyle textstyle nonumber notag [ ] ( )".split(), ("blank", "")
    ),
    " ": ("blank", ""),
    "boxed": ("blank", ""),
    **dict.fromkeys("big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr".split(), ("blank", "")),
}

ACCENTS = frozenset(value for kind, value in COMMANDS.values() if kind == "accent")
_MATRICES = "bmatrix pmatrix matrix smallmatrix Bmatrix array".split()
_WRAPPERS = "equation align aligned gather gathered split multline displaymath math".split()
ENVIRONMENTS = dict.fromkeys(_MATRICES, "matrix") | {"cases": "cases"} | dict.fromkeys([w + s for w in _WRAPPERS for s in ("", "*")], "")

SUP = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵏ", "0123456789+-nik", strict=True)) | {"ᵀ": "T"}
SUB = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", "0123456789+-=aeoxhklmnpstijruv", strict=True))
LOOKALIKES = dict(zip("асеорхуіјѕԁһвкмнтАВСЕНІЈКМОРЅТХУ", "aceopxyijsdhbkmhtABCEHIJKMOPSTXY", strict=True))

FRACTIONS = dict(zip("½⅓⅔¼¾⅕⅙⅛", "1/2 1/3 2/3 1/4 3/4 1/5 1/6 1/8".split(), strict=True))
OVER = dict(zip("\u0302\u0303\u0304\u0305\u0307\u0308", "hat tilde bar bar dot ddot".split(), strict=True))  # combining marks

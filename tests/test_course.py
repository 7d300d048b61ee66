"""The computations of the three courses (tests/data/course.jsonl), each by the command line, compared by value.

A command is tested here when it stands in `JUDGES`: a function of the record and of what `--json` printed that raises
AssertionError where the answer is another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from console import ROOT, run

import matcalc
from matcalc.numbers.given import release
from matcalc.numbers.numeric import Plan
from matcalc.pipeline.expression import Expression

RECORDS = [json.loads(line) for line in (ROOT / "tests" / "data" / "course.jsonl").read_text(encoding="utf-8").splitlines()]
Record = Mapping[str, Any]
# Where a solution must exist and be checked, N data are more than the unknowns.
SIZES = ({"m": 3, "n": 4, "p": 5, "q": 2, "N": 6, "D": 3, "k": 2}, {"m": 4, "n": 5, "p": 6, "q": 3, "N": 8, "D": 2, "k": 3})


def options(argv: Sequence[str]) -> dict[str, list[str]]:
    """The options of a command line by name; `text` is the expression."""
    found: dict[str, list[str]] = {"text": [argv[1]]}
    k = 2
    while k < len(argv):
        if argv[k] == "--normalize":
            found[argv[k]] = [""]
            k += 1
        else:
            found.setdefault(argv[k], []).append(argv[k + 1])
            k += 2
    return found


# ---------------------------------------------------------------------------------------------- values


def declared(record: Record) -> str:
    """The declarations of the record."""
    return "; ".join(options(record["argv"]).get("--where", []))


def without(where: str, names: Sequence[str]) -> str:
    """The declarations without those of `names`, which a text binds itself."""
    from matcalc.inference.assumptions import where_text
    from matcalc.reading.read import parse_where

    return where_text(d for d in parse_where(where) if d.name not in names)


def draw(where: str, sizes: Mapping[str, int], rng: np.random.Generator) -> dict[str, Any]:
    """A value for every declared name; families stacked under their base name."""
    from matcalc.inference.declarations import declared_properties
    from matcalc.reading.read import parse_where
    from matcalc.syntax import split_name

    values: dict[str, Any] = {}
    for d in parse_where(where):
        props = set(declared_properties(d))
        shape = tuple(s.value(sizes) for s in d.sizes)  # type: ignore[attr-defined]
        base, sub = split_name(d.name)
        family = sub in ("i", "j")
        shape = (sizes["N"], *shape) if family else shape
        x = rng.uniform(0.3, 1.2, shape) * (1.0 if "positive" in props else rng.choice([-1.0, 1.0], shape))
        if len(shape) == 2 and shape[0] == shape[1] and not family:
            n = shape[0]
            x = x @ x.T / n + np.eye(n) if "spd" in props else np.eye(n) + 0.5 * x
            x = (x + x.T) / 2 if "symmetric" in props else np.tril(x) if "lower" in props else x
        elif "unit" in props:
            x = x / np.linalg.norm(x)
        elif "integer" in props:
            x = np.array(float(rng.integers(-2, 3)))
        values[base if family else d.name] = float(x) if x.ndim == 0 else x
    return values


def evaluate(text: str, where: str, values: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    """The number or array a text stands for."""
    e: Expression = matcalc.parse(text, where)
    env, known = e._scope.prepare({n: v for n, v in values.items() if n in e._scope.names}, [e.expr])
    return release(Plan(e.expr).run(env, {**sizes, **known})[0], e.expr.shape)


def same(found: str, wanted: str, where: str, bind: Mapping[str, Any] | None = None) -> None:
    """Both texts stand for the same numbers, at several random points."""
    rng = np.random.default_rng(1)
    for sizes in SIZES:
        for _ in range(2):
            values = {**draw(where, sizes, rng), **(bind or {})}
            with np.errstate(all="ignore"):
                a, b = (np.asarray(evaluate(t, where, values, sizes), dtype=float) for t in (found, wanted))
            a, b = (np.zeros(np.broadcast_shapes(a.shape, b.shape)) + v for v in (a, b)) if not np.any(b) else (a, b)
            assert a.shape == b.shape, f"{found} has shape {a.shape}, {wanted} has {b.shape}"
            assert np.allclose(a, b, rtol=1e-9, atol=1e-11, equal_nan=True), f"{found} is not {wanted}: {a} and {b}"


# ---------------------------------------------------------------------------------------------- judges


def judge_text(record: Record, found: Any) -> None:
    """An expression: taylor, linearize."""
    wanted = record["answer"]
    if isinstance(wanted, dict):
        judge_series(record, found)
        return
    same(found["text"], wanted, declared(record))


def judge_series(record: Record, found: Any) -> None:
    """A series by its partial sums near the point, and its first terms."""
    wanted = record["answer"]
    where = declared(record)
    if "first" in wanted:
        same(found["first"], wanted["first"], where)
    for x in (0.3, -0.2, 0.45):
        a, b = (evaluate(t, where, {"x": x}, SIZES[0]) for t in (found["series"], wanted["series"]))
        assert np.isclose(a, b, rtol=1e-12), f"{found['series']} is not {wanted['series']}"


def judge_jacdet(record: Record, found: Any) -> None:
    where = declared(record)
    same(found["text"], record["answer"], where)
    if "abs" in record:
        same(found["abs"], record["abs"], where)
    else:
        same(found["abs"], f"abs({record['answer']})", where)
    if "jacobian" in record:
        same(found["jacobian"], record["jacobian"], where)


def judge_directional(record: Record, found: Any) -> None:
    for key, wanted in record["answer"].items():
        same(found[key], wanted, declared(record))


def judge_stationary(record: Record, found: Any) -> None:
    """Each solution expected is among those found, with its kind; a family at the same numbers of its letters."""
    wanted = record["answer"]
    assert isinstance(found, list)
    assert len(found) == len(wanted), f"{len(found)} solutions, {len(wanted)} expected: {found}"
    names = options(record["argv"])["--wrt"]
    where = without(declared(record), names)
    left = list(found)
    for point in wanted:
        match = next((p for p in left if same_place(p, point, names, where)), None)
        assert match is not None, f"{point['at']} is not among {[p['at'] for p in left]}"
        left.remove(match)
        assert match["kind"] in record.get("accept", [point["kind"]]), f"{match['kind']} for {point}"
        assert bool(match.get("family")) == bool(point.get("family"))
        assert bool(match.get("when")) >= bool(point.get("when")), "the condition is missing"
        assert bool(match.get("equation")) >= bool(point.get("equation"))
        if "value" in point:
            same(match["value"], point["value"], where)


def same_place(found: Record, wanted: Record, names: Sequence[str], where: str) -> bool:
    """Whether two solutions are the same values of the variables; of families, the same sets at a few of their members."""
    try:
        if found.get("family"):
            return same_family(found["at"], wanted["at"], wanted["where"], found["where"], names, where)
        a, b = (located(p["at"], names) for p in (found, wanted))
        for n in a:
            full = "; ".join(filter(None, (where, wanted.get("where", ""))))
            same(a[n], b[n], full, None)
    except AssertionError:
        return False
    return True


def same_family(found: str, wanted: str, letters: str, own: str, names: Sequence[str], where: str) -> bool:
    """Every member of the one must be a member of the other: compared through projection on a few members."""
    rng = np.random.default_rng(3)
    for sizes in SIZES[:1]:
        base = draw(where, sizes, rng)
        sets = []
        for text, declaration in ((found, own), (wanted, letters)):
            members = []
            for k in range(-4, 5):
                values = {**base, **draw(declaration, sizes, np.random.default_rng(k + 20))}
                values = {n: (float(k) if " in Z" in declaration and n == declaration.split()[0] else v) for n, v in values.items()}
                parts = located(text, names)
                members.append(
                    np.concatenate([np.ravel(evaluate(parts[n], f"{where}; {declaration}", values, sizes)) for n in parts]).astype(float)
                )
            sets.append(np.array(members))
        if " in Z" in letters:
            common = [m for m in sets[0] if np.any(np.all(np.isclose(sets[1], m), axis=1))]
            return len(common) >= 5
        middle = sets[1].mean(axis=0)
        span = sets[1] - middle
        for m in sets[0]:  # an affine family: each member lies in the affine hull of the other's
            solution = np.linalg.lstsq(span.T, m - middle, rcond=None)[0]
            if not np.allclose(span.T @ solution, m - middle, atol=1e-8):
                return False
    return True


def located(text: str, names: Sequence[str]) -> dict[str, str]:
    """`x = 0; y = t` by variable; earlier bindings go before each value, so that it may use them."""
    if text.startswith("vec("):
        return {"vec": text.split("=", 1)[1]}
    if len(names) == 1:
        return {names[0]: text}
    pieces = [p.strip() for p in text.split(";")] if "[" not in text else [text]
    found, before = {}, ""
    for p in pieces:
        n, _, value = p.partition("=")
        if n.strip() in names:
            found[n.strip()] = before + value.strip()
        before += f"{p}; "
    return found


Judge = Callable[[Record, Any], None]
JUDGES: dict[str, Judge] = {
    "taylor": judge_text,
    "linearize": judge_text,
    "directional": judge_directional,
    "jacdet": judge_jacdet,
    "stationary": judge_stationary,
}


@pytest.mark.parametrize("record", [r for r in RECORDS if r["command"] in JUDGES], ids=lambda r: r["id"])
def test_record(record: Record) -> None:
    done = run(*record["argv"], "--json")
    assert done.code == record.get("exit", 0), done.err
    JUDGES[record["command"]](record, json.loads(done.out))


@pytest.mark.parametrize(
    "text, expansion",
    [
        ("log(1+x)", "log(1 + x_0) + (x - x_0)/(1 + x_0) - (x - x_0)^2/(2 (1 + x_0)^2)"),
        ("1/(1-x)", "1/(1 - x_0) + (x - x_0)/(1 - x_0)^2 + (x - x_0)^2/(1 - x_0)^3"),
        ("x^3", "x_0^3 + 3 x_0^2 (x - x_0) + 3 x_0 (x - x_0)^2"),
    ],
)
def test_powers_below_the_bar_of_an_expansion_are_not_multiplied_out(text: str, expansion: str) -> None:
    assert matcalc.taylor(text, "x").text == expansion

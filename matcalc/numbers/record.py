"""The record of a comparison: what was compared, where, and what could not be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, overload

POINTS = 3
ROOM = 300  # characters for what was not seen
NOTHING = ", which is 0 too,"
DIRECTIONS = " along random directions"  # where entries are too many to be compared one by one


class Told(Sequence[str]):
    """Texts about things, each once, which are written when somebody reads them: an answer may have a hundred switches, and few ask."""

    __slots__ = ("_found", "_spell", "_things")

    def __init__(self, things: Iterable[Any], spell: Callable[[Any], str]) -> None:
        self._things = tuple(dict.fromkeys(things))
        self._spell: Callable[[Any], str] | None = spell
        self._found: tuple[str, ...] = ()

    def _texts(self) -> tuple[str, ...]:
        spell = self._spell
        if spell is not None:
            self._found = tuple(dict.fromkeys(map(spell, self._things)))
            self._spell, self._things = None, self._things[:1]
        return self._found

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._texts()[at]

    def __len__(self) -> int:
        return len(self._texts())

    def __bool__(self) -> bool:
        return bool(self._things)

    def __eq__(self, other: object) -> bool:
        return self._texts() == (other._texts() if isinstance(other, Told) else other)

    def __hash__(self) -> int:
        return hash(self._texts())

    def __repr__(self) -> str:
        return repr(self._texts())

    def __reduce__(self) -> tuple[type[tuple[str, ...]], tuple[tuple[str, ...]]]:
        return tuple, (self._texts(),)


class Check(NamedTuple):
    """What was compared: at how many points, of which sizes; to how many digits; the switches that were met on both sides, and those
    on one only; the summands that were nothing at every point; what the claim was compared with; and which sizes were the greater at
    all points, where others were tried and the claim or the function has no number."""

    points: int
    sizes: tuple[dict[str, int], ...]
    digits: int
    switches: Sequence[str] = ()
    one_sided: Sequence[str] = ()
    unseen: Sequence[str] = ()
    against: str = "a numerical derivative"
    alone: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Whether the claim is verified."""
        return not self.unseen

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {name: tuple(value) if isinstance(value, Told) else value for name, value in self._asdict().items()}

    def __str__(self) -> str:
        digits = "" if self.against.endswith(NOTHING) else f" to {self.digits} digits"
        places = "; ".join(", ".join(f"{n} = {k}" for n, k in s.items()) for s in self.sizes if s) if self.points < POINTS else ""
        alone = f" with {' and '.join(self.alone)}" if self.alone and not places else ""
        agreement = f"agrees with {self.against}{digits} at {self.points} point{'s' * (self.points > 1)}{alone}" + (
            f" ({places})" if places else ""
        )
        return agreement if self else f"{agreement}, at all of which this is 0 or too small to show: {_first_few(self.unseen)}"


def _first_few(texts: Sequence[str]) -> str:
    """As many as a line or two have room for, and how many more there are; `--json` has them all."""
    shown: list[str] = []
    for text in texts:
        if shown and len(", ".join((*shown, text))) > ROOM:
            break
        shown.append(text if len(text) <= ROOM else f"{text[:ROOM]} …")
    more = len(texts) - len(shown)
    return ", ".join(shown) + (f", and {more} more" if more else "")


def summed_up(checks: Sequence[Check]) -> Check | None:
    """Several checks of one answer as one; None where there are none."""
    if len(checks) <= 1:
        return checks[0] if checks else None
    last = checks[-1]
    switches, one_sided, unseen, alone = (
        tuple(dict.fromkeys(s for c in fields for s in c)) for fields in zip(*[(*c[3:6], c.alone) for c in checks], strict=True)
    )
    against = next((c.against for c in checks if DIRECTIONS in c.against), checks[0].against)
    return Check(last.points, last.sizes, min(c.digits for c in checks), switches, one_sided, unseen, against, alone)


def seen_at_any(checks: Sequence[Check]) -> Check:
    """One claim at several numbers of its free indices: what was seen at one of them was seen."""
    if len(checks) == 1:
        return checks[0]
    whole, first = summed_up(checks), checks[0]
    assert whole is not None
    one_sided = tuple(s for s in first.one_sided if all(s in c.one_sided for c in checks))
    return whole._replace(one_sided=one_sided, unseen=tuple(s for s in first.unseen if all(s in c.unseen for c in checks)))

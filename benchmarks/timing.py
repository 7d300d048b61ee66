"""Times as ratios: the contestants take turns in every round, so that what slows the machine slows all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

Call = Callable[[], object]


class Ratio:
    """How many times as long a contestant took as the first one: median over the rounds, and the middle half of them."""

    def __init__(self, values: list[float]) -> None:
        self.values = sorted(values)
        self.median = statistics.median(values)

    @property
    def spread(self) -> tuple[float, float]:
        n = len(self.values)
        return self.values[n // 4], self.values[(3 * n) // 4 if n > 1 else 0]

    def __str__(self) -> str:
        low, high = self.spread
        return f"{figure(self.median)} ({figure(low)}–{figure(high)})"


def figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def seconds(call: Call, repeat: int, inside: bool = False) -> float:
    """Seconds per call. What is `inside` this process and on one thread is measured by the lesser of the clock and the processor
    time: other work on the machine lengthens the one, a thread that only waits the other."""
    start, busy = time.perf_counter(), time.process_time()
    for _ in range(repeat):
        call()
    clock, busy = time.perf_counter() - start, time.process_time() - busy
    return (min(clock, busy) if inside and busy > 0 else clock) / repeat


def repetitions(call: Call, least: float, inside: bool = False) -> int:
    """How often to call so that a measurement lasts at least so many seconds. One call alone would tell too little: its caches are
    cold, and something else may run in between."""
    count = 1
    while least and count < 10_000:
        once = seconds(call, count, inside)
        if once * count > 10 * least:
            return 1 if count == 1 else max(1, round(least / once))
        once = min(once, *(seconds(call, count, inside) for _ in range(2)))
        if once * count > least / 4:
            return max(1, min(10_000, round(least / once)))
        count *= 4
    return count


def race(
    calls: Mapping[str, Call], rounds: int = 15, least: float = 0.02, limit: float = 20.0, inside: bool = False, once: float = 1.0
) -> tuple[float, dict[str, Ratio]]:
    """The first contestant's median seconds, and every contestant's time as a multiple of it in the same round. One that takes
    `once` seconds or longer is timed in the first round alone."""
    repeats = {name: repetitions(call, least, inside) for name, call in calls.items()}
    first = next(iter(calls))
    found: dict[str, list[float]] = {name: [] for name in calls}
    own: list[float] = []
    begin = time.perf_counter()
    slow: set[str] = set()
    for done in range(rounds):
        order = [*calls.items()][:: -1 if done % 2 else 1]  # there and back: nobody follows the same one always, whose memory it finds
        times = {name: seconds(call, repeats[name], inside) for name, call in order if name not in slow}
        slow |= {name for name, t in times.items() if t >= once and name != first}
        own.append(times[first])
        for name, t in times.items():
            found[name].append(t / times[first])
        if done >= 2 and time.perf_counter() - begin > limit:
            break
    return statistics.median(own), {name: Ratio(values) for name, values in found.items()}

"""`python -m benchmarks [PART]`: the tables of docs/benchmarks.md, on standard output; PART is one of PARTS."""

from __future__ import annotations

import os
import sys

# One thread for everybody; to be said before anything that computes is imported.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

PARTS = ("evaluation", "training", "derivation", "startup", "batch", "growth", "memory", "bounds")


def evaluation(only: str) -> None:
    from .evaluation import rows

    print("## Evaluation\n")
    print("Times as multiples of the emitted NumPy code's, medians with the middle half of the rounds; above 1 is slower than matcalc.")
    print("Everything in float64 and on one thread, the contestants in turn in every round; a time is the lesser of the clock and the")
    print("processor time, so that other work on the machine counts for nobody. JAX is jitted and has compiled before, PyTorch uses")
    print("`torch.func`, of tensorgrad the function is timed that it compiles to PyTorch, for the problems that it was given.\n")
    print("| problem | n | matcalc, ms | by hand | JAX | PyTorch | tensorgrad |\n| --- | --- | --- | --- | --- | --- | --- |")
    for name, n, own, ratios in rows(only):
        cells = [str(ratios[k]) if k in ratios else "" for k in ("by hand", "JAX", "PyTorch", "tensorgrad")]
        print(f"| {name} | {n} | {1e3 * own:.3g} | {' | '.join(cells)} |", flush=True)


COLUMNS = {"numpy": ("made", "by hand", "JAX"), "jax": ("JAX",), "torch": ("autograd", "func")}


def training(language: str = "", only: str = "", size: str = "") -> None:
    from .training import rows

    print("\n## Losses\n")
    print("Times as multiples of the emitted code's, as above; above 1 is slower than matcalc. `made` are the functions of `make`.")
    for name in [language] if language else COLUMNS:
        columns = COLUMNS[name]
        print(f"\n| {name} | | n | ms | {' | '.join(columns)} |\n| --- | --- | --- | --- |{' --- |' * len(columns)}")
        for row in rows(name, only, int(size or 0)):
            cells = [str(row.ratios[k]) if k in row.ratios else "" for k in columns]
            print(f"| {row.name} | {row.part} | {row.n} | {1e3 * row.seconds:.3g} | {' | '.join(cells)} |", flush=True)


def derivation() -> None:
    import statistics

    from .derivation import rows

    print("\n## Derivation\n")
    print("SymPy's time to build, differentiate and print as a multiple of matcalc's to read, differentiate, simplify, check and print.")
    print("Every call is about new names.\n")
    print("| expression | matcalc, ms | SymPy |\n| --- | --- | --- |")
    medians = []
    for text, own, ratio in rows():
        medians.append(ratio.median)
        print(f"| `{text}` | {1e3 * own:.3g} | {ratio} |", flush=True)
    print(f"| median | | {statistics.median(medians):.2f} |")


def startup() -> None:
    from .startup import rows

    print("\n## Start-up\n")
    print("Whole processes of a byte-compiled install, as multiples of `python -c pass` in the same round.\n")
    print("| command | multiple |\n| --- | --- |")
    for name, ratio in rows().items():
        print(f"| `{name}` | {ratio} |", flush=True)


def batch() -> None:
    from .batch import rows

    print("\n## Batch\n")
    print("`matcalc batch` over the expressions of the corpus, whole commands of a byte-compiled install, and what the machine gives:")
    print("processes that only count, at once and one after the other.\n")
    print("| | processes | seconds | times as fast as one |\n| --- | --- | --- | --- |")
    for name, count, own, ratio in rows():
        print(f"| {name} | {count} | {own:.3g} | {ratio} |", flush=True)


def growth() -> None:
    from .growth import rows

    print("\n## Growth\n")
    print("Seconds to derive, check and print, and the symbols of the answer. In brackets: how many times as long as for the size before,")
    print("divided by how many times as large the problem is; 1 is linear.\n")
    print("| family | k | seconds | symbols |\n| --- | --- | --- | --- |")
    for name, found in rows():
        for k, seconds, ratio, length in found:
            print(f"| {name} | {k} | {seconds:.3f} ({ratio:.2f}) | {length} |", flush=True)


def memory() -> None:
    from .memory import rows

    print("\n## Memory\n")
    print("A process that is asked one new question after the other: megabytes it holds, and milliseconds for a question since the row")
    print("before.\n")
    print("| questions | megabytes | milliseconds |\n| --- | --- | --- |")
    for number, held, each in rows():
        print(f"| {number} | {held:.0f} | {each:.2f} |", flush=True)


def bounds(only: str = "", size: str = "") -> None:
    from .bounds import rows

    print("\n## Bounds\n")
    print("The calls that emitted NumPy programs make, and the time that the same kinds of call take alone, as a part of the program's;")
    print("JAX as a multiple of it.\n")
    print("| problem | | n | ms | calls | products | functions | passes | bound | JAX |\n| --- |" + " --- |" * 9)
    for row in rows(only, int(size or 0)):
        flops = sum(kind.flops * count for kind, count in row.kinds.items())
        passes = sum(count for kind, count in row.kinds.items() if kind.name in ("copy", "add", "sum"))
        moved = sum(8 * kind.entries * count for kind, count in row.kinds.items() if kind.name in ("copy", "add", "sum"))
        ms = {name: f"{1e3 * t:.3g} ms" for name, t in row.times.items()}
        print(
            f"| {row.name} | {row.part} | {row.n} | {1e3 * row.seconds:.3g} | {sum(row.kinds.values())} "
            f"| {flops / 1e6:.3g} Mflop, {ms['products']} | {ms['functions']} | {passes}, {moved / 1e6:.3g} MB, {ms['passes']} "
            f"| {row.bound} | {row.jax} |",
            flush=True,
        )


def machine() -> None:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    processor = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as stream:
            processor = next((line.partition(":")[2].strip() for line in stream if line.startswith("model name")), processor)
    except OSError:
        pass
    packages = []
    for name in ("numpy", "scipy", "sympy", "jax", "torch", "tensorgrad"):
        try:
            packages.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            packages.append(f"{name} not installed")
    print("# Benchmarks\n")
    print("The output of `python -m benchmarks`. Only the ratios mean something on another machine.\n")
    print(
        f"{processor}, {os.cpu_count()} cores; {platform.system()}; Python {platform.python_version()}; {', '.join(packages)}.\n",
        flush=True,
    )


def main(argv: list[str]) -> int:
    wanted = argv[:1] or list(PARTS)
    if wanted[0] not in PARTS:
        print(f"parts: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    machine()
    for part in wanted:
        if part == "evaluation":
            evaluation(argv[1] if len(argv) > 1 else "")
        elif part == "training":
            training(*argv[1:4])
        elif part == "bounds":
            bounds(*argv[1:3])
        else:
            {"derivation": derivation, "startup": startup, "batch": batch, "growth": growth, "memory": memory}[part]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Rank acceptability: time and memory as regions, indicators and draws grow, and beside pymcdm on the same work.

Each size runs in a process of its own, so that peak memory is its own. Prints figures, judges nothing.
"""

import subprocess
import sys
import time

OURS = """
import resource, sys, time, numpy as np
from pipeline.ranking.weights import acceptability
regions, indicators, draws = map(int, sys.argv[1:])
normalised = np.random.default_rng(1).random((regions, indicators))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.perf_counter()
acceptability(normalised, "arithmetic", 3, draws, 1)
print(time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))
"""
SIZES = (
    (21, 2, 10_000),
    (21, 3, 10_000),
    (21, 5, 10_000),
    (21, 5, 100_000),
    (21, 5, 1_000_000),
    (290, 5, 10_000),
    (1_200, 5, 10_000),
    (1_200, 10, 10_000),
    (1_200, 10, 40_000),
)


def growth() -> None:
    """Seconds and peak megabytes by regions, indicators and draws."""
    print(f"{'regions':>8}{'indicators':>12}{'draws':>11}{'seconds':>10}{'peak MB':>10}")
    for regions, indicators, draws in SIZES:
        out = subprocess.run(
            [sys.executable, "-c", OURS, str(regions), str(indicators), str(draws)], capture_output=True, text=True, check=True
        )
        seconds, peak = out.stdout.split()
        print(f"{regions:>8}{indicators:>12}{draws:>11,}{float(seconds):>10.2f}{float(peak):>10.0f}")


def beside_pymcdm() -> None:
    """The same weightings scored by us and by pymcdm, in turn.

    Its interface takes one weighting at a time and normalises anew for each; ours takes all at once. That is most of the difference.
    """
    import numpy as np
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    from pipeline.ranking.score import normalise
    from pipeline.ranking.weights import weighted_sums

    random = np.random.default_rng(1)
    raw = random.random((21, 5))
    weights = random.dirichlet(np.ones(5), 10_000)
    theirs = WSM(normalization_function=minmax_normalization)
    types = np.ones(5)
    times: dict[str, list[float]] = {"exportregion": [], "pymcdm": []}
    gap = 0.0
    for _ in range(3):
        begin = time.perf_counter()
        ours = weighted_sums(weights, np.column_stack([normalise(raw[:, column], "min-max") for column in range(5)]))
        times["exportregion"].append(time.perf_counter() - begin)
        begin = time.perf_counter()
        other = np.array([theirs(raw, weight, types) for weight in weights])
        times["pymcdm"].append(time.perf_counter() - begin)
        gap = max(gap, float(np.abs(ours - other).max()))
    least = {name: min(laps) for name, laps in times.items()}
    print("\n10,000 weightings of 21 regions and 5 indicators, least of 3 rounds in turn")
    for name, seconds in least.items():
        print(f"{name:<14}{seconds:>9.4f} s{seconds / least['exportregion']:>9.1f} ×")
    print(f"largest difference of a score: {gap:.1e}")


if __name__ == "__main__":
    growth()
    beside_pymcdm()

"""Rank acceptability and all choices at once: time and memory as regions, indicators and draws grow, and beside others on the same work.

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
JOINT = """
import resource, sys, time, numpy as np
from fractions import Fraction
from pipeline.award import load_award
from pipeline.ranking.joint import every_variant, joint_shares, sample, sobol_indices
from pipeline.ranking.methods import distinct
windows, regions, indicators, draws = map(int, sys.argv[1:])
award = load_award("2021")
methods = list({(one.normalisation, one.aggregation): one for one in distinct(award)}.values())
of = [award.indicators[0].model_copy(update={"name": f"i{number}", "weight": Fraction(1, indicators)}) for number in range(indicators)]
values = np.random.default_rng(1).random((windows, 2, regions, indicators))
codes = [str(number) for number in range(regions)]
begin, spent = time.perf_counter(), time.process_time()
samples = list(every_variant(values, of, methods, sample(indicators, draws, 1)))
joint_shares(codes, samples)
shares = time.process_time() - spent
sobol_indices(codes, samples, 1)
number = sum(one.places[..., 0].size for one in samples)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
print(number, time.perf_counter() - begin, shares, time.process_time() - spent, peak)
"""
JOINT_SIZES = ((10, 21, 3, 1_024), (10, 21, 5, 1_024), (10, 21, 5, 7_168), (15, 21, 5, 1_024), (10, 290, 5, 256))
"""Windows, regions, indicators and weightings; two denominators and every distinct method. The third makes a million variants."""
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


def all_choices_at_once() -> None:
    """Variants, seconds, and processor seconds up to the joint shares and in all."""
    print(f"\n{'regions':>8}{'indicators':>12}{'variants':>12}{'seconds':>10}{'cpu: shares':>13}{'with indices':>14}{'peak MB':>10}")
    for windows, regions, indicators, draws in JOINT_SIZES:
        arguments = [str(number) for number in (windows, regions, indicators, draws)]
        out = subprocess.run([sys.executable, "-c", JOINT, *arguments], capture_output=True, text=True, check=True)
        number, seconds, shares, spent, peak = map(float, out.stdout.split())
        print(f"{regions:>8}{indicators:>12}{number:>12,.0f}{seconds:>10.2f}{shares:>13.2f}{spent:>14.2f}{peak:>10.0f}")


def one_by_one(number: int = 16_000) -> None:
    """The same variants as COINr makes them, in numpy: for each, normalise, aggregate and rank anew; and in blocks, as here."""
    import numpy as np

    from pipeline.award import load_award
    from pipeline.ranking.joint import every_variant, sample
    from pipeline.ranking.score import normalise

    award = load_award("2021")
    of = [award.indicators[0].model_copy(update={"name": f"i{place}"}) for place in range(5)]
    values = np.random.default_rng(1).random((1, 1, 21, 5))
    weightings = list(sample(5, number, 1))
    begin = time.process_time()
    blocks = np.concatenate([one.places[0, 0, 0] for one in every_variant(values, of, [award.ranking], iter(weightings))])
    ours = time.process_time() - begin
    begin = time.process_time()
    single = []
    for weights in np.concatenate(weightings):
        normalised = np.column_stack([normalise(values[0, 0, :, column], "min-max") for column in range(5)])
        points = (normalised * weights).sum(axis=1)
        single.append((points > points[:, np.newaxis]).sum(axis=1) + 1)
    theirs = time.process_time() - begin
    per_million = 1e6 / len(blocks)
    print(f"\na million variants of 21 regions and 5 indicators, by {len(blocks):,} of them, processor seconds")
    print(f"in blocks {ours * per_million:>8.1f}\none by one{theirs * per_million:>8.1f}  ({theirs / ours:.0f} ×)")
    print(f"places that differ: {int((blocks != np.array(single)).sum())}")


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
    all_choices_at_once()
    one_by_one()
    beside_pymcdm()

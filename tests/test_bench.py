"""What `make bench` measures with: the cost of a process, the power of a growth, and the tables of docs/performance.md."""

import subprocess
import sys
from pathlib import Path

import index_by_others
import measure
import pytest
from measure import Command, Cost, costs, curve, exponent, laps, process

PAGE = measure.PROJECT / "docs" / "performance.md"


def python(code: str) -> Command:
    return Command([sys.executable, "-S", "-c", code])


@pytest.mark.usefixtures("process")
def test_a_process_is_measured_alone_with_its_peak() -> None:
    # From a small process, as `make bench` is: that of the tests has grown.
    code = (
        "import sys; from measure import Command, process\n"
        "for code in ('pass', 'bytearray(range(200)) * 1_000_000'): print(process(Command([sys.executable, '-S', '-c', code])).peak)"
    )
    printed = subprocess.run([sys.executable, "-c", code], cwd=measure.PROJECT / "bench", capture_output=True, text=True, check=True).stdout
    small, large = map(float, printed.split())
    assert 170 < large - small < 210


@pytest.mark.usefixtures("process")
def test_a_command_that_fails_is_an_error_with_what_it_said() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        process(python("1 / 0"))


def test_laps_take_turns_and_the_median_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    seconds = iter([1.0, 10.0, 100.0, 3.0, 30.0, 2.0, 20.0])

    def measured(command: Command) -> Cost:
        order.append(command.arguments[0])
        return Cost(next(seconds), 1, 1)

    monkeypatch.setattr(measure, "process", measured)
    medians = laps({name: Command([name]) for name in ("a", "b", "slow")}, 3, once=["slow"])
    assert order == ["a", "b", "slow", "a", "b", "a", "b"]
    assert {name: cost.wall for name, cost in medians.items()} == {"a": 2, "b": 20, "slow": 100}


def test_the_power_of_a_growth() -> None:
    assert exponent([1, 10, 100], [3, 300, 30_000]) == pytest.approx(2)
    assert exponent([21, 290], [5, 5]) == pytest.approx(0)
    # 1, 2, 8 over 1, 2, 4: powers of two with exponents 0, 1, 3, whose slope by least squares is 3/2; the last step alone is 2.
    table = curve("regions", {size: Cost(1, value, 7) for size, value in ((1, 1), (2, 2), (4, 8))})
    assert "Processor time grows with the power 1.50 of the regions (2.00 in the last step); memory grows with the power 0.00" in table


def test_a_table_of_costs() -> None:
    assert costs("work", {"ours": Cost(2, 3, 1234.5), "theirs": Cost(1, 1, 80)}, "theirs").splitlines() == [
        "| work | seconds | processor | peak MB | times theirs |",
        "|:---|---:|---:|---:|---:|",
        "| ours | 2.00 | 3.00 | 1,234 | 2.00 |",
        "| theirs | 1.00 | 1.00 | 80 | 1.00 |",
    ]


def test_others_rank_as_we_do() -> None:
    first, *others = (ranked(64).tolist() for ranked in index_by_others.VARIANTS.values())
    assert all(other == first for other in others)


def test_the_page_names_no_machine() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert "by `make bench`" in page
    assert not [word for word in ("/work", "/tmp", "/home", str(Path.home())) if f"{word}/" in page]

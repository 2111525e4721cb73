"""1.5 million cells of JSON-stat 2 to a table: this project's reader beside pxwebpy's, in turn. Prints figures, judges nothing.

Each reads the same file in a process of its own; peak memory is the whole process, with its libraries.
"""

import json
import random
import sys
import tempfile
from pathlib import Path

from measure import Command, costs, laps

ROUNDS = 5
SIZES = {"Region": 300, "Alder": 100, "Tid": 50}
READERS = {
    "imports alone": "import pyarrow, pandas, pxweb; from pipeline import cubes",
    "to rows": "from pathlib import Path; import sys; from pipeline import cubes;"
    " assert len(cubes.read_jsonstat(Path(sys.argv[1]).read_bytes(), 'x').rows()[0]) == 1_500_001",
    "pxwebpy": "import json, sys; import pandas; from pathlib import Path; from pxweb._internal.functions import unpack_table_data;"
    " assert len(pandas.DataFrame(unpack_table_data(json.loads(Path(sys.argv[1]).read_bytes()), show='code'))) == 1_500_000",
}


def write_cells(path: Path) -> None:
    """A dataset of 300 × 100 × 50 cells, one in a hundred withheld."""
    chance = random.Random(1)
    cells = 1
    for size in SIZES.values():
        cells *= size
    values = [None if chance.random() < 0.01 else chance.randrange(10_000_000) for _ in range(cells)]
    codes = {name: [f"{number:04}" for number in range(size)] for name, size in SIZES.items()}
    document = {
        "version": "2.0",
        "class": "dataset",
        "label": "Bench",
        "id": list(SIZES),
        "size": list(SIZES.values()),
        "dimension": {
            name: {
                "label": name,
                "category": {"index": dict(zip(of, range(len(of)), strict=True)), "label": dict(zip(of, of, strict=True))},
            }
            for name, of in codes.items()
        },
        "value": values,
        "status": {str(number): ".." for number, value in enumerate(values) if value is None},
    }
    path.write_text(json.dumps(document), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cells.json"
        write_cells(file)
        measured = laps({name: Command([sys.executable, "-c", code, str(file)]) for name, code in READERS.items()}, ROUNDS)
    print(costs("1.5 million cells", measured, "to rows"))

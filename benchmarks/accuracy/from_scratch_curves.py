"""Draws the two recipes of `from-scratch` in one picture, docs/from-scratch.png.

    digitdraw train from-scratch --recipe source --out runs/source
    python benchmarks/accuracy/from_scratch_curves.py \\
        runs/source/from-scratch.json weights/from-scratch.json
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from digitdraw.training import charts

SHOWN = ("validation loss", "mnist accuracy")


def merge_histories(records: dict[str, dict]) -> list[dict[str, float]]:
    """Merge the histories of trainings into one; each metric gets the name of its training."""
    longest = max((record["history"] for record in records.values()), key=len)
    history = [{"epoch": entry["epoch"]} for entry in longest]
    for name, record in records.items():
        # The two losses are different functions, so their values cannot be compared.
        names = {"validation loss": f"{record['recipe']['loss']} (loss)"}
        for line, entry in zip(history, record["history"], strict=False):
            line |= {f"{names.get(key, key)}, {name}": entry[key] for key in SHOWN if key in entry}
    return history


def main() -> None:
    """Read both records and write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="record of the training by the source's recipe")
    parser.add_argument("changed", type=Path, help="record of the training by the default recipe")
    options = parser.parse_args()
    paths = {"as its source has it": options.source, "changed": options.changed}
    records = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    figure = charts.curves(merge_histories(records), "from-scratch, MNIST's validation digits")
    figure.savefig(ROOT / "docs" / "from-scratch.png", format="png", facecolor="white", dpi=100)


if __name__ == "__main__":
    main()

"""The two recipes of `from-scratch` in one picture, docs/from-scratch.png.

python -m digitdraw.train --model from-scratch --recipe source --out runs/source
python benchmarks/from_scratch_curves.py runs/source/from-scratch.json weights/from-scratch.json
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from digitdraw.training import charts

SHOWN = ("validation loss", "mnist accuracy")


def together(records: dict[str, dict]) -> list[dict[str, float]]:
    """Histories of several trainings as one, the figures of each under the training's name."""
    longest = max((record["history"] for record in records.values()), key=len)
    history = [{"epoch": entry["epoch"]} for entry in longest]
    for name, record in records.items():
        for line, entry in zip(history, record["history"], strict=False):
            line |= {f"{key}, {name}": entry[key] for key in SHOWN if key in entry}
    return history


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="record of the training as the source gives it")
    parser.add_argument("changed", type=Path, help="record of the training by the default recipe")
    options = parser.parse_args()
    named = {"as its source has it": options.source, "changed": options.changed}
    records = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in named.items()}
    figure = charts.curves(together(records))
    figure.savefig(ROOT / "docs" / "from-scratch.png", format="png", facecolor="white", dpi=100)


if __name__ == "__main__":
    main()

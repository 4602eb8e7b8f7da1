"""Fits the scorer that reads numbers from strokes, and writes its weights and record.

    python benchmarks/tools/fit_stroke_scorer.py --data DIR [--out weights] [--seed 0]

It learns from the writers of the training files alone. With --splits train, the validation writers
stay out, so that choices can be made with `read_strokes.py --part validation --weights OUT`.
"""

import argparse
import pickle
import platform
import shlex
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import torch

from digitdraw.classifier import GlyphClassifier
from digitdraw.device import choose_device
from digitdraw.models import weights
from digitdraw.models.calibration import Calibration
from digitdraw.models.registry import STROKE_SCORER
from digitdraw.photo.reader import GLYPH_CLASSIFIER
from digitdraw.training import datasets
from digitdraw.training.stroke_reader.dataset import Counts, Labelled, gather
from digitdraw.training.stroke_reader.fit import Example, examples, fit


@lru_cache(maxsize=1)
def classifier() -> GlyphClassifier:
    """Return the classifier whose logits the scorer sees."""
    torch.set_num_threads(1)
    return GlyphClassifier(weights.load(GLYPH_CLASSIFIER), *choose_device("cpu"))


def prepare(drawing: Labelled) -> list[Example]:
    """Return the lattices of a drawing that have its text."""
    return examples(drawing.strokes, drawing.text, classifier())


def lattices(split: str, options: argparse.Namespace) -> list[Example]:
    """Return the lattices of the drawings of a split, from --prepared if they are there."""
    path = options.prepared and options.prepared / f"{split}-{options.seed}.pickle"
    if path and path.is_file():
        return pickle.loads(path.read_bytes())
    drawings = gather(options.data, split, Counts(), options.seed)
    with ProcessPoolExecutor(options.workers) as processes:
        found = [item for own in processes.map(prepare, drawings, chunksize=200) for item in own]
    if path:
        path.write_bytes(pickle.dumps(found))
    return found


def _command(options: argparse.Namespace) -> str:
    """Return the command without the options that do not change the weights."""
    words = ["--seed", options.seed, "--epochs", options.epochs, "--splits", *options.splits]
    script = ["python", "benchmarks/tools/fit_stroke_scorer.py", "--data", "data"]
    return shlex.join([*script, *map(str, words)])


def main() -> None:
    """Gather drawings, fit, and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the data folder")
    add("--out", type=Path, default=weights.FOLDER, help="folder of the weights")
    add("--seed", type=int, default=0)
    add("--epochs", type=int, default=24)
    add("--splits", nargs="+", default=["train", "validation"])
    add("--workers", type=int, default=1, help="processes that prepare drawings")
    add("--prepared", type=Path, metavar="FOLDER", help="keep the prepared drawings in a folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    started = time.monotonic()
    found = [item for split in options.splits for item in lattices(split, options)]
    print(f"{len(found)} lattices, {time.monotonic() - started:.0f} s", flush=True)
    scorer, losses = fit(found, options.epochs, options.seed)
    names = ["unipen-digits/train.jsonl.gz", "unipen-letters/letters.jsonl.gz"]
    record = {
        "model": STROKE_SCORER.name,
        "command": _command(options),
        "seed": options.seed,
        "splits": options.splits,
        "counts": asdict(Counts()),
        "lattices": len(found),
        "epochs": options.epochs,
        "seconds": round(time.monotonic() - started),
        "device": platform.processor() or platform.machine(),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        "classifier_sha256": classifier().sha256,
        "data_sha256": {
            **{name: datasets.sha256(options.data / name) for name in names},
            **datasets.text_hashes(options.data),
        },
        "losses": losses,
    }
    path = weights.save(STROKE_SCORER.name, scorer, Calibration(), record, options.out)
    print(f"wrote {path}")


if __name__ == "__main__":
    main()

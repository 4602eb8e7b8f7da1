"""What each part of the changed recipe of `from-scratch` does: each taken back by itself.

    python benchmarks/from_scratch_parts.py --data DIR

The share of MNIST's validation digits that is read right after 30 epochs, seed 0, at the learning
rate of the changed recipe and at that of the source.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import torch

from digitdraw.training import datasets, metrics, recipes
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.dataset import GlyphDataset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.datasets import Glyphs
from digitdraw.training.recipes import recipe_for

LEARNS, SOURCE = recipes.LEARNS, recipes.SOURCE
RATES = (5.0, 50.0)
TRIED = {
    "all three parts": LEARNS,
    "without smaller first weights": replace(LEARNS, init=SOURCE.init),
    "without cross-entropy": replace(LEARNS, loss=SOURCE.loss),
    "none, as the source has it": SOURCE,
}


def right(recipe: recipes.ManualRecipe, rate: float, learnt: GlyphDataset, kept: Glyphs) -> float:
    """Share of the kept digits that are read right after a training at a rate."""
    whole = replace(recipe_for("from-scratch"), manual=recipe, learning_rate=rate)
    trainer = trainer_for("from-scratch", whole, recipe.epochs, 0, torch.device("cpu"))
    trainer.set_data(learnt)
    while trainer.epoch < trainer.epochs:
        trainer.train_epoch()
    x = torch.from_numpy(kept.pixels).float()[:, None] / 255
    with torch.inference_mode():
        return metrics.accuracy(trainer.result.eval()(x).numpy(), kept.labels)


def main() -> None:
    """Print a line for each recipe as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    validation = recipe_for("from-scratch").validation_digits
    learnt = dataset.mnist_only(options.data, validation)
    kept = datasets.mnist(options.data, "validation", validation)
    print(f"| learning rate | {' | '.join(f'{rate:g}' for rate in RATES)} |")
    print("|---|" + "---|" * len(RATES), flush=True)
    for name, recipe in TRIED.items():
        shares = [f"{right(recipe, rate, learnt, kept):.1%}" for rate in RATES]
        print(f"| {name} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()

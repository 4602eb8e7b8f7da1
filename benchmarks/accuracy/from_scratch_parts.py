"""Measures each part of the changed recipe of `from-scratch` by training without it.

    python benchmarks/accuracy/from_scratch_parts.py --data DIR

The table shows the accuracy on MNIST's validation digits after 30 epochs with seed 0, at the
learning rates of the changed recipe and of the source.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import torch

from digitdraw.training import datasets, metrics, recipes
from digitdraw.training.classifier import dataset
from digitdraw.training.classifier.dataset import GlyphDataset
from digitdraw.training.classifier.trainer import trainer_for
from digitdraw.training.datasets import Glyphs
from digitdraw.training.recipes import recipe_for

LEARNS, SOURCE = recipes.LEARNS, recipes.SOURCE
RATES = (5.0, 50.0)
RECIPES = {
    "all three parts": LEARNS,
    "without smaller first weights": replace(LEARNS, init=SOURCE.init),
    "without cross-entropy": replace(LEARNS, loss=SOURCE.loss),
    "none, as the source has it": SOURCE,
}


def accuracy(
    recipe: recipes.Recipe, rate: float, training: GlyphDataset, validation: Glyphs
) -> float:
    """Return the validation accuracy after a training at a learning rate."""
    recipe = replace(recipe, learning_rate=rate)
    trainer = trainer_for("from-scratch", recipe, recipe.epochs, 0, torch.device("cpu"))
    trainer.set_data(training)
    while trainer.epoch < trainer.epochs:
        trainer.train_epoch()
    x = torch.from_numpy(validation.pixels).float()[:, None] / 255
    with torch.inference_mode():
        return metrics.accuracy(trainer.result.eval()(x).numpy(), validation.labels)


def main() -> None:
    """Print a line for each recipe as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    count = recipe_for("from-scratch").validation_digits
    training = dataset.mnist_only(options.data, count)
    validation = datasets.mnist(options.data, "validation", count)
    print(f"| learning rate | {' | '.join(f'{rate:g}' for rate in RATES)} |")
    print("|---|" + "---|" * len(RATES), flush=True)
    for name, recipe in RECIPES.items():
        cells = [f"{accuracy(recipe, rate, training, validation):.1%}" for rate in RATES]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

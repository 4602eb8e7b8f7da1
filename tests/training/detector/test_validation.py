"""What pages are made of: training's digits are never validation's."""

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.synthesis import sources
from digitdraw.training.synthesis.scans import cut_glyphs


def test_training_writes_with_the_digits_of_its_own_scans_too(data_folder):
    scans = datasets.scans(data_folder, "train")
    train, kept = (sources.load_sources(data_folder, each) for each in ("train", "validation"))
    others = cut_glyphs(scans)
    count = len(others.labels) * sources.SCANNED_TIMES
    mnist, kept_mnist = (
        len(datasets.mnist(data_folder, part).labels) for part in ("train", "validation")
    )
    assert len(train.digits.labels) == len(train.digits.pixels) == mnist + count
    assert np.array_equal(train.digits.pixels[mnist : mnist + len(others.labels)], others.pixels)
    assert len(kept.digits.labels) == kept_mnist
    names = [{scan.name for scan in each.scans} for each in (train, kept)]
    assert not set.intersection(*names)

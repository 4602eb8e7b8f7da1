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
    assert len(train.digits.labels) == len(train.digits.pixels) == 55_000 + count
    assert np.array_equal(train.digits.pixels[55_000 : 55_000 + len(others.labels)], others.pixels)
    assert len(kept.digits.labels) == 5_000
    names = [{scan.name for scan in each.scans} for each in (train, kept)]
    assert not set.intersection(*names)

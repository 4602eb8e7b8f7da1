"""Sources of pages: training has its own scans' digits, and shares nothing with validation."""

import numpy as np

from digitdraw.training import datasets
from digitdraw.training.synthesis import sources
from digitdraw.training.synthesis.scans import cut_glyphs


def test_training_glyphs_include_the_digits_of_training_scans(data_folder):
    scans = datasets.scans(data_folder, "train")
    train, validation = (sources.load_sources(data_folder, s) for s in ("train", "validation"))
    scanned = cut_glyphs(scans)
    count = len(scanned.labels) * sources.SCAN_REPEATS
    assert len(train.digits.labels) == len(train.digits.pixels) == 55_000 + count
    first_scanned = train.digits.pixels[55_000 : 55_000 + len(scanned.labels)]
    assert np.array_equal(first_scanned, scanned.pixels)
    assert len(validation.digits.labels) == 5_000
    assert not {scan.name for scan in train.scans} & {scan.name for scan in validation.scans}

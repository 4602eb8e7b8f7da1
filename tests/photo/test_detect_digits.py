"""What the network finds is mended by picture: halves, nested finds, commas, parts of ink."""

import numpy as np
import pytest

from digitdraw.photo import detection, pipeline
from tests.photo.test_refine import BOWL, SIX, finds, written
from tests.support.painted import Painted, photo


def test_each_picture_has_its_own_finds_mended(monkeypatch):
    rows = [[x, 60.0, 30, 40] for x in (20, 60, 100)]
    upper, lower = [140.0, 60, 28, 20], [141.0, 80, 28, 20]
    comma = [90.0, 93, 8, 15]
    per_picture = [finds(BOWL), finds(*rows, upper, lower, comma), finds(SIX).only([])]
    monkeypatch.setattr(detection, "detect", lambda greys, network, threshold: per_picture)
    blank = np.full((200, 200), 0.9, np.float32)
    grown, joined, none = pipeline.detect_digits([written(SIX), blank, blank], None, 0.4)
    assert grown.boxes[0] == pytest.approx(SIX, abs=5)
    assert joined.boxes[-1].tolist() == [140, 60, 29, 40] and len(joined.boxes) == 4
    assert none.boxes.shape == (0, 4)


def test_the_network_is_asked_for_what_scores_enough():
    grey = photo([(40, 40), (90, 40)]).astype(np.float32) / 255
    (found,) = pipeline.detect_digits([grey], Painted(), 0.5)
    assert len(found.boxes) == 2 and (found.scores >= 0.5).all()

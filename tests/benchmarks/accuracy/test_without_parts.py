"""Tests of the benchmark that leaves out parts of the photo reader."""

import numpy as np
import pytest

from benchmarks.accuracy.readers import Answer
from benchmarks.accuracy.without_parts import PARTS, without
from digitdraw.photo import pipeline
from digitdraw.photo.detection import Detections


def test_a_part_is_left_out_while_a_picture_is_read_and_no_longer():
    clean, during = pipeline.drop_commas, []

    def read(picture):
        during.append(pipeline.drop_commas)
        return Answer([], None)

    without(read, "commas")(np.zeros((8, 8, 3), np.uint8))
    assert during[0] is not clean and pipeline.drop_commas is clean
    boxes = np.array([[0, 0, 10, 20], [12, 18, 3, 6], [18, 0, 10, 20]], np.float32)
    detections = Detections(boxes, np.ones(3), np.zeros((3, 10)))
    assert during[0](detections) is detections
    assert len(clean(detections).boxes) == 2


@pytest.mark.parametrize("name", PARTS)
def test_each_part_exists_where_the_benchmark_leaves_it_out(name):
    owner, attribute, instead = PARTS[name]
    part = getattr(owner, attribute)
    assert (callable(part) and callable(instead)) or type(part) is type(instead) is float

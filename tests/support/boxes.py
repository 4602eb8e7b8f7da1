"""Detections and ink at given boxes, for tests of the photo reader's geometry."""

import cv2
import numpy as np

from digitdraw.photo.detection import Detections
from tests.support.drawings import DIGITS

SIX = np.array([130.0, 90, 60, 90])
"""A six on the paper of `draw_digits`."""
BOWL = np.array([130.0, 132, 60, 48])
"""The bowl of that six."""


def detections_at(*boxes, score=0.8):
    """Detections (n, 4) at these boxes, all with the same score and logits of 0."""
    count = len(boxes)
    return Detections(np.array(boxes), np.full(count, score), np.zeros((count, 10)))


def draw_digits(*boxes, digit=6, pen=7):
    """Paper, (260, 420) float32 in [0, 1], with a digit in each of these boxes."""
    paper = np.full((260, 420), 215, np.uint8)
    points = [np.asarray(stroke, float) for stroke in DIGITS[digit]]
    low = np.concatenate(points).min(axis=0)
    size = np.concatenate(points).max(axis=0) - low
    for box in boxes:
        inner = np.array([*(box[:2] + pen / 2), *(box[2:] - pen)])
        strokes = [np.rint((line - low) / size * inner[2:] + inner[:2]) for line in points]
        lines = [line.astype(np.int32) for line in strokes]
        cv2.polylines(paper, lines, False, 40, pen, cv2.LINE_AA)
    return paper.astype(np.float32) / 255

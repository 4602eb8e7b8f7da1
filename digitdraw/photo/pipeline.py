"""From a photo to number hypotheses: detect digits, group lines, recognize lines, classify digits.

`detect_digits` runs the detector and the rules that clean up its detections. `number_hypotheses`
does the rest. `photo.reader` decides what to accept. Boxes are (x, y, width, height) in pixels of
the photo, y down."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc, detection, digit_crop, line_crop, lines
from digitdraw.photo.boxes import box_areas, box_centers, intersection_areas
from digitdraw.photo.detection import Detections, concatenate
from digitdraw.photo.fusion import MIN_SCORE, NumberHypothesis
from digitdraw.photo.line_crop import LineTransform
from digitdraw.photo.postprocess import drop_commas, drop_nested, merge_split_digits
from digitdraw.photo.refine import expand_to_ink

USUAL_PITCH = 4.5
"""Usual distance of two digits, in columns of the line recognizer."""
PARTIAL_GLYPH_WEIGHT = 0.2
"""Weight of the classifier for a glyph that was cut off from other ink. On validation photos it
misreads 12% of those, and 0.3% of the others."""
_MAX_OVERLAP = 0.5
"""Two boxes are the same digit if they share this part of the smaller one."""
_BATCH = 256
"""Glyphs in one pass of the classifier."""


class Networks(NamedTuple):
    """The networks of the photo reader, in eval mode on one device.

    detector         a `DigitDetector`
    line_recognizer  a `LineRecognizer`
    classifier       takes glyphs (N, 1, 28, 28) float32 in [0, 1]; returns logits (N, 10 or 11)"""

    detector: nn.Module
    line_recognizer: nn.Module
    classifier: nn.Module


def detect_digits(
    images: Sequence[np.ndarray], detector: nn.Module, threshold: float
) -> list[Detections]:
    """Detect the digits of grey images, (H, W) float32, and clean up the detections. Halves of a
    digit are merged. Boxes that span two lines, parts of digits, and commas are dropped. Each box
    is expanded to all of its ink. Raises BadImageError for an image of too many digits."""
    detected = detection.detect(images, detector, threshold)
    return [
        expand_to_ink(drop_commas(drop_nested(merge_split_digits(detections))), grey)
        for detections, grey in zip(detected, images, strict=True)
    ]


def number_hypotheses(
    images: Sequence[np.ndarray], networks: Networks
) -> list[list[NumberHypothesis]]:
    """Return the numbers that each grey image, (H, W) float32, may show, in reading order. Unlikely
    numbers are included, and so are numbers without digits."""
    pages = detect_digits(images, networks.detector, MIN_SCORE)
    groups = [[page.select(index) for index in lines.group_numbers(page.boxes)] for page in pages]
    numbers = _recognize(images, groups, networks.line_recognizer)
    for i in range(len(images)):
        merged = _mergeable(numbers[i])
        if len(merged) < len(numbers[i]):
            groups[i] = [concatenate([groups[i][k] for k in indices]) for indices in merged]
            (numbers[i],) = _recognize([images[i]], [groups[i]], networks.line_recognizer)
    glyphs = [number.glyphs for page in numbers for number in page]
    logits = iter(_classify(glyphs, networks.classifier))
    return [[_with_classifier(number, next(logits)) for number in page] for page in numbers]


def _recognize(
    images: Sequence[np.ndarray], groups: list[list[Detections]], line_recognizer: nn.Module
) -> list[list[NumberHypothesis]]:
    """Return the numbers of each image, one for each group, still without the classifier."""
    transforms = [[LineTransform.around(group.boxes) for group in page] for page in groups]
    crops = [
        line_crop.crop_line(grey, transform)
        for grey, page in zip(images, transforms, strict=True)
        for transform in page
    ]
    outputs = iter(zip(ctc.recognize(crops, line_recognizer), crops, strict=True))
    pages = [
        [_hypothesis(*next(outputs), *line) for line in zip(*page, strict=True)]
        for page in zip(transforms, groups, strict=True)
    ]
    return [_drop_duplicates(page) for page in pages]


def _mergeable(numbers: list[NumberHypothesis]) -> list[list[int]]:
    """Return which numbers of a page are one: a digit between them was read but not detected."""
    read = [number.select(number.ctc_logits[:, 10] > 0) for number in numbers]
    return lines.merge_numbers(
        [number.boxes for number in read], [number.is_detected for number in read]
    )


def _with_classifier(number: NumberHypothesis, logits: np.ndarray) -> NumberHypothesis:
    """Return a number with the classifier's logits (n, 10), scaled down for partial glyphs."""
    weights = np.where(number.is_whole, 1, PARTIAL_GLYPH_WEIGHT)[:, None]
    return replace(number, classifier_logits=logits * weights)


@torch.inference_mode()
def _classify(glyphs: list[np.ndarray], classifier: nn.Module) -> list[np.ndarray]:
    """Classify the glyphs of several numbers, (n, 28, 28) each, in one go. Returns digit logits (n,
    10) for each number; those of blank glyphs are 0."""
    ends = np.cumsum([len(number) for number in glyphs])
    if not ends.size or not ends[-1]:
        return [np.zeros((0, 10), np.float32)] * len(glyphs)
    device = next(classifier.parameters()).device
    x = torch.from_numpy(np.concatenate(glyphs))[:, None]
    logits = torch.cat(
        [classifier(batch.to(device))[:, :10].float().cpu() for batch in x.split(_BATCH)]
    )
    logits[~x.flatten(1).any(dim=1)] = 0
    return np.split(logits.numpy(), ends[:-1])


def _drop_duplicates(numbers: list[NumberHypothesis]) -> list[NumberHypothesis]:
    """Leave each digit in one number of a page only. A digit stays in the number where it was
    detected, even if the line crop of another shows it too. Else it stays in the most confident
    number: a part of a digit may also be detected, on a line of its own."""
    detected = [number.boxes[number.is_detected] for number in numbers]
    results = list(numbers)
    for i, number in enumerate(numbers):
        elsewhere = np.concatenate([np.zeros((0, 4)), *detected[:i], *detected[i + 1 :]])
        results[i] = number.select(number.is_detected | ~_overlaps(number.boxes, elsewhere))
    taken = np.zeros((0, 4))
    # The sum is the expected count of digits, by the line recognizer.
    counts = [float(torch.from_numpy(n.ctc_logits[:, 10]).sigmoid().sum()) for n in results]
    for i in np.argsort(np.negative(counts)):
        results[i] = results[i].select(~_overlaps(results[i].boxes, taken))
        taken = np.concatenate([taken, results[i].boxes])
    return results


def _overlaps(boxes: np.ndarray, other_boxes: np.ndarray) -> np.ndarray:
    """Return which of `boxes` (n, 4) are the same digit as one of `other_boxes`; (n,) bool."""
    smaller = np.minimum(box_areas(boxes)[:, None], box_areas(other_boxes)[None])
    return (intersection_areas(boxes, other_boxes) >= _MAX_OVERLAP * smaller).any(axis=1)


def _hypothesis(
    logits: Tensor, crop: np.ndarray, transform: LineTransform, detections: Detections
) -> NumberHypothesis:
    """Return the number of a line crop, from its `logits` (T, 11) and its detections. Each digit
    that was read has the box and score of its detection. A detection that was not read stays as a
    digit too, since its score may outweigh the line recognizer. The classifier has not seen the
    glyphs yet."""
    transcript = ctc.decode(logits)
    centers = transform.to_crop(box_centers(detections.boxes))[:, 0] / LineRecognizer.STRIDE
    order = np.argsort(centers)
    detections, centers = detections.select(order), centers[order]
    pitches = np.diff(transcript.centers)
    pitch = float(np.median(pitches)) if len(pitches) else USUAL_PITCH
    matches = ctc.match_detections(transcript.centers, centers, pitch)
    matched = [match for match in matches if match is not None]
    read = _matched_detections(detections, matches, transform, transcript.centers)
    # A second detection of a digit that was read is that digit.
    unread = np.setdiff1d(np.arange(len(centers)), matched)
    unread = unread[~_overlaps(detections.boxes[unread], read.boxes)]
    both = concatenate([read, detections.select(unread)])
    boxes = both.boxes.astype(np.float64)
    digits = digit_crop.crop_digits(crop, transform.boxes_to_crop(boxes))
    unread_logits = ctc.logits_with_insertion(logits, transcript, centers[unread])
    number = NumberHypothesis(
        boxes=boxes,
        ctc_logits=np.concatenate([transcript.logits, unread_logits]),
        is_detected=np.array([match is not None for match in matches] + [True] * len(unread), bool),
        scores=both.scores.astype(np.float64),
        detector_logits=both.logits.astype(np.float64),
        glyphs=digits.glyphs,
        is_whole=digits.is_whole,
        ink_rows=digits.ink_rows,
        classifier_logits=np.zeros((len(boxes), 10), np.float32),
    )
    order = np.argsort(np.concatenate([transcript.centers, centers[unread]]), kind="stable")
    return number.select(order)


def _matched_detections(
    detections: Detections, matches: list[int | None], transform: LineTransform, centers: np.ndarray
) -> Detections:
    """Return the detection of each digit that was read, n in all. A digit without one gets a box of
    the usual size at its center, which is in columns, with MIN_SCORE and logits of 0."""
    size = np.median(detections.boxes[:, 2:], axis=0)
    rows = np.full(len(centers), line_crop.HEIGHT / 2)
    points = np.column_stack([centers * LineRecognizer.STRIDE, rows])
    read = Detections(
        np.column_stack([transform.to_image(points) - size / 2, np.tile(size, (len(centers), 1))]),
        np.full(len(centers), MIN_SCORE),
        np.zeros((len(centers), 10)),
    )
    for i, match in enumerate(matches):
        if match is not None:
            read.boxes[i], read.scores[i] = detections.boxes[match], detections.scores[match]
            read.logits[i] = detections.logits[match]
    return read

"""From a photo to the text of its rows: detect digits, group rows, recognize rows, classify digits.

`detect_digits` runs the detector and the rules that clean up its detections. `read_rows` does the
rest. `photo.reader` finds the numbers in the text. Boxes are (x, y, width, height) in pixels of the
photo, y down."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc, detection, digit_crop, line_crop, lines, numbers, priors
from digitdraw.photo.boxes import box_centers
from digitdraw.photo.ctc import Transcript
from digitdraw.photo.detection import Detections
from digitdraw.photo.line_crop import LineTransform
from digitdraw.photo.postprocess import drop_commas, drop_spanning, merge_split_digits
from digitdraw.photo.refine import expand_to_ink

MIN_SCORE = 0.3
"""Least score of a detection in a row. The line recognizer rejects those that are no digits."""
USUAL_PITCH = 5.6
"""Usual distance of two digits, in columns of the line recognizer."""
PARTIAL_GLYPH_WEIGHT = 0.2
"""Weight of the classifier for a glyph that was cut off from other ink. On validation photos it
misreads 12% of those, and 0.3% of the others."""
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


@dataclass(frozen=True)
class Row:
    """A row of writing and what was read in it.

    line          its line on the page, from 0 at the top; a line may have several rows
    detected      (k, 4), boxes of the detections that it was cut around
    transcript    n characters from left to right
    digits        (m,), indices of the characters that are digits
    boxes         (m, 4), boxes of the digits
    digit_logits  (m, 10), log probabilities of which digit each is, by the line recognizer
    numbers       the first character of each number, and one after its last
    number_log_p  (k,), log probability of the text of each number, by the line recognizer
    glyphs        (m, 28, 28) float32 in [0, 1], each digit by itself
    classifier_logits  (m, 10), which digit; scaled down for glyphs that are not whole"""

    line: int
    detected: np.ndarray
    transcript: Transcript
    digits: np.ndarray
    boxes: np.ndarray
    digit_logits: np.ndarray
    numbers: list[tuple[int, int]]
    number_log_p: np.ndarray
    glyphs: np.ndarray
    classifier_logits: np.ndarray


def detect_digits(
    images: Sequence[np.ndarray], detector: nn.Module, threshold: float
) -> list[Detections]:
    """Detect the digits of grey images, (H, W) float32, and clean up the detections. Halves of a
    digit are merged. Boxes that span two lines, and commas, are dropped. Each box is expanded to
    all of its ink. Raises BadImageError for an image of too many digits."""
    detected = detection.detect(images, detector, threshold)
    return [
        expand_to_ink(drop_commas(drop_spanning(merge_split_digits(detections))), grey)
        for detections, grey in zip(detected, images, strict=True)
    ]


def read_rows(images: Sequence[np.ndarray], networks: Networks) -> list[list[Row]]:
    """Return the rows of each grey image, (H, W) float32, in reading order."""
    groups = list(map(_rows_of, detect_digits(images, networks.detector, MIN_SCORE)))
    crops = [
        line_crop.crop_line(grey, group.transform)
        for grey, page in zip(images, groups, strict=True)
        for group in page
    ]
    outputs = iter(zip(crops, ctc.recognize(crops, networks.line_recognizer), strict=True))
    read = [_page_rows(page, [next(outputs) for _ in page]) for page in groups]
    logits = iter(_classify([row.glyphs for page in read for row in page], networks.classifier))
    return [[_with_classifier(row, next(logits)) for row in page] for page in read]


class _RowDetections(NamedTuple):
    """Detections in one row, its line on the page, and the transform to its line crop."""

    line: int
    detections: Detections
    transform: LineTransform


def _rows_of(detections: Detections) -> list[_RowDetections]:
    """Group the detections of a page into rows. A row that a longer one covers becomes part of it,
    as it is read there: a dash or a comma that was taken for a small digit, for example."""
    grouped = lines.group_lines(detections.boxes)
    line_of = [line for line, rows in enumerate(grouped) for _ in rows]
    rows = [index for in_line in grouped for index in in_line]
    transforms = [LineTransform.around_row(detections.boxes[index]) for index in rows]
    home = _covering_rows(rows, transforms, box_centers(detections.boxes))
    return [
        _RowDetections(line_of[row], detections.select(np.concatenate(own)), transforms[row])
        for row in range(len(rows))
        if (own := [rows[i] for i in np.flatnonzero(home == row)])
    ]


def _covering_rows(
    rows: Sequence[list[int]], transforms: Sequence[LineTransform], centers: np.ndarray
) -> np.ndarray:
    """Return for each of `rows`, lists of indices into `centers` (n, 2), which one it is read in:
    the longest one whose line crop holds all of its centers."""
    sizes = np.array(list(map(len, rows)), int)
    owners = np.empty(len(centers), int)
    for row, index in enumerate(rows):
        owners[index] = row
    home = np.arange(len(rows))
    shorter = np.ones(len(rows), bool)
    for row in np.argsort(-sizes, kind="stable"):
        shorter[row] = False
        if home[row] == row:
            inside = transforms[row].contains(centers)
            is_covered = np.bincount(owners[inside], minlength=len(rows)) == sizes
            home[is_covered & shorter & (home == np.arange(len(rows)))] = row
    return home


def _page_rows(
    groups: Sequence[_RowDetections], outputs: Sequence[tuple[np.ndarray, Tensor]]
) -> list[Row]:
    """Return the rows of a page from their line crops with the logits (T, OUTPUTS) of the line
    recognizer."""
    transcripts = [
        priors.read_text(logits, group.transform.boxes_to_crop(group.detections.boxes))
        for group, (_, logits) in zip(groups, outputs, strict=True)
    ]
    spans: list[list[tuple[int, int]]] = []
    for _, rows in itertools.groupby(
        zip(groups, transcripts, strict=True), lambda row: row[0].line
    ):
        spans += numbers.row_spans([transcript.text for _, transcript in rows])
    return [
        _row(group, crop, transcript, own)
        for group, (crop, _), transcript, own in zip(
            groups, outputs, transcripts, spans, strict=True
        )
    ]


def _row(
    group: _RowDetections, crop: np.ndarray, transcript: Transcript, spans: list[tuple[int, int]]
) -> Row:
    """Return the row of a line crop, from its text, its numbers and its detections. Each digit has
    the box of its detection, or one of the usual size."""
    line, detections, transform = group
    digits = np.flatnonzero(transcript.labels < 10)
    centers = transcript.centers[digits]
    detected = transform.to_crop(box_centers(detections.boxes))[:, 0] / LineRecognizer.STRIDE
    order = np.argsort(detected)
    pitches = np.diff(centers)
    pitch = float(np.median(pitches)) if len(pitches) else USUAL_PITCH
    matches = ctc.match_detections(centers, detected[order], pitch)
    boxes = _usual_boxes(detections.boxes, centers, transform)
    for position, match in enumerate(matches):
        if match is not None:
            boxes[position] = detections.boxes[order[match]]
    crops = digit_crop.crop_digits(crop, transform.boxes_to_crop(boxes))
    weights = np.where(crops.is_whole, 1, PARTIAL_GLYPH_WEIGHT)[:, None]
    return Row(
        line=line,
        detected=detections.boxes,
        transcript=transcript,
        digits=digits,
        boxes=boxes,
        digit_logits=ctc.digit_logits(transcript, digits),
        numbers=spans,
        number_log_p=ctc.text_log_probabilities([transcript.digits_of(*span) for span in spans]),
        glyphs=crops.glyphs,
        classifier_logits=np.repeat(weights, 10, axis=1),
    )


def _usual_boxes(detected: np.ndarray, centers: np.ndarray, transform: LineTransform) -> np.ndarray:
    """Return boxes (m, 4) of the usual size of those `detected`, (n, 4), at `centers` (m,), which
    are in columns of the line recognizer."""
    size = np.median(detected[:, 2:], axis=0)
    middle = np.full(len(centers), line_crop.HEIGHT / 2)
    points = np.column_stack([centers * LineRecognizer.STRIDE, middle])
    corners = transform.to_image(points) - size / 2
    return np.column_stack([corners, np.tile(size, (len(centers), 1))]).astype(np.float64)


def _with_classifier(row: Row, logits: np.ndarray) -> Row:
    """Return a row with the classifier's logits (m, 10), times the weights that it holds."""
    return replace(row, classifier_logits=row.classifier_logits * logits)


@torch.inference_mode()
def _classify(glyphs: list[np.ndarray], classifier: nn.Module) -> list[np.ndarray]:
    """Classify the glyphs of several rows, (m, 28, 28) each, in one go. Returns digit logits (m,
    10) for each row; those of blank glyphs are 0."""
    ends = np.cumsum([len(row) for row in glyphs])
    if not ends.size or not ends[-1]:
        return [np.zeros((0, 10), np.float32)] * len(glyphs)
    device = next(classifier.parameters()).device
    x = torch.from_numpy(np.concatenate(glyphs))[:, None]
    logits = torch.cat(
        [classifier(batch.to(device))[:, :10].float().cpu() for batch in x.split(_BATCH)]
    )
    logits[~x.flatten(1).any(dim=1)] = 0
    return np.split(logits.numpy(), ends[:-1])

"""Corrects the line recognizer's logits by what it cannot know: gaps of the page, usual numbers.

The line recognizer judges each place by what is near. So it misses a gap that is narrow for the
page but wide for its row, and takes specks for points and a slanted "1" for a slash."""

import numpy as np
from torch import Tensor

from digitdraw.models import alphabet
from digitdraw.models.line_recognizer import LineRecognizer
from digitdraw.photo import ctc, numbers
from digitdraw.photo.ctc import Transcript

WIDE_GAP = 0.7
"""Least width of a gap between two detections that suggests a space, in heights of a digit."""
SPACE_LOG_ODDS = 1.0
"""Added to the logits of a space in a wide gap in which nothing is read."""
POINT_LOG_ODDS = 1.0
"""Taken from the logits of a point, for most small specks of ink are dirt."""
SLASH_LOG_ODDS = 3.0
"""Taken from the logits of a slash, unless it belongs to a fraction or a date."""
_SPACE, _POINT, _SLASH = alphabet.encode(alphabet.SPACE + "./").tolist()


def read_text(logits: Tensor, detected: np.ndarray) -> Transcript:
    """Decode logits (T, OUTPUTS) of a line crop with detections in boxes (n, 4), in its pixels."""
    logits = _favor_spaces(logits, detected)
    logits[:, _POINT] -= POINT_LOG_ODDS
    transcript = ctc.decode(logits)
    unusual = numbers.unusual_slashes(transcript.text)
    if not unusual:
        return transcript
    for start, end in unusual:
        columns = slice(transcript.windows[start, 0], transcript.windows[end - 1, 1])
        logits[columns, _SLASH] -= SLASH_LOG_ODDS
    return ctc.decode(logits)


def _favor_spaces(logits: Tensor, detected: np.ndarray) -> Tensor:
    """Return a copy of the logits in which a space is likelier in wide gaps without a symbol."""
    logits = logits.clone()
    boxes = detected[np.argsort(detected[:, 0])]
    starts, ends = boxes[1:, 0], np.maximum.accumulate(boxes[:, 0] + boxes[:, 2])[:-1]
    is_wide = starts - ends > WIDE_GAP * np.median(boxes[:, 3])
    first = np.ceil(ends[is_wide] / LineRecognizer.STRIDE).astype(int)
    last = np.floor(starts[is_wide] / LineRecognizer.STRIDE).astype(int)
    path = logits.argmax(dim=1)
    for start, end in zip(first, last, strict=True):
        gap = slice(start, max(end, start + 1))
        if (path[gap] == alphabet.BLANK).all():
            logits[gap, _SPACE] += SPACE_LOG_ODDS
    return logits

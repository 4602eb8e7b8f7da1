"""Rows of writing for tests of the photo reader, without networks."""

import numpy as np
import torch

from digitdraw.models import alphabet
from digitdraw.models.alphabet import BLANK, OUTPUTS
from digitdraw.photo import ctc
from digitdraw.photo.numbers import number_spans
from digitdraw.photo.pipeline import Row


def logits_of_text(text: str, height: float = 12.0) -> torch.Tensor:
    """Logits of a text: a column for each character, and a blank after each."""
    labels = alphabet.encode(text)
    logits = torch.zeros(2 * len(labels), OUTPUTS)
    logits[torch.arange(0, len(logits), 2), torch.from_numpy(labels)] = height
    logits[1::2, BLANK] = height
    return logits


def row_of(logits: torch.Tensor, line: int = 0, **fields) -> Row:
    """The row that logits (T, OUTPUTS) read, each digit 20 by 30 pixels; other fields as given."""
    transcript = ctc.decode(logits)
    digits = np.flatnonzero(transcript.labels < 10)
    spans = number_spans(transcript.text)
    centers = transcript.centers[digits]
    place = [centers * 10, np.full(len(digits), 60.0 * line)]
    boxes = np.column_stack([*place, np.tile([20.0, 30.0], (len(digits), 1))])
    known = {
        "line": line,
        "detected": boxes,
        "transcript": transcript,
        "digits": digits,
        "boxes": boxes,
        "digit_logits": ctc.digit_logits(transcript, digits),
        "numbers": spans,
        "number_log_p": ctc.text_log_probabilities([transcript.digits_of(*span) for span in spans]),
        "glyphs": np.zeros((len(digits), 28, 28), np.float32),
        "classifier_logits": np.zeros((len(digits), 10), np.float32),
    }
    return Row(**known | fields)

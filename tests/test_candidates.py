"""Numbers that may be there: each digit once, where it was found."""

import numpy as np

from digitdraw.candidates import Candidate, _apart


def number(*boxes, found=True):
    logits = np.zeros((len(boxes), 11), np.float32)
    logits[:, 10] = 5
    return Candidate(
        np.array(boxes, float).reshape(-1, 4),
        logits,
        np.full(len(boxes), found),
        np.full(len(boxes), 0.9),
        np.zeros((len(boxes), 10)),
    )


def test_a_part_of_a_digit_is_not_read_besides_it():
    whole = number((0, 0, 20, 30), (25, 0, 20, 30), (50, 0, 20, 30))
    part, apart = number((26, 12, 18, 18), (80, 12, 18, 18)), number((0, 40, 20, 30))
    kept = _apart([part, whole, apart, number()])
    assert [each.boxes[:, 0].tolist() for each in kept] == [[80], [0, 25, 50], [0], []]
    assert (
        [len(each.logits) for each in kept] == [len(each.scores) for each in kept] == [1, 3, 1, 0]
    )


def test_a_digit_that_two_strips_show_is_read_where_it_was_found():
    short, missed = number((0, 0, 20, 30)), number((26, 0, 20, 30), found=False)
    both = Candidate(
        *(
            np.concatenate(each)
            for each in zip(vars(short).values(), vars(missed).values(), strict=True)
        )
    )
    beside = number((25, 0, 20, 30), (75, 0, 20, 30), (100, 0, 20, 30))
    for numbers in ([both, beside], [beside, both]):
        kept = _apart(numbers)
        assert sorted(each.boxes[:, 0].tolist() for each in kept) == [[0], [25, 75, 100]]
    assert _apart([both])[0].boxes[:, 0].tolist() == [0, 26]

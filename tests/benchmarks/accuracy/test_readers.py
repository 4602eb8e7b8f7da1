"""Tests of what the readers share: digits of texts and the order of lines."""

from benchmarks.accuracy.readers import numbers_in, reading_order


def test_the_digits_of_each_word_are_a_number():
    assert numbers_in("No. 1,234.50 of\n7") == ["123450", "7"]
    assert numbers_in("none ٣") == []


def test_lines_side_by_side_are_read_from_left_to_right():
    lines = [(200, 8, 300, 30, "b"), (0, 60, 90, 80, "c"), (0, 10, 100, 32, "a")]
    assert [line[4] for line in reading_order(lines)] == ["a", "b", "c"]

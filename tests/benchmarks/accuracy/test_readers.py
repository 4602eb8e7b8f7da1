"""Tests of what the readers share: numbers of texts and the order of lines."""

from benchmarks.accuracy.readers import as_one_number, numbers_in, reading_order


def test_numbers_of_a_text_are_as_written_line_by_line():
    assert numbers_in("No. 1,234.50 of\n7") == ["1,234.50", "7"]
    assert numbers_in("12-5\n12-5=7") == ["12-5", "12", "5", "7"]
    assert numbers_in("none ٣") == []


def test_all_digits_of_a_line_may_be_one_number():
    assert as_one_number("1,2 ٣34") == ["1234"]
    assert as_one_number("none") == []


def test_lines_side_by_side_are_read_from_left_to_right():
    lines = [(200, 8, 300, 30, "b"), (0, 60, 90, 80, "c"), (0, 10, 100, 32, "a")]
    assert [line[4] for line in reading_order(lines)] == ["a", "b", "c"]

"""Files are written completely or not at all."""

import pytest

from digitdraw.files import write_atomically


def test_the_file_is_replaced(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"before")
    write_atomically(path, lambda file: file.write(b"after"))
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_after_an_error_the_previous_file_is_unchanged(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"before")

    def fail(file):
        file.write(b"half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        write_atomically(path, fail)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]

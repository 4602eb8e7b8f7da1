"""Frames: every frame survives the pipe, and an incomplete frame counts as the end."""

import asyncio
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.serving.workers.framing import pack, read_frame, unpack
from tests.support.event_loops import finish

FRAMES = st.lists(st.lists(st.binary(max_size=50), max_size=4), max_size=4)


async def read_frames(content: bytes, count: int) -> list[list[bytes]]:
    stream = asyncio.StreamReader()
    stream.feed_data(content)
    stream.feed_eof()
    return [await read_frame(stream) for _ in range(count)]


@given(FRAMES)
def test_unpack_returns_what_was_packed(frames):
    stream = io.BytesIO(b"".join(pack(*frame) for frame in frames))
    assert list(iter(lambda: unpack(stream), None)) == frames


@given(FRAMES)
def test_read_frame_returns_what_was_packed(frames):
    assert finish(read_frames(b"".join(pack(*frame) for frame in frames), len(frames))) == frames


@pytest.mark.parametrize("missing", [1, 5, 9])
def test_an_incomplete_frame_is_the_end(missing):
    content = pack(b"ready", b"abc")[:-missing]
    assert unpack(io.BytesIO(content)) is None
    with pytest.raises(EOFError):
        finish(read_frames(content, 1))

"""Frames: what is packed comes out on the other side, and half a frame is none."""

import asyncio
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitdraw.serving.workers.framing import pack, read_frame, unpack
from tests.support.event_loops import finish

FRAMES = st.lists(st.lists(st.binary(max_size=50), max_size=4), max_size=4)


async def heard(sent: bytes, count: int) -> list[list[bytes]]:
    stream = asyncio.StreamReader()
    stream.feed_data(sent)
    stream.feed_eof()
    return [await read_frame(stream) for _ in range(count)]


@given(FRAMES)
def test_what_is_packed_is_unpacked(frames):
    stream = io.BytesIO(b"".join(pack(*each) for each in frames))
    assert list(iter(lambda: unpack(stream), None)) == frames


@given(FRAMES)
def test_and_heard(frames):
    assert finish(heard(b"".join(pack(*each) for each in frames), len(frames))) == frames


@pytest.mark.parametrize("lost", [1, 5, 9])
def test_half_a_frame_is_the_end(lost):
    sent = pack(b"ready", b"abc")[:-lost]
    assert unpack(io.BytesIO(sent)) is None
    with pytest.raises(EOFError):
        finish(heard(sent, 1))

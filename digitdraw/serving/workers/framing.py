"""How the server and its workers talk: frames of several parts, bytes each, over pipes."""

import asyncio
import struct
from typing import BinaryIO

__all__ = ["pack", "read_frame", "unpack"]

_LENGTH = struct.Struct(">I")


def pack(*parts: bytes) -> bytes:
    """A frame as it is sent: how many parts, then each after its length."""
    lengths = (_LENGTH.pack(len(part)) + part for part in parts)
    return b"".join((_LENGTH.pack(len(parts)), *lengths))


def unpack(stream: BinaryIO) -> list[bytes] | None:
    """The parts of the next frame; None where the stream has ended, even within a frame."""
    try:
        return [_exactly(stream, _number(stream)) for _ in range(_number(stream))]
    except EOFError:
        return None


async def read_frame(stream: asyncio.StreamReader) -> list[bytes]:
    """The parts of the next frame; EOFError where the stream ends before."""
    (count,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    parts = []
    for _ in range(count):
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        parts.append(await stream.readexactly(length))
    return parts


def _number(stream: BinaryIO) -> int:
    return _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]


def _exactly(stream: BinaryIO, size: int) -> bytes:
    part = stream.read(size)
    if len(part) < size:
        raise EOFError
    return part

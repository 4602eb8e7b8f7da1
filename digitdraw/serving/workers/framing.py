"""Messages between the server and its worker processes: frames of several byte strings.

A frame is the number of its parts, then each part after its length. All numbers are unsigned
32-bit integers in network byte order."""

import asyncio
import struct
from typing import BinaryIO

_LENGTH = struct.Struct(">I")


def pack(*parts: bytes) -> bytes:
    """Encode `parts` as one frame."""
    lengths = (_LENGTH.pack(len(part)) + part for part in parts)
    return b"".join((_LENGTH.pack(len(parts)), *lengths))


def unpack(stream: BinaryIO) -> list[bytes] | None:
    """Read the parts of the next frame; None where the stream ends before the frame does."""
    try:
        return [_read(stream, _read_number(stream)) for _ in range(_read_number(stream))]
    except EOFError:
        return None


async def read_frame(stream: asyncio.StreamReader) -> list[bytes]:
    """Read the parts of the next frame; EOFError where the stream ends before the frame does."""
    (count,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
    parts = []
    for _ in range(count):
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        parts.append(await stream.readexactly(length))
    return parts


def _read_number(stream: BinaryIO) -> int:
    return _LENGTH.unpack(_read(stream, _LENGTH.size))[0]


def _read(stream: BinaryIO, size: int) -> bytes:
    part = stream.read(size)
    if len(part) < size:
        raise EOFError
    return part

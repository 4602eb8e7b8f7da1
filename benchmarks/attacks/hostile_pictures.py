"""Small picture files that take long, or much memory, to read. All are valid."""

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageDraw

GREY, RGBA = 0, 6
"""Colour types of PNG."""
_ROWS = 64
"""Rows that are compressed at a time."""


@cache
def small_picture() -> bytes:
    """Return a PNG of a drawn 1, which is read in milliseconds."""
    picture = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(picture).line((32, 10, 32, 54), fill=0, width=5)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


@cache
def empty_png(width: int, height: int, color: int = GREY, depth: int = 8) -> bytes:
    """Return a PNG with zeros for pixels. Only a few rows are ever in memory."""
    channels = {GREY: 1, RGBA: 4}[color]
    row = bytes(1 + width * channels * depth // 8)
    packer = zlib.compressobj(9)
    parts = [packer.compress(row * min(_ROWS, height - y)) for y in range(0, height, _ROWS)]
    header = struct.pack(">2I5B", width, height, depth, color, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", b"".join(parts) + packer.flush())
        + _chunk(b"IEND", b"")
    )


@cache
def many_scans(scans: int, side: int = 4096) -> bytes:
    """Return a progressive JPEG with a scan for the means of its blocks and `scans` others.

    Each of the others says once more that all other coefficients of all blocks are zero. The
    decoder goes through the whole picture for it."""
    blocks = (side // 8) ** 2
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xDB, bytes(1) + bytes([16] * 64)),
            _segment(0xC2, struct.pack(">B2H4B", 8, side, side, 1, 1, 0x11, 0)),
            _segment(0xC4, _one_symbol(0x00, 0)),
            _segment(0xC4, _one_symbol(0x10, _END_OF_BANDS)),
            _scan(0, 0, bytes(blocks // 8)),
            _scan(1, 63, _zero_runs(blocks)) * scans,
            b"\xff\xd9",
        )
    )


_END_OF_BANDS = 0xE0
"""The symbol for a run of zero blocks whose length, less 2 ** 14, follows in 14 bits."""


def _zero_runs(blocks: int) -> bytes:
    """Return bits for at least so many blocks without coefficients: runs of 32,767 blocks."""
    bits = ("0" + "1" * 14) * -(-blocks // 32_767)
    packed = int(bits.ljust(-(-len(bits) // 8) * 8, "1"), 2).to_bytes(-(-len(bits) // 8))
    return packed.replace(b"\xff", b"\xff\x00")


def _one_symbol(table: int, symbol: int) -> bytes:
    """Return a Huffman table with one symbol, whose code is the bit 0."""
    return bytes([table, 1]) + bytes(15) + bytes([symbol])


def _scan(first: int, last: int, bits: bytes) -> bytes:
    """Return a scan of the coefficients from `first` to `last`."""
    return _segment(0xDA, bytes([1, 1, 0, first, last, 0])) + bits


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

"""Small picture files that ask for much work: of many scans, of tiny parts, and long thin ones."""

import io
import re
import struct
import zlib
from collections.abc import Sequence

from PIL import Image


def encoded(picture: Image.Image, form: str, **options) -> bytes:
    """Return a picture as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG with its length and its checksum."""
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum


def png_header(width: int, height: int) -> bytes:
    """A grey PNG whose header claims a size, with hardly any data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + data + png_chunk(b"IEND", b"")


def thin_png(width: int, height: int) -> bytes:
    """A white grey PNG of any size, complete."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = png_chunk(b"IDAT", zlib.compress((b"\0" + b"\xff" * width) * height))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + data + png_chunk(b"IEND", b"")


def jpeg_of_scans(count: int, size: tuple[int, int] = (400, 400)) -> bytes:
    """A progressive JPEG that repeats its last scan; `count` scans are added."""
    plain = encoded(Image.new("L", size, 200), "JPEG", progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:-2] + plain[last:-2] * count + plain[-2:]


def with_segments(jpeg: bytes, segments: bytes) -> bytes:
    """A JPEG with further segments at its start."""
    return jpeg[:2] + segments + jpeg[2:]


def with_chunks(png: bytes, chunks: bytes) -> bytes:
    """A PNG with further chunks before its pixels."""
    place = png.index(b"IDAT") - 4
    return png[:place] + chunks + png[place:]


def with_extensions(gif: bytes, extensions: bytes) -> bytes:
    """A GIF with further extensions before its first frame."""
    palette = 3 * (2 << (gif[10] & 7)) if gif[10] & 0x80 else 0
    place = 13 + palette
    return gif[:place] + extensions + gif[place:]


def tiff(entries: Sequence[tuple[int, int, Sequence[int]]], data: bytes) -> bytes:
    """A TIFF of entries (tag, 3 for short or 4 for long, values); `data` begins at byte 8."""
    end = 8 + len(data) + 2 + 12 * len(entries) + 4
    table, values = b"", b""
    for tag, kind, numbers in entries:
        raw = struct.pack({3: "<%dH", 4: "<%dI"}[kind] % len(numbers), *numbers)
        place = raw.ljust(4, b"\0") if len(raw) <= 4 else struct.pack("<I", end + len(values))
        values += raw if len(raw) > 4 else b""
        table += struct.pack("<HHI", tag, kind, len(numbers)) + place
    start = b"II*\0" + struct.pack("<I", 8 + len(data)) + data
    return start + struct.pack("<H", len(entries)) + table + bytes(4) + values


def tiff_of_tiles(side: int, count: int) -> bytes:
    """A TIFF of tiles of 8 by 8 pixels that all lie at the same place of the file."""
    sizes = [(256, 4, [side]), (257, 4, [side]), (258, 3, [8]), (259, 3, [1]), (262, 3, [1])]
    tiles = [(322, 4, [8]), (323, 4, [8]), (324, 4, [8] * count), (325, 4, [64] * count)]
    return tiff([*sizes, (277, 3, [1]), *tiles], b"\xff" * 64)


def overlapping_entries(count: int, size: int) -> bytes:
    """EXIF data, or the start of a TIFF, whose entries all refer to the same bytes."""
    table = b"".join(struct.pack("<HHII", 0x1000 + tag, 7, size, 8) for tag in range(count))
    start = b"II*\0" + struct.pack("<IH", 8, count) + table
    return start + bytes(size)


def bmp_of_runs(width: int, height: int, runs: bytes) -> bytes:
    """A BMP with run-length encoded pixels."""
    palette = b"".join(bytes((level, level, level, 0)) for level in range(256))
    start = struct.pack("<IHHI", 0, 0, 0, 54 + len(palette))
    sizes = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, len(runs), 0, 0, 0, 0)
    return b"BM" + start + sizes + palette + runs


def scans_of(jpeg: bytes) -> int:
    """Return how often a scan begins in a JPEG without metadata."""
    return len(re.findall(rb"\xff\xda", jpeg))

"""Limits for the work that a picture file makes for its decoder.

A small file can ask for a lot: many pixels, many scans of all pixels, or many tiny parts. Pillow
parses files in Python, so tiny parts take long. All limits are far above what programs and cameras
write, and are checked before or while a file is decoded."""

import io
import re
from itertools import count

from PIL import Image

from digitdraw.errors import BadImageError
from digitdraw.languages import Message

MAX_PIXELS = 40_000_000
MAX_RATIO = 100
"""Longer side of a picture, relative to the shorter one."""
MAX_SCANS = 50
"""Scans of a JPEG. Progressive files have about ten; 50 of 40 megapixels take 3 s."""
MAX_RLE_PIXELS = 4_000_000
"""Pixels of a compressed BMP, which Pillow decodes in Python: 4 million take a second."""
HEADER_READS, READS = 10_000, 100_000
"""Reads of a file until its size is known, and of the whole file."""
MAX_EXIF = 1 << 16
"""Bytes of EXIF data: one segment of a JPEG. Its entries may all refer to the same bytes, so Pillow
takes up to 200 MB for it."""
_READ_FACTOR = 8
"""Bytes that are read of a file, relative to its size. Entries of a TIFF may overlap."""
_JPEG, _END, _SCAN, _APP1 = b"\xff\xd8", 0xD9, 0xDA, 0xE1
_MARKER = re.compile(rb"\xff+([^\x00\x01\xd0-\xd8\xff])", re.DOTALL)
"""A marker of a JPEG that has a length, or the end. Others stand alone within a scan."""


class PictureFile(io.BytesIO):
    """The bytes of a file; BadImageError for a decoder that reads them too often.

    `reads` is how often they may still be read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads, self._bytes = HEADER_READS, _READ_FACTOR * (len(data) + io.DEFAULT_BUFFER_SIZE)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as BytesIO does."""
        data = super().read(size)
        self.reads -= 1
        self._bytes -= len(data)
        if self.reads < 0 or self._bytes < 0:
            raise BadImageError(Message("picture.too_many_parts"))
        return data


def check_size(width: int, height: int) -> None:
    """Raise BadImageError for a picture with too many pixels, or with far too long a side."""
    if width * height > MAX_PIXELS:
        size, most = width * height / 1e6, MAX_PIXELS // 10**6
        values = {"width": width, "height": height, "size": size, "most": most}
        raise BadImageError(Message("picture.pixels", **values))
    if max(width, height) > MAX_RATIO * min(width, height):
        values = {"width": width, "height": height, "most": MAX_RATIO}
        raise BadImageError(Message("picture.too_long", **values))


def check_header(picture: Image.Image) -> None:
    """Drop EXIF data that is too large, and raise BadImageError for too large a compressed BMP."""
    for key in ("exif", "Raw profile type exif"):
        if len(picture.info.get(key) or b"") > 2 * MAX_EXIF:  # the second one is in hexadecimal
            del picture.info[key]
    is_rle = any(codec == "bmp_rle" for codec, *_ in getattr(picture, "tile", ()))
    if is_rle and picture.width * picture.height > MAX_RLE_PIXELS:
        raise BadImageError(Message("picture.compressed_bmp"))


def check_jpeg(data: bytes) -> None:
    """Raise BadImageError for a JPEG with too many scans, other parts, or EXIF data.

    Each scan goes through all pixels, however few bytes it has. Other files pass."""
    scans = exif = position = 0
    for part in count() if data.startswith(_JPEG) else ():
        marker = _MARKER.search(data, position)
        if marker is None or marker[1][0] == _END:
            return
        code, position = marker[1][0], marker.end()
        length = max(2, int.from_bytes(data[position : position + 2], "big"))
        scans += code == _SCAN
        exif += length * (code == _APP1 and data.startswith(b"Exif", position + 2))
        if scans > MAX_SCANS:
            raise BadImageError(Message("picture.too_many_scans", most=MAX_SCANS))
        if part > HEADER_READS or exif > MAX_EXIF:
            raise BadImageError(Message("picture.too_many_parts"))
        position += length

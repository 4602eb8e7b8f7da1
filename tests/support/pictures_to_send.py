"""Pictures that the browser tests send to the page."""

import io

from PIL import Image, ImageDraw

from tests.support.drawings import DIGITS
from tests.support.painted import photo

__all__ = ["BLOTS", "digit_photo", "long_photo", "photo_of_blots"]

BLOTS = [(40, 40), (54, 40), (68, 40), (40, 110), (54, 110), (68, 110)]
"""Where the blots are: `painted.Doubting` reads 074 and 074, with the fours in doubt."""


def photo_of_blots(places=BLOTS) -> bytes:
    """A PNG of 240 x 160 pixels with a blot at each (x, y)."""
    buffer = io.BytesIO()
    Image.fromarray(photo(places)).save(buffer, "PNG")
    return buffer.getvalue()


def long_photo(size: tuple[int, int]) -> bytes:
    """A PNG of a long or tall photo, with blots of 25 pixels all along."""
    paper = Image.new("L", size, 230)
    for along in range(60, max(size) - 100, 220):
        place = (along, 150) if size[0] > size[1] else (240, along)
        paper.paste(20, (*place, place[0] + 25, place[1] + 25))
    buffer = io.BytesIO()
    paper.save(buffer, "PNG")
    return buffer.getvalue()


def digit_photo(digit: int, kind: str = "JPEG", is_turned: bool = False) -> bytes:
    """A phone's picture of a digit on paper: off centre, one side in shadow.

    A turned picture lies on its side, and its EXIF data says so.
    """
    shade = Image.linear_gradient("L").resize((900, 700)).point(lambda v: 150 + v * 90 // 255)
    paper = Image.merge("RGB", [shade, shade, shade.point(lambda v: v * 94 // 100)])
    pen = ImageDraw.Draw(paper)
    for stroke in DIGITS[digit]:
        points = [(360 + 3.2 * x, 180 + 3.2 * y) for x, y in stroke]
        pen.line(points, (40, 44, 82), 20, "curve")
    exif = Image.Exif()
    if is_turned:
        paper = paper.rotate(90, expand=True)
        exif[274] = 6  # the orientation: to be rotated by 90 degrees clockwise
    buffer = io.BytesIO()
    paper.save(buffer, kind, exif=exif)
    return buffer.getvalue()

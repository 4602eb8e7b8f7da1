"""Pictures of single digits, drawn with a pen of even width, for tests of the commands."""

from PIL import Image, ImageDraw

from tests.support.drawings import DIGITS

SIDE, MARGIN, PEN_WIDTH = 280, 90, 14
"""Pixels: side of the square picture, empty margin around the digit, width of the pen."""


def digit_picture(digit: int) -> Image.Image:
    """A grey picture of `DIGITS[digit]`: black ink on white paper."""
    picture = Image.new("L", (SIDE, SIDE), 255)
    pen = ImageDraw.Draw(picture)
    scale = (SIDE - 2 * MARGIN) / 100  # the digits of DIGITS are 100 units high
    for stroke in DIGITS[digit]:
        points = [(MARGIN + scale * x, MARGIN + scale * y) for x, y in stroke]
        pen.line(points, fill=0, width=PEN_WIDTH, joint="curve")
    return picture

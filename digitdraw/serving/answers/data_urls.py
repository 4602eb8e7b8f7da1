"""Pictures as the page shows them: data URLs, no larger than it needs, of their pixels alone."""

import base64
import io

import numpy as np
from PIL import Image

from digitdraw.preprocessing.image_io import open_image, to_grey

__all__ = ["data_url", "jpeg", "thumbnail"]

THUMBNAIL_EDGE = 240


def thumbnail(photo: bytes) -> str:
    """A photo as a data URL, small enough to be part of the page."""
    return jpeg(open_image(photo), THUMBNAIL_EDGE)


def jpeg(picture: Image.Image, edge: int) -> str:
    """A picture at most `edge` pixels long as a JPEG of its pixels alone: where and with what
    it was taken stays with who took it."""
    if _is_opaque_colour(picture):
        picture = picture.convert("RGB")
    else:  # deep, grey or transparent: as the reader sees it
        picture = Image.fromarray(np.rint(to_grey(picture) * 255).astype(np.uint8)).convert("RGB")
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    picture.info.clear()
    return data_url(picture)


def _is_opaque_colour(picture: Image.Image) -> bool:
    if picture.mode == "RGBA":
        return picture.getchannel("A").getextrema()[0] == 255
    return picture.mode in ("RGB", "CMYK", "P", "YCbCr") and not picture.has_transparency_data


def data_url(picture: Image.Image) -> str:
    """A photo as JPEG, everything else as PNG: ink must keep its hard edges."""
    kind, options = ("jpeg", {"quality": 88}) if picture.mode == "RGB" else ("png", {})
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"

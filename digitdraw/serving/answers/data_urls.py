"""Data URLs of pictures: no larger than the page needs, and without metadata."""

import base64
import io

import numpy as np
from PIL import Image

from digitdraw.preprocessing.image_io import to_grey


def jpeg(picture: Image.Image, edge: int) -> str:
    """Return a data URL of a JPEG whose longest side has at most `edge` pixels.

    It holds pixels only: the place and the camera of a photo stay private."""
    if _is_opaque_colour(picture):
        picture = picture.convert("RGB")
    else:  # deep, grey or transparent: shown as the photo reader sees it
        picture = Image.fromarray(np.rint(to_grey(picture) * 255).astype(np.uint8)).convert("RGB")
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    picture.info.clear()
    return data_url(picture)


def _is_opaque_colour(picture: Image.Image) -> bool:
    if picture.mode == "RGBA":
        return picture.getchannel("A").getextrema()[0] == 255
    return picture.mode in ("RGB", "CMYK", "P", "YCbCr") and not picture.has_transparency_data


def data_url(picture: Image.Image) -> str:
    """Return a data URL: JPEG for RGB pictures, else PNG, which keeps the hard edges of ink."""
    kind, options = ("jpeg", {"quality": 88}) if picture.mode == "RGB" else ("png", {})
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"

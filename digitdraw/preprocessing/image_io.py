"""Reads any picture file, bytes, PIL image or array as upright grey pixels.

The size of a file is checked before anything is decoded. `decoder_limits` has further limits."""

import os
from functools import cache
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from digitdraw.errors import BadImageError
from digitdraw.languages import Message
from digitdraw.preprocessing.decoder_limits import (
    MAX_PIXELS,
    READS,
    PictureFile,
    check_header,
    check_jpeg,
    check_size,
)

Source = str | os.PathLike | bytes | bytearray | Image.Image | np.ndarray
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "HEIF")
"""Accepted formats, by Pillow's names. JPEG includes MPO, and HEIF includes HEIC."""
MAX_BYTES = 10 * 1024 * 1024
_LEAST_SIZE = (1280, 1280)
"""Least size, in pixels, to which a file is reduced. No later step uses a larger picture."""
_REDUCIBLE = {"1": "L", "P": "RGB", "PA": "RGBA", "I;16": "I", "I;16L": "I", "I;16B": "I"}
"""Modes that Pillow cannot reduce, and those that take their place."""
_ORIENTATION = ExifTags.Base.Orientation
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue, as ITU-R BT.601 has them."""
_ROWS = 256
"""Rows of a transparent picture that are converted at once, so that it takes little memory."""
_FORMAT_LIST = ("PNG", "JPEG", "WebP", "BMP", "GIF", "TIFF", "HEIC")


def load_grey(source: Source) -> np.ndarray:
    """Load a picture, upright and in grey: (H, W) float32, 0 black, 1 white.

    `source` is a path, the bytes of a file, a PIL image, or an array: (H, W), (H, W, 1),
    (H, W, 3) RGB or (H, W, 4) RGBA, of uint8, uint16, bool, or floats in [0, 1]. If a file has
    several frames or pages, the first is read.

    A picture whose sides are both above 2560 pixels is reduced.

    Raises BadImageError for anything else, for files over MAX_BYTES, and for what is beyond another
    limit of `decoder_limits`. The number of pixels is checked before a picture is decoded."""
    if isinstance(source, np.ndarray):
        return _array_to_grey(source)
    return to_grey(open_image(source))


def load_photo(source: Source) -> tuple[np.ndarray, float]:
    """Load a picture as `load_grey` does, and return its scale as well.

    The scale is the width of one returned pixel in pixels of the upright photo. It is above 1 for
    a large picture, which is reduced."""
    if isinstance(source, np.ndarray):
        return _array_to_grey(source), 1.0
    picture, scale = open_photo(source)
    return to_grey(picture), scale


def open_photo(source: Source) -> tuple[Image.Image, float]:
    """Load a picture as `open_image` does, and return its scale as `load_photo` does."""
    if isinstance(source, np.ndarray):
        return Image.fromarray(np.rint(_array_to_grey(source) * 255).astype(np.uint8)), 1.0
    picture = source if isinstance(source, Image.Image) else _open(_read_bytes(source))
    longer = max(picture.size)
    upright = _decode(picture)
    return upright, longer / max(upright.size)


def open_image(source: Source) -> Image.Image:
    """Load a picture and turn it upright as its EXIF tag says. Raises as `load_grey` does."""
    return open_photo(source)[0]


def to_grey(picture: Image.Image) -> np.ndarray:
    """Convert a PIL image of any mode to (H, W) float32 in [0, 1]. Transparency becomes paper."""
    if picture.mode == "F" or picture.mode.startswith("I"):
        return _deep_to_grey(np.asarray(picture))
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return _over_paper(picture if picture.mode == "RGBA" else picture.convert("RGBA"))
    if picture.mode not in ("1", "L"):
        picture = picture.convert("RGB").convert("L")
    return np.asarray(picture.convert("L"), dtype=np.float32) / 255


def _read_bytes(source: str | os.PathLike | bytes | bytearray) -> bytes:
    if isinstance(source, (str, os.PathLike)):
        try:
            path = Path(source)
            size = path.stat().st_size
            data = path.read_bytes() if size <= MAX_BYTES else b""
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise BadImageError(f"Cannot read {os.fspath(source)!r}: {reason}.") from error
    elif isinstance(source, (bytes, bytearray)):
        data, size = bytes(source), 0
    else:
        raise BadImageError(
            "A picture is a path, bytes, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4); "
            f"got {type(source).__name__}."
        )
    if (size := max(size, len(data))) > MAX_BYTES:
        most = MAX_BYTES // 2**20
        raise BadImageError(Message("picture.too_large", size=size / 2**20, most=most))
    if not data:
        raise BadImageError(Message("picture.empty", formats=_FORMAT_LIST))
    return data


def _open(data: bytes) -> Image.Image:
    """Read the header of a file and nothing more."""
    is_heif = data[4:8] == b"ftyp"
    if is_heif:
        _register_heif()
    formats = [name for name in FORMATS if (name == "HEIF") == is_heif]
    check_jpeg(data)
    file = PictureFile(data)
    try:
        picture = Image.open(file, formats=formats)
    except BadImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        most = MAX_PIXELS // 10**6
        raise BadImageError(Message("picture.too_many_pixels", most=most)) from error
    except UnidentifiedImageError as error:
        start = data[:256].lstrip().lower()
        key = "picture.xml" if start.startswith(b"<") else "picture.unknown"
        raise BadImageError(Message(key, formats=_FORMAT_LIST)) from error
    except Exception as error:  # on damaged headers, Pillow's plugins raise many types
        raise BadImageError(Message("picture.damaged_header", detail=_brief(error))) from error
    check_header(picture)
    file.reads += READS
    return picture


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener  # loads a large library, so only on first use

    register_heif_opener()


def _decode(picture: Image.Image) -> Image.Image:
    """Check the size, then decode the first frame, reduce it if it is large, turn it upright."""
    width, height = picture.size
    if width == 0 or height == 0:
        raise BadImageError(Message("picture.no_pixels", width=width, height=height))
    check_size(width, height)
    try:
        picture.draft(None, _LEAST_SIZE)
        picture.load()
        return ImageOps.exif_transpose(_reduce(picture))
    except BadImageError:
        raise
    except MemoryError as error:
        raise BadImageError(Message("picture.too_much_memory")) from error
    except Exception as error:  # a truncated file raises OSError, SyntaxError and other types
        raise BadImageError(
            Message("picture.damaged", detail=_brief(error), formats=_FORMAT_LIST)
        ) from error


def _reduce(picture: Image.Image) -> Image.Image:
    """Reduce a picture as `draft` reduces a JPEG: by 2, 4 or 8, to no less than _LEAST_SIZE."""
    most = min(side // least for side, least in zip(picture.size, _LEAST_SIZE, strict=True))
    factor = next((factor for factor in (8, 4, 2) if factor <= most), 1)
    if factor == 1:
        return picture
    orientation = picture.getexif().get(_ORIENTATION)  # a reduced TIFF would lose it
    if "transparency" in picture.info and not picture.mode.startswith("I"):
        picture = picture.convert("RGBA")
    elif picture.mode in _REDUCIBLE:
        picture = picture.convert(_REDUCIBLE[picture.mode])
    reduced = picture.reduce(factor)
    reduced.getexif()[_ORIENTATION] = orientation
    return reduced


def _array_to_grey(array: np.ndarray) -> np.ndarray:
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or array.size == 0:
        shape = " x ".join(map(str, array.shape)) or "a single number"
        raise BadImageError(f"An array is (H, W), (H, W, 3) or (H, W, 4), not empty; got {shape}.")
    check_size(array.shape[1], array.shape[0])
    if channels == 1:
        return _to_unit_range(array).reshape(array.shape[:2])
    if array.dtype != np.uint8:
        array = np.rint(_to_unit_range(array) * 255).astype(np.uint8)
    return to_grey(Image.fromarray(array))


def _to_unit_range(array: np.ndarray) -> np.ndarray:
    """Convert an array of an accepted dtype to float32 in [0, 1]."""
    if array.dtype == bool or (array.dtype.kind == "u" and array.dtype.itemsize <= 2):
        top = 1 if array.dtype == bool else np.iinfo(array.dtype).max
        return array.astype(np.float32) / top
    if array.dtype.kind == "f":
        low, high = float(array.min()), float(array.max())
        if not (np.isfinite(low) and np.isfinite(high) and low >= 0 and high <= 1):
            raise BadImageError(f"An array of floats is in [0, 1]; got {low:g} to {high:g}.")
        return array.astype(np.float32)
    raise BadImageError(f"An array is of uint8, uint16, bool or floats; got {array.dtype}.")


def _deep_to_grey(array: np.ndarray) -> np.ndarray:
    """Convert the pixels of Pillow's deep modes (I;16, I, F) to float32 in [0, 1].

    The mode does not give the range. The largest value decides between 1, 8 bits and 16 bits."""
    array = np.nan_to_num(array.astype(np.float32), posinf=0, neginf=0)
    high = float(array.max(initial=0))
    top = next((top for top in (1, 255, 65535) if high <= top), high)
    return np.clip(array / top, 0, 1)


def _over_paper(picture: Image.Image) -> np.ndarray:
    """Lay a transparent picture over white, or over black if white would hide all of it."""
    rgba = np.asarray(picture)
    over_white = _over(rgba, 1)
    is_hidden = np.ptp(over_white) < 0.05 < np.ptp(rgba[..., 3]) / 255
    return _over(rgba, 0) if is_hidden else over_white


def _over(rgba: np.ndarray, paper: float) -> np.ndarray:
    """Lay RGBA pixels, (H, W, 4) uint8, over paper of a level; (H, W) float32 in [0, 1]."""
    grey = np.empty(rgba.shape[:2], np.float32)
    for top in range(0, len(rgba), _ROWS):
        rows = rgba[top : top + _ROWS].astype(np.float32) / 255
        luminance, alpha = rows[..., :3] @ _LUMINANCE, rows[..., 3]
        grey[top : top + _ROWS] = np.clip(luminance * alpha + (1 - alpha) * paper, 0, 1)
    return grey


def _brief(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:80]

"""Any picture file, bytes, PIL image or array -> upright grey pixels.

Knows file formats and their dangers (size is checked before anything is decoded); knows
nothing of digits or ink.
"""

import io
import os
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from digitdraw.errors import BadImageError

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "Source",
    "load_grey",
    "load_photo",
    "open_image",
    "to_grey",
]

_SOURCES = "a path, bytes, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4)"

Source = str | os.PathLike | bytes | bytearray | Image.Image | np.ndarray

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "HEIF")
"""Formats that are read, by Pillow's names (a phone's MPO is a JPEG, its HEIC a HEIF); all others
are refused."""

MAX_BYTES = 10 * 1024 * 1024

MAX_PIXELS = 40_000_000


def load_grey(source: Source) -> np.ndarray:
    """What was photographed or drawn, upright and in grey: (H, W) float32, 0 black, 1 white.

    `source` is a path, the bytes of a file, a PIL image, or an array: (H, W), (H, W, 1),
    (H, W, 3) RGB or (H, W, 4) RGBA, of uint8, uint16, bool, or floats in [0, 1]. Of a file
    with several frames or pages the first is read.

    Raises BadImageError for anything else, for files over MAX_BYTES, and for pictures over
    MAX_PIXELS, the latter before they are decoded.
    """
    if isinstance(source, np.ndarray):
        return _array_to_grey(source)
    return to_grey(open_image(source))


def load_photo(source: Source) -> tuple[np.ndarray, float]:
    """The same for a photo that may be large: grey, and how many pixels of the upright photo
    one of its pixels is wide, for a JPEG is decoded at a fraction of its size."""
    if isinstance(source, (np.ndarray, Image.Image)):
        return load_grey(source), 1.0
    with _open(_read_bytes(source)) as picture:
        longer = max(picture.size)
        grey = to_grey(_decode(picture))
    return grey, longer / max(grey.shape)


def open_image(source: Source) -> Image.Image:
    """Read a picture and turn it upright as its EXIF tag says; raises BadImageError."""
    if isinstance(source, np.ndarray):
        return Image.fromarray(np.rint(_array_to_grey(source) * 255).astype(np.uint8))
    if isinstance(source, Image.Image):
        return _decode(source)
    with _open(_read_bytes(source)) as picture:
        return _decode(picture)


def to_grey(picture: Image.Image) -> np.ndarray:
    """A PIL image of any mode -> (H, W) float32 in [0, 1]; what is transparent is paper."""
    if picture.mode == "F" or picture.mode.startswith("I"):
        return _deep_to_grey(np.asarray(picture))
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        return _over_paper(picture.convert("RGBA"))
    if picture.mode not in ("1", "L"):
        picture = picture.convert("RGB").convert("L")
    return np.asarray(picture.convert("L"), dtype=np.float32) / 255


def _read_bytes(source: str | os.PathLike | bytes | bytearray) -> bytes:
    if isinstance(source, (str, os.PathLike)):
        try:
            path = Path(source)
            if path.stat().st_size > MAX_BYTES:
                raise _too_many_bytes(path.stat().st_size)
            data = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise BadImageError(f"Cannot read {os.fspath(source)!r}: {reason}.") from error
    elif isinstance(source, (bytes, bytearray)):
        data = bytes(source)
    else:
        raise BadImageError(f"A picture is {_SOURCES}; got {type(source).__name__}.")
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(len(data))
    if not data:
        raise BadImageError(f"The file is empty (0 bytes); allowed are {_format_list()}.")
    return data


def _open(data: bytes) -> Image.Image:
    """Read a file's header, and nothing more."""
    is_heif = data[4:8] == b"ftyp"  # its first box; Pillow learns the rest from another package
    if is_heif:
        _register_heif()
    formats = [each for each in FORMATS if (each == "HEIF") == is_heif]
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImageError(
            f"The picture has too many pixels; at most {MAX_PIXELS // 10**6} megapixels are read."
        ) from error
    except UnidentifiedImageError as error:
        start = data[:256].lstrip().lower()
        kind = "an SVG or other XML text" if start.startswith(b"<") else "no picture known here"
        raise BadImageError(f"The file is {kind}; allowed are {_format_list()}.") from error
    except Exception as error:  # Pillow's plugins raise of everything on damaged headers
        raise BadImageError(f"The picture's header is damaged ({_brief(error)}).") from error


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener  # its library is loaded only where it is needed

    register_heif_opener()


def _decode(picture: Image.Image) -> Image.Image:
    """Check the size, then decode the first frame and turn it upright."""
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise BadImageError(
            f"The picture has {width} x {height} = {width * height / 1e6:.1f} megapixels; "
            f"at most {MAX_PIXELS // 10**6} are read."
        )
    if width == 0 or height == 0:
        raise BadImageError(f"The picture has no pixels ({width} x {height}).")
    try:
        # A JPEG can be decoded at a fraction of its size, never below what is looked at of it.
        picture.draft(None, (1280, 1280))
        picture.load()
        return ImageOps.exif_transpose(picture)
    except Exception as error:  # as above: a truncated file ends in OSError, SyntaxError, ...
        raise BadImageError(
            f"The picture is cut off or damaged ({_brief(error)}); allowed are {_format_list()}."
        ) from error


def _array_to_grey(array: np.ndarray) -> np.ndarray:
    shape = " x ".join(map(str, array.shape)) or "a single number"
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or array.size == 0:
        raise BadImageError(f"An array is (H, W), (H, W, 3) or (H, W, 4), not empty; got {shape}.")
    if array.shape[0] * array.shape[1] > MAX_PIXELS:
        raise BadImageError(
            f"The array has {array.shape[0] * array.shape[1] / 1e6:.1f} megapixels; "
            f"at most {MAX_PIXELS // 10**6} are read."
        )
    if channels == 1:
        return _unit_range(array).reshape(array.shape[:2])
    if array.dtype != np.uint8:
        array = np.rint(_unit_range(array) * 255).astype(np.uint8)
    return to_grey(Image.fromarray(array))


def _unit_range(array: np.ndarray) -> np.ndarray:
    """An array of a known dtype as float32 in [0, 1]."""
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
    """Pixels of Pillow's deep modes (I;16, I, F): 16 bits, 8 bits or unit range, by the
    largest value that is there, since the mode does not say."""
    array = np.nan_to_num(array.astype(np.float32), posinf=0, neginf=0)
    high = float(array.max(initial=0))
    top = next((top for top in (1, 255, 65535) if high <= top), high)
    return np.clip(array / top, 0, 1)


def _over_paper(picture: Image.Image) -> np.ndarray:
    """Lay a transparent picture over white; over black where white would hide all of it."""
    rgba = np.asarray(picture, dtype=np.float32) / 255
    luminance = rgba[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    alpha = rgba[..., 3]
    over_white = luminance * alpha + (1 - alpha)
    hidden = np.ptp(over_white) < 0.05 < np.ptp(alpha)
    return np.clip(luminance * alpha if hidden else over_white, 0, 1)


def _too_many_bytes(size: int) -> BadImageError:
    return BadImageError(
        f"The file has {size / 2**20:.1f} MB; at most {MAX_BYTES // 2**20} MB are read."
    )


def _format_list() -> str:
    return "PNG, JPEG, WebP, BMP, GIF, TIFF and HEIC"


def _brief(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:80]

"""Reads any picture file, bytes, PIL image or array as upright grey pixels.

The size of a file is checked before anything is decoded."""

import io
import os
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from digitdraw.errors import BadImageError
from digitdraw.languages import Message

Source = str | os.PathLike | bytes | bytearray | Image.Image | np.ndarray
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "HEIF")
"""Accepted formats, by Pillow's names. JPEG includes MPO, and HEIF includes HEIC."""
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
_DRAFT_SIZE = (1280, 1280)
"""Least size, in pixels, at which a JPEG is decoded. No later step uses a larger picture."""
_FORMAT_LIST = ("PNG", "JPEG", "WebP", "BMP", "GIF", "TIFF", "HEIC")


def load_grey(source: Source) -> np.ndarray:
    """Load a picture, upright and in grey: (H, W) float32, 0 black, 1 white.

    `source` is a path, the bytes of a file, a PIL image, or an array: (H, W), (H, W, 1),
    (H, W, 3) RGB or (H, W, 4) RGBA, of uint8, uint16, bool, or floats in [0, 1]. If a file has
    several frames or pages, the first is read.

    Raises BadImageError for anything else, for files over MAX_BYTES, and for pictures over
    MAX_PIXELS. The number of pixels is checked before a picture is decoded."""
    if isinstance(source, np.ndarray):
        return _array_to_grey(source)
    return to_grey(open_image(source))


def load_photo(source: Source) -> tuple[np.ndarray, float]:
    """Load a picture as `load_grey` does, and return its scale as well.

    The scale is the width of one returned pixel in pixels of the upright photo. It is above 1 for
    a large JPEG, which is decoded at a fraction of its size."""
    if isinstance(source, (np.ndarray, Image.Image)):
        return load_grey(source), 1.0
    with _open(_read_bytes(source)) as picture:
        longer = max(picture.size)
        grey = to_grey(_decode(picture))
    return grey, longer / max(grey.shape)


def open_image(source: Source) -> Image.Image:
    """Load a picture and turn it upright as its EXIF tag says. Raises as `load_grey` does."""
    if isinstance(source, np.ndarray):
        return Image.fromarray(np.rint(_array_to_grey(source) * 255).astype(np.uint8))
    if isinstance(source, Image.Image):
        return _decode(source)
    with _open(_read_bytes(source)) as picture:
        return _decode(picture)


def to_grey(picture: Image.Image) -> np.ndarray:
    """Convert a PIL image of any mode to (H, W) float32 in [0, 1]. Transparency becomes paper."""
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
    try:
        return Image.open(io.BytesIO(data), formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        most = MAX_PIXELS // 10**6
        raise BadImageError(Message("picture.too_many_pixels", most=most)) from error
    except UnidentifiedImageError as error:
        start = data[:256].lstrip().lower()
        key = "picture.xml" if start.startswith(b"<") else "picture.unknown"
        raise BadImageError(Message(key, formats=_FORMAT_LIST)) from error
    except Exception as error:  # on damaged headers, Pillow's plugins raise many types
        raise BadImageError(Message("picture.damaged_header", detail=_brief(error))) from error


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener  # loads a large library, so only on first use

    register_heif_opener()


def _decode(picture: Image.Image) -> Image.Image:
    """Check the size, then decode the first frame and turn it upright."""
    width, height = picture.size
    if width * height > MAX_PIXELS:
        size, most = width * height / 1e6, MAX_PIXELS // 10**6
        values = {"width": width, "height": height, "size": size, "most": most}
        raise BadImageError(Message("picture.pixels", **values))
    if width == 0 or height == 0:
        raise BadImageError(Message("picture.no_pixels", width=width, height=height))
    try:
        picture.draft(None, _DRAFT_SIZE)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except Exception as error:  # a truncated file raises OSError, SyntaxError and other types
        raise BadImageError(
            Message("picture.damaged", detail=_brief(error), formats=_FORMAT_LIST)
        ) from error


def _array_to_grey(array: np.ndarray) -> np.ndarray:
    channels = array.shape[2] if array.ndim == 3 else 1
    if array.ndim not in (2, 3) or channels not in (1, 3, 4) or array.size == 0:
        shape = " x ".join(map(str, array.shape)) or "a single number"
        raise BadImageError(f"An array is (H, W), (H, W, 3) or (H, W, 4), not empty; got {shape}.")
    if (pixels := array.shape[0] * array.shape[1]) > MAX_PIXELS:
        raise BadImageError(
            f"The array has {pixels / 1e6:.1f} megapixels; at most {MAX_PIXELS // 10**6} are read."
        )
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
    rgba = np.asarray(picture, dtype=np.float32) / 255
    luminance = rgba[..., :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    alpha = rgba[..., 3]
    over_white = luminance * alpha + (1 - alpha)
    is_hidden = np.ptp(over_white) < 0.05 < np.ptp(alpha)
    return np.clip(luminance * alpha if is_hidden else over_white, 0, 1)


def _brief(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:80]

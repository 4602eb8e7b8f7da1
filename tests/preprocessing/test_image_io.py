"""Every accepted kind of picture is read, and anything else raises BadImageError."""

import contextlib
import io
import subprocess
import sys

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageFile

from digitdraw.errors import BadImageError, DigitDrawError
from digitdraw.preprocessing import binarize, decoder_limits, image_io
from tests.support.hostile_pictures import png_header
from tests.support.pictures import digit_picture, overlap


def encoded(picture: Image.Image, form: str, **options) -> bytes:
    if form == "HEIF":
        pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def seven() -> Image.Image:
    return Image.fromarray(digit_picture(7))


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("1", "PNG"), ("L", "PNG"), ("P", "GIF"), ("RGB", "JPEG"), ("RGB", "WEBP"),
        ("RGB", "BMP"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("LA", "PNG"), ("CMYK", "TIFF"),
        ("I;16", "PNG"), ("I;16", "TIFF"), ("F", "TIFF"), ("YCbCr", "JPEG"), ("LAB", "TIFF"),
        ("RGB", "HEIF"), ("L", "HEIF"),
    ],
)  # fmt: skip
def test_all_modes_and_formats_give_the_same_glyph(mode, form):
    picture = seven()
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    elif mode == "LAB":
        pixels = np.asarray(picture)
        picture = Image.merge("LAB", [picture, *[Image.new("L", picture.size, 128)] * 2])
        assert pixels.shape == picture.size[::-1]
    else:
        picture = picture.convert(mode)
    glyph = binarize.to_glyph(encoded(picture, form))
    assert overlap(glyph, binarize.to_glyph(seven())) > 0.9


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("1", "PNG"), ("L", "PNG"), ("P", "GIF"), ("P", "PNG"), ("RGB", "WEBP"), ("RGBA", "PNG"),
        ("LA", "PNG"), ("CMYK", "TIFF"), ("I;16", "PNG"), ("F", "TIFF"), ("LAB", "TIFF"),
        ("RGB", "BMP"), ("RGB", "HEIF"),
    ],
)  # fmt: skip
def test_a_large_picture_of_any_mode_is_reduced(mode, form, monkeypatch):
    monkeypatch.setattr(image_io, "_LEAST_SIZE", (40, 40))
    picture = seven().resize((161, 120))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    elif mode == "LAB":
        picture = Image.merge("LAB", [picture, *[Image.new("L", picture.size, 128)] * 2])
    else:
        picture = picture.convert(mode)
    options = {"transparency": 77} if (mode, form) == ("P", "PNG") else {}
    grey, scale = image_io.load_photo(encoded(picture, form, **options))
    assert grey.shape == (60, 81) and scale == pytest.approx(161 / 81)
    small = np.asarray(seven().resize((81, 60)), np.float32) / 255
    assert np.abs(grey - small).mean() < 0.03


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_large_picture_is_turned_upright(form, monkeypatch):
    monkeypatch.setattr(image_io, "_LEAST_SIZE", (40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    grey, scale = image_io.load_photo(encoded(seven().resize((160, 90)), form, exif=exif))
    assert grey.shape == (80, 45) and scale == 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation):
    undo = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    stored = seven() if undo is None else seven().transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(stored, "PNG", exif=exif)
    assert overlap(binarize.to_glyph(data), binarize.to_glyph(seven())) > 0.95


def test_transparency_is_laid_over_white():
    alpha = Image.fromarray(255 - np.asarray(seven()))
    black = Image.merge("LA", [Image.new("L", alpha.size, 0), alpha])
    assert overlap(binarize.to_glyph(black), binarize.to_glyph(seven())) > 0.95


def test_white_ink_on_a_transparent_background_is_grey():
    alpha = Image.fromarray(255 - np.asarray(seven()))
    white = Image.merge("LA", [Image.new("L", alpha.size, 255), alpha])
    assert overlap(binarize.to_glyph(white), binarize.to_glyph(seven())) > 0.9


def test_a_transparent_palette_colour_is_paper():
    picture = seven().convert("P")
    data = encoded(picture, "PNG", transparency=255)
    assert overlap(binarize.to_glyph(data), binarize.to_glyph(seven())) > 0.9


@pytest.mark.parametrize("form", ["GIF", "TIFF", "WEBP"])
def test_the_first_of_several_frames_is_read(form):
    rest = [Image.fromarray(digit_picture(digit)) for digit in (1, 2)]
    data = encoded(seven(), form, save_all=True, append_images=rest)
    assert overlap(binarize.to_glyph(data), binarize.to_glyph(seven())) > 0.85


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, bool])
@pytest.mark.parametrize("shape", ["HW", "HW1", "HW3", "HW4"])
def test_arrays_of_all_accepted_kinds_are_read(dtype, shape):
    unit = digit_picture(7) / 255.0
    top = {np.uint8: 255, np.uint16: 65535}.get(dtype, 1)
    array = (unit > 0.5) if dtype is bool else (unit * top).astype(dtype)
    if shape != "HW":
        array = np.repeat(array[..., None], int(shape[-1]), axis=2)
    if shape == "HW4":
        array[..., 3] = top
    assert overlap(binarize.to_glyph(array), binarize.to_glyph(seven())) > 0.9


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 4, 5), np.uint8), "got 3 x 4 x 5"),
        (np.zeros((0, 4), np.uint8), "not empty"),
        (np.zeros(7, np.uint8), "got 7"),
        (np.array(7), "single number"),
        (np.full((4, 4), np.nan), r"in \[0, 1\]"),
        (np.full((4, 4), 255.0), r"in \[0, 1\]; got 255"),
        (np.zeros((4, 4), np.int64), "int64"),
        (np.zeros((4, 4), "U3"), "U3"),
        (np.broadcast_to(np.uint8(0), (8000, 8000)), "64.0 megapixels"),
    ],
)
def test_other_arrays_raise_an_error(array, message):
    with pytest.raises(BadImageError, match=message):
        binarize.to_glyph(array)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"hello", "no picture"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"%PDF-1.7 ...", "no picture"),
        (png_header(9000, 9000), "81.0 megapixels"),
        (png_header(60_000, 60_000), "megapixels"),
        (png_header(20, 20), "damaged"),
        (b"\xff" * (10 * 2**20 + 1), "10.0 MB; at most 10"),
        (7, "got int"),
        (None, "got NoneType"),
    ],
)
def test_anything_else_raises_an_error_with_the_reason(data, message):
    with pytest.raises(BadImageError, match=message):
        binarize.to_glyph(data)


@pytest.mark.parametrize(
    ("mode", "form", "options"),
    [
        ("1", "PNG", {}), ("L", "JPEG", {}), ("1", "BMP", {}), ("1", "GIF", {}),
        ("1", "TIFF", {"compression": "group4"}), ("1", "TIFF", {"compression": "tiff_lzw"}),
    ],
)  # fmt: skip
def test_too_many_pixels_are_rejected_before_decoding(mode, form, options, monkeypatch):
    bomb = encoded(Image.new(mode, (7000, 6000)), form, **options)
    for name in ("load", "load_prepare", "draft"):
        monkeypatch.setattr(ImageFile.ImageFile, name, lambda self, *size: pytest.fail("decoded"))
    with pytest.raises(BadImageError, match=r"7000 x 6000 = 42\.0 megapixels"):
        image_io.load_photo(bomb)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "HEIF"])
def test_every_format_is_checked_before_decoding(form, monkeypatch):
    bomb = encoded(seven().resize((64, 64)), form)
    with Image.open(io.BytesIO(bomb)) as opened:
        bases = [base for base in type(opened).__mro__ if issubclass(base, ImageFile.ImageFile)]
    for base in bases:
        for name in {"load", "load_prepare", "draft"} & set(vars(base)):
            monkeypatch.setattr(base, name, lambda self, *size: pytest.fail("decoded"))
    monkeypatch.setattr(decoder_limits, "MAX_PIXELS", 64 * 64 - 1)
    with pytest.raises(BadImageError, match="64 x 64"):
        image_io.load_photo(bomb)


@pytest.mark.parametrize("form", ["PPM", "ICO", "TGA", "PCX", "EPS", "PDF", "ICNS", "JPEG2000"])
def test_other_formats_are_rejected_whatever_the_file_name(form, tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(encoded(seven().resize((64, 64)), form))
    with pytest.raises(BadImageError, match="no picture that can be read"):
        image_io.load_grey(path)


def test_the_content_of_a_file_decides_its_format(tmp_path):
    path = tmp_path / "seven.gif"
    path.write_bytes(encoded(seven(), "JPEG"))
    assert overlap(binarize.to_glyph(path), binarize.to_glyph(seven())) > 0.9


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "HEIF"])
def test_a_truncated_file_raises_an_error(form):
    noise = np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)
    data = encoded(Image.fromarray(noise), form)
    with pytest.raises(BadImageError):
        image_io.open_image(data[: len(data) // 2])


def test_a_heic_file_is_read_in_a_fresh_process(tmp_path):
    path = tmp_path / "seven.heic"
    path.write_bytes(encoded(seven(), "HEIF"))
    program = (
        "from digitdraw.preprocessing import image_io; "
        f"print(image_io.open_image({str(path)!r}).size)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(seven().size)


def test_paths_may_be_strings_or_path_objects(tmp_path):
    path = tmp_path / "seven.png"
    seven().save(path)
    assert overlap(binarize.to_glyph(path), binarize.to_glyph(str(path))) == 1


def test_unreadable_paths_raise_an_error(tmp_path):
    with pytest.raises(BadImageError, match="No such file"):
        binarize.to_glyph(tmp_path / "none.png")
    with pytest.raises(BadImageError):
        binarize.to_glyph(tmp_path)
    with pytest.raises(BadImageError):
        binarize.to_glyph("with a \0 in it")


@given(st.binary(max_size=400))
def test_arbitrary_bytes_raise_only_digitdraw_errors(data):
    with contextlib.suppress(DigitDrawError):
        binarize.to_glyph(data)


@settings(max_examples=150)
@given(
    st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "HEIF"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    st.floats(0, 1),
)
def test_damaged_files_raise_only_digitdraw_errors(form, changes, length):
    data = bytearray(encoded(Image.fromarray(digit_picture(7, side=40)), form))
    for position, value in changes:
        data[int(position * len(data))] = value
    try:
        glyph = binarize.to_glyph(bytes(data[: 1 + int(length * len(data))]))
    except DigitDrawError:
        pass
    else:
        assert glyph.shape == (28, 28) and np.isfinite(glyph).all()


@given(st.integers(1, 40), st.integers(1, 40), st.randoms())
def test_pictures_of_any_shape_give_a_glyph(height, width, random):
    pixels = np.array([random.randrange(256) for _ in range(height * width)], np.uint8)
    glyph = binarize.to_glyph(pixels.reshape(height, width))
    assert glyph.shape == (28, 28) and 0 <= glyph.min() <= glyph.max() <= 1


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_memory_layout_and_bit_depth_of_an_array_do_not_matter(array):
    grey = image_io.load_grey(array)
    assert np.array_equal(image_io.load_grey(np.asfortranarray(array)), grey)
    assert np.array_equal(image_io.load_grey(array[::-1])[::-1], grey)
    assert np.array_equal(image_io.load_grey(array.astype(np.uint16) * 257), grey)

"""Files that ask their decoder for too much work are refused; ordinary ones are not."""

import tracemalloc

import pytest
from PIL import Image

from digitdraw.errors import BadImageError
from digitdraw.preprocessing import decoder_limits, image_io
from tests.support.hostile_pictures import (
    bmp_of_runs,
    encoded,
    jpeg_of_scans,
    overlapping_entries,
    png_chunk,
    png_header,
    scans_of,
    thin_png,
    tiff_of_tiles,
    with_chunks,
    with_extensions,
    with_segments,
)

SMALL = Image.new("L", (64, 64), 200)
MANY = 12_000
TINY_PARTS = {
    "segments": with_segments(encoded(SMALL, "JPEG"), b"\xff\xfe\x00\x02" * MANY),
    "profiles": with_segments(encoded(SMALL, "JPEG"), b"\xff\xed\x00\x02" * MANY),
    "chunks": with_chunks(encoded(SMALL, "PNG"), png_chunk(b"prVt", b"") * MANY),
    "chunks of pixels": with_chunks(encoded(SMALL, "PNG"), png_chunk(b"IDAT", b"") * 8 * MANY),
    "a long comment": with_extensions(
        encoded(SMALL, "GIF"), b"\x21\xfe" + (b"\xff" + b"a" * 255) * MANY + b"\0"
    ),
    "extensions": with_extensions(encoded(SMALL, "GIF"), b"\x21\xfe\x01a\0" * MANY),
    "zeros": with_extensions(encoded(SMALL, "GIF"), bytes(MANY)),
    "overlapping entries": overlapping_entries(1000, 100_000),
    "tiles": tiff_of_tiles(1800, 50_625),
    "runs": bmp_of_runs(900, 900, b"\1\xff" * 5 * MANY),
}


@pytest.mark.parametrize("parts", TINY_PARTS)
def test_a_file_of_very_many_parts_is_refused(parts):
    with pytest.raises(BadImageError, match="too many parts"):
        image_io.load_photo(TINY_PARTS[parts])


def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(image_io.Image, "open", lambda *args, **options: pytest.fail("opened"))
    with pytest.raises(BadImageError, match="at most 50"):
        image_io.load_photo(jpeg_of_scans(60))


def test_an_ordinary_progressive_jpeg_is_read():
    noise = Image.effect_noise((90, 60), 80)
    data = encoded(Image.merge("RGB", [noise] * 3), "JPEG", progressive=True)
    assert 5 < scans_of(data) < decoder_limits.MAX_SCANS
    assert image_io.load_grey(data).shape == (60, 90)


def test_scans_in_a_thumbnail_and_behind_the_picture_do_not_count():
    thumbnail = b"\xff\xe1" + (60_002).to_bytes(2, "big") + b"\xff\xda" * 30_000
    data = with_segments(encoded(SMALL, "JPEG"), thumbnail) + b"\xff\xda" * 100
    assert image_io.load_grey(data).shape == (64, 64)


@pytest.mark.parametrize("marker", [b"\xff\x01", b"\xff\xff\x01", b"\xff\xd0"])
def test_scans_behind_markers_without_a_length_count(marker):
    data = jpeg_of_scans(60).replace(b"\xff\xda", marker + b"\xff\xda")
    with pytest.raises(BadImageError, match="scans"):
        image_io.load_photo(data)


@pytest.mark.parametrize("size", [(39_999_999, 1), (1, 39_999_999), (4040, 40)])
def test_a_long_thin_picture_is_refused_before_it_is_decoded(size):
    with pytest.raises(BadImageError, match="as the other"):
        image_io.load_photo(png_header(*size))


def test_a_long_receipt_is_read():
    assert image_io.load_grey(thin_png(200, 20_000)).shape == (20_000, 200)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_exif_data_that_is_too_large_takes_no_memory(form):
    data = encoded(SMALL, form, exif=b"Exif\0\0" + overlapping_entries(1000, 400_000))
    tracemalloc.start()
    try:
        assert image_io.load_grey(data).shape == (64, 64)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_exif_data_in_many_segments_is_refused():
    part = b"\xff\xe1" + (60_002).to_bytes(2, "big") + b"Exif\0\0".ljust(60_000, b"\0")
    with pytest.raises(BadImageError, match="too many parts"):
        image_io.load_photo(with_segments(encoded(SMALL, "JPEG"), part * 3))


def test_a_large_compressed_bmp_is_refused_and_a_small_one_read():
    runs = b"\xff\xff\0\0"
    with pytest.raises(BadImageError, match="compressed BMP"):
        image_io.load_photo(bmp_of_runs(255, 16_000, runs * 16_000))
    assert image_io.load_grey(bmp_of_runs(255, 90, runs * 90)).min() == 1


def test_a_picture_that_takes_too_much_memory_is_refused(monkeypatch):
    def fail(picture, *size):
        raise MemoryError

    monkeypatch.setattr(image_io.Image.Image, "getexif", fail)
    monkeypatch.setattr(image_io, "_LEAST_SIZE", (16, 16))
    with pytest.raises(BadImageError, match="memory"):
        image_io.load_photo(encoded(SMALL, "PNG"))

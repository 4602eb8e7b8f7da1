"""Data URLs: size and format; `test_payloads` tests that they hold no metadata."""

import base64
import io

from PIL import Image

from digitdraw.preprocessing.image_io import open_image
from digitdraw.serving.answers import data_urls


def test_a_thumbnail_is_small():
    photo = Image.effect_noise((1000, 700), 40)
    buffer = io.BytesIO()
    photo.save(buffer, "PNG")
    src = data_urls.jpeg(open_image(buffer.getvalue()), 240)
    kind, coded = src.split(",")
    assert kind == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(coded))).size == (240, 168)
    assert len(src) < 40_000


def test_ink_keeps_its_hard_edges():
    kind, coded = data_urls.data_url(Image.new("L", (3, 2))).split(",")
    assert kind == "data:image/png;base64"
    assert Image.open(io.BytesIO(base64.b64decode(coded))).size == (3, 2)

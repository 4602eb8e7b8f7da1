"""The endpoints that Gradio's client, the REST routes and the tools share."""

import pytest

from digitdraw.errors import BadImageError, BadStrokesError, WorkerError
from digitdraw.serving.answers.phrases import NO_PHOTO_READER
from tests.support.event_loops import finish
from tests.support.services import FailingQueue, make_service


def test_what_is_wrong_with_a_drawing_or_a_picture_is_an_error_of_its_kind(recognizer):
    endpoints = make_service(recognizer).endpoints
    with pytest.raises(BadStrokesError, match="a list of strokes"):
        finish(endpoints.predict_strokes(b"7"))
    for endpoint in (endpoints.predict_image, endpoints.read_numbers):
        with pytest.raises(BadImageError, match="PNG"):
            finish(endpoint(b"no picture", "192.0.2.1"))


def test_a_server_without_a_photo_reader_does_not_blame_the_picture(recognizer):
    endpoints = make_service(recognizer, queue=FailingQueue(NO_PHOTO_READER)).endpoints
    with pytest.raises(WorkerError):
        finish(endpoints.read_numbers(b"picture", "192.0.2.1"))

"""The OpenAPI document is valid, complete, and true for real answers."""

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from digitdraw.serving import settings
from digitdraw.serving.api import openapi
from tests.support.asgi import ask
from tests.support.drawings import DIGITS
from tests.support.drawn_numbers import drawn
from tests.support.pictures_to_send import digit_photo
from tests.support.services import make_service

PATH = "/api/v1/openapi.json"
LETTER_X = [[[0, 0], [70, 100]], [[70, 0], [0, 100]]]


@pytest.fixture(scope="module")
def service(recognizer):
    return make_service(recognizer)


@pytest.fixture(scope="module")
def document(service):
    return ask(service.guarded, "GET", PATH).json()


def check(document, schema: str, value: object) -> None:
    """Raise ValidationError where a value does not fit a schema of the document."""
    resolved = {**document, "$ref": f"#/components/schemas/{schema}"}
    jsonschema.validate(value, resolved, jsonschema.Draft202012Validator)


def example(content: dict) -> object:
    return content["application/json"]["example"]


def test_the_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_every_operation_has_examples_that_fit_their_schemas(document):
    for path in document["paths"].values():
        body, answer = path["post"]["requestBody"], path["post"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        check(document, schema, example(answer["content"]))
        if "application/json" in body["content"]:
            check(document, "Strokes", example(body["content"]))
    for response in document["components"]["responses"].values():
        check(document, "Error", example(response["content"]))


def test_the_example_of_a_drawing_gets_the_example_of_its_answer(service, document):
    operation = document["paths"]["/api/v1/strokes"]["post"]
    drawing = example(operation["requestBody"]["content"])
    answer = ask(service.guarded, "POST", "/api/v1/strokes", json=drawing).json()
    expected = example(operation["responses"]["200"]["content"])
    assert (answer["digit"], answer["verdict"]) == (expected["digit"], expected["verdict"])
    assert answer["probabilities"] == pytest.approx(expected["probabilities"], abs=0.05)
    assert answer["reading"]["digits"][0]["box"] == expected["reading"]["digits"][0]["box"]


@pytest.mark.parametrize(
    "drawing", [*DIGITS.values(), drawn("3.14"), LETTER_X, [], [[]], [[[5, 5]]]]
)
def test_answers_to_drawings_fit_the_schema(service, document, drawing):
    response = ask(service.guarded, "POST", "/api/v1/strokes", json=drawing)
    check(document, "Drawing", response.json())


def test_answers_to_pictures_fit_the_schemas(service, document):
    for path, schema in (("image", "Prediction"), ("numbers", "Reading")):
        for status, picture in ((200, digit_photo(4)), (422, b"no picture")):
            response = ask(service.guarded, "POST", f"/api/v1/{path}", content=picture)
            assert response.status_code == status
            check(document, schema if status == 200 else "Error", response.json())


def test_all_statuses_that_a_route_answers_with_are_listed(service, document):
    requests = [("strokes", b"{"), ("strokes", b"7"), ("strokes", bytes(2 << 20)), ("image", b"")]
    for name, body in requests:
        response = ask(service.guarded, "POST", f"/api/v1/{name}", content=body)
        listed = document["paths"][f"/api/v1/{name}"]["post"]["responses"]
        assert str(response.status_code) in listed
        check(document, "Error", response.json())


def test_the_document_has_the_limits_and_the_login_of_the_server():
    options = ["--rate", "7/second", "--photo-rate", "5/hour", "--max-upload", "3",
               "--auth", "a:b", "--root-path", "/digits"]  # fmt: skip
    document = openapi.document(settings.parse(options, {}))
    assert "7 drawings a second" in document["info"]["description"]
    assert "5 pictures an hour" in document["info"]["description"]
    picture = document["paths"]["/api/v1/image"]["post"]["requestBody"]
    assert "at most 3 MB" in picture["description"]
    assert document["security"] == [{"basic": []}]
    assert document["servers"] == [{"url": "/digits"}]
    OpenAPIV31SpecValidator(document).validate()


def test_the_document_names_the_address_for_everybody():
    chosen = settings.parse(["--public-url", "https://digits.example/class"], {})
    assert openapi.document(chosen)["servers"] == [{"url": "https://digits.example/class"}]

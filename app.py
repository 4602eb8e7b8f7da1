"""The page: puts the tabs together, names the endpoints, and starts the server.

Knows Gradio and the parts of `digitdraw.ui`. What a drawing or a picture is, and which of
their kinds are refused, is the package's business; here its errors become words on the page.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

import digitdraw
from digitdraw.ui import components, words
from digitdraw.ui.lineup import Lineup

__all__ = ["build", "launch_options", "main"]

# Beyond the package's own limit of 10 MB, whose message is clear, so that this one, which
# just closes the door, is met by nothing but abuse.
MAX_REQUEST = "24mb"
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO_FONTS = ("ui-monospace", "Consolas", "monospace")


def build(recognizer: digitdraw.Recognizer) -> gr.Blocks:
    """The whole page, answering with `recognizer`; it is served by `launch(**launch_options())`."""
    with gr.Blocks(title="digitdraw", analytics_enabled=False) as demo:
        components.header(recognizer.device_note)
        with gr.Tabs():
            with gr.Tab("Draw", id="draw"):
                components.sketch_tab(recognizer)
            with gr.Tab("Photo", id="photo"):
                components.photo_tab(recognizer)
            with gr.Tab("Upload", id="upload"):
                components.upload_tab(recognizer)
            with gr.Tab("Compare", id="compare"):
                components.compare_tab(Lineup(recognizer))
        _name_endpoints(recognizer)
    return demo


def launch_options() -> dict[str, Any]:
    """What `launch` needs for this page whoever calls it: looks, limits, nothing from outside."""
    return {
        "theme": gr.themes.Base(
            primary_hue="indigo",
            neutral_hue="slate",
            font=SYSTEM_FONTS,
            font_mono=MONO_FONTS,
        ).set(body_background_fill="#f6f7fb", body_background_fill_dark="#141722"),
        "head": components.head(),
        "footer_links": [],
        "run_history": False,
        "max_file_size": MAX_REQUEST,
        "ssr_mode": False,
        "enable_monitoring": False,
    }


def _name_endpoints(recognizer: digitdraw.Recognizer) -> None:
    """Endpoints for `gradio_client`: the page itself does not use them."""

    def predict_strokes(strokes: list[list[list[float]]]) -> dict:
        """Say which digit pen strokes draw: [[[x, y], ...], ...] in any unit, y down."""
        with _shown_errors():
            return recognizer.predict_strokes(strokes).as_dict()

    def predict_image(image: str | None) -> dict:
        """Say which digit is in a picture, sent with `gradio_client.handle_file`."""
        with _shown_errors():
            return recognizer.predict_image(_sent(image)).as_dict()

    def read_numbers(image: str | None) -> dict:
        """Read the numbers of a photo, sent with `gradio_client.handle_file`."""
        with _shown_errors():
            return recognizer.read_numbers(_sent(image)).as_dict()

    gr.api(predict_strokes, api_name="predict_strokes", concurrency_limit=4)
    _name_picture_endpoint(predict_image, "prediction")
    _name_picture_endpoint(read_numbers, "reading")


def _name_picture_endpoint(function: Callable[[str | None], dict], answer: str) -> None:
    """One that is sent a file. A file component, unlike `gr.api`, makes sure that the path is one
    that was uploaded; it hands the file on as it came, where `gr.Image` would re-encode it."""
    gr.Button(visible=False).click(
        function,
        inputs=gr.File(visible=False, label="image"),
        outputs=gr.JSON(visible=False, label=answer),
        api_name=function.__name__,
        concurrency_limit=4,
    )


def _sent(image: str | None) -> str:
    if image is None:
        raise gr.Error("No picture came with this request.", print_exception=False)
    return image


class _shown_errors:
    """Turns the package's errors, whose words are meant to be shown, into Gradio's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, traceback) -> bool:
        if isinstance(error, digitdraw.BadWeightsError):  # whose words name a path of the server
            raise gr.Error(words.NO_READER, print_exception=False) from error
        if isinstance(error, digitdraw.DigitDrawError):
            raise gr.Error(str(error), print_exception=False) from error
        return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the page until it is stopped; the exit status is not 0 where it cannot start."""
    options = _parser().parse_args(arguments)
    try:
        recognizer = digitdraw.load(options.model, device=options.device)
    except digitdraw.DigitDrawError as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    print(f"The model runs on {recognizer.device_note}.")
    try:
        build(recognizer).launch(
            server_name=options.host,
            server_port=options.port,
            share=options.share,
            **launch_options(),
        )
    except OSError as error:  # the port is taken, or the address is not this machine's
        print(f"app.py: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app.py", description="Draw a digit in the browser and watch it being recognized."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (%(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port to serve on (%(default)s)")
    parser.add_argument("--model", default="default", help="which model answers (%(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (%(default)s)")
    parser.add_argument("--share", action="store_true", help="make a public link through Gradio")
    return parser


if __name__ == "__main__":
    sys.exit(main())

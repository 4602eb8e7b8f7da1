"""Gradio's own files, and markup that lets a browser ask for those of the first view at once.

Gradio's scripts ask for modules and style sheets once they know of them, in five rounds. Here the
head lists the modules and holds all style sheets. `gradio_files.txt` names them, in the order in
which a browser loads them; a test compares it. Files that another version of Gradio lacks are left
out, and load as before."""

from functools import cache
from pathlib import Path

from gradio.routes import BUILD_PATH_LIB, STATIC_PATH_LIB

from digitdraw.serving.middleware.kept_files import File

_ASSETS = Path(BUILD_PATH_LIB)
_LIST = Path(__file__).with_suffix(".txt")


def files() -> dict[str, File]:
    """Return all modules and style sheets of Gradio, by the paths of their addresses."""
    # The names in this folder hold a hash of the content.
    modules = {f"/assets/{path.name}": File(path) for path in _ASSETS.iterdir()}
    scripts = {
        f"/static/js/{path.name}": File(path, is_immutable=False)
        for path in Path(STATIC_PATH_LIB, "js").iterdir()
    }
    return modules | scripts


def with_head(html: str) -> str:
    """Add markup for the files of the first view to the head of Gradio's HTML."""
    markup = [f"<style>{styles()}</style>"]
    for name in first_view():
        if name.endswith(".js"):
            markup.append(f'<link rel="modulepreload" href="./assets/{name}">')
        else:
            html = html.replace(f'<link rel="stylesheet" crossorigin href="./assets/{name}">', "")
            # Not loaded. Gradio's scripts look for this element before they load the file.
            markup.append(f'<link rel="stylesheet" href="./assets/{name}" disabled>')
    return html.replace("</head>", "\n".join([*markup, "</head>"]), 1)


@cache
def first_view() -> list[str]:
    """Return the names of the files of the first view, as far as this version has them."""
    names = _LIST.read_text(encoding="utf-8").split()
    return [name for name in names if (_ASSETS / name).is_file()]


@cache
def styles() -> str:
    """Return all style sheets of the first view."""
    paths = [_ASSETS / name for name in first_view() if name.endswith(".css")]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)

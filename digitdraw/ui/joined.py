"""Joins ES modules into one file, so that a browser needs one request for all of them.

Each module becomes a function that runs once. The modules import and export by name alone:
`import { a } from "./b.js";`, and `export` in front of a function, a class or a constant."""

import posixpath
import re
from collections.abc import Callable, Collection, Sequence

Read = Callable[[str], str]
"""Returns the text of a module, given by its path, such as "draw/draw.js"."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_COMMENT_OR_INDENT = re.compile(r"^\s*//.*\n|^\s+", re.MULTILINE)


def closure(entries: Sequence[str], read: Read, without: Collection[str] = ()) -> list[str]:
    """Return the paths of modules and of all that they import, each after those it imports.

    Those in `without` are left out, with what they import."""
    found: list[str] = []

    def add(path: str) -> None:
        if path in found or path in without:
            return
        for _, name in _IMPORT.findall(read(path)):
            add(_imported(path, name))
        found.append(path)

    for entry in entries:
        add(entry)
    return found


def joined(paths: Sequence[str], read: Read, earlier: str = "") -> str:
    """Return one module that exports `modules`: what each of `paths` exports, by its path.

    It must be served from the folder above those of the modules. `earlier` is the name of another
    such file there, whose modules these import."""
    lines = [f'import {{ modules as earlier }} from "./{earlier}";'] if earlier else []
    lines += [f"export const modules = {{ {'...earlier' if earlier else ''} }};"]
    return "\n".join([*lines, *(_function(path, read(path)) for path in paths)])


def _function(path: str, text: str) -> str:
    """Return a module as a function, without comments and indentation."""
    names = ", ".join(_EXPORT.findall(text))
    text = _IMPORT.sub(lambda match: _constants(path, *match.groups()), _EXPORT.sub("", text))
    text = text.replace("import.meta.url", f'new URL("./{path}", import.meta.url)')
    text = _COMMENT_OR_INDENT.sub("", text)
    return f'// {path}\nmodules["{path}"] = (() => {{\n{text}return {{ {names} }};\n}})();'


def _constants(path: str, names: str, imported: str) -> str:
    return f'const {{{names.replace(" as ", ": ")}}} = modules["{_imported(path, imported)}"];'


def _imported(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))

"""Modules joined into one file: each once, after those that it imports."""

import re

from digitdraw.ui import assets, joined

MODULES = {
    "a/a.js": """// A comment.
import { two as second } from "../b/b.js";
import {
  one,
  three,
} from "./c.js";

export const sum = one + second + three;
  // An indented comment.
export async function wait() {}
""",
    "a/c.js": "export const one = 1;\nexport function* three() {}\n",
    "b/b.js": 'import { one } from "../a/c.js";\nexport const two = one + import.meta.url;\n',
}


def test_each_module_comes_once_after_those_that_it_imports():
    assert joined.closure(["a/a.js"], MODULES.get) == ["a/c.js", "b/b.js", "a/a.js"]
    assert joined.closure(["a/a.js"], MODULES.get, without=["b/b.js"]) == ["a/c.js", "a/a.js"]


def test_a_module_becomes_a_function_without_comments():
    text = joined.joined(["b/b.js", "a/a.js"], MODULES.get)
    assert (
        text
        == """export const modules = {  };
// b/b.js
modules["b/b.js"] = (() => {
const { one } = modules["a/c.js"];
const two = one + new URL("./b/b.js", import.meta.url);
return { two };
})();
// a/a.js
modules["a/a.js"] = (() => {
const { two: second } = modules["b/b.js"];
const {
one,
three,
} = modules["a/c.js"];
const sum = one + second + three;
async function wait() {}
return { sum, wait };
})();"""
    )


def test_every_module_of_the_page_is_in_one_file_alone():
    names = [assets.FIRST_VIEW_FILE, *assets._LATER]
    paths = [line for name in names for line in assets.read_text(name).splitlines()
             if line.startswith("// ")]  # fmt: skip
    assert len(paths) == len(set(paths))
    assert set(paths) == {f"// {path}" for path in assets._files() if path.count("/") and
                          path.endswith(".js")}  # fmt: skip


def test_no_import_or_export_is_overlooked():
    for name in (assets.FIRST_VIEW_FILE, *assets._LATER):
        lines = assets.read_text(name).splitlines()
        assert [line for line in lines if line.startswith("export ")][1:] == []
        assert len([line for line in lines if line.startswith("import ")]) == (
            name in assets._LATER
        )


def test_only_joined_files_are_imported_later():
    """The imports of another module would be further copies of modules in the joined files."""
    for name in (assets.FIRST_VIEW_FILE, *assets._LATER):
        assert assets.read_text(name).count("import(") == (name == assets.FIRST_VIEW_FILE)
    assert "import(" in assets.read_text("page/later.js")
    calls = re.findall(r'loadLater\("(.+?)", "(.+?)"\)', assets.read_text(assets.FIRST_VIEW_FILE))
    assert calls and all(assets._LATER[file] == entry for file, entry in calls)

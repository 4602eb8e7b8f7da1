"""The command `digitdraw`: help, version, missing extras, closed pipes."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import digitdraw
from digitdraw.cli import main as command
from digitdraw.cli.main import EXTRAS, GROUPS, main
from tests.support.pictures import digit_picture

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [name for group in GROUPS.values() for name in group]


def run_python(program, *arguments):
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True
    )


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert COMMANDS == ["predict", "read", "calibrate", "serve", "train", "evaluate"]
    assert all(any(line[:1] == [name] for line in lines) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_short_help_in_groups(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"usage: digitdraw {name} ")
    assert len(lines) <= 64
    headings = [line for line in lines if line.endswith(":") and line[0] != " "]
    options = [line for line in lines if line.startswith("  -")]
    assert len(headings) >= 2 or len(options) <= 5


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"digitdraw {digitdraw.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["dance"], ["seven.png"]])
def test_an_unknown_command_is_answered_with_the_known_ones(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_help_imports_neither_torch_nor_gradio():
    done = run_python(
        "import sys\n"
        "from digitdraw.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(*{'torch', 'cv2', 'gradio', 'uvicorn'} & set(sys.modules))"
    )
    assert done.stdout.splitlines()[-1] == ""


def test_the_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "digitdraw", "--version"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, f"digitdraw {digitdraw.__version__}\n")


@pytest.mark.parametrize("name", EXTRAS)
def test_a_missing_package_is_named_with_the_extra_that_has_it(name, monkeypatch, capsys):
    def import_module(module):
        raise ModuleNotFoundError("No module named 'some.part'", name="some.part")

    monkeypatch.setattr(command, "import_module", import_module)
    assert main([name]) == 2
    expected = f'digitdraw {name}: some is not installed: pip install "digitdraw[{EXTRAS[name]}]"\n'
    assert capsys.readouterr() == ("", expected)


@pytest.mark.parametrize(("name", "missing"), [("predict", "torch"), ("train", "digitdraw.gone")])
def test_a_damaged_installation_is_not_taken_for_a_missing_extra(name, missing, monkeypatch):
    def import_module(module):
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr(command, "import_module", import_module)
    with pytest.raises(ModuleNotFoundError):
        main([name])


PREDICT_INTO_CLOSED_PIPE = """
import os, sys
from digitdraw.cli.main import main
reader, writer = os.pipe()
os.dup2(writer, 1)
os.close(writer)
os.close(reader)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("arguments", [["predict", "7.png", "7.png"], ["--help"]])
def test_a_closed_pipe_ends_quietly(arguments, tmp_path):
    Image.fromarray(digit_picture(7)).save(tmp_path / "7.png")
    arguments = [arguments[0], *(str(tmp_path / name) for name in arguments[1:])]
    done = run_python(PREDICT_INTO_CLOSED_PIPE, *arguments)
    assert done.stderr == ""
    # argparse ignores a closed pipe if stdout is unbuffered.
    assert done.returncode in ({141} if arguments[0] == "predict" else {0, 141})


@pytest.mark.parametrize(("name", "work"), [("train", "train"), ("evaluate", "evaluate_folders")])
def test_a_closed_pipe_is_no_error_of_a_training(name, work, monkeypatch, capsys):
    def write_to_closed_pipe(options):
        raise BrokenPipeError

    module = importlib.import_module(f"digitdraw.cli.{name}")
    monkeypatch.setattr(module, work, write_to_closed_pipe)
    with pytest.raises(BrokenPipeError):
        command._run([name, *(["softmax"] if name == "train" else [])])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_two_dashes_as_the_value_of_an_option_are_an_error_in_one_line(name, capsys):
    assert main([name, "--device=--", "picture.png"]) == 2
    message = capsys.readouterr().err
    assert message == f"digitdraw {name}: --device=--: a value is missing.\n"

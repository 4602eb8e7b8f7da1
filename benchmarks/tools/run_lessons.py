"""Runs the lessons of docs/lessons in place, so that their outputs are those of the current code.

    python benchmarks/tools/run_lessons.py --data data
    python benchmarks/tools/run_lessons.py --data data docs/lessons/1-logistic-regression.ipynb

It leaves out what changes from run to run, such as times, and prints the seconds of each lesson.
Tests run the lessons as well, but never write them: tests/docs/test_lessons.py.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "docs" / "lessons").glob("*.ipynb"))
CELL_SECONDS = 300
"""Most seconds that a cell may take."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""Metadata of every lesson: without the version of Python, which would change with the machine."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", nargs="*", type=Path, default=LESSONS, metavar="LESSON")
    parser.add_argument("--data", type=Path, default=ROOT / "data", help="folder with MNIST")
    options = parser.parse_args()
    for path in options.lessons:
        notebook = nbformat.read(path, as_version=4)
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            execute(notebook, Path(folder), options.data)
        seconds = time.monotonic() - started
        remove_metadata(notebook)
        nbformat.write(notebook, path)
        print(f"{path.name}: {seconds:.0f} s, {path.stat().st_size / 1000:.0f} kB")


def execute(notebook: NotebookNode, folder: Path, data: Path) -> None:
    """Run all cells in a new kernel, in `folder`, and store their outputs in the notebook.

    Raises CellExecutionError if a cell fails."""
    environment = {
        **os.environ,
        "DIGITDRAW_DATA": str(data.resolve()),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    client.execute(env=environment)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # a finished progress bar leaves an empty line
            cell.outputs = [output for output in cell.outputs if output.get("text", "-").strip()]


def remove_metadata(notebook: NotebookNode) -> None:
    """Remove metadata that differs between machines, in place."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        for output in cell.get("outputs", ()):
            output.pop("transient", None)
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})


if __name__ == "__main__":
    main()

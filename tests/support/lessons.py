"""Reads the parts of a lesson, which is a notebook."""

from nbformat import NotebookNode


def markdown_cells(notebook: NotebookNode) -> list[str]:
    """The texts of a notebook, without its code and its outputs."""
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]

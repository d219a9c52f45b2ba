"""Runs a notebook with nbclient, and says for each cell what it printed, or which exception ended it."""

import json
import sys

import nbformat
from nbclient import NotebookClient


def outcome(cell):
    told = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout" and "CPU times" not in output.text:
            told.append(output.text.replace("\r\n", "\n"))
        elif output.output_type == "error":
            told.append(output.ename)
    return "".join(told)


path = json.load(sys.stdin)["notebook"]
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=60, allow_errors=True).execute()
print(json.dumps([outcome(cell) for cell in notebook.cells]))

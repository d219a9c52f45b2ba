#!/usr/bin/env bash
# ipykernel 7.4.0 with IPython 9.18.0, nbclient 0.11.0, CPython 3.12. A cell with top-level `await` runs; the same cell below
# `%%capture`, which only collects what it prints, raises RuntimeError, and below `%%time` and `%%prun` it is a SyntaxError.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 ipykernel==7.4.0 ipython==9.18.0 nbclient==0.11.0
cat >run.py <<'PYTHON'
import nbformat
from nbclient import NotebookClient

for magic in ["", "%%capture\n", "%%time\n", "%%prun\n"]:
    cells = [nbformat.v4.new_code_cell("import asyncio"), nbformat.v4.new_code_cell(f"{magic}await asyncio.sleep(0.1)")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=30, allow_errors=True, kernel_name="python3").execute()
    errors = [output for output in cells[1].outputs if output.output_type == "error"]
    print(magic.strip() or "plain", *[f"{error.ename}: {error.evalue.split(' (')[0]}" for error in errors])
PYTHON
venv/bin/python run.py 2>/dev/null | seen "plain
%%capture RuntimeError: This event loop is already running
%%time SyntaxError: 'await' outside function
%%prun SyntaxError: 'await' outside function"

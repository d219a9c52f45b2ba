#!/usr/bin/env bash
# ipykernel 7.4.0 with IPython 9.18.0, nbclient 0.11.0, CPython 3.12. An interrupt (the stop button, or nbclient's
# `interrupt_on_timeout`) raises KeyboardInterrupt in a cell that blocks, and CancelledError in one that awaits: `except
# KeyboardInterrupt` around the `await` never runs, and a task that the cell has started goes on.
source "$(dirname "${BASH_SOURCE[0]}")/prelude.bash"
packages 3.12 ipykernel==7.4.0 ipython==9.18.0 nbclient==0.11.0
cat >run.py <<'PYTHON'
import nbformat
from nbclient import NotebookClient

FORM = """import asyncio, time
task = asyncio.create_task(asyncio.sleep(60))
try:
    {}
except KeyboardInterrupt:
    print("KeyboardInterrupt")
except asyncio.CancelledError:
    print("CancelledError")"""
for wait in ["time.sleep(30)", "await asyncio.sleep(30)"]:
    cells = [nbformat.v4.new_code_cell(code) for code in (FORM.format(wait), "print(task.done())")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=3, interrupt_on_timeout=True, kernel_name="python3").execute()
    print(wait, *["".join(output.text for output in cell.outputs).strip() for cell in cells], sep=": ")
PYTHON
venv/bin/python run.py 2>/dev/null | seen 'time.sleep(30): KeyboardInterrupt: False
await asyncio.sleep(30): CancelledError: False'

"""pygls' client before a server: opens a text, sees what is found, applies a fix, does so with a notebook, and leaves. Prints what it saw
as JSON."""

import asyncio
import json
import pathlib
import sys

from lsprotocol import types
from pygls.lsp.client import BaseLanguageClient


async def main(program: str, folder: str, name: str, text: str) -> None:
    client = BaseLanguageClient("pygls", "1")
    heard: asyncio.Queue = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def hear(params: types.PublishDiagnosticsParams) -> None:
        heard.put_nowait(params)

    await client.start_io(program, "--lsp", cwd=folder)
    root = pathlib.Path(folder).as_uri()
    uri = pathlib.Path(folder, name).as_uri()
    abilities = await client.initialize_async(
        types.InitializeParams(
            capabilities=types.ClientCapabilities(
                general=types.GeneralClientCapabilities(position_encodings=[types.PositionEncodingKind.Utf8])
            ),
            workspace_folders=[types.WorkspaceFolder(uri=root, name="x")],
        )
    )
    client.initialized(types.InitializedParams())
    item = types.TextDocumentItem(uri=uri, language_id="python", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    before = (await asyncio.wait_for(heard.get(), 60)).diagnostics
    document = types.TextDocumentIdentifier(uri=uri)
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=document,
            range=before[0].range,
            context=types.CodeActionContext(diagnostics=before, only=[types.CodeActionKind.QuickFix]),
        )
    )
    changes = [
        types.TextDocumentContentChangePartial(range=edit.range, text=edit.new_text)
        for edit in reversed(actions[0].edit.changes[uri])
    ]
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            text_document=types.VersionedTextDocumentIdentifier(uri=uri, version=2), content_changes=changes
        )
    )
    after = (await asyncio.wait_for(heard.get(), 60)).diagnostics
    hover = await client.text_document_hover_async(
        types.HoverParams(text_document=document, position=types.Position(line=0, character=0))
    )
    cells = [types.NotebookCell(kind=types.NotebookCellKind.Code, document=f"cell:{number}") for number in (1, 2)]
    imports, _, rest = text.partition("\n\n\n")
    notebook = types.NotebookDocument(uri=uri.replace(".py", ".ipynb"), notebook_type="jupyter-notebook", version=1, cells=cells)
    texts = [
        types.TextDocumentItem(uri=cell.document, language_id="python", version=1, text=part)
        for cell, part in zip(cells, (imports, rest))
    ]
    client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(notebook_document=notebook, cell_text_documents=texts)
    )
    in_cells = {}
    while len(in_cells) < len(cells):
        found = await asyncio.wait_for(heard.get(), 60)
        if found.uri.startswith("cell:"):
            in_cells[found.uri] = [one.code for one in found.diagnostics]
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    told = {
        "server": abilities.server_info.name,
        "encoding": abilities.capabilities.position_encoding,
        "before": [found.code for found in before],
        "fix": actions[0].title,
        "after": [found.code for found in after],
        "hover": hover,
        "cells": in_cells,
    }
    print(json.dumps(told))


asyncio.run(main(*sys.argv[1:]))

"""pygls' client before a server: opens a text, sees what is found, applies a fix, and leaves. Prints what it saw as JSON."""

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
    }
    print(json.dumps(told))


asyncio.run(main(*sys.argv[1:]))

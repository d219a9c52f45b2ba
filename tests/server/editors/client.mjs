// VS Code's own side of the protocol (what `vscode-languageclient` is made of, without the editor around it) before a server: opens a text,
// sees what is found, applies a fix, and leaves. Prints what it saw as JSON.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const here = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
const lsp = here("vscode-languageserver-protocol/node");
const [program, folder, name, text] = process.argv.slice(2);
const server = spawn(program, ["--lsp"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
const ended = new Promise((tell) => server.on("exit", tell));
const connection = lsp.createProtocolConnection(
    new lsp.StreamMessageReader(server.stdout),
    new lsp.StreamMessageWriter(server.stdin),
);
let heard;
const next = () => new Promise((tell) => (heard = tell));
connection.onNotification(lsp.PublishDiagnosticsNotification.type, (params) => heard?.(params));
connection.listen();
const rootUri = pathToFileURL(folder).href;
const uri = pathToFileURL(join(folder, name)).href;
const abilities = await connection.sendRequest(lsp.InitializeRequest.type, {
    processId: process.pid,
    rootUri,
    capabilities: { textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } } } },
    workspaceFolders: [{ uri: rootUri, name: "x" }],
});
await connection.sendNotification(lsp.InitializedNotification.type, {});
const first = next();
const textDocument = { uri, languageId: "python", version: 1, text };
await connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument });
const { diagnostics } = await first;
const actions = await connection.sendRequest(lsp.CodeActionRequest.type, {
    textDocument: { uri },
    range: diagnostics[0].range,
    context: { diagnostics, only: ["quickfix"] },
});
const edits = actions[0].edit.changes[uri];
const second = next();
const contentChanges = edits.toReversed().map(({ range, newText }) => ({ range, text: newText }));
await connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges,
});
const after = await second;
const hover = await connection.sendRequest(lsp.HoverRequest.type, {
    textDocument: { uri },
    position: { line: 0, character: 0 },
});
await connection.sendRequest(lsp.ShutdownRequest.type);
await connection.sendNotification(lsp.ExitNotification.type);
const code = await ended;
console.log(JSON.stringify({
    server: abilities.serverInfo.name,
    before: diagnostics.map((found) => found.code),
    fix: actions[0].title,
    after: after.diagnostics.map((found) => found.code),
    hover,
    code,
}));

// A thin client of `ws-lint --lsp`: it starts the program, shows a rule's page, and starts it anew when its settings change.
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, TransportKind } from "vscode-languageclient/node";

const EXPLAIN = "ws-lint.explain";
const SELECTOR = ["python", "rust", "toml", "pip-requirements"].map((language) => ({ scheme: "file", language }));
const UNTITLED = ["python", "rust"].map((language) => ({ scheme: "untitled", language }));
const CELLS = [{ scheme: "vscode-notebook-cell", language: "python" }];

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    context.subscriptions.push(
        vscode.commands.registerCommand("ws-lint.restart", restart),
        vscode.workspace.onDidChangeConfiguration(async (change) => {
            const settings = ["path", "arguments", "budget", "ignoreReason"];
            if (settings.some((name) => change.affectsConfiguration(`ws-lint.${name}`))) {
                await restart();
            }
        }),
    );
    await start();
}

export async function deactivate(): Promise<void> {
    await client?.stop();
}

async function restart(): Promise<void> {
    await client?.dispose();
    client = undefined;
    await start();
}

async function start(): Promise<void> {
    const settings = vscode.workspace.getConfiguration("ws-lint");
    const command = settings.get<string>("path") || "ws-lint";
    const server: ServerOptions = {
        command,
        args: ["--lsp", ...settings.get<string[]>("arguments", [])],
        transport: TransportKind.stdio,
    };
    const options: LanguageClientOptions = {
        documentSelector: [...SELECTOR, ...UNTITLED, ...CELLS],
        initializationOptions: {
            showsPages: true,
            budget: settings.get<string>("budget"),
            ignoreReason: settings.get<string>("ignoreReason") || undefined,
        },
        middleware: {
            executeCommand: async (name, args, next) => {
                const answer: unknown = await next(name, args);
                if (name === EXPLAIN && typeof answer === "string") {
                    await showPage(answer);
                }
                return answer;
            },
        },
    };
    client = new LanguageClient("ws-lint", "ws-lint", server, options);
    try {
        await client.start();
    } catch (reason) {
        client = undefined;
        const text = `ws-lint: \`${command} --lsp\` does not start (${String(reason)}): install it, or set ws-lint.path`;
        void vscode.window.showErrorMessage(text);
    }
}

async function showPage(page: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: page });
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
}

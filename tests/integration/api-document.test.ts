/**
 * docs/api.md is true: its shell blocks run, in order and in one shell, against a started central system, and what they
 * print has the shape of the block that follows them.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { boot } from "./rig/charging.ts";
import { type Csms, csmsOn, enrolStations, stationIdentity } from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { workplace } from "./rig/workplace.ts";

const out = workplace("api-document");
const root = join(import.meta.dirname, "..", "..");
const LIMIT_MS = 60_000;

type Block = { readonly language: string; readonly text: string };
const blocks: Block[] = [
  ...readFileSync(join(root, "docs/api.md"), "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm),
].map(([, language = "", text = ""]) => ({ language, text }));

let csms: Csms;
/** CP-7 of the document: it is there, and does what it is asked. */
before(async () => {
  csms = await csmsOn(out);
  await enrolStations(out, ["CP-7"]);
  const station = await Station.connect(csms, {
    id: "CP-7",
    version: "1.6",
    identity: stationIdentity(out, "CP-7"),
  });
  await station.tell(boot("1.6"));
  const obey = setInterval(() => {
    for (const command of station.commands.splice(0)) station.reply(command, { status: "Accepted" });
  }, 20);
  obey.unref();
});

const mark = (index: number) => `@@ block ${index}`;

/** What each shell block printed, by its place among the blocks. */
async function printed(): Promise<Map<number, string>> {
  const script = blocks.flatMap(({ language, text }, index) =>
    language === "sh" ? [`printf '\n%s\n' '${mark(index)}'`, text] : [],
  );
  const whole = ["set -euo pipefail", ...script]
    .join("\n")
    .replaceAll("localhost:8080", `localhost:${csms.httpPort}`);
  const env = { ...process.env, WATTWARD_DATA_DIR: join(out, "csms") };
  const said = await new Promise<string>((resolve, reject) => {
    const options = { cwd: root, env, timeout: LIMIT_MS };
    execFile("bash", ["-c", whole], options, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stdout}\n${stderr}`)),
    );
  });
  const parts = said.split(/^@@ block (\d+)$/m).slice(1);
  return new Map(
    parts.flatMap((part, i) => (i % 2 === 0 ? [[Number(part), (parts[i + 1] ?? "").trim()] as const] : [])),
  );
}

/** Keys and kinds of value, all the way down: what a reader of the document relies on. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

/** Of several answers of one block, a line each, the last is the one shown. */
const lastJson = (text: string): unknown => JSON.parse(text.trim().split("\n").at(-1) ?? "");

test("the commands of docs/api.md run, and print what it shows", async () => {
  assert(
    blocks.filter(({ language }) => language === "sh").length >= 7,
    "the document's blocks were not found",
  );
  const answers = await printed();
  for (const [index, { language, text }] of blocks.entries()) {
    if (language !== "json") continue;
    const answer = answers.get(index - 1) ?? assert.fail(`a json block that follows no command: ${text}`);
    assert.deepEqual(shapeOf(lastJson(answer)), shapeOf(JSON.parse(text)), answer);
  }
  const shown = blocks.find(({ language }) => language === "text") ?? assert.fail("no text block");
  const numberless = (text: string) => text.replaceAll(/\d+/g, "N").trim();
  const stream = answers.get(blocks.indexOf(shown) - 1) ?? "";
  assert(numberless(stream).startsWith(numberless(shown.text)), stream);
});

test("what docs/api.md says of tokens and codes is what the API has: no route in it is unknown", () => {
  const document = JSON.parse(readFileSync(join(root, "apps/csms/api/openapi.json"), "utf8")) as {
    paths: object;
  };
  const known = Object.keys(document.paths).map((path) => path.replace("/api/v1", ""));
  // `$ID` in a command stands for one.
  const pattern = (path: string) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
  const text = readFileSync(join(root, "docs/api.md"), "utf8");
  const named = [...text.matchAll(/\$API(\/[\w/$.-]+)|`(?:GET |POST |PUT )(\/[\w/-]+)/g)].map(
    (m) => m[1] ?? m[2] ?? "",
  );
  assert(named.length >= 8, named.join(" "));
  for (const path of named)
    assert(
      known.some((one) => pattern(one).test(path)),
      `${path} is no route`,
    );
});

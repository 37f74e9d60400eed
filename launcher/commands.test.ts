/**
 * Help, completion, docs/commands.md and the answers to wrong usage, all out of the table of commands. That the table is true
 * to the programs: tests/integration/commands.test.ts.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commands } from "./commands.mjs";
import { commandsPage, pagePath } from "./commands-page.mjs";
import { completionOf } from "./completion.mjs";
import { commandHelp, wholeHelp } from "./help.mjs";
import { meant } from "./meant.mjs";
import { nearest } from "./nearest.mjs";

const root = join(import.meta.dirname, "..");
test("every command has a program and a sentence, and is listed once", () => {
  const names = commands.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { entry, sentence, forms, docs } of commands) {
    assert(existsSync(join(root, entry)), entry);
    assert(sentence.length <= 90, sentence);
    assert(forms.length > 0);
    for (const page of [docs, ...forms.map((form) => form.docs)])
      if (page !== undefined) assert(existsSync(join(root, page)), page);
  }
});

test("help and examples are themselves right: no line too long, every example understood", () => {
  for (const text of [wholeHelp(), ...commands.map((command) => commandHelp(command))]) {
    for (const line of text.split("\n")) assert(line.length <= 125, line);
  }
  for (const { examples = [], name } of commands) {
    assert(examples.length > 0, name);
    for (const example of examples) {
      const words = example.replace(/ > .*/, "").match(/'[^']*'|\S+/g) ?? [];
      const { kind } = meant(words.map((word) => word.replace(/^'(.*)'$/, "$1")));
      assert(kind === "run" || kind === "completion", example);
    }
  }
});

/** Commands that begin a line in a block of a document, without what a shell or a reader makes of the rest of the line. */
function shownIn(text: string): string[][] {
  const blocks = [...text.matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);
  const lines = blocks.join("").replaceAll(/\\\n\s*/g, " ");
  const runs = lines.matchAll(/^(?:npx wattward|npm run (demo|bench) --) (.*)$/gm);
  return [...runs].map(([, name, rest = ""]) => {
    const line = rest
      .replace(/\s+(?:#|…|\d?[|>&]|\s\s).*$/, "")
      .replaceAll(/\s*\[|\]/g, " ")
      .replaceAll(/\$\([^)]*\)/g, "X");
    const words = line.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
    return [
      ...(name === undefined ? [] : [name]),
      ...words.map((word) => word.replaceAll(/^['"]|['"]$/g, "")),
    ];
  });
}

test("every command that a document shows in a block of its own is understood", () => {
  const pages = globSync("{*.md,docs/**/*.md,{apps,packages}/*/README.md}", { cwd: root });
  const shown = pages.flatMap((page) =>
    shownIn(readFileSync(join(root, page), "utf8")).map((words) => ({ page, words })),
  );
  assert(shown.length > 100, `${shown.length} commands are shown`);
  for (const { page, words } of shown) {
    const found = meant(words);
    assert(
      found.kind !== "wrong",
      `${page}: ${words.join(" ")}: ${found.kind === "wrong" && found.sentence}`,
    );
  }
});

test("docs/commands.md is what the table says (node launcher/commands-page.mjs writes it)", () => {
  assert.equal(readFileSync(pagePath, "utf8"), commandsPage());
});

test("a number below 0 where a length may be left out is for the program to refuse", () => {
  assert.equal(meant(["demo", "--for", "40", "--kill-ems", "-5", "--json"]).kind, "run");
  assert.equal(meant(["demo", "-5"]).kind, "wrong");
});

test("wrong usage is answered with what there is, and where to look", () => {
  const wrong = (line: string) => {
    const found = meant(line.split(" ").filter((word) => word !== ""));
    assert.equal(found.kind, "wrong", line);
    return found.kind === "wrong" ? found.sentence : "";
  };
  for (const [line, expected] of [
    ["", /name a command.*\nLook at: npx wattward --help\n$/],
    ["staton list", /no command 'staton'; the nearest is 'station'/],
    ["list", /no command 'list'; the nearest is 'station'/],
    ["xyzzy", /no command 'xyzzy'\n/],
    ["constructor", /no command 'constructor'\n/],
    ["--json demo", /a command comes first/],
    ["demo --jsno", /no option '--jsno'; the nearest is '--json'.*\nLook at: npx wattward demo --help/],
    ["demo --json=yes", /--json takes no value/],
    ["demo -j", /no option '-j'/],
    ["energy limit lyon -40", /below zero has no place/],
    ["station", /say what: 'station add', 'station accept' or 'station list'/],
    ["station lits", /the nearest is 'station list'/],
    ["station list --strict", /belongs to 'wattward station add'/],
    ["pki issue", /'pki issue station' or 'pki issue site'/],
    ["pki issue car X", /no 'pki issue car'/],
    ["pki show", /FILE is missing/],
    ["card add", /TOKEN is missing/],
    ["card add X --days", /--days N: N is missing/],
    ["card add X --days --json", /N is missing.*--days=--json/],
    ["energy prices", /FILE is missing/],
    ["energy prices a b c", /'c' is one word too many/],
    ["token a b", /'b' is one word too many/],
    ["bench gatway", /NAME is one of .*the nearest is 'gateway'/],
    ["site --mode auto", /--mode is one of autonomous, transparent, not 'auto'/],
    ["simulator day.yaml --gap-s 1", /belongs to 'wattward simulator --stations DIR'/],
    ["completion tcsh", /SHELL is one of bash, zsh, fish/],
  ] as const) {
    assert.match(wrong(line), expected);
  }
});

test("help is found by every way of asking for it", () => {
  for (const line of ["--help", "-h", "help"]) {
    const found = meant([line]);
    assert(found.kind === "help" && found.text === wholeHelp());
  }
  for (const line of ["card --help", "help card", "card --days -h"]) {
    const found = meant(line.split(" "));
    assert(found.kind === "help" && /^wattward card: /.test(found.text), line);
  }
  const form = meant(["pki", "issue", "site", "--help"]);
  assert(form.kind === "help" && !form.text.includes("issue station ID"));
});

test("nearest: a slip of a finger is understood, another word is not", () => {
  const known = ["station", "card", "completion", "pki"];
  for (const [typed, meant] of [
    ["sation", "station"],
    ["statoin", "station"],
    ["comp", "completion"],
    ["STATION", "station"],
    ["cart", "card"],
    ["pk", "pki"],
    ["", undefined],
    ["weather", undefined],
    ["s".repeat(10_000), undefined],
  ] as const) {
    assert.equal(nearest(typed, known), meant, typed.slice(0, 20));
  }
});

/** What bash offers at the end of a line. */
function offered(line: string): string[] {
  const words = line.split(" ");
  const script = `${completionOf("bash")}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
${words[0] === "npx" ? "_wattward_npx" : "_wattward"} && printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, error } = spawnSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    cwd: root,
  });
  assert.equal(error, undefined);
  assert.equal(stderr, "");
  return stdout.trim().split("\n");
}

test("completion: bash offers commands, words, options, values and files where they belong", () => {
  assert.deepEqual(offered("npx wattward sta"), ["station"]);
  assert.deepEqual(offered("wattward station "), ["add", "accept", "list", "--help"]);
  assert.deepEqual(offered("wattward pki issue s"), ["station", "site"]);
  assert.deepEqual(offered("wattward station add CP-1 --ro"), ["--route"]);
  assert.deepEqual(offered("wattward station add CP-1 --route "), ["site", "direct", "either"]);
  assert.deepEqual(offered("wattward help card "), ["add", "block", "--help"]);
  assert.deepEqual(offered("wattward bench g"), ["gateway"]);
  assert.deepEqual(offered("wattward csms --data laun"), ["launcher"]);
  assert(offered("wattward pki show pack").includes("package.json"));
  assert.deepEqual(offered("wattward token --days "), [""]);
});

for (const shell of ["zsh", "fish"] as const) {
  test(`completion: ${shell} can read its script, and finds every option in it`, () => {
    const script = completionOf(shell);
    for (const { options = [] } of commands.flatMap(({ forms }) => forms))
      for (const { name } of options)
        assert(script.includes(shell === "fish" ? `-l ${name}` : `--${name}`), name);
    const folder = mkdtempSync(join(tmpdir(), "wattward-completion-"));
    writeFileSync(join(folder, "script"), script);
    const { error, stderr } = spawnSync(shell, ["-n", join(folder, "script")], { encoding: "utf8" });
    rmSync(folder, { recursive: true });
    // Not every machine has it.
    if (error === undefined) assert.equal(stderr, "");
  });
}

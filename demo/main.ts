/**
 * `npm run demo`: a whole site at work on this machine, from nothing: keys, database, CSMS, uplink, site controller,
 * eight stations of three OCPP versions, cars that come and go. Ends with a recount of everything the stations said.
 */
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { attackers, attacksOf } from "./attackers.ts";
import { claim, isFull, unclaim } from "./claim.ts";
import { finish, settled } from "./ending.ts";
import { readEnergy } from "./energy-evidence.ts";
import { EvidenceError, keepStored } from "./evidence.ts";
import { type Fault, faultsAsked, keepAlive, play } from "./faults.ts";
import { isFaulty, type Options, readOptions, UsageError } from "./options.ts";
import { build, type Plant, SITE, stations, stopAll } from "./plant.ts";
import { command, DemoError, killAll, readJson } from "./programs.ts";
import type { Audit } from "./recount.ts";
import { keepFaults, keepRun } from "./run-files.ts";

const root = dirname(import.meta.dirname);
/** How it goes; what comes of it is for standard output. */
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), root);
  claim(options.out, options.keepsOut);
  process.on("exit", () => unclaim(options.out));
  say("Wattward demo: a whole site on this machine");
  say("the console's pages: built if they are missing or older than their sources");
  await command("apps/console/build.ts", []);

  const interrupted = interruption();
  const plant = await Promise.race([build(options, say), interrupted.then(() => undefined)]);
  if (plant === undefined) {
    say("stopped before the stations were switched on");
    return 1;
  }
  const startMs = performance.now();
  const startWallMs = Date.now();
  const attacked = !isFaulty(options);
  await keepRun(options.out, {
    startMs: startWallMs,
    faults: options.forS === undefined ? [] : faultsAsked(options),
    attackers: attacked,
  });
  let stopping = false;
  introduce(plant, options, say);
  if (options.hold) keepAlive(plant, say, () => stopping);

  const faulting = play(options, plant, startMs, say);
  const over = new AbortController();
  // Under a fault it is the fault that is looked at.
  const attacking = attacked ? attackers(plant, over.signal, say) : undefined;
  const failed = Promise.all([faulting, attacking]).then(() => new Promise<never>(() => {}));
  if (options.forS === undefined) await Promise.race([interrupted, failed]);
  else await Promise.race([Promise.all([faulting, wait(options.forS * 1000)]), interrupted, failed]);
  over.abort();
  await attacking;

  say("the drivers leave; waiting until every message has arrived (Ctrl-C stops at once)");
  await finish(plant);
  stopping = true;
  const faults = options.forS === undefined ? [] : await faulting;
  const audit = await settled(options.out);
  if (plant.servers !== undefined && options.database === undefined)
    await keepStored(join(options.out, "csms"));
  await stopAll(plant);
  return report({ options, audit, faults, startWallMs, errors: errorsOf(options.out) });
}

/** The first Ctrl-C (or SIGTERM, or the terminal's end) ends the run in order, the second at once. */
function interruption(): Promise<void> {
  process.on("exit", killAll);
  return new Promise((first) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        first();
      });
    }
  });
}

function introduce(plant: Plant, options: Options, say: (line: string) => void): void {
  const { ports, invitation } = plant;
  say(`
  Running     ${plant.others.length === 0 ? "the central system" : `${plant.others.length + 1} central systems on one database`}, the site controller of '${SITE}', ${stations.length} stations (OCPP 1.6, 2.0.1 and 2.1, mutual TLS)
  Energy      a connection of 3 × 400 A, too small for its cars, with battery, solar and building, behind a Modbus guard
  Misfits     an old battery of 6 kW that never lets go of a setpoint, so it is told nothing but 0;
              LYO-06, which follows a lower limit after 9 s, though it declares 5
  Console     ${invitation}
              a link for once: it makes you the first administrator, with a passkey of this browser
  Files       ${plant.out}  (logs in logs/, what stations sent in sent.jsonl)
  Attackers   ${isFaulty(options) ? "none beside a fault" : "play the catalogue's attacks on Modbus (AT-M1 to AT-M12) once; what the guard refused is on the site's page"}
  Stop        ${options.forS === undefined ? "Ctrl-C" : `by itself after ${options.forS} s`}
`);
  if (!options.hold) return;
  const told = readJson(join(plant.out, "site", "site.json"));
  say(
    `  csms              pid ${plant.csms.pid}, OCPP and site link on port ${ports.csms}, console on ${ports.http}`,
  );
  say(
    `  uplink            pid ${plant.uplink.pid}, port ${ports.uplink} (kill -STOP cuts it, kill -CONT heals it)`,
  );
  say(`  site supervisor   pid ${plant.site.pid}`);
  say(`  local controller  pid ${String(told?.["localControllerPid"])}, OCPP on port ${ports.site}`);
  say(`  energy controller pid ${String(told?.["energyControllerPid"])}`);
  say(`  Modbus guard      pid ${String(told?.["guardPid"])}, other masters on port ${ports.modbus}`);
  say(`  simulator         pid ${plant.simulator.pid}\n`);
}

/** Errors that the stations saw: answers that broke the schema, messages that were never accepted. */
function errorsOf(out: string): number {
  const summary = readJson(join(out, "summary.json"));
  return typeof summary?.["errors"] === "number" ? summary["errors"] : 1;
}

type Run = { options: Options; audit: Audit; faults: Fault[]; startWallMs: number; errors: number };

/** What the fuses suffered, in which modes, and whether charging went on in every fault and after it. */
async function energyOf({ audit, faults, options, startWallMs }: Omit<Run, "errors">) {
  const all = faults.map(({ atMs, untilMs, what }) => ({
    ...{ what, fromMs: startWallMs + atMs, toMs: startWallMs + untilMs },
  }));
  await keepFaults(options.out, all);
  const energy = await readEnergy(options.out, { audit, ended: true, faults: all });
  return {
    findings: energy.findings,
    line: {
      limitBreaches: energy.limitBreaches,
      modes: energy.modes.map(({ atMs, mode }) => ({ mode, atMs: atMs - startWallMs })),
      kWhByMode: energy.kWhByMode,
    },
  };
}

async function report(run: Run): Promise<number> {
  const { options, audit, faults, errors } = run;
  const energy = await energyOf(run);
  const attacks = await attacksOf(options.out, audit.kinds ?? new Set());
  const { messages, ...counts } = audit.counts;
  const line = {
    stations: stations.length,
    versions: [...new Set(stations.map(({ version }) => version))].sort(),
    securityProfile: 3,
    ...((options.csms ?? 1) > 1 && { csms: options.csms }),
    messages,
    ...counts,
    faults,
    errors,
    ...energy.line,
    ...attacks?.line,
  };
  const findings = [...audit.findings, ...energy.findings, ...(attacks?.findings ?? [])];
  for (const finding of findings) process.stderr.write(`${finding}\n`);
  const { started, ended } = line.transactions;
  const good = ended > 0 && line.energyWh > 0 && findings.length === 0 && errors === 0;
  const { played = 0, through = 0, untold = 0 } = attacks?.line.attacks ?? {};
  const words = `${messages} messages, ${started} transactions started, ${ended} ended, ${(line.energyWh / 1000).toFixed(2)} kWh
${line.lost} lost, ${line.duplicated} counted twice, ${line.answeredOffline} answered by the site itself, ${line.replayed} replayed
${energy.line.limitBreaches} limits breached; kWh by mode: ${JSON.stringify(energy.line.kWhByMode)}
${played === 0 ? "" : `${played} attacks on Modbus, ${through} got through, ${untold} were not told\n`}`;
  if (options.json) process.stderr.write(words);
  process.stdout.write(options.json ? `${JSON.stringify(line)}\n` : words);
  return good ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const told = error instanceof UsageError || error instanceof DemoError || error instanceof EvidenceError;
  if (!told && !isFull(error)) throw error;
  const look = error instanceof UsageError ? "\nLook at: npx wattward demo --help" : "";
  const full = isFull(error) ? "the disk is full, so nothing can be counted: " : "";
  process.stderr.write(`wattward demo: ${full}${(error as Error).message}${look}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
process.exit();

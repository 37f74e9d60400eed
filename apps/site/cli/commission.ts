/**
 * `npx wattward site commission FILE` and `npx wattward site verify REPORT`: walks an installer through a site's devices, and leaves a report
 * that the site has signed and a proposal of its document, both in `DIR/energy/commissioning/`. Exit codes: 0 nothing at fault, 1 something
 * is, or it cannot be done, 2 wrong usage.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import { readSiteIdentity, readSiteTrust } from "@wattward/pki/files";
import { SOFTWARE } from "../adapters/local-controller.ts";
import { lockFile } from "../adapters/lock.ts";
import { dialling } from "../adapters/modbus-guard.ts";
import { commission } from "../commission/commission.ts";
import { readPlan } from "../commission/plan.ts";
import { propose } from "../commission/propose.ts";
import { type CommissionReport, signReport, verifyReport } from "../commission/report.ts";

const FOLDER = "energy/commissioning";
const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const err = (line: string) => void process.stderr.write(`${line}\n`);

export async function commissionCommand(
  word: "commission" | "verify",
  args: readonly string[],
): Promise<number> {
  try {
    return await (word === "verify" ? verify(args) : walk(args));
  } catch (error) {
    if (error instanceof PkiError) {
      err(`wattward: ${error.message}`);
      return 1;
    }
    const code = (error as { code?: unknown }).code;
    if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
      return wrong(word, (error as Error).message);
    if (code !== "ENOENT" && code !== "EACCES" && code !== "EISDIR") throw error;
    err(`wattward: ${(error as Error).message}`);
    return 1;
  }
}

function wrong(word: string, sentence: string): number {
  err(`wattward site ${word}: ${sentence}\nLook at: npx wattward site ${word} --help`);
  return 2;
}

/** A string says what is wrong. */
function fileAndFolder(
  [file, more]: readonly string[],
  data: string | undefined,
): { readonly file: string; readonly data: string } | string {
  if (file === undefined) return "the file is missing";
  if (more !== undefined) return `'${more}' is one word too many`;
  return data === undefined ? "--data DIR is missing" : { file, data: resolve(data) };
}

async function walk(args: readonly string[]): Promise<number> {
  const options = { data: text, "prove-reverts": flag, yes: flag, json: flag } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const given = fileAndFolder(positionals, values.data);
  if (typeof given === "string") return wrong("commission", given);
  const { file, data } = given;
  const written = await readFile(file, "utf8");
  const plan = readPlan(written);
  if (!plan.ok) {
    for (const fault of plan.fault) err(`${file}: ${fault}`);
    return 1;
  }
  const identity = await readSiteIdentity(data);
  if (lockFile(join(data, "state", "supervisor.lock"), 0) === undefined) {
    err(`wattward: the site controller runs on ${data}: stop it first, two masters would prove nothing`);
    return 1;
  }
  const asks = values.yes !== true && process.stdin.isTTY;
  const provesReverts = values["prove-reverts"] === true;
  if (
    provesReverts &&
    asks &&
    !(await asked(
      "Setpoints will be written to batteries, limits to inverters. Is the site at rest? (y)",
      /^y/i,
    ))
  )
    return 1;
  const report = await commission(plan.value, written, {
    ...{ site: identity.site, software: SOFTWARE, provesReverts },
    ...{ clock: systemClock(), chance: systemChance },
    dial: (place) => dialling(data, place),
    ...(asks && { ask: (sentence: string) => asked(sentence, /^(?!s)/i) }),
    progress: (step, of, sentence) => err(`[${step}/${of}] ${sentence}`),
  });
  const { cert, key, passphrase } = identity.link;
  const signed = signReport(report, {
    cert: String(cert),
    key: String(key),
    ...(passphrase !== undefined && { passphrase }),
  });
  const paths = await leave(join(data, FOLDER), report, JSON.stringify(signed), propose(plan.value, report));
  if (values.json === true) process.stdout.write(`${JSON.stringify({ ...report, files: paths })}\n`);
  else tell(report, paths);
  return report.passed ? 0 : 1;
}

type Paths = { readonly report: string; readonly proposal: string };

async function leave(
  folder: string,
  report: CommissionReport,
  signed: string,
  proposal: string,
): Promise<Paths> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = new Date(report.atWallMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const paths = {
    report: join(folder, `${name}.report.json`),
    proposal: join(folder, `${name}.document.yaml`),
  };
  await writeFile(paths.report, `${signed}\n`, { mode: 0o600, flag: "wx" });
  await writeFile(paths.proposal, proposal, { mode: 0o600, flag: "wx" });
  return paths;
}

function tell({ devices, phases, passed }: CommissionReport, { report, proposal }: Paths): void {
  const out = (line: string) => void process.stdout.write(`${line}\n`);
  for (const { device, kind, findings } of devices) {
    out(`${device} (${kind})`);
    for (const { level, about, sentence } of findings) out(`  ${level.padEnd(5)} ${about}: ${sentence}`);
  }
  const unchecked = phases.filter(({ seen }) => seen === "not-checked").length;
  if (unchecked > 0) out(`phases of ${unchecked} of ${phases.length} outlets were not checked`);
  out(passed ? "nothing is at fault" : "something is at fault: mend it, and commission again");
  out(`the signed report: ${report}\nthe document as it should be: ${proposal}`);
  out("set it at the central system with: npx wattward energy set SITE FILE");
}

async function verify(args: readonly string[]): Promise<number> {
  const options = { data: text, json: flag } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const given = fileAndFolder(positionals, values.data);
  if (typeof given === "string") return wrong("verify", given);
  const { file, data } = given;
  const { rootPem } = await readSiteTrust(data);
  const verdict = verifyReport(await readFile(file, "utf8"), rootPem, systemClock().now());
  if (values.json === true) process.stdout.write(`${JSON.stringify(verdict)}\n`);
  else if (verdict.kind === "refused") err(`${file}: ${verdict.sentence}`);
  else {
    const { site, atWallMs, passed } = verdict.report;
    const when = new Date(atWallMs).toISOString();
    process.stdout.write(
      `site ${site} said this on ${when}: ${passed ? "nothing is at fault" : "something is at fault"}\n`,
    );
  }
  return verdict.kind === "valid" ? 0 : 1;
}

async function asked(sentence: string, yes: RegExp): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${sentence} `);
  terminal.close();
  return yes.test(answer);
}

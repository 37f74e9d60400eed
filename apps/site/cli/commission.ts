/**
 * `npx wattward site commission FILE` and `npx wattward site verify REPORT`: walks an installer through a site's devices, and leaves a report
 * that the site has signed and a proposal of its document, both in `DIR/energy/commissioning/`. Exit codes: 0 nothing at fault, 1 something
 * is, or it cannot be done, 2 wrong usage, 129, 130 or 143 interrupted: what was under way is taken back, and no report is left.
 */
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import { readSiteIdentity, readSiteTrust, type SiteIdentity } from "@wattward/pki/files";
import { SOFTWARE } from "../adapters/local-controller.ts";
import { lockFile } from "../adapters/lock.ts";
import { dialling } from "../adapters/modbus-guard.ts";
import { type CommissionPorts, commission } from "../commission/commission.ts";
import { type Plan, readPlan } from "../commission/plan.ts";
import { propose } from "../commission/propose.ts";
import { type CommissionReport, notAsWritten, notChecked, verdictOf } from "../commission/report.ts";
import { type Signer, signerOf, verifyReport } from "../commission/signed-report.ts";
import {
  COMMISSIONING_FOLDER,
  type Left,
  leave,
  openFolder,
  readNamedFile,
  UnreadableFile,
} from "./commission-files.ts";
import { heedInterruptions, Interrupted } from "./interruption.ts";

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

const out = (line: string) => void process.stdout.write(`${line}\n`);
const err = (line: string) => void process.stderr.write(`${line}\n`);

export async function commissionCommand(
  word: "commission" | "verify",
  args: readonly string[],
): Promise<number> {
  try {
    return await (word === "verify" ? verify(args) : walk(args));
  } catch (error) {
    if (error instanceof Interrupted) return error.exitCode;
    if (error instanceof PkiError || error instanceof UnreadableFile) {
      err(`wattward: ${error.message}`);
      return 1;
    }
    const code = (error as { code?: unknown }).code;
    if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
      return wrong(word, (error as Error).message);
    if (typeof (error as { syscall?: unknown }).syscall !== "string") throw error;
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
  const written = await readNamedFile(file);
  const plan = readPlan(written);
  if (!plan.ok) {
    for (const fault of plan.fault) err(`${file}: ${fault}`);
    return 1;
  }
  const asks = values.yes !== true;
  if (asks && !process.stdin.isTTY)
    return wrong(
      "commission",
      "there is no terminal to ask at: run it in one, or say --yes, and phases are not checked",
    );
  const identity = await readSiteIdentity(data);
  const signer = signerIn(identity, data);
  if (signer === undefined || !isAlone(data)) return 1;
  await openFolder(join(data, COMMISSIONING_FOLDER));
  const provesReverts = values["prove-reverts"] === true;
  const report = await interruptibly(async (ports) => {
    if (provesReverts && asks && !(await atRest(ports.signal))) return undefined;
    return commission(plan.value, written, {
      ...{ site: identity.site, software: SOFTWARE, provesReverts },
      ...{ clock: systemClock(), chance: systemChance },
      dial: (place) => dialling(data, place),
      ...(asks && { ask: (sentence: string) => asked(sentence, /^(?!s)/i, ports.signal) }),
      progress: (step, of, sentence) => err(`[${step}/${of}] ${sentence}`),
      ...ports,
    });
  });
  if (report === undefined) return 1;
  const files = await left(data, report, { plan: plan.value, signer }).catch((error: Error) => {
    // Nobody walks to every device again for a disk that became full meanwhile.
    out(JSON.stringify(signer(report)));
    err(
      "wattward: the files cannot be written; the signed report stands on standard output instead: keep it",
    );
    throw error;
  });
  if (values.json === true) out(JSON.stringify({ ...report, notChecked: notChecked(report), files }));
  else tell(report, files);
  return report.passed ? 0 : 1;
}

/** Before anybody walks to a device: a report that nobody could verify is none. Undefined: it was said why not. */
function signerIn({ site, link, rootPem }: SiteIdentity, data: string): Signer | undefined {
  const { cert, key, passphrase } = link;
  const signer = signerOf(
    { cert: String(cert), key: String(key), ...(passphrase !== undefined && { passphrase }) },
    { site, rootPem, now: systemClock().now() },
  );
  if (signer.ok) return signer.value;
  err(
    `wattward: ${join(data, "identity")} cannot sign a report: ${signer.fault}. Bring the whole folder from a backup, or make a new identity with: wattward pki issue site`,
  );
  return undefined;
}

/** Takes both locks for as long as this process lives; says who has one. */
function isAlone(data: string): boolean {
  const locked = (name: string) => lockFile(join(data, "state", name), 0) !== undefined;
  if (!locked("commission.lock"))
    err(`wattward: another commission runs on ${data}: wait until it has ended`);
  else if (!locked("supervisor.lock"))
    err(`wattward: the site controller runs on ${data}: stop it first, two masters would prove nothing`);
  else return true;
  return false;
}

/** Whatever breaks it off, what devices were told is taken back before; said at the end is which could not be freed. */
async function interruptibly<T>(
  run: (ports: Pick<CommissionPorts, "signal" | "held">) => Promise<T>,
): Promise<T> {
  const heeded = heedInterruptions(err);
  const { signal } = heeded;
  const held: string[] = [];
  try {
    const done = await run({ signal, held: (device, why) => void held.push(`${device} (${why})`) });
    signal.throwIfAborted();
    return done;
  } catch (error) {
    err(
      held.length === 0
        ? "broken off: no device holds what it was told; no report is left"
        : `broken off: see to these devices themselves, they may hold what they were told: ${held.join(", ")}; no report is left`,
    );
    throw error;
  } finally {
    heeded.done();
  }
}

function left(
  data: string,
  report: CommissionReport,
  { plan, signer }: { readonly plan: Plan; readonly signer: Signer },
): Promise<Left> {
  const isAsWritten = notAsWritten(report).length === 0;
  return leave(join(data, COMMISSIONING_FOLDER), report.atWallMs, {
    report: JSON.stringify(signer(report)),
    ...(isAsWritten && { proposal: propose(plan, report) }),
  });
}

function tell(report: CommissionReport, { report: path, proposal }: Left): void {
  for (const { device, kind, findings } of report.devices) {
    out(`${device} (${kind})`);
    for (const { level, about, sentence } of findings) out(`  ${level.padEnd(5)} ${about}: ${sentence}`);
  }
  out(`${verdictOf(report)}${report.passed ? "" : ": mend it, and commission again"}`);
  out(`the signed report: ${path}`);
  if (proposal === undefined)
    out(
      `no document is proposed: ${notAsWritten(report).join(", ")} did not answer, or is not what the document says`,
    );
  else
    out(
      `the document as it should be: ${proposal}\nset it at the central system with: npx wattward energy set SITE FILE`,
    );
}

async function verify(args: readonly string[]): Promise<number> {
  const options = { data: text, json: flag } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const given = fileAndFolder(positionals, values.data);
  if (typeof given === "string") return wrong("verify", given);
  const { file, data } = given;
  const { rootPem } = await readSiteTrust(data);
  const verdict = verifyReport(await readNamedFile(file), rootPem, systemClock().now());
  const facts = verdict.kind === "valid" ? { ...verdict, notChecked: notChecked(verdict.report) } : verdict;
  if (values.json === true) out(JSON.stringify(facts));
  else if (verdict.kind === "refused") err(`${file}: ${verdict.sentence}`);
  else {
    const { report, signerEndedMs } = verdict;
    const on = (atMs: number) => new Date(atMs).toISOString();
    out(`site ${report.site} said this on ${on(report.atWallMs)}: ${verdictOf(report)}`);
    if (signerEndedMs !== undefined)
      out(`its certificate ended on ${on(signerEndedMs)}: that it was signed before is the site's own word`);
  }
  return verdict.kind === "valid" ? 0 : 1;
}

const atRest = (signal: AbortSignal): Promise<boolean> =>
  asked(
    "Setpoints will be written to batteries, limits to inverters. Is the site at rest? (y)",
    /^y/i,
    signal,
  );

/** A terminal that is closed, or an interruption, skips what is asked. */
async function asked(sentence: string, yes: RegExp, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const close = () => terminal.close();
  signal.addEventListener("abort", close, { once: true });
  // At a terminal Ctrl-C comes as a key.
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const answer = await new Promise<string>((answered) => {
    terminal.once("close", () => answered("s"));
    terminal.question(`${sentence} `).then(answered, () => answered("s"));
  });
  signal.removeEventListener("abort", close);
  terminal.close();
  return yes.test(answer);
}

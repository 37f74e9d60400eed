/**
 * `npx wattward guard check FILE`, `npx wattward guard replay FILE CAPTURE` and `npx wattward guard schema`: what is wrong with a policy, what it
 * would have refused, and its form for editors.
 * Exit codes: 0 done, 1 it cannot be done (a fault in the policy, a file that cannot be read), 2 wrong usage.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { type PolicyFault, policySchema } from "@wattward/guard";
import { FAULTS_MAX, plainAddress, readAddress } from "@wattward/kernel";
import { openCapture } from "@wattward/modbus/capture";
import { readPolicyFile } from "./policy-file.ts";
import { counted, missedText, replayed, report } from "./replay.ts";

/** Modbus/TCP, and where the guard itself listens (`--modbus-port`). */
const PORTS = [502, 1502] as const;
const PIECE_BYTES = 1024 ** 2;

export type Streams = { out(text: string): void; err(text: string): void };

/** For whoever typed it; `code` is the process's. */
class Stop extends Error {
  readonly code: 1 | 2;
  constructor(code: 1 | 2, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

export function guardCommand(args: readonly string[], streams: Streams): 0 | 1 | 2 {
  const [word, ...rest] = args;
  try {
    if (word === "check") return check(rest, streams);
    if (word === "replay") return replay(rest, streams);
    if (word === "schema") return schema(rest, streams);
    throw new Stop(2, "say what: 'guard check FILE', 'guard replay FILE CAPTURE' or 'guard schema'");
  } catch (error) {
    const known = stopOf(error);
    const help = known.code === 2 ? "\nLook at: npx wattward guard --help" : "";
    streams.err(`wattward guard: ${known.message}${help}\n`);
    return known.code;
  }
}

function stopOf(error: unknown): Stop {
  if (error instanceof Stop) return error;
  const { code, message, path, syscall } = error as NodeJS.ErrnoException;
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) return new Stop(2, message);
  if (code === "ENOENT") return new Stop(1, `${path}: there is no such file`);
  if (typeof syscall === "string") return new Stop(1, message);
  throw error;
}

function words(given: readonly string[], ...names: readonly string[]): string[] {
  const missing = names[given.length];
  if (missing !== undefined) throw new Stop(2, `${missing} is missing`);
  if (given.length > names.length) throw new Stop(2, `'${given[names.length]}' is one word too many`);
  return [...given];
}

const flag = { type: "boolean" } as const;
const many = { type: "string", multiple: true } as const;

function check(args: readonly string[], streams: Streams): 0 | 1 {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: flag },
    strict: true,
    allowPositionals: true,
  });
  const [file = ""] = words(positionals, "FILE");
  const read = readPolicyFile(file);
  if (!read.ok) {
    if (values.json === true)
      streams.out(`${JSON.stringify({ ok: false, faults: read.fault, more: mayHaveMore(read.fault) })}\n`);
    else tellFaults(file, read.fault, streams);
    return 1;
  }
  const { clients, devices, rules, crossRules, learning } = read.value;
  const counts = {
    clients: clients.length,
    devices: devices.length,
    rules: rules.length,
    crossRules: crossRules.length,
  };
  if (values.json === true) streams.out(`${JSON.stringify({ ok: true, ...counts })}\n`);
  else
    streams.out(
      `${file}: right. ${counted(clients.length, "client")}, ${counted(devices.length, "device")}, ${counted(rules.length, "rule")}, ${crossRules.length} across registers; all else is denied.\n`,
    );
  if (values.json !== true && learning !== undefined)
    streams.out(
      `It learns until ${new Date(learning.untilMs).toISOString()}: every client may read all of ${learning.devices.join(", ")} until then.\n`,
    );
  return 0;
}

function schema(args: readonly string[], streams: Streams): 0 {
  words(args);
  streams.out(`${JSON.stringify(policySchema, null, 2)}\n`);
  return 0;
}

/** On standard error, one a line, as compilers have them: `FILE:LINE: PATH SENTENCE`. */
function tellFaults(file: string, faults: readonly PolicyFault[], { err }: Streams): void {
  for (const { line = 1, path, sentence } of faults)
    err(`${file}:${line}: ${path === "" ? "the policy" : path} ${sentence}\n`);
  if (mayHaveMore(faults))
    err(`${file}: these are ${FAULTS_MAX} faults; no more are named, and there may be more\n`);
}

const mayHaveMore = (faults: readonly PolicyFault[]): boolean => faults.length >= FAULTS_MAX;

function replay(args: readonly string[], streams: Streams): 0 | 1 {
  const options = { client: many, device: many, guard: many, port: many, json: flag };
  const { values, positionals } = parseArgs({
    args: [...args],
    options,
    strict: true,
    allowPositionals: true,
  });
  const [file = "", path = ""] = words(positionals, "FILE", "CAPTURE");
  const read = readPolicyFile(file);
  if (!read.ok) {
    tellFaults(file, read.fault, streams);
    return 1;
  }
  const policy = read.value;
  const clients = new Map<string, string>();
  for (const { address, name, said } of named(values.client ?? [], "client", policy.clients)) {
    const known = clients.get(address) ?? name;
    if (known !== name) throw new Stop(2, `${said}: ${address} is '${known}' already`);
    clients.set(address, name);
  }
  const devices = new Map<string, Set<string>>();
  for (const { address, name } of named(values.device ?? [], "device", policy.devices))
    devices.set(address, (devices.get(address) ?? new Set()).add(name));
  const guards = new Set((values.guard ?? []).map((address) => addressOf(address, `--guard ${address}`)));
  const ports = new Set([
    ...PORTS,
    ...policy.devices.filter(({ tls }) => !tls).map(({ port }) => port),
    ...(values.port ?? []).map(portOf),
  ]);
  if (!statSync(path).isFile()) throw new Stop(1, `${path} is no file: a capture is read twice`);
  const capture = openCapture(() => piecesOf(path), { ports: [...ports] });
  const result = replayed(policy, capture, { clients, devices, guards });
  const { reading } = result;
  if (reading.packets === 0 && reading.broken !== undefined) throw new Stop(1, `${path}: ${reading.broken}`);
  streams.out(values.json === true ? `${JSON.stringify(result)}\n` : report(result, [...ports]));
  if (reading.broken !== undefined)
    throw new Stop(1, `${path} is not read on after packet ${reading.packets}: ${reading.broken}`);
  if (reading.nothing)
    throw new Stop(
      1,
      `nothing of ${path} could be read: ${missedText(reading) || "it ends in the middle of its first packet"}`,
    );
  return 0;
}

/** A file from its beginning, piece by piece. */
function* piecesOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE_BYTES);
      const bytes = readSync(file, piece);
      if (bytes === 0) return;
      yield piece.subarray(0, bytes);
    }
  } finally {
    closeSync(file);
  }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Stop(2, `--port ${text}: it is a number from 1 to 65535`);
  return port;
}

type Named = { readonly address: string; readonly name: string; readonly said: string };

/** `NAME=ADDRESS`, each with a name that the policy has. */
const named = (
  pairs: readonly string[],
  option: string,
  known: readonly { readonly name: string }[],
): readonly Named[] =>
  pairs.map((pair) => {
    const said = `--${option} ${pair}`;
    const at = pair.lastIndexOf("=");
    const name = pair.slice(0, Math.max(0, at));
    if (at < 1) throw new Stop(2, `${said}: it is NAME=ADDRESS`);
    if (!known.some((one) => one.name === name))
      throw new Stop(2, `${said}: the policy has no ${option} '${name}'`);
    return { address: addressOf(pair.slice(at + 1), said), name, said };
  });

function addressOf(text: string, where: string): string {
  if (readAddress(text) === undefined) throw new Stop(2, `${where}: '${text}' is not an IP address`);
  return plainAddress(text);
}

/**
 * `npx wattward guard check FILE`, `npx wattward guard replay FILE CAPTURE` and `npx wattward guard schema`: what is wrong with a policy, what it
 * would have refused, and its form for editors.
 * Exit codes: 0 done, 1 it cannot be done (a fault in the policy, a file that cannot be read), 2 wrong usage.
 */
import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Policy, policySchema, readPolicy } from "@wattward/guard";
import { plainAddress, readAddress } from "@wattward/kernel";
import { readCapture } from "@wattward/modbus/capture";
import { counted, replayed, report } from "./replay.ts";

const MODBUS = 502;
/** A capture is read whole. */
const CAPTURE_BYTES_MAX = 1024 ** 3;

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
  const { code, message, syscall } = error as { code?: unknown; message: string; syscall?: unknown };
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) return new Stop(2, message);
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
  const policy = policyIn(file, streams);
  if (policy === undefined) return 1;
  const { clients, devices, rules, crossRules } = policy;
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
  return 0;
}

function schema(args: readonly string[], streams: Streams): 0 {
  words(args);
  streams.out(`${JSON.stringify(policySchema, null, 2)}\n`);
  return 0;
}

/** Its faults go to standard error, one a line, as compilers have them: `FILE:LINE: PATH SENTENCE`. */
function policyIn(file: string, { err }: Streams): Policy | undefined {
  const read = readPolicy(readFileSync(file, "utf8"));
  if (read.ok) return read.value;
  for (const { line = 1, path, sentence } of read.fault)
    err(`${file}:${line}: ${path === "" ? "the policy" : path} ${sentence}\n`);
  return undefined;
}

function replay(args: readonly string[], streams: Streams): 0 | 1 {
  const options = { client: many, device: many, guard: many, json: flag };
  const { values, positionals } = parseArgs({
    args: [...args],
    options,
    strict: true,
    allowPositionals: true,
  });
  const [file = "", capture = ""] = words(positionals, "FILE", "CAPTURE");
  const policy = policyIn(file, streams);
  if (policy === undefined) return 1;
  const names = {
    clients: named(values.client ?? [], "client", policy.clients),
    devices: named(values.device ?? [], "device", policy.devices),
    guards: new Set((values.guard ?? []).map((address) => addressOf(address, `--guard ${address}`))),
  };
  if (statSync(capture).size > CAPTURE_BYTES_MAX)
    throw new Stop(1, `${capture} is larger than a gigabyte: cut it (editcap -c)`);
  const ports = [...new Set([MODBUS, ...policy.devices.map(({ port }) => port)])];
  const events = readCapture(new Uint8Array(readFileSync(capture)), { ports });
  if (!events.ok) throw new Stop(1, `${capture}: ${events.fault.sentence}`);
  const result = replayed(policy, events.value, names);
  streams.out(values.json === true ? `${JSON.stringify(result)}\n` : report(result));
  return 0;
}

/** `NAME=ADDRESS`, as a map from addresses to names that the policy has. */
function named(
  pairs: readonly string[],
  option: string,
  known: readonly { readonly name: string }[],
): Map<string, string> {
  const map = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.lastIndexOf("=");
    const name = pair.slice(0, Math.max(0, at));
    if (at < 1) throw new Stop(2, `--${option} ${pair}: it is NAME=ADDRESS`);
    if (!known.some((one) => one.name === name))
      throw new Stop(2, `--${option} ${pair}: the policy has no ${option} '${name}'`);
    map.set(addressOf(pair.slice(at + 1), `--${option} ${pair}`), name);
  }
  return map;
}

function addressOf(text: string, where: string): string {
  if (readAddress(text) === undefined) throw new Stop(2, `${where}: '${text}' is not an IP address`);
  return plainAddress(text);
}

/**
 * Finds the models of a device by walking them (Device Information Model Specification V1.1 §6.1):
 *
 *     base   "SunS"            at 40000, 50000 or 0
 *     +2     id:1 length:1 points:length
 *     …      id:1 length:1 points:length
 *     …      ffff              the end
 *
 * A device can lie here too: the walk is bounded by the address space and by a number of models, and says what was odd.
 */
import { failed, ok, type Result } from "@wattward/kernel";
import type { ModbusClient, Outcome } from "../client.ts";
import { exceptionName, exceptions } from "../exception.ts";
import { READ_REGISTERS_MAX } from "../functions/read-registers.ts";
import type { FunctionName } from "../pdu.ts";
import { mapBegins, mapEnds } from "./layout.ts";
import type { Model } from "./model.ts";
import { modelName, models } from "./models/index.ts";
import { type Reading, readingOf } from "./reading.ts";

/** Where devices put their map, in the order they are tried. */
export const BASES = [40_000, 50_000, 0] as const;
export const MODELS_MAX = 128;
const [END] = mapEnds;
/** Registers of a model's header: its id, its length. */
const HEADER = 2;
const ADDRESSES = 0x10000;

export type ReadFault = {
  /**
   * `refused`: the device answers with an exception. `failed`: it could not be asked. `moved`: another header stands where a model was
   * found ({@link readModel} alone).
   */
  readonly kind: "refused" | "failed" | "moved";
  /** The exception's code. */
  readonly code?: number;
  readonly sentence: string;
};

/** Reads holding registers: 1…125 from an address. */
export type RegisterReader = (
  address: number,
  quantity: number,
) => Promise<Result<readonly number[], ReadFault>>;

/**
 * Some devices end the connection with each answer: what met that is asked once more. It may reach the device twice, so only for what is the
 * same then: reads, and writes of values.
 */
export async function askedTwice<Kind extends FunctionName>(
  ask: () => Promise<Outcome<Kind>>,
): Promise<Outcome<Kind>> {
  const first = await ask();
  return first.kind === "failed" && first.why === "closed" ? ask() : first;
}

/** A reader of one unit's registers. */
export function registerReader(
  client: ModbusClient,
  unit: number,
  options: { timeoutMs?: number } = {},
): RegisterReader {
  return async (address, quantity) => {
    const outcome = await askedTwice(() =>
      client.request(unit, { kind: "read-holding-registers", address, quantity }, options),
    );
    if (outcome.kind === "response") return ok(outcome.response.registers);
    if (outcome.kind === "failed") return failed({ kind: "failed", sentence: outcome.sentence });
    const sentence = `unit ${unit} answers ${exceptionName(outcome.code)} to ${quantity} registers from ${address}`;
    return failed({ kind: "refused", code: outcome.code, sentence });
  };
}

export type FoundModel = {
  readonly id: number;
  readonly name: string;
  /** Of the header's first register; its points begin two further. */
  readonly address: number;
  /** Registers behind the header. */
  readonly length: number;
  /** Absent where we do not know it. */
  readonly model?: Model;
};

/** A model whose points we know. */
export type KnownModel = FoundModel & { readonly model: Model };

export type Discovery = {
  readonly base: number;
  readonly models: readonly FoundModel[];
  /** Sentences about what was not as specified, and lived with. */
  readonly oddities: readonly string[];
};

export type DiscoveryFault = {
  /** `no-sunspec`: the device answers, and has no map. `unreadable`: it could not be asked, or stopped answering. */
  readonly kind: "no-sunspec" | "unreadable";
  readonly sentence: string;
};

/** Walks a device's models. `patient`: one that says nothing outside its map is asked at every base. */
export async function discover(
  read: RegisterReader,
  { patient = false } = {},
): Promise<Result<Discovery, DiscoveryFault>> {
  let silence: string | undefined;
  for (const base of BASES) {
    const marker = await read(base, 2);
    if (marker.ok && marker.value[0] === mapBegins[0] && marker.value[1] === mapBegins[1])
      return walkFrom(base, read);
    if (!marker.ok && marker.fault.kind === "failed") silence ??= marker.fault.sentence;
    if (silence !== undefined && !patient) break;
  }
  return failed(
    silence === undefined
      ? { kind: "no-sunspec", sentence: `no "SunS" at ${BASES.join(", ")}` }
      : { kind: "unreadable", sentence: silence },
  );
}

async function walkFrom(base: number, read: RegisterReader): Promise<Result<Discovery, DiscoveryFault>> {
  const found: FoundModel[] = [];
  const oddities: string[] = [];
  const done = () => ok({ base, models: found, oddities });
  for (let address = base + 2; ; ) {
    if (address + 2 > ADDRESSES) {
      oddities.push("the models reach the end of the address space");
      return done();
    }
    const header = await read(address, 2);
    if (!header.ok) {
      if (header.fault.code !== exceptions.illegalDataAddress || found.length === 0) {
        return failed({ kind: "unreadable", sentence: header.fault.sentence });
      }
      oddities.push(`nothing at ${address}, where a model or the end should be`);
      return done();
    }
    const [id = END, length = 0] = header.value;
    if (id === END) return done();
    const next = address + 2 + length;
    if (id === 0 || next > ADDRESSES) {
      oddities.push(`at ${address} stands model ${id} with ${length} registers, which cannot be`);
      return done();
    }
    if (found.length === MODELS_MAX) {
      oddities.push(`more than ${MODELS_MAX} models`);
      return done();
    }
    const model = models.get(id);
    found.push({ id, name: modelName(id), address, length, ...(model && { model }) });
    address = next;
  }
}

/**
 * Reads a model whole, or its first `upTo` registers, the header's two among them: in as few requests as it takes, never with a value cut
 * in two by them. Each reading begins with the header: where that is not what was found, nothing of the answer is believed.
 */
export async function readModel(
  read: RegisterReader,
  found: KnownModel,
  upTo = HEADER + found.length,
): Promise<Result<Reading, ReadFault>> {
  const { address, id, length, model, name } = found;
  const registers: number[] = [];
  for (;;) {
    const quantity = Math.min(READ_REGISTERS_MAX, upTo - registers.length);
    const part = await read(address + registers.length, quantity);
    if (!part.ok) return part;
    registers.push(...part.value);
    if (registers[0] !== id || registers[1] !== length)
      return failed({
        kind: "moved",
        sentence: `at ${address} no longer stands ${name}: its models have moved`,
      });
    const reading = readingOf(model, registers.slice(HEADER));
    if (registers.length >= upTo || reading.whole) return ok(reading);
    // What comes next begins with a point, so that no counter is half old and half new.
    if (reading.end > 0) registers.length = HEADER + reading.end;
  }
}

/**
 * One SunSpec device behind the guard: finds its models once, reads them whole, writes the few points that may be written.
 *
 * Each read begins with the model's own header. Where that is not what was found, the device has changed (new firmware, another
 * device under the unit), nothing of the answer is believed, and the models are looked for again.
 *
 * Written are volatile points alone (ENERGY, 13): the table below is the whole of it, each with a revert time or a heartbeat.
 */
import assert from "node:assert/strict";
import { failed, ok, type Result } from "@wattward/kernel";
import { exceptionName, exceptions, type ModbusClient, READ_REGISTERS_MAX } from "@wattward/modbus";
import {
  askedTwice,
  type Discovery,
  discover,
  type KnownModel,
  type PointValue,
  type Reading,
  type RegisterReader,
  readModel,
  registerReader,
  writesOf,
} from "@wattward/modbus/sunspec";
import { LOOK_AGAIN_MS } from "../limits.ts";
import { type Trouble, trouble } from "./trouble.ts";

const volatilePoints: ReadonlyMap<number, ReadonlySet<string>> = new Map([
  [123, new Set(["WMaxLimPct", "WMaxLimPct_RvrtTms", "WMaxLim_Ena"])],
  [124, new Set(["StorCtl_Mod", "OutWRte", "InWRte", "InOutWRte_RvrtTms"])],
  [
    704,
    new Set([
      ...["WSetEna", "WSetMod", "WSet", "WSetRvrt", "WSetEnaRvrt", "WSetRvrtTms"],
      ...["WMaxLimPctEna", "WMaxLimPct", "WMaxLimPctRvrt", "WMaxLimPctEnaRvrt", "WMaxLimPctRvrtTms"],
    ]),
  ],
  [715, new Set(["ControllerHb"])],
  [802, new Set(["CtrlHb"])],
]);

/** Said by the guard, or by a gateway behind it, of a device that is away. */
const awayCodes: ReadonlySet<number> = new Set([
  exceptions.gatewayPathUnavailable,
  exceptions.gatewayTargetFailedToRespond,
]);

export type Values = { readonly [path: string]: PointValue };
/** A model's reading, and when it was asked for: it is at least that old. */
export type Seen = { readonly found: KnownModel; readonly reading: Reading; readonly atMs: number };

export class SunSpecUnit {
  private readonly client: ModbusClient;
  private readonly unit: number;
  private readonly readRegisters: RegisterReader;
  private readonly nowMs: () => number;
  private discovery: Discovery | undefined;
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private readonly seen = new Map<number, Seen>();
  /** Registers written since the start: what a device's memory would have suffered, were they not volatile. */
  writes = 0;

  constructor(client: ModbusClient, unit: number, nowMs: () => number) {
    this.client = client;
    this.unit = unit;
    this.nowMs = nowMs;
    this.readRegisters = registerReader(client, unit);
  }

  /** The models found; looks for them where that was not done, with the patience of `discover`. */
  async models(how: { readonly patient?: boolean } = {}): Promise<Result<Discovery, Trouble>> {
    if (this.discovery !== undefined) return ok(this.discovery);
    // The guard answers for a device that it cannot reach: that says nothing of the device's map.
    let refusedBy: string | undefined;
    const found = await discover(async (address, quantity) => {
      const part = await this.readRegisters(address, quantity);
      if (part.ok) return part;
      const { kind, code, sentence } = part.fault;
      if (code !== undefined && awayCodes.has(code)) return failed({ kind: "failed", sentence });
      if (kind === "refused") refusedBy = sentence;
      return part;
    }, how);
    if (!found.ok) {
      const { kind, sentence } = found.fault;
      if (kind !== "no-sunspec") return failed(trouble("unreachable", sentence));
      return failed(
        refusedBy === undefined
          ? trouble("unsuited", sentence)
          : trouble("refused", `${sentence}: ${refusedBy}`),
      );
    }
    this.discovery = found.value;
    this.lookedAtMs = this.nowMs();
    return ok(found.value);
  }

  /** The first of these models that the device has; `undefined`: it has none of them, or was not asked yet. */
  first(...ids: readonly number[]): KnownModel | undefined {
    for (const id of ids) {
      const found = this.discovery?.models.find((one) => one.id === id);
      if (found?.model !== undefined) return { ...found, model: found.model };
    }
    return undefined;
  }

  /** It has not what it should have: said, and looked for again in a while, for a map may be shorter while a device begins. */
  lacks(sentence: string): Trouble {
    if (this.nowMs() - this.lookedAtMs >= LOOK_AGAIN_MS) this.rediscover();
    return trouble("unsuited", sentence);
  }

  /** Reads a model whole, unless it was read `notOlderMs` ago or later. */
  async read(found: KnownModel, notOlderMs = 0): Promise<Result<Seen, Trouble>> {
    const before = this.seen.get(found.id);
    if (before !== undefined && this.nowMs() - before.atMs < notOlderMs) return ok(before);
    return this.readUpTo(found, 2 + found.length);
  }

  /** What one request brings of it: for models whose end nobody needs. */
  readStart(found: KnownModel): Promise<Result<Seen, Trouble>> {
    return this.readUpTo(found, Math.min(READ_REGISTERS_MAX, 2 + found.length));
  }

  private async readUpTo(found: KnownModel, registers: number): Promise<Result<Seen, Trouble>> {
    const atMs = this.nowMs();
    const reading = await this.registersOf(found, registers);
    if (!reading.ok) return reading;
    const seen = { found, reading: reading.value, atMs };
    this.seen.set(found.id, seen);
    return ok(seen);
  }

  /** Writes, and reads the model anew when it is asked for next. */
  write(seen: Pick<Seen, "found" | "reading">, values: Values): Promise<Trouble | undefined> {
    this.seen.delete(seen.found.id);
    return this.send(seen, values);
  }

  /** A heartbeat: nobody reads it back. */
  beat(seen: Pick<Seen, "found" | "reading">, point: string, count: number): Promise<Trouble | undefined> {
    return this.send(seen, { [point]: count });
  }

  private async send(
    { found, reading }: Pick<Seen, "found" | "reading">,
    values: Values,
  ): Promise<Trouble | undefined> {
    for (const path of Object.keys(values))
      assert(volatilePoints.get(found.id)?.has(path), `${path} of model ${found.id} is never written`);
    const writes = writesOf(found, reading, values);
    if (!writes.ok) return trouble("unsuited", writes.fault.sentence);
    for (const request of writes.value) {
      const outcome = await askedTwice(() => this.client.request(this.unit, request));
      if (outcome.kind === "failed") return trouble("unreachable", outcome.sentence);
      if (outcome.kind === "exception") {
        const names = Object.keys(values).join(", ");
        return trouble("refused", `${names} of ${found.name}: ${exceptionName(outcome.code)}`);
      }
      this.writes += request.registers.length;
    }
    return undefined;
  }

  private async registersOf(found: KnownModel, registers: number): Promise<Result<Reading, Trouble>> {
    const reading = await readModel(this.readRegisters, found, registers);
    if (reading.ok) return reading;
    const { kind, code, sentence } = reading.fault;
    if (kind === "failed" || (code !== undefined && awayCodes.has(code)))
      return failed(trouble("unreachable", sentence));
    this.rediscover();
    return failed(trouble(kind === "moved" ? "unsuited" : "refused", sentence));
  }

  private rediscover(): void {
    this.discovery = undefined;
    this.seen.clear();
  }
}

/** A number of a reading, or `undefined` where the device does not tell it. */
export function numberAt({ reading }: Pick<Seen, "reading">, path: string): number | undefined {
  const value = reading.value(path);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A write of those that the reading does not show already; none where it shows them all. */
export function unlike({ reading }: Pick<Seen, "reading">, values: Values): Values[] {
  const left = Object.entries(values).filter(([path, value]) => reading.value(path) !== value);
  return left.length === 0 ? [] : [Object.fromEntries(left)];
}

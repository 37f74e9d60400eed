/**
 * The grid operator's control box (§ 14a EnWG and the like) as Modbus tells it, in two styles.
 *
 *     registers   holding 0      heartbeat, uint16: counts up once a second, by any step
 *                 holding 1      1: the limit holds · 0: no limit · anything else is no word
 *                 holding 2..3   the limit in watts, uint32, high word first; above POWER_W_MAX is no word
 *     relay       input 0        1: the contact is closed, the limit of the site's document holds · 0: no limit
 *
 * A sign of life is a heartbeat that moved; of a relay, its answer. What the box says while its heart stands still is not believed:
 * the failsafe of `nextExternal` takes over.
 */
import { type ExternalSignal, type ExternalState, POWER_W_MAX } from "@wattward/energy";
import { exceptionName, type ModbusClient, type Outcome } from "@wattward/modbus";
import { type Trouble, trouble } from "./trouble.ts";

export const REGISTERS = 4;
const ADDRESS = { heartbeat: 0, state: 1, limitHigh: 2, limitLow: 3 } as const;

/** What the box last said while it lived; `undefined` limit: none holds. */
type Word = { readonly limitW: number | undefined };

export class LimitSignalDriver {
  private readonly client: ModbusClient;
  private readonly unit: number;
  private readonly relay: { readonly limitW: number } | undefined;
  private heartbeat: number | undefined;
  private alive = false;
  private word: Word | undefined;

  constructor(client: ModbusClient, unit: number, relay?: { readonly limitW: number }) {
    this.client = client;
    this.unit = unit;
    this.relay = relay;
  }

  poll(): Promise<Trouble | undefined> {
    return this.relay === undefined ? this.pollRegisters() : this.pollRelay(this.relay.limitW);
  }

  /** What was heard since the last call, for `nextExternal`: a word only where it is news to that state. */
  signals(state: ExternalState): readonly ExternalSignal[] {
    if (!this.alive) return [];
    this.alive = false;
    const { word } = this;
    if (word === undefined) return [{ kind: "alive" }];
    if (word.limitW === undefined)
      return state.kind === "unlimited" ? [{ kind: "alive" }] : [{ kind: "release" }];
    const known = state.kind === "limited" && state.limitW === word.limitW;
    return known ? [{ kind: "alive" }] : [{ kind: "limit", limitW: word.limitW }];
  }

  private async pollRegisters(): Promise<Trouble | undefined> {
    const outcome = await this.client.request(this.unit, {
      kind: "read-holding-registers",
      address: 0,
      quantity: REGISTERS,
    });
    if (outcome.kind !== "response") return troubleOf(outcome);
    const at = (name: keyof typeof ADDRESS) => outcome.response.registers[ADDRESS[name]] ?? 0;
    const heartbeat = at("heartbeat");
    const moved = this.heartbeat !== undefined && this.heartbeat !== heartbeat;
    this.heartbeat = heartbeat;
    if (!moved) return undefined;
    this.alive = true;
    const state = at("state");
    const limitW = at("limitHigh") * 0x1_0000 + at("limitLow");
    // What it said before is not said again by what is no word.
    this.word = undefined;
    if (state !== 0 && state !== 1)
      return trouble("unsuited", `its state word is ${state}, which is neither 0 nor 1`);
    if (state === 1 && limitW > POWER_W_MAX)
      return trouble("unsuited", `its limit is ${limitW} W, which is no site's`);
    this.word = { limitW: state === 1 ? limitW : undefined };
    return undefined;
  }

  private async pollRelay(limitW: number): Promise<Trouble | undefined> {
    const outcome = await this.client.request(this.unit, {
      kind: "read-discrete-inputs",
      address: 0,
      quantity: 1,
    });
    if (outcome.kind !== "response") return troubleOf(outcome);
    this.alive = true;
    this.word = { limitW: outcome.response.bits[0] === true ? limitW : undefined };
    return undefined;
  }
}

export const troubleOf = (outcome: Exclude<Outcome, { kind: "response" }>): Trouble =>
  outcome.kind === "exception"
    ? trouble("refused", `it answers ${exceptionName(outcome.code)}`)
    : trouble("unreachable", outcome.sentence);

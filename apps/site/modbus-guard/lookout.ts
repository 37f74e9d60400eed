/**
 * What the guard has seen, to whom it matters: the watch of `@wattward/guard` (incidents: scans, storms, strangers, replays), and the
 * central system, in bounded words.
 */
import {
  changes,
  type Denied,
  denialText,
  exchangeText,
  LiveWatch,
  type Observation,
  type Policy,
  type Settled,
} from "@wattward/guard";
import type { Clock, Log } from "@wattward/kernel";
import { deniedTold } from "./denied-told.ts";
import type { DeviceLink, Disbelief } from "./device.ts";
import type { Way } from "./identify.ts";
import type { Asked, Ending, Master } from "./master.ts";
import { Observations, type Observe, type ObservedKind } from "./observations.ts";

/** Their addresses are theirs to choose: whoever they are, they are told of by turns with each client and device, as one. */
const STRANGERS = "strangers";

export class Lookout {
  private readonly clock: Clock;
  private readonly told: Observations;
  private readonly watch = new LiveWatch((incident) => this.incident(incident));

  constructor(ports: { readonly clock: Clock; readonly log: Log }, observe: Observe) {
    this.clock = ports.clock;
    this.told = new Observations(ports, observe);
  }

  /** Observations that were not told, for there were too many. */
  get leftOut(): number {
    return this.told.leftOut;
  }

  tell(kind: ObservedKind, party: string, detail: () => string): void {
    this.told.tell({ kind, party }, { detail });
  }

  enforce(policy: Policy | undefined): void {
    this.watch.enforce(policy);
  }

  /** `pdu` is only looked at during the call. */
  asked(asked: Asked, pdu: Uint8Array): void {
    this.watch.asked(asked, pdu, asked.atMs);
  }

  settled(asked: Asked, settled: Settled, nowMs: number): void {
    this.watch.settled(asked, settled, nowMs);
  }

  denied(verdict: Denied): void {
    this.watch.denied(verdict, this.nowMs());
    this.tellDenied(verdict);
  }

  unreadable(verdict: Denied, pdu: Uint8Array): void {
    this.watch.unreadable(verdict, pdu, this.nowMs());
    this.tellDenied(verdict);
  }

  private tellDenied(verdict: Denied): void {
    const { client: party, device = "", values, functionCode } = verdict.exchange;
    const isWrite = changes(functionCode);
    // What has no type is one: a wire carries any address.
    const register = values[0]?.register ?? "";
    this.told.tell(
      {
        kind: "modbus.denied",
        party,
        what: `${device} ${verdict.about ?? ""} ${isWrite} ${register}`,
        ...(isWrite && { share: "writes" as const }),
      },
      { detail: () => denialText(verdict), told: (text) => deniedTold(verdict, text) },
    );
  }

  stranger(way: Way, who: string, why: string): void {
    this.watch.stranger(who, `${who} (${way}): ${why}`, this.nowMs());
  }

  /** We ended a master's connection. */
  ended({ client: { name }, link: { peer } }: Master, why: Ending): void {
    const text = `${name} at ${peer.address}: ${endings[why]}`;
    if (why === "unfinished" || why === "not-reading" || why === "expired")
      this.tell("modbus.master-ended", name, () => text);
    else this.watch.malformed({ master: name }, text, this.nowMs());
  }

  tooManyLinks(client: string, linksMax: number): void {
    this.tell("modbus.master-ended", client, () => `${client}: more than ${linksMax} connections`);
  }

  device({ device: { name, host, port } }: DeviceLink, state: "lost" | "back", why: string): void {
    this.tell(`modbus.device-${state}`, name, () => `${name} at ${host}:${port}: ${why}`);
  }

  /** An answer was none, and its connection was reset. */
  disbelieved({ device: { name } }: DeviceLink, what: Disbelief, why: string): void {
    if (what !== "malformed") this.watch.stray(`${what}-answer`, name, this.nowMs());
    this.tell("modbus.device-answer", name, () => `${name}: ${why}; connection reset`);
  }

  /** About once a second. */
  turn(): void {
    this.watch.turn(this.nowMs());
    this.told.turn();
  }

  close(): void {
    this.watch.close();
    this.told.close();
  }

  private incident({ kind, attack, phase, master, device, count, sentence, exchange }: Observation): void {
    const what = exchange === undefined ? "" : ` (${exchangeText(exchange)})`;
    const many = count > 1 ? `, ${count} frames` : "";
    const party = kind === "unknown-master" ? STRANGERS : master;
    this.told.tell(
      { kind: `modbus.${kind}`, party, what: `${master} ${device ?? ""} ${phase}`, share: "incidents" },
      { detail: () => `${attack} ${phase}: ${sentence}${many}${what}` },
    );
  }

  private nowMs(): number {
    return this.clock.now().monotonicMs;
  }
}

const endings = {
  "protocol-id": "what it sends is no Modbus",
  length: "what it sends is no Modbus: a length that there is not",
  backlog: "it sends without end",
  unfinished: "it began a request and did not finish it",
  "not-reading": "it does not take its answers",
  expired: "its certificate is over",
} as const;

/**
 * Whose draw it is that is above a grant, his station's meter values alone say, by themselves every `METER_EVERY_S`: a car that stops obeying
 * would be known that late. Those who are limited to less than they could draw are asked to show in between as well.
 *
 *     1.6   TriggerMessage MeterValues (§5.17)
 *     2.x   TriggerMessage TransactionEvent (F06.FR.07): with what was asked for between start and end
 */
import type { EvseId, JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { StationCaller } from "./caller.ts";
import { fieldsOf } from "./fields.ts";
import { SHOW_MS_MAX, SHOWS_AGAIN_MS, SHOWS_AGAIN_MS_MAX, SHOWS_EVERY_MS } from "./limits.ts";
import type { ChargingSession } from "./session.ts";

export type ShowingPorts = {
  caller(): StationCaller | undefined;
  /** Sessions that may draw less than they could. */
  limited(): readonly ChargingSession[];
  nowMs(): number;
};

export class Showing {
  private readonly ports: ShowingPorts;
  private readonly askedAtMs = new Map<EvseId, number>();
  private asking = false;
  /** A station that does not do that is asked again later, and later: what lowers would wait for its answer. */
  private notBeforeMs = Number.NEGATIVE_INFINITY;
  private failures = 0;

  constructor(ports: ShowingPorts) {
    this.ports = ports;
  }

  /** Asks for the session that was seen longest ago, where that is too long. */
  async ask(): Promise<void> {
    const nowMs = this.ports.nowMs();
    const caller = this.ports.caller();
    if (this.asking || caller === undefined || nowMs < this.notBeforeMs) return;
    const [due] = this.ports
      .limited()
      .map(({ evse, observed }) => ({
        evse,
        atMs: Math.max(observed?.atMs ?? 0, this.askedAtMs.get(evse) ?? 0),
      }))
      .sort((a, b) => a.atMs - b.atMs);
    if (due === undefined || nowMs - due.atMs < SHOWS_EVERY_MS) return;
    this.asking = true;
    this.askedAtMs.set(due.evse, nowMs);
    // Not before others: what lowers goes first.
    const told = await caller.call("TriggerMessage", payloadOf(caller.version, due.evse), {
      timeoutMs: SHOW_MS_MAX,
    });
    this.asking = false;
    const does = told.kind === "result" && fieldsOf(told.payload).get("status") === "Accepted";
    this.failures = does ? 0 : this.failures + 1;
    const waitMs = Math.min(SHOWS_AGAIN_MS * 2 ** (this.failures - 1), SHOWS_AGAIN_MS_MAX);
    if (!does) this.notBeforeMs = this.ports.nowMs() + waitMs;
  }
}

const payloadOf = (version: OcppVersion, evse: EvseId): JsonObject =>
  version === "1.6"
    ? { requestedMessage: "MeterValues", connectorId: evse }
    : { requestedMessage: "TransactionEvent", evse: { id: evse } };

/**
 * The CSMS at a managed station (ADR 13): its CALLs about charging profiles never reach the station. They are kept as input to the site's energy,
 * and answered, reported and composed here, as a station of that version would.
 *
 *     SetChargingProfile, ClearChargingProfile, UpdateDynamicSchedule ─▶ shelf (durable) ─▶ answer ─▶ bound on what the outlet may want
 *     GetChargingProfiles ─▶ answer, then ReportChargingProfiles in the station's name
 *     GetCompositeSchedule ─▶ the lower of what the CSMS asked for and what the station lives on
 *     SetNetworkProfile, settings that limit or move ─▶ refused
 *     RemoteStart/RequestStart with a profile ─▶ a CALL of the site's own without it; profile kept for that transaction
 */
import type { Outlet } from "@wattward/energy";
import type { JsonObject } from "@wattward/kernel";
import { type Call, callError, type OcppVersion, validateCall, writeFrame } from "@wattward/ocpp";
import { MANAGED_DOWN_MS_MAX } from "../stations/limits.ts";
import type { StationCaller } from "./caller.ts";
import { askOf, type CsmsAsk, compositeAnswer, rejected } from "./csms-calls.ts";
import { periodsOf, type Said } from "./csms-composite.ts";
import type { CsmsProfile } from "./csms-profile.ts";
import type { CsmsShelf, Refused, Which } from "./csms-shelf.ts";
import { COMPOSITE_PERIODS_MAX, COMPOSITE_S_MAX, REPORTED_MAX } from "./limits.ts";

export type DeskPorts = {
  readonly outlets: readonly Outlet[];
  readonly voltageV: number;
  readonly shelf: CsmsShelf;
  /** The station's, also where it is not connected now; undefined: never seen. */
  version(): OcppVersion | undefined;
  caller(): StationCaller | undefined;
  wallMs(): number;
  /** What the station lives on at an instant of the site's wall clock: grant, then safe default. */
  written(outlet: Outlet, atMs: number): Said;
  /** A CALL to the CSMS in the station's name. */
  report(version: OcppVersion, action: string, payload: JsonObject): void;
  observe(kind: string, detail: string): void;
  /** What the CSMS wants has changed: the energy controller hears it now. */
  changed(): void;
};

export class CsmsDesk {
  private readonly ports: DeskPorts;

  constructor(ports: DeskPorts) {
    this.ports = ports;
  }

  /** False: it is nothing for this desk, and goes to the station, as it was read here: what breaks its schema goes nowhere. */
  takes(call: Call, reply: (frame: string) => void): boolean {
    const version = this.ports.version();
    if (version === undefined) return false;
    // Read before it is judged: one that breaks its schema is refused here, and reaches no station either.
    const asked = askOf(version, call, this.ports.wallMs());
    const valid = validateCall(version, "csms", call.action, call.payload);
    if (valid.kind === "invalid") {
      reply(writeFrame(callError(call.id, valid.code, valid.reason, version)));
      return true;
    }
    if (asked === undefined) return false;
    void this.answer(version, call, asked).then(
      (answer) => answer !== undefined && reply(typeof answer === "string" ? answer : result(call, answer)),
    );
    return true;
  }

  private answer(
    version: OcppVersion,
    call: Call,
    asked: CsmsAsk,
  ): Promise<JsonObject | string | undefined> | Promise<JsonObject> {
    switch (asked.kind) {
      case "set":
        return this.set(version, asked.profile);
      case "clear":
        return this.clear(asked.which);
      case "report":
        return Promise.resolve(this.report(version, asked));
      case "composite":
        return Promise.resolve(this.composite(version, asked));
      case "update":
        return this.update(version, asked);
      case "priority":
        return this.prioritise(asked.transaction, asked.active);
      case "start":
        return this.start(version, call, asked);
      case "refused":
        this.ports.observe(asked.refused.observed, asked.refused.detail);
        return Promise.resolve(asked.refused.answer);
    }
  }

  private async set(version: OcppVersion, profile: CsmsProfile | undefined): Promise<JsonObject> {
    if (profile === undefined)
      return rejected(version, {
        reason: "InvalidProfile",
        say: "no purpose, kind or mode that a CSMS may set here",
      });
    const set = await this.ports.shelf.set(version, profile);
    if (set === "accepted") {
      this.ports.changed();
      return { status: "Accepted" };
    }
    this.refused(profile, set);
    return rejected(version, set);
  }

  private refused({ id }: Pick<CsmsProfile, "id">, { overCurrent, say }: Refused): void {
    if (overCurrent)
      this.ports.observe("over-current-profile", `profile ${id} of the CSMS was refused: ${say}`);
  }

  private async clear(which: Which | "nothing"): Promise<JsonObject> {
    const count = which === "nothing" ? 0 : await this.ports.shelf.clear(which);
    if (count > 0) this.ports.changed();
    return { status: count > 0 ? "Accepted" : "Unknown" };
  }

  private report(
    version: OcppVersion,
    { which, requestId }: Extract<CsmsAsk, { kind: "report" }>,
  ): JsonObject {
    const found = which === "nothing" ? [] : this.ports.shelf.list(which);
    if (found.length === 0) return { status: "NoProfiles" };
    const parts = [...Map.groupBy(found, ({ evse }) => evse).values()].flatMap((list) =>
      Array.from({ length: Math.ceil(list.length / REPORTED_MAX) }, (_, i) =>
        list.slice(i * REPORTED_MAX, (i + 1) * REPORTED_MAX),
      ),
    );
    // After the answer has left (K09.FR.02).
    queueMicrotask(() =>
      parts.forEach((part, i) => {
        const chargingProfile = part.map(({ wire }) => wire);
        const payload = {
          requestId,
          tbc: i < parts.length - 1,
          chargingLimitSource: "CSO",
          evseId: part[0]!.evse,
          chargingProfile,
        };
        this.ports.report(version, "ReportChargingProfiles", payload);
      }),
    );
    return { status: "Accepted" };
  }

  private composite(
    version: OcppVersion,
    { evse, durationS, unit = "A" }: Extract<CsmsAsk, { kind: "composite" }>,
  ): JsonObject {
    const { outlets, voltageV, wallMs } = this.ports;
    const meant = evse === 0 ? outlets : outlets.filter((outlet) => outlet.evse === evse);
    if (meant.length === 0) return rejected(version, { reason: "UnknownEvse", say: `no EVSE ${evse}` });
    if (durationS <= 0 || durationS > COMPOSITE_S_MAX)
      return rejected(version, { reason: "InvalidValue", say: `a duration of 1 to ${COMPOSITE_S_MAX} s` });
    const startMs = Math.round(wallMs());
    const said = (atMs: number): Said => meant.map((outlet) => this.saidOf(outlet, atMs)).reduce(sum);
    const mostMa = meant.reduce((most, { ratedMa }) => most + ratedMa, 0);
    const periods = periodsOf(said, {
      fromMs: startMs,
      durationS,
      mostMa,
      periodsMax: COMPOSITE_PERIODS_MAX,
    });
    const phases = Math.max(...meant.map(({ wiring }) => wiring.length));
    const measure = { unit, phases, voltageV, saysPhases: false };
    return compositeAnswer(version, { evse, durationS, measure, startMs, periods });
  }

  /** The lower of what the CSMS wants and what the station has. */
  private saidOf(outlet: Outlet, atMs: number): Said {
    const wanted = this.ports.shelf.limit(outlet, atMs);
    const has = this.ports.written(outlet, atMs);
    const limitMa = Math.min(outlet.ratedMa, wanted.limitMa ?? outlet.ratedMa, has.limitMa ?? outlet.ratedMa);
    return { limitMa, untilMs: Math.min(wanted.untilMs, has.untilMs) };
  }

  private async update(
    version: OcppVersion,
    { id, renewal }: Extract<CsmsAsk, { kind: "update" }>,
  ): Promise<JsonObject> {
    const updated = await this.ports.shelf.update(id, renewal);
    if (updated !== "accepted") {
      this.refused({ id }, updated);
      return rejected(version, updated);
    }
    this.ports.changed();
    return { status: "Accepted" };
  }

  private async prioritise(transaction: string, active: boolean): Promise<JsonObject> {
    const done = await this.ports.shelf.prioritise(transaction, active);
    if (done === "accepted") this.ports.changed();
    return { status: done === "accepted" ? "Accepted" : done === "no-profile" ? "NoProfile" : "Rejected" };
  }

  /** The profile first, durably: a transaction may begin before its remote start is answered. */
  private async start(
    version: OcppVersion,
    call: Call,
    { profile, without }: Extract<CsmsAsk, { kind: "start" }>,
  ): Promise<JsonObject | string | undefined> {
    const caller = this.ports.caller();
    if (caller === undefined)
      return writeFrame(
        callError(call.id, "GenericError", "the station is not connected to its site", version),
      );
    if (profile === undefined || profile.purpose !== "tx")
      return rejected(version, {
        reason: "InvalidProfile",
        say: "a remote start may bring a TxProfile alone (F01.FR.08)",
      });
    const kept = await this.ports.shelf.await(version, profile);
    if (kept !== "accepted") {
      this.refused(profile, kept);
      return rejected(version, kept);
    }
    const outcome = await caller.call(call.action, without, { timeoutMs: MANAGED_DOWN_MS_MAX });
    const accepted = outcome.kind === "result" && outcome.payload.status === "Accepted";
    if (!accepted) await this.ports.shelf.forgo(profile);
    switch (outcome.kind) {
      case "result":
        return outcome.payload;
      case "error":
        return writeFrame(callError(call.id, outcome.code, outcome.description, version));
      case "busy":
        return writeFrame(
          callError(call.id, "GenericError", "too many calls wait for this station", version),
        );
      default:
        // The station says nothing in time, and neither does the site in its place.
        return undefined;
    }
  }
}

const result = ({ id }: Call, payload: JsonObject): string => writeFrame({ kind: "result", id, payload });

const sum = (a: Said, b: Said): Said => ({
  limitMa: (a.limitMa ?? 0) + (b.limitMa ?? 0),
  untilMs: Math.min(a.untilMs, b.untilMs),
});

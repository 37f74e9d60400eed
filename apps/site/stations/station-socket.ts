/** One station's socket: its session, and what the registry and the link need of it. */
import type { Chance, Clock, JsonObject, Log, MessageId, StationId, Wire } from "@wattward/kernel";
import { hex } from "@wattward/kernel";
import {
  type Call,
  type CallOutcome,
  type CallResultError,
  type Claim,
  COMPRESSED_UNASKED,
  callError,
  type Deviation,
  framesPerSecond,
  type Handling,
  notice,
  OcppSession,
  type OcppVersion,
  parseFrame,
  writeFrame,
} from "@wattward/ocpp";
import type { Leave } from "@wattward/ocpp/ways-in";
import type { CallDesk } from "../calls/call-desk.ts";
import type { ChargingEars } from "../charging/charging.ts";
import type { StationFacts } from "./door.ts";
import {
  DOWN_MS_MAX,
  DOWN_WAITING_MAX,
  MANAGED_DOWN_MS_MAX,
  PING_EVERY_MS,
  SILENT_HEARTBEATS_MAX,
  SILENT_MS_MAX,
} from "./limits.ts";
import { type Live, laterOf } from "./registry.ts";

export type SocketPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly desk: CallDesk;
  /** Hears every CALL before its answer, answers some itself, and calls stations of its own accord. */
  readonly charging: ChargingEars;
  /** How the bundle in force wants this station handled. */
  handling(station: StationId): Handling;
  /** What one station may say in the long run, where it is more or less than usual. */
  readonly framesPerSecond?: number | undefined;
  /** Heartbeats that are granted here, s. */
  heartbeatIntervalS(): number;
  /** For the CSMS to count: what a station did beside its CALLs. Once a rule and socket. */
  deviated(station: StationId, deviation: Deviation): void;
};

export type Seat = {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly claim: Claim;
  readonly facts: StationFacts | undefined;
  readonly leave: Leave | undefined;
  readonly generation: number;
};

export class StationSocket implements Live {
  readonly seat: Seat;
  readonly closed: Promise<{ code: number; reason: string }>;
  private pongAtMs: number | undefined;
  private readonly session: OcppSession;
  private readonly ports: SocketPorts;
  private readonly told = new Set<string>();

  constructor(seat: Seat, wire: Wire, ports: SocketPorts) {
    const { clock, chance, log, desk, charging } = ports;
    const tolerant = () => !ports.handling(seat.station).strict;
    const { station, version } = seat;
    const from = { station, version };
    this.seat = seat;
    this.ports = ports;
    this.session = new OcppSession({
      wire,
      version,
      role: "csms",
      clock,
      log,
      newId: () => `s-${hex(chance, 15)}` as MessageId,
      onCall: async (call, raw, deviations) => {
        const answer = await charging.hear(from, call, () => desk.answer(from, call, raw, deviations));
        return answer ?? { kind: "silence" };
      },
      onInvalidCall: async (call, raw, invalid) =>
        tolerant()
          ? charging.hear(from, call, () => desk.answerInvalid(from, { call, raw, invalid }))
          : undefined,
      tolerant,
      onSend: async (_send, raw) => desk.passUp(from, raw),
      onResultError: (_error, raw) => desk.passUp(from, raw),
      onFault: ({ reason }) => this.noticed(notice("frame-unreadable", reason)),
      onPong: () => (this.pongAtMs = clock.now().monotonicMs),
      quietUntilFirstCall: true,
      keepAlive: {
        pingEveryMs: PING_EVERY_MS,
        silentMsMax: SILENT_MS_MAX,
        unansweredMsMax: () => SILENT_HEARTBEATS_MAX * ports.heartbeatIntervalS() * 1_000,
        pinged: () => ports.handling(station).pinged,
      },
      limits: {
        queuedCallsMax: DOWN_WAITING_MAX,
        ...(ports.framesPerSecond !== undefined && framesPerSecond(ports.framesPerSecond)),
      },
    });
    // The bundle has accepted it; whether the CSMS has, is the CSMS's answer to its boot.
    this.session.markAccepted();
    this.closed = this.session.closed.then((end) => {
      if (end.reason === COMPRESSED_UNASKED) this.noticed(notice("compressed-unasked", end.reason));
      return end;
    });
  }

  get aliveAtMs(): number | undefined {
    return laterOf(this.pongAtMs, this.session.unreadAtMs);
  }
  get generation(): number {
    return this.seat.generation;
  }
  get claim(): Claim {
    return this.seat.claim;
  }
  ping(): void {
    this.session.ping();
  }
  close(code: number, reason: string): void {
    this.session.close(code, reason);
  }

  /** A CALL of the site's own. */
  call(
    action: string,
    payload: JsonObject,
    options: { timeoutMs: number; first?: boolean },
  ): Promise<CallOutcome> {
    return this.session.call(action, payload, options);
  }

  /** Passes a CALL of the CSMS on, and its answer back; nothing comes back where the station says nothing in time. */
  async down(call: Call, text: string, reply: (frame: string) => void): Promise<void> {
    // A station has one CALL at a time: at a managed one the next may be a limit that protects a fuse.
    const timeoutMs = this.ports.charging.manages(this.seat.station) ? MANAGED_DOWN_MS_MAX : DOWN_MS_MAX;
    const outcome = await this.session.callVerbatim(call, text, { timeoutMs });
    if (outcome.kind === "result" || outcome.kind === "error") return reply(outcome.raw);
    if (outcome.kind === "busy")
      return reply(refusal(call, this.seat.version, "too many calls wait for this station"));
    // The CSMS judges the station's own words, and shows them (QUIRKS 43); it finds the id at their head.
    if (outcome.kind === "invalid" && outcome.raw !== "") reply(outcome.raw);
  }

  /** Passes the CSMS's CALLRESULTERROR on: it could not process what this station answered it. */
  dispute(text: string): void {
    this.session.passOn(text);
  }

  private noticed(deviation: Deviation): void {
    if (this.told.has(deviation.rule)) return;
    this.told.add(deviation.rule);
    this.ports.deviated(this.seat.station, deviation);
  }
}

/** Reads what the CSMS has for a station: its CALL, or its CALLRESULTERROR (2.1); undefined where it is neither. */
export function downIn(frame: string, version: OcppVersion): Call | CallResultError | undefined {
  const parsed = parseFrame(frame, version);
  if (parsed.kind === "fault") return undefined;
  return parsed.frame.kind === "call" || parsed.frame.kind === "result-error" ? parsed.frame : undefined;
}

/** What the CSMS hears in the station's place. */
export const refusal = (call: Call, version: OcppVersion, sentence: string): string =>
  writeFrame(callError(call.id, "GenericError", sentence, version));

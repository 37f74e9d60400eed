/**
 * One direct socket of a station, from its opening to its end: every CALL is decided by the core before it is
 * answered, in the order of arrival, but for heartbeats that change nothing (pulse.ts); commands go the other way.
 *
 * An answer means durable: it leaves after `core.decide` resolved, which it does in the callback of the commit. Where
 * the store cannot take the message the station gets InternalError, and tries again; but a transaction message gets no
 * answer, and its socket is closed (1013): a CALLERROR would use up one of the attempts after which 1.6 drops it.
 */
import type { JsonObject, StationId, Wire } from "@wattward/kernel";
import {
  type Call,
  type CallAnswer,
  type CallOutcome,
  type Claim,
  COMPRESSED_UNASKED,
  type Deviation,
  framesPerSecond,
  type Handling,
  type Invalid,
  neverRefused,
  notice,
  OcppSession,
  type OcppVersion,
  type Send,
} from "@wattward/ocpp";
import type { Leave, SecurityProfile } from "@wattward/ocpp/ways-in";
import type { PeerFacts } from "@wattward/pki";
import { CoreError, type Route, type StationCall } from "../core/port.ts";
import { type LoggedWire, loggedWire } from "../message-log/logged-wire.ts";
import { verdictOf } from "../message-log/verdict.ts";
import { notStored } from "./frames.ts";
import { BOOT_QUIET_MS } from "./limits.ts";
import { type Watched, watched } from "./liveness.ts";
import { type ConnectionPorts, nodeOf } from "./ports.ts";
import { storePresence } from "./presence.ts";
import { Pulse } from "./pulse.ts";
import { Sends } from "./sends.ts";
import type { StationLink } from "./station-link.ts";
import { type Noticed, StationWatch } from "./station-watch.ts";

const direct: Route = { kind: "direct" };
const TRY_AGAIN = 1013;
const notApplied = { code: "InternalError", description: "it could not be applied; see the log" };

export type DirectAdmission = {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly claim: Claim;
  /** Its certificate; undefined where it came in by a password. */
  readonly facts: PeerFacts | undefined;
  /** The dispensation that it came in with; undefined where it showed a certificate. */
  readonly leave: Leave | undefined;
  /** Known to the inventory, and not waiting for a person. */
  readonly accepted: boolean;
  readonly handling: Handling;
};

export class DirectStation implements StationLink {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly claim: Claim;
  readonly facts: PeerFacts | undefined;
  readonly leave: Leave | undefined;
  readonly generation: number;
  readonly ready: Promise<void>;
  /** Resolves when the wire has ended and the core knows. */
  readonly gone: Promise<void>;
  readonly route = direct;
  open = true;
  private handling: Handling;
  private readonly ports: ConnectionPorts;
  private readonly watched: Watched;
  private readonly logged: LoggedWire;
  private readonly session: OcppSession;
  private readonly sends: Sends;
  private readonly pulse: Pulse;
  private readonly watch = new StationWatch();
  private becomeReady: () => void = () => {};

  /** `left` is called once, when the wire has ended; it says whether this was still the station's connection. */
  constructor(
    admitted: DirectAdmission,
    connection: { readonly wire: Wire; readonly generation: number; left(): boolean },
    ports: ConnectionPorts,
  ) {
    const { station, version, claim, facts, leave, accepted, handling } = admitted;
    this.handling = handling;
    this.station = station;
    this.version = version;
    this.claim = claim;
    this.facts = facts;
    this.leave = leave;
    this.generation = connection.generation;
    const log = ports.log.with({ station, generation: this.generation });
    const framesMax = ports.rates?.stationFramesPerSecond;
    this.ports = { ...ports, log };
    this.ready = new Promise((resolve) => (this.becomeReady = resolve));
    const cancelQuiet = ports.clock.after(BOOT_QUIET_MS, () => this.becomeReady());
    this.watched = watched(connection.wire, ports.clock, log, () => this.handling.pinged);
    this.logged = loggedWire(this.watched.wire, (sender, text) => {
      const receivedAtMs = ports.clock.now().wallMs;
      return ports.messages.seen({ station, version, sender, route: "direct", text, receivedAtMs });
    });
    this.sends = new Sends(direct, 1, this.ports);
    this.pulse = new Pulse(ports.clock);
    this.session = new OcppSession({
      wire: this.logged.wire,
      version,
      role: "csms",
      clock: ports.clock,
      log,
      newId: ports.newMessageId,
      onCall: (call, raw, deviations) => this.hear(call, raw, deviations),
      tolerant: () => this.tolerant,
      onInvalidCall: (call, raw, invalid) => this.answerInvalid(call, raw, invalid),
      onSend: (send, raw) => this.take(send, raw),
      onResultError: (error) => this.sends.disputed(station, version, error),
      onFault: ({ reason }) => this.deviated(notice("frame-unreadable", reason)),
      quietUntilFirstCall: true,
      ...(framesMax !== undefined && { limits: framesPerSecond(framesMax) }),
    });
    if (accepted) this.session.markAccepted();
    this.gone = this.session.closed.then(async ({ code, reason }) => {
      cancelQuiet();
      this.open = false;
      this.becomeReady();
      log.info("station-disconnected", { code, reason });
      if (reason === COMPRESSED_UNASKED) this.deviated(notice("compressed-unasked", reason));
      if (connection.left()) await this.tellPresence(false);
    });
  }

  /** It has its seat: from now on the core counts it as connected. */
  seated(): void {
    this.ports.log.info("station-connected", { version: this.version, address: this.claim.address });
    void this.tellPresence(true);
  }

  pongAgoMs(): number | undefined {
    return this.watched.pongAgoMs();
  }

  ping(): void {
    this.session.ping();
  }

  end(code: number, reason: string): void {
    this.open = false;
    this.session.close(code, reason);
  }

  call(action: string, payload: JsonObject, options: { timeoutMs: number }): Promise<CallOutcome> {
    return this.session.call(action, payload, options);
  }

  get tolerant(): boolean {
    return !this.handling.strict;
  }

  get closeDeaf(): boolean {
    return this.handling.closeDeaf === true;
  }

  /** An operator wants it handled otherwise: at once, but for the version, which belongs to the socket (QUIRKS 24). */
  handle(handling: Handling): void {
    this.handling = handling;
  }

  /** A transaction message past repair is set aside and acknowledged, unless the station is held strictly. */
  private async answerInvalid(
    call: Call,
    raw: string,
    { code, reason }: Invalid,
  ): Promise<CallAnswer | undefined> {
    if (this.tolerant && neverRefused.has(call.action))
      return this.answer(call, raw, { fault: { code, description: reason } });
    this.logged.become(raw, { verdict: "refused" });
    this.tell(this.watch.refused(call, code, this.ports.clock.now().monotonicMs));
    return undefined;
  }

  private tell(noticed: readonly Noticed[]): void {
    const { station, claim } = this;
    for (const { kind, detail } of noticed) {
      this.ports.tell({ kind, station, address: claim.address, detail });
    }
  }

  /** A heartbeat that changes nothing is told the time here, and costs the core nothing (AT-O7). */
  private async hear(call: Call, raw: string, deviations: readonly Deviation[]): Promise<CallAnswer> {
    const { clock, metrics, node } = this.ports;
    this.tell(this.watch.heard(call, clock.now().monotonicMs));
    const known = node?.stands() === false ? undefined : this.pulse.answerTo(call.action);
    if (known === undefined) return this.answer(call, raw, { deviations });
    const { version } = this;
    metrics.count("wattward_messages_total", { version, action: call.action, outcome: known.kind });
    this.logged.become(raw, { verdict: "valid" });
    return known;
  }

  private deviated(deviation: Deviation): void {
    this.ports.deviated(this.station, direct, [deviation]);
  }

  private async answer(
    heard: Call,
    raw: string,
    found: Pick<StationCall, "deviations" | "fault">,
  ): Promise<CallAnswer> {
    const { id, action, payload } = heard;
    const { core, clock, log, metrics, newTrace } = this.ports;
    const { station, version } = this;
    const { wallMs, quality } = clock.now();
    const trace = newTrace();
    const received = { trace, receivedAtMs: wallMs, clockQuality: quality };
    try {
      const call = { station, route: direct, version, id, action, payload, ...received, ...found };
      const answer = await core.decide("station.call", call);
      this.pulse.heard(action, answer);
      metrics.count("wattward_messages_total", { version, action, outcome: answer.kind });
      log.debug("call-answered", { action, trace, outcome: answer.kind });
      this.logged.become(raw, { trace, verdict: verdictOf(found, answer.kind) });
      if (answer.kind === "result") this.noteInterval(action, answer.payload);
      return answer;
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      // Shutting down: no answer is the honest one, the station asks again after it has reconnected.
      if (error.kind === "closed" || error.kind === "fenced") return { kind: "silence" };
      metrics.count("wattward_messages_total", { version, action, outcome: "refused" });
      log.error("call-not-stored", { action, trace, error: error.message });
      if (!neverRefused.has(action)) return notStored;
      // Our own fault, and it would be again: a person looks at it, and the station is not told to try until it gives up.
      if (error.kind === "broken")
        return found.fault === undefined ? this.answer(heard, raw, { fault: notApplied }) : notStored;
      this.end(TRY_AGAIN, "it could not be stored: come again");
      return { kind: "silence" };
    } finally {
      this.becomeReady();
    }
  }

  private async take({ id, action, payload }: Send, raw: string): Promise<void> {
    const { clock, newTrace } = this.ports;
    const { wallMs: receivedAtMs, quality: clockQuality } = clock.now();
    const { station, version } = this;
    const trace = newTrace();
    const head = { station, version, trace, receivedAtMs, clockQuality };
    const outcome = await this.sends.take({ ...head, id, action, payload });
    this.logged.become(raw, { trace, verdict: outcome === "taken" ? "valid" : "refused" });
  }

  /** The granted heartbeat interval decides how long silence is no death (QUIRKS 29). */
  private noteInterval(action: string, { interval }: JsonObject): void {
    if (action === "BootNotification" && typeof interval === "number") this.watched.granted(interval);
  }

  private async tellPresence(connected: boolean): Promise<void> {
    const { station, version, generation, claim } = this;
    const { address } = claim;
    const securityProfile: SecurityProfile = claim.securityProfile ?? 3;
    const at = { address, securityProfile, atMs: this.ports.clock.now().wallMs };
    const input = { station, route: direct, connected, generation, version, ...at, ...nodeOf(this.ports) };
    const still = () => !connected || this.open;
    const where = await storePresence({ name: "station.presence", input, still }, this.ports);
    if (where !== undefined && connected)
      this.end(TRY_AGAIN, "another connection of the same identity came first");
  }
}

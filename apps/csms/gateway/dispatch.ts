/**
 * Brings commands to their stations: the last steps of the one door. The store holds what is due; this takes it when
 * the station is there, sends it, and records what came of it.
 *
 * Always true: one command at a time per station, also across its reconnects; none is sent twice (it was marked as
 * sent, durably, before it left); an outcome that is not known is recorded as unknown, never guessed.
 */
import type { Cancel, Clock, JsonObject, Log, StationId } from "@wattward/kernel";
import { type CallOutcome, notice, type OcppVersion } from "@wattward/ocpp";
import type { CommandOutcome, Core, DueCommand } from "../core/port.ts";
import { runCommand } from "./command-run.ts";
import { Hearing } from "./hearing.ts";
import { COMMAND_ANSWER_MS_MAX, COMMAND_RETRY_MS, DEAF_TRY_EVERY_MS } from "./limits.ts";
import type { Observer } from "./observer.ts";
import type { ConnectionPorts, GatewayNode } from "./ports.ts";
import { lookBefore, type NotInForce } from "./profile-look.ts";
import { retriedShorter } from "./shorter-list.ts";
import type { StationLink } from "./station-link.ts";

export type DispatchPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  readonly linkOf: (station: StationId) => StationLink | undefined;
  readonly observer: Pick<Observer, "observe">;
  readonly deviated: ConnectionPorts["deviated"];
  readonly node?: GatewayNode;
};

type Ended = Omit<CommandOutcome, "id" | "atMs">;

export class Dispatch {
  private readonly ports: DispatchPorts;
  private readonly busy = new Set<StationId>();
  private readonly wokenAgain = new Set<StationId>();
  private readonly hearing = new Hearing();
  /** Deaf stations whose next try is set. */
  private readonly waiting = new Map<StationId, Cancel>();
  private stopped = false;

  constructor(ports: DispatchPorts) {
    this.ports = ports;
  }

  /** Something may be due for this station: a command was requested, or it connected. Returns at once. */
  wake(station: StationId): void {
    if (this.stopped) return;
    if (this.busy.has(station)) {
      this.wokenAgain.add(station);
      return;
    }
    this.busy.add(station);
    void this.serve(station);
  }

  /** It has connected: one that was deaf may hear now, and is asked as soon as it may be called. */
  arrived(station: StationId): void {
    const link = this.ports.linkOf(station);
    if (this.hearing.isDeaf(station)) void link?.ready.then(() => this.probe(station));
    else this.wake(station);
  }

  /** What is on its way is still recorded; nothing new is taken. */
  stop(): void {
    this.stopped = true;
    for (const cancel of this.waiting.values()) cancel();
  }

  private async serve(station: StationId): Promise<void> {
    const { clock, log } = this.ports;
    try {
      do {
        this.wokenAgain.delete(station);
        while (!this.stopped && (await this.serveOne(station)));
      } while (!this.stopped && this.wokenAgain.has(station));
    } catch (error) {
      log.error("command-not-served", { station, error: String(error) });
      if (!this.stopped) clock.after(COMMAND_RETRY_MS, () => this.wake(station));
    } finally {
      this.busy.delete(station);
    }
  }

  /** Takes one and sees it through; false where nothing was due, or the station is not there. */
  private async serveOne(station: StationId): Promise<boolean> {
    const { core, clock, node } = this.ports;
    const link = this.ports.linkOf(station);
    if (link === undefined || !link.open) return false;
    await link.ready;
    // Its commands wait, and expire by themselves; what it is asked meanwhile is a probe.
    if (!link.open || this.hearing.isDeaf(station)) return false;
    const [due] = await core.decide("command.take", {
      station,
      atMs: clock.now().wallMs,
      most: 1,
      ...(node && { holder: { node: node.id, generation: link.generation } }),
    });
    if (due === undefined) return false;
    await this.record(due, await this.send(due, link));
    return true;
  }

  private async send(due: DueCommand, link: StationLink): Promise<Ended> {
    const leftMs = due.expiresAtMs - this.ports.clock.now().wallMs;
    const unsent = (description: string): Ended => ({
      state: "failed",
      outcome: { error: "not-sent", description },
    });
    if (leftMs <= 0) return unsent("it expired before it could be sent");
    if (!link.open) return unsent("the station disconnected before it could be sent");
    // A process that was stopped between taking and sending: another may have the station by now.
    if (this.ports.node?.stands() === false)
      return unsent("this node lost its lease before it could be sent");
    const looked = await lookBefore(link, due, this.ports.clock.now().wallMs);
    const { outcomes, ...result } = await runCommand(link, due, this.ports.clock);
    for (const outcome of outcomes) this.notice(link, due.action, outcome);
    if (result.state === "accepted") this.tellNotInForce(link, await looked?.after());
    if (result.state !== "refused" || !link.tolerant) return result;
    const shorter = await retriedShorter(link, due, Math.min(COMMAND_ANSWER_MS_MAX, leftMs));
    if (shorter === undefined) return result;
    this.ports.deviated(link.station, link.route, [notice("list-too-long", String(due.payload["value"]))]);
    return { ...result, ...shorter };
  }

  /** Accepted, and something else holds there (AT-C4). */
  private tellNotInForce({ station }: StationLink, found: NotInForce | undefined): void {
    if (found === undefined) return;
    const detail = { ...found, meant: [...found.meant] };
    this.ports.observer.observe({ kind: "gateway.profile-not-in-force", station, address: "", detail });
  }

  /** What an answer, or none, says about the station. */
  private notice(link: StationLink, action: string, outcome: CallOutcome): void {
    const { deviated } = this.ports;
    const { station, route } = link;
    if (outcome.kind === "result" || outcome.kind === "error")
      deviated(station, route, outcome.deviations ?? []);
    if (outcome.kind === "invalid" && outcome.raw !== "") {
      deviated(station, route, [notice("reply-invalid", `${action}: ${outcome.reason}`)]);
    }
    const changed = this.hearing.heard(station, outcome.kind);
    if (changed === "deaf") deviated(station, route, [notice("answers-no-call", action)]);
    if (changed !== undefined) this.tellHearing(link, changed === "deaf", action);
  }

  /** The store shows it to people, and remembers it no longer than until the station answers. */
  private tellHearing(link: StationLink, deaf: boolean, action: string): void {
    const { core, clock, log } = this.ports;
    const { station } = link;
    log.info(deaf ? "station-deaf" : "station-hears", { station, action });
    core
      .decide("station.hearing", { station, deaf, action, atMs: clock.now().wallMs })
      .catch((error: unknown) => log.error("hearing-not-stored", { station, deaf, error: String(error) }));
    if (deaf && link.closeDeaf) link.end(DEAF_CLOSED, "it answers no call: it may connect anew");
    else if (deaf) this.probeLater(station);
  }

  /**
   * A deaf station is asked something harmless now and then, until it answers: no command is risked to find out, and
   * those that wait go at once when it hears.
   */
  private probeLater(station: StationId): void {
    this.waiting.get(station)?.();
    this.waiting.set(
      station,
      this.ports.clock.after(DEAF_TRY_EVERY_MS, () => {
        this.waiting.delete(station);
        void this.probe(station);
      }),
    );
  }

  private async probe(station: StationId): Promise<void> {
    const link = this.ports.linkOf(station);
    if (this.stopped || link === undefined || !link.open || !this.hearing.isDeaf(station)) return;
    if (this.busy.has(station)) return this.probeLater(station);
    this.busy.add(station);
    const { action, payload } = harmless(link.version);
    const outcome = await link.call(action, payload, { timeoutMs: COMMAND_ANSWER_MS_MAX });
    this.busy.delete(station);
    this.notice(link, action, outcome);
    if (!this.hearing.isDeaf(station)) this.wake(station);
    else if (!this.stopped) this.probeLater(station);
  }

  /** The outcome exists only here until it is stored: a store that is full for a while must not lose it. */
  private async record(due: DueCommand, ended: Ended): Promise<void> {
    const { core, clock, log } = this.ports;
    const atMs = clock.now().wallMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await core.decide("command.outcome", { id: due.id, ...ended, atMs });
      } catch (error) {
        log.error("command-outcome-not-stored", { command: due.id, attempt, error: String(error) });
        if (this.stopped || attempt >= OUTCOME_ATTEMPTS_MAX) throw error;
        await new Promise<void>((resolve) => void clock.after(COMMAND_RETRY_MS, resolve));
      }
    }
  }
}

const OUTCOME_ATTEMPTS_MAX = 20;
/** WebSocket close code: nothing is wrong with its frames (RFC 6455 §7.4.1). */
const DEAF_CLOSED = 1001;

/** Both sides know it, and it changes nothing: how often the station beats. */
function harmless(version: OcppVersion): { action: string; payload: JsonObject } {
  if (version === "1.6") return { action: "GetConfiguration", payload: { key: ["HeartbeatInterval"] } };
  const asked = { component: { name: "OCPPCommCtrlr" }, variable: { name: "HeartbeatInterval" } };
  return { action: "GetVariables", payload: { getVariableData: [asked] } };
}

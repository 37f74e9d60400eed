/**
 * Brings commands to their stations: the last steps of the one door. The store holds what is due; this takes it when
 * the station is there, sends it, and records what came of it.
 *
 * Always true: one command at a time per station, also across its reconnects; none is sent twice (it was marked as
 * sent, durably, before it left); an outcome that is not known is recorded as unknown, never guessed.
 */
import type { Cancel, Clock, Log, StationId } from "@wattward/kernel";
import { type CallOutcome, notice } from "@wattward/ocpp";
import type { Core, DueCommand } from "../core/port.ts";
import { Hearing } from "./hearing.ts";
import { COMMAND_ANSWER_MS_MAX, COMMAND_RETRY_MS } from "./limits.ts";
import type { Observer } from "./observer.ts";
import { type Judged, judged } from "./outcome.ts";
import type { ConnectionPorts, GatewayNode } from "./ports.ts";
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

  /** It has connected: one that was deaf may hear now. */
  arrived(station: StationId): void {
    this.hearing.connected(station);
    this.wake(station);
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
    if (!link.open || this.waitsForDeaf(station)) return false;
    const [due] = await core.decide("command.take", {
      station,
      atMs: clock.now().wallMs,
      most: 1,
      ...(node && { holder: { node: node.id, generation: link.generation } }),
    });
    if (due === undefined) return false;
    const { state, outcome } = await this.send(due, link);
    await this.record(due, { state, outcome });
    return true;
  }

  /** A deaf station is called seldom; its commands wait, and expire by themselves. */
  private waitsForDeaf(station: StationId): boolean {
    const { clock } = this.ports;
    this.waiting.get(station)?.();
    this.waiting.delete(station);
    const waitMs = this.hearing.waitMs(station, clock.now().monotonicMs);
    if (waitMs === 0) return false;
    this.waiting.set(
      station,
      clock.after(waitMs, () => this.wake(station)),
    );
    return true;
  }

  private async send(due: DueCommand, link: StationLink): Promise<Judged> {
    const leftMs = due.expiresAtMs - this.ports.clock.now().wallMs;
    const unsent = (description: string): Judged => ({
      state: "failed",
      outcome: { error: "not-sent", description },
    });
    if (leftMs <= 0) return unsent("it expired before it could be sent");
    if (!link.open) return unsent("the station disconnected before it could be sent");
    // A process that was stopped between taking and sending: another may have the station by now.
    if (this.ports.node?.stands() === false)
      return unsent("this node lost its lease before it could be sent");
    const timeoutMs = Math.min(COMMAND_ANSWER_MS_MAX, leftMs);
    const outcome = await link.call(due.action, due.payload, { timeoutMs });
    this.learn(link, due, outcome);
    const result = judged(outcome);
    if (result.state !== "refused" || !link.tolerant) return result;
    const shorter = await retriedShorter(link, due, timeoutMs);
    if (shorter === undefined) return result;
    this.ports.deviated(link.station, link.route, [notice("list-too-long", String(due.payload["value"]))]);
    return shorter;
  }

  /** What an answer, or none, says about the station. */
  private learn(link: StationLink, { action }: DueCommand, outcome: CallOutcome): void {
    const { clock, observer, deviated } = this.ports;
    const { station, route, claim } = link;
    if (outcome.kind === "result" || outcome.kind === "error")
      deviated(station, route, outcome.deviations ?? []);
    if (outcome.kind === "invalid" && outcome.raw !== "") {
      deviated(station, route, [notice("reply-invalid", `${action}: ${outcome.reason}`)]);
    }
    const changed = this.hearing.heard(station, outcome.kind, clock.now().monotonicMs);
    if (changed === "deaf") deviated(station, route, [notice("answers-no-call", action)]);
    if (changed === undefined) return;
    const kind = changed === "deaf" ? "gateway.station-deaf" : "gateway.station-hears";
    observer.observe({ kind, station, address: claim.address, detail: { action } });
  }

  /** The outcome exists only here until it is stored: a store that is full for a while must not lose it. */
  private async record(due: DueCommand, { state, outcome }: Judged): Promise<void> {
    const { core, clock, log } = this.ports;
    const atMs = clock.now().wallMs;
    for (let attempt = 1; ; attempt++) {
      try {
        return await core.decide("command.outcome", { id: due.id, state, outcome, atMs });
      } catch (error) {
        log.error("command-outcome-not-stored", { command: due.id, attempt, error: String(error) });
        if (this.stopped || attempt >= OUTCOME_ATTEMPTS_MAX) throw error;
        await new Promise<void>((resolve) => void clock.after(COMMAND_RETRY_MS, resolve));
      }
    }
  }
}

const OUTCOME_ATTEMPTS_MAX = 20;

/**
 * This process as one of several on one database (ADR 5): it joins, renews its lease, watches the others' beats, and
 * falls silent by itself when it cannot renew.
 *
 *     out ── node.start ──▶ in ── no renewal for FENCE_AFTER_MS, or buried ──▶ losing: sockets close ──▶ out ──▶ …
 *
 * Safe without common clocks: B first sees a beat of A after A asked for it, and buries A DEAD_AFTER_MS later by B's own
 * monotonic clock; A closes FENCE_AFTER_MS, which is less, after asking, by A's. A process that was stopped for longer
 * than that finds its lease run out before it decides anything ({@link Membership.stands}); what it had under way
 * meanwhile is refused by the database, because its incarnation is over (store/writer.ts).
 */
import { type Cancel, type Clock, every, type Log, sleep } from "@wattward/kernel";
import type { Core, NodeStart, NodeStarted } from "../core/port.ts";
import type { Metrics } from "../metrics/metrics.ts";
import {
  BEAT_EVERY_MS,
  DEAD_AFTER_MS,
  FENCE_AFTER_MS,
  JOIN_ATTEMPTS_MAX,
  JOIN_RETRY_MS,
  SUSPECT_AFTER_MS,
} from "./limits.ts";

export type SeenNode = { readonly id: string; readonly incarnation: number; readonly beats: number };

/** The heart: on a connection of its own, so that nobody's commit holds it up. */
export interface Beats {
  /** Raises the beats of this life. Rejects where the database cannot be reached. */
  renew(life: Life): Promise<{ readonly standing: boolean; readonly nodes: readonly SeenNode[] }>;
  close(): Promise<void>;
}

export type Life = { readonly id: string; readonly incarnation: number };

/** The operator's fault or another node's right: a sentence that says what to do. */
export class NodeRefused extends Error {
  override readonly name = "NodeRefused";
}

export type MembershipPorts = {
  /** Not the one that asks this lease first. */
  readonly core: Pick<Core, "decide">;
  readonly beats: Beats;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** It may not come in again: the process has no work left. */
  readonly fatal: (error: NodeRefused) => void;
};

type State =
  | { readonly kind: "out"; readonly why: string }
  | { readonly kind: "in"; renewedAtMs: number }
  | { readonly kind: "left" };
type Follower = { lost(): Promise<void>; joined(): void };
type Watched = SeenNode & { readonly sinceMs: number };

export class Membership {
  readonly id: string;
  /** Of this database; known once it has joined. */
  cluster = "";
  private readonly as: Omit<NodeStart, "atMs">;
  private readonly ports: MembershipPorts;
  private readonly watched = new Map<string, Watched>();
  private readonly burying = new Set<string>();
  private followers: Follower[] = [];
  private state: State = { kind: "out", why: "it has not joined yet" };
  private incarnation = 0;
  private renewing = false;
  private stopBeating: Cancel = () => {};

  constructor(as: Omit<NodeStart, "atMs">, ports: MembershipPorts) {
    this.id = as.id;
    this.as = as;
    this.ports = ports;
  }

  /** Comes in, waiting out whoever may be dead. Throws {@link NodeRefused} and what the core rejects with. */
  async join(): Promise<void> {
    await this.enter();
    this.stopBeating = every(this.ports.clock, BEAT_EVERY_MS, () => void this.beat());
  }

  life(): Life {
    return { id: this.id, incarnation: this.incarnation };
  }

  /** Asked before anything is decided: a lease that has run out is lost here, not at the next beat. */
  stands(): boolean {
    if (this.state.kind !== "in") return false;
    if (this.leftMs(this.state) > 0) return true;
    this.lose(`its lease could not be renewed for ${FENCE_AFTER_MS} ms`);
    return false;
  }

  /** Others whose beats have stood still for a while. */
  silent(): readonly string[] {
    const { nowMs } = this;
    const still = [...this.watched.values()].filter(({ sinceMs }) => nowMs - sinceMs >= SUSPECT_AFTER_MS);
    return still.map(({ id }) => id);
  }

  /** How many live, as far as is seen from here, this one included. */
  liveNodes(): number {
    return this.watched.size - this.silent().length + (this.stands() ? 1 : 0);
  }

  follow(follower: Follower): void {
    this.followers.push(follower);
  }

  /** Why it does nothing now, for `/readyz`; undefined while it stands. */
  trouble(): string | undefined {
    if (this.stands()) return undefined;
    return this.state.kind === "out" ? this.state.why : "it has left";
  }

  /** The database said that this life is over. */
  refused(): void {
    this.lose("another node has taken it for dead");
  }

  /** To be called when its sockets are closed. Does nothing the second time. */
  async leave(): Promise<void> {
    const { core, beats, clock, log } = this.ports;
    const stood = this.state.kind === "in";
    if (this.state.kind === "left") return;
    this.state = { kind: "left" };
    this.stopBeating();
    try {
      if (stood) await core.decide("node.stop", { ...this.life(), atMs: clock.now().wallMs });
    } catch (error) {
      // The others find out by its beats.
      log.warn("node-not-stopped", { error: String(error) });
    }
    await beats.close();
  }

  private async enter(): Promise<void> {
    const { core, clock, log } = this.ports;
    for (let attempt = 1; ; attempt += 1) {
      const { wallMs: atMs, monotonicMs } = clock.now();
      const started = await core.decide("node.start", this.asking(atMs));
      if (started.kind === "started") {
        this.incarnation = started.incarnation;
        this.cluster = started.cluster;
        this.state = { kind: "in", renewedAtMs: monotonicMs };
        this.watched.clear();
        log.info("node-joined", { node: this.id, incarnation: started.incarnation });
        return;
      }
      if (started.kind === "other-operator") throw new NodeRefused(otherOperator);
      if (attempt > JOIN_ATTEMPTS_MAX) throw new NodeRefused(occupied(started));
      await this.outwait(started);
    }
  }

  private asking(atMs: number): NodeStart {
    return { ...this.as, ...(this.incarnation > 0 && { after: this.incarnation }), atMs };
  }

  /** Whoever is in the way either beats, and stays, or is dead, and goes. */
  private async outwait(started: Occupied): Promise<void> {
    const { core, clock, log } = this.ports;
    const { by } = started;
    log.warn("node-waits", { for: by.id, say: `if ${by.id} is dead, it is known in ${DEAD_AFTER_MS} ms` });
    await sleep(clock, DEAD_AFTER_MS);
    const atMs = clock.now().wallMs;
    const buried = await core.decide("node.bury", { ...by, by: this.id, atMs });
    if (buried) return;
    const again = await core.decide("node.start", this.asking(atMs));
    // Started after all: it is started once more, under the next incarnation.
    if (again.kind === "occupied" && again.by.id === by.id) throw new NodeRefused(occupied(again));
  }

  private async beat(): Promise<void> {
    const { beats, log } = this.ports;
    const { state, incarnation } = this;
    if (state.kind !== "in" || !this.stands() || this.renewing) return;
    this.renewing = true;
    const askedAtMs = this.nowMs;
    try {
      const { standing, nodes } = await beats.renew(this.life());
      // Lost meanwhile, and perhaps won again: this answer is of another life.
      if (this.state !== state || this.incarnation !== incarnation) return;
      if (!standing) return this.refused();
      state.renewedAtMs = askedAtMs;
      this.watch(nodes);
    } catch (error) {
      log.warn("node-not-renewed", { error: String(error) });
    } finally {
      this.renewing = false;
    }
  }

  private watch(nodes: readonly SeenNode[]): void {
    const { nowMs } = this;
    for (const id of this.watched.keys()) if (!nodes.some((node) => node.id === id)) this.watched.delete(id);
    for (const node of nodes) {
      if (node.id === this.id) continue;
      const known = this.watched.get(node.id);
      const same = known?.beats === node.beats && known.incarnation === node.incarnation;
      if (!same) this.watched.set(node.id, { ...node, sinceMs: nowMs });
      else if (nowMs - known.sinceMs >= DEAD_AFTER_MS) void this.bury(known);
    }
  }

  private async bury({ id, incarnation, beats }: SeenNode): Promise<void> {
    const { core, clock, log } = this.ports;
    if (this.burying.has(id)) return;
    this.burying.add(id);
    try {
      const atMs = clock.now().wallMs;
      const buried = await core.decide("node.bury", { id, incarnation, beats, by: this.id, atMs });
      if (buried) log.warn("node-buried", { node: id, incarnation });
    } catch (error) {
      log.warn("node-not-buried", { node: id, error: String(error) });
    } finally {
      this.burying.delete(id);
    }
  }

  private lose(why: string): void {
    if (this.state.kind !== "in") return;
    this.state = { kind: "out", why };
    const { log, metrics } = this.ports;
    log.error("node-fenced", { node: this.id, incarnation: this.incarnation, say: why });
    metrics.count("wattward_node_fenced_total", {});
    void this.comeBack();
  }

  private async comeBack(): Promise<void> {
    const { clock, log, fatal } = this.ports;
    await Promise.all(this.followers.map((follower) => follower.lost()));
    while (this.state.kind === "out") {
      try {
        await this.enter();
      } catch (error) {
        if (error instanceof NodeRefused) return fatal(error);
        log.warn("node-not-joined", { error: String(error) });
        await sleep(clock, JOIN_RETRY_MS);
      }
    }
    if (this.state.kind === "in") for (const follower of this.followers) follower.joined();
  }

  /** Without a bus nobody else may start beside it, and what it cannot write it cannot answer: no time runs. */
  private leftMs({ renewedAtMs }: State & { kind: "in" }): number {
    return this.as.bus === "none" ? 1 : FENCE_AFTER_MS - (this.nowMs - renewedAtMs);
  }

  private get nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}

type Occupied = NodeStarted & { kind: "occupied" };

const otherOperator =
  "this database belongs to other authorities than those in the data folder: bring keys/ and pki/ of the node that made it (docs/nodes.md)";

const occupied = ({ why, by }: Occupied): string =>
  why === "name-taken"
    ? `another process runs on this database as node '${by.id}', from another data folder or a copy of this one: stop it, or give this one a name with --node`
    : `another process, node '${by.id}', runs on this database: stop it, or give both --nats URL (docs/nodes.md)`;

/**
 * The connections of each client, bounded together: how many there are, and how fast one who is refused all the time is read, for its
 * refusals cost time that others wait for.
 */
import type { ClientName } from "@wattward/guard";
import type { Clock } from "@wattward/kernel";
import type { Way } from "./identify.ts";
import { DENIAL_WINDOW_MS, DENIALS_PER_WINDOW } from "./limits.ts";
import type { Master } from "./master.ts";

/** Of a client without connections. */
const FORGOTTEN_MS = 10_000;

type State = { windowFromMs: number; refusals: number; readonly masters: Set<Master> };

export class Clients {
  private readonly clock: Clock;
  private readonly states = new Map<ClientName, State>();
  private readonly ways = new Map<Master, Way>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Every connection, with the way that it came. */
  get masters(): ReadonlyMap<Master, Way> {
    return this.ways;
  }

  hasRoom(client: ClientName, linksMax: number): boolean {
    return (this.states.get(client)?.masters.size ?? 0) < linksMax;
  }

  add(master: Master, way: Way): void {
    this.ways.set(master, way);
    const state = this.stateOf(master);
    state.masters.add(master);
    // To connect anew is no way around the window.
    if (state.refusals >= DENIALS_PER_WINDOW) master.hold();
  }

  remove(master: Master): void {
    this.ways.delete(master);
    this.stateOf(master).masters.delete(master);
  }

  /** One more refusal of this client; beyond so many in a window none of its connections is read until the window is over. */
  refused(master: Master): void {
    const state = this.stateOf(master);
    const nowMs = this.clock.now().monotonicMs;
    if (nowMs - state.windowFromMs >= DENIAL_WINDOW_MS) {
      state.windowFromMs = nowMs;
      state.refusals = 0;
    }
    if (++state.refusals !== DENIALS_PER_WINDOW) return;
    for (const one of state.masters) one.hold();
    this.clock.after(DENIAL_WINDOW_MS, () => {
      state.windowFromMs = this.clock.now().monotonicMs;
      state.refusals = 0;
      for (const one of state.masters) one.release();
    });
  }

  sweep(): void {
    const now = this.clock.now();
    const nowMs = now.monotonicMs;
    for (const master of [...this.ways.keys()]) master.sweep(now);
    for (const [name, { masters, windowFromMs }] of this.states)
      if (masters.size === 0 && nowMs - windowFromMs > FORGOTTEN_MS) this.states.delete(name);
  }

  endAll(): void {
    for (const master of [...this.ways.keys()]) master.end();
  }

  private stateOf({ client: { name } }: Master): State {
    const known = this.states.get(name);
    if (known !== undefined) return known;
    const made: State = { windowFromMs: Number.NEGATIVE_INFINITY, refusals: 0, masters: new Set() };
    this.states.set(name, made);
    return made;
  }
}

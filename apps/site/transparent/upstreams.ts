/**
 * The ways to the CSMS, one per station: dials, remembers how it went, and keeps one station's refusals from costing
 * another anything.
 *
 *     station's upgrade ─▶ refused lately? ─▶ its turn ─▶ dial ─▶ wire │ the CSMS's own refusal
 *
 * Always true: one attempt per station at a time, {@link DIALS_MAX} of all; a station that dials faster than the back-off
 * of its own failures gets the last refusal again, without the CSMS being asked; what is remembered is bounded.
 */
import {
  backoffMs,
  type Chance,
  type Clock,
  type Dialer,
  type DialFault,
  type StationId,
  sleep,
  type Wire,
} from "@wattward/kernel";
import { REMEMBERED_STATIONS_MAX } from "../stations/limits.ts";
import { DIAL_TURN_MS_MAX, DIALS_MAX, DIALS_WAITING_MAX, REDIAL_MS, STABLE_MS } from "./limits.ts";

/** A station's connection to the CSMS, for people: `open`, or why not. */
export type UpstreamState =
  | { readonly upstream: "dialling" }
  | { readonly upstream: "open"; readonly protocol: string }
  /** The CSMS said no; `status` of HTTP where it gave one. */
  | { readonly upstream: "refused"; readonly status?: number; readonly say: string }
  | { readonly upstream: "unreachable" | "untrusted"; readonly say: string }
  | { readonly upstream: "closed"; readonly by: "station" | "csms" | "site"; readonly code: number };

export type Dialled =
  | { readonly kind: "open"; readonly wire: Wire }
  /** `asked`: just now, not a refusal remembered. */
  | { readonly kind: "failed"; readonly fault: DialFault; readonly asked: boolean };

export type UpstreamsPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Under the station's own credentials, where it has some. */
  dialer(station: StationId): Dialer;
};

/** Failures in a row, and until when the last of them stands for the next. */
type Failing = { readonly attempts: number; readonly untilMs: number; readonly fault: DialFault };

const busy = (sentence: string): Dialled => ({
  kind: "failed",
  fault: { kind: "unreachable", sentence },
  asked: false,
});

export class Upstreams {
  private readonly ports: UpstreamsPorts;
  private readonly known = new Map<StationId, UpstreamState>();
  private readonly failing = new Map<StationId, Failing>();
  private readonly dialling = new Set<StationId>();
  private readonly waiting = new Set<() => void>();
  private dials = 0;

  constructor(ports: UpstreamsPorts) {
    this.ports = ports;
  }

  /** Every station that was heard of, oldest news first. */
  get states(): ReadonlyMap<StationId, UpstreamState> {
    return this.known;
  }

  /** Opens the station's own connection to the CSMS. Never rejects. */
  async dial(station: StationId, path: string, protocols: readonly string[]): Promise<Dialled> {
    const before = this.failing.get(station);
    if (before !== undefined && this.now() < before.untilMs) {
      return { kind: "failed", fault: before.fault, asked: false };
    }
    if (this.dialling.has(station)) return busy("an attempt in its name is under way");
    this.dialling.add(station);
    const had = await this.turn();
    if (!had) {
      this.dialling.delete(station);
      return busy("too many stations connect at once");
    }
    this.note(station, { upstream: "dialling" });
    const dialled = await this.ports.dialer(station).dial(path, protocols);
    this.done(station);
    if (!dialled.ok) return this.failed(station, dialled.fault);
    this.note(station, { upstream: "open", protocol: dialled.value.protocol });
    return { kind: "open", wire: dialled.value };
  }

  /** An open one has ended. One that the CSMS ends at once is a refusal like another. */
  ended(
    station: StationId,
    { by, code, lastedMs }: { by: "station" | "csms" | "site"; code: number; lastedMs: number },
  ): void {
    this.note(station, { upstream: "closed", by, code });
    if (by === "csms" && lastedMs < STABLE_MS) {
      this.remember(station, {
        kind: "unreachable",
        sentence: `the CSMS closed the connection with ${code}`,
      });
    } else this.failing.delete(station);
  }

  private failed(station: StationId, fault: DialFault): Dialled {
    const { kind, status, sentence: say } = fault;
    this.note(
      station,
      kind === "refused"
        ? { upstream: kind, ...(status !== undefined && { status }), say }
        : { upstream: kind, say },
    );
    this.remember(station, fault);
    return { kind: "failed", fault, asked: true };
  }

  private remember(station: StationId, fault: DialFault): void {
    const attempts = this.failing.get(station)?.attempts ?? 0;
    const untilMs = this.now() + backoffMs(this.ports.chance, attempts, REDIAL_MS);
    bounded(this.failing, station, { attempts: attempts + 1, untilMs, fault });
  }

  private note(station: StationId, state: UpstreamState): void {
    bounded(this.known, station, state);
  }

  /** False where it did not come in time. */
  private async turn(): Promise<boolean> {
    if (this.dials < DIALS_MAX) {
      this.dials++;
      return true;
    }
    if (this.waiting.size >= DIALS_WAITING_MAX) return false;
    return new Promise((resolve) => {
      const mine = () => {
        this.waiting.delete(mine);
        resolve(true);
      };
      this.waiting.add(mine);
      void sleep(this.ports.clock, DIAL_TURN_MS_MAX).then(() => this.waiting.delete(mine) && resolve(false));
    });
  }

  private done(station: StationId): void {
    this.dialling.delete(station);
    const [next] = this.waiting;
    // The turn goes on to whoever has waited longest.
    if (next !== undefined) next();
    else this.dials--;
  }

  private now(): number {
    return this.ports.clock.now().monotonicMs;
  }
}

/** The newest last; the oldest goes where there are too many. */
function bounded<V>(map: Map<StationId, V>, station: StationId, value: V): void {
  map.delete(station);
  map.set(station, value);
  const oldest = map.keys().next().value;
  if (map.size > REMEMBERED_STATIONS_MAX && oldest !== undefined) map.delete(oldest);
}

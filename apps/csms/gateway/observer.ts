/**
 * What the gateway saw that is no station message: refused certificates, suspected clones, hostile sites. Each becomes
 * a durable observation through the core, at a bounded rate: a peer that is refused a thousand times a second may
 * fill neither the store nor the view of people. What was left out is counted and told with the next one let through.
 */
import {
  type Clock,
  type JsonObject,
  type Log,
  type LogFields,
  type SiteId,
  type StationId,
  TokenBucket,
} from "@wattward/kernel";
import type { Core } from "../core/port.ts";
import { Buckets } from "./buckets.ts";
import { OBSERVATION_RATE, OBSERVATION_RATE_ALL, OBSERVED_SOURCES_MAX } from "./limits.ts";

export type Seen = {
  /** Stable, kebab-case, "gateway." before it: one can search for it. */
  readonly kind: string;
  readonly station?: StationId | undefined;
  readonly site?: SiteId | undefined;
  /** Where it came from; together with `kind` what the rate is counted by. */
  readonly address: string;
  readonly detail: JsonObject;
};

export class Observer {
  private readonly perSource = new Buckets(OBSERVATION_RATE, OBSERVED_SOURCES_MAX);
  private readonly all: TokenBucket;
  private leftOut = 0;
  private readonly ports: { core: Pick<Core, "decide">; clock: Clock; log: Log };

  constructor(ports: { core: Pick<Core, "decide">; clock: Clock; log: Log }) {
    this.ports = ports;
    this.all = new TokenBucket(OBSERVATION_RATE_ALL, ports.clock.now().monotonicMs);
  }

  /** Returns at once; whether it could be stored is told in the log. */
  observe(seen: Seen): void {
    const { core, clock, log } = this.ports;
    const { wallMs, monotonicMs } = clock.now();
    const { kind, station, site, address } = seen;
    const source = `${kind} ${address} ${station ?? ""}`;
    if (!this.perSource.take(source, monotonicMs) || !this.all.take(monotonicMs)) {
      this.leftOut += 1;
      return;
    }
    const detail: JsonObject = {
      ...seen.detail,
      address,
      ...(this.leftOut > 0 ? { leftOut: this.leftOut } : {}),
    };
    this.leftOut = 0;
    log.warn(kind, { station, site, ...why(seen.detail), address });
    const about = { ...(station === undefined ? {} : { station }), ...(site === undefined ? {} : { site }) };
    core.decide("observe", { kind, ...about, detail, atMs: wallMs }).catch((error: unknown) => {
      log.error("observation-not-stored", { kind, error: String(error) });
    });
  }
}

/** What of the detail the log needs to be of use at a station's first connection: why, and never more than a line. */
function why(detail: JsonObject): LogFields {
  const said = ["reason", "say", "why", "offered"].flatMap((name) => {
    const value = detail[name];
    return value === undefined ? [] : [[name, Array.isArray(value) ? value.join(" ") : String(value)]];
  });
  return Object.fromEntries(said);
}

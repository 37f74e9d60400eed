/**
 * What a site tells that it saw: so much at once and in the long run, each a row in the outbox, or counted where it is a deviation of one
 * of its stations that we have a name for. Nothing acknowledges one; what the store does not take ends the link, and the site tells
 * the last of them again on the next.
 */
import { type SiteId, TokenBucket } from "@wattward/kernel";
import { notice, noticed } from "@wattward/ocpp";
import { DEVIATION_OBSERVED, type SiteMessage } from "@wattward/sitelink";
import { CoreError, type CoreFault } from "../core/port.ts";
import { LINK_OBSERVATION_RATE } from "./limits.ts";
import type { LinkFailure } from "./link-wire.ts";
import type { ConnectionPorts } from "./ports.ts";

type Observed = Extract<SiteMessage, { t: "observed" }>;

/** A site may count what we have a name for, and nothing else. */
const noticedRules = new Map(noticed.map(({ rule }) => [`${DEVIATION_OBSERVED}${rule}`, rule]));
/** What the store may take another time. */
const laterPerhaps: ReadonlySet<CoreFault> = new Set(["full", "busy", "storage"]);

export class ObservationIntake {
  private readonly link: { readonly site: SiteId; fail(failure: LinkFailure): void };
  private readonly ports: Pick<ConnectionPorts, "core" | "clock" | "log" | "deviated">;
  private readonly rate: TokenBucket;

  constructor(link: ObservationIntake["link"], ports: ObservationIntake["ports"]) {
    this.link = link;
    this.ports = ports;
    this.rate = new TokenBucket(LINK_OBSERVATION_RATE, ports.clock.now().monotonicMs);
  }

  take({ kind, station, atMs, detail }: Observed): void {
    const { core, clock, log, deviated } = this.ports;
    const { site } = this.link;
    const rule = noticedRules.get(kind);
    const counted = rule !== undefined && station !== undefined;
    if (!this.rate.take(clock.now().monotonicMs)) {
      if (!counted) log.warn("observation-dropped", { kind });
      return;
    }
    if (counted) {
      deviated(station, { kind: "site", site }, [notice(rule, detail)]);
      return;
    }
    core
      .decide("observe", { kind, atMs, detail: { detail }, site, ...(station && { station }) })
      .catch((error: unknown) => this.notStored(kind, error));
  }

  private notStored(kind: string, error: unknown): void {
    this.ports.log.error("observation-not-stored", { kind, error: String(error) });
    if (!(error instanceof CoreError && laterPerhaps.has(error.kind))) return;
    const sentence = "What you saw could not be stored: come again, and tell it again.";
    this.link.fail({ whose: "ours", code: error.kind, sentence });
  }
}

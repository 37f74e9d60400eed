/**
 * Keeps one site's bundle up to date: compiled by the core, signed, sent when it is not the one the site has, by
 * version and by our epoch (after a restore the same version can be another bundle, ADR 26).
 * One that no site could take is not sent, for it would end the link each time: the site keeps its last good one, and people are told.
 * Asked again while it works, it works once more afterwards, so that the last change is always in what was sent.
 */
import type { Cancel, Log, SiteId, StationId } from "@wattward/kernel";
import { type Handling, usualHandling } from "@wattward/ocpp";
import {
  type Bundle,
  type CsmsMessage,
  parseBundle,
  SITE_MESSAGE_BYTES_MAX,
  type SignedBundle,
} from "@wattward/sitelink";
import { BUNDLE_AGAIN_MS } from "./limits.ts";
import type { GatewayPorts } from "./ports.ts";

export type BundleDeliveryPorts = Pick<GatewayPorts, "core" | "clock" | "signBundle"> & { readonly log: Log };

/** What the site says it has: version 0 for none; no epoch where it does not tell. */
export type BundleAtSite = { readonly version: number; readonly epoch: number | undefined };

export type BundleTo = {
  /** Whose the site's stations are, known whether or not the site can take the bundle. */
  members(stations: ReadonlyMap<StationId, Handling>): void;
  send(bundle: SignedBundle): void;
  /** No site could take it. */
  unfit(version: number, why: string): void;
};

export class BundleDelivery {
  private readonly site: SiteId;
  private readonly ports: BundleDeliveryPorts;
  private readonly to: BundleTo;
  private siteHas: BundleAtSite;
  private working: Promise<void> | undefined;
  private wantedAgain = false;
  private cancelAgain: Cancel = () => {};

  constructor(site: SiteId, siteHas: BundleAtSite, to: BundleTo, ports: BundleDeliveryPorts) {
    this.site = site;
    this.siteHas = siteHas;
    this.to = to;
    this.ports = ports;
  }

  /** Resolves when what was true at the call is compiled and, where it is new to the site, sent. */
  refresh(): Promise<void> {
    if (this.working !== undefined) {
      this.wantedAgain = true;
      return this.working;
    }
    this.working = this.work().finally(() => (this.working = undefined));
    return this.working;
  }

  /** The same, and nobody waits: a fault is said. */
  refreshLater(): void {
    this.refresh().catch((error: unknown) => {
      // The next change, or the next hello, tries again; until then the site lives on its last good bundle.
      this.ports.log.error("bundle-not-sent", { error: String(error) });
    });
  }

  /** The site did not take it, for want of room, say: it goes out again after a while, or at the next change. */
  refused(): void {
    this.siteHas = { version: 0, epoch: undefined };
    this.stop();
    this.cancelAgain = this.ports.clock.after(BUNDLE_AGAIN_MS, () => this.refreshLater());
  }

  stop(): void {
    this.cancelAgain();
  }

  /** Rejects with what the core or the key store rejects with. */
  private async work(): Promise<void> {
    do {
      this.wantedAgain = false;
      await this.deliver();
    } while (this.wantedAgain);
  }

  private async deliver(): Promise<void> {
    const { core, clock, log, signBundle } = this.ports;
    const { version, body } = await core.decide("bundle.compile", {
      site: this.site,
      atMs: clock.now().wallMs,
    });
    // Our own text: whose the site's stations are is known whether or not the site can take it.
    const { stations, csmsEpoch: epoch } = JSON.parse(body) as Bundle;
    this.to.members(new Map(stations.map(({ id, handling = usualHandling }) => [id, handling])));
    const { siteHas } = this;
    if (version === siteHas.version && epoch === (siteHas.epoch ?? epoch)) return;
    const signed = await signBundle(body);
    const why = unfitness(signed);
    if (why !== undefined) {
      log.error("bundle-not-valid", { version, say: why });
      this.to.unfit(version, why);
      return;
    }
    this.to.send(signed);
    this.siteHas = { version, epoch };
    log.info("bundle-sent", { version });
  }
}

/** Why no site could take it; quotes of its body are escaped once more on the way, so its length alone does not tell. */
function unfitness(bundle: SignedBundle): string | undefined {
  const read = parseBundle(bundle.body);
  if (!read.ok) return read.fault.sentence;
  const bytes = Buffer.byteLength(JSON.stringify({ t: "bundle", bundle } satisfies CsmsMessage));
  return bytes > SITE_MESSAGE_BYTES_MAX
    ? `its message has ${bytes} bytes, over ${SITE_MESSAGE_BYTES_MAX}.`
    : undefined;
}

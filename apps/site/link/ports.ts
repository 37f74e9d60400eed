/** What the site link needs of the site: its journal and clock, the way out, and a desk for what the CSMS asks. */
import type { Chance, Dialer, Log, SiteId, StationId } from "@wattward/kernel";
import type { SignedBundle, SiteMessage } from "@wattward/sitelink";
import type { SiteClock } from "../clock/site-clock.ts";
import type { Journal } from "../journal/journal.ts";
import type { Lease } from "../state/transaction-ids.ts";

/** What the CSMS may ask of the site. */
export type LinkDesk = {
  fence(csmsEpoch: number): Promise<"same" | "newer" | "older">;
  /**
   * A new epoch of the journal. `lost`: the CSMS lacks records, from…to, that are no longer kept here; absent: this
   * journal is an older copy of one the CSMS knows, a fork.
   */
  newEpoch(lost: { readonly from: number; readonly to: number } | undefined): Promise<void>;
  lease(lease: Lease): Promise<void>;
  /** Resolves with the `bundle-state` that says what became of it. */
  bundle(bundle: SignedBundle): Promise<SiteMessage>;
  down(station: StationId, frame: string, reply: (frame: string) => void): void;
  /** Every quarter of an hour that begins up to then is durable at the CSMS. */
  quartersAcked(untilWallMs: number): void;
  /** What the CSMS must hear first: who is connected, and whether ids run low. */
  news(): SiteMessage[];
};

export type LinkPorts = {
  readonly site: SiteId;
  readonly clock: SiteClock;
  readonly chance: Chance;
  readonly log: Log;
  readonly dialer: Dialer;
  readonly journal: Journal;
  readonly desk: LinkDesk;
  hello(): SiteMessage;
  isOver(): boolean;
  /** Our own fault, or a disk's beyond repair: only a fresh start helps. */
  fatal(error: unknown): void;
};

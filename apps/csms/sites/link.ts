/** The life of a site link: hello, presence, the bundle in force, leases of 1.6 transaction ids. */
import assert from "node:assert/strict";
import type { TraceId } from "@wattward/kernel";
import type { Decision } from "../core/decision.ts";
import { clipped, observe } from "../core/observations.ts";
import type { Lease, SiteHello } from "../core/port.ts";
import { csmsEpoch, takeTransactionIds } from "../core/settings.ts";
import { heldElsewhere } from "../nodes/holder.ts";
import { disconnectStationsOfSite } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import {
  findJournal,
  findSite,
  insertJournal,
  insertLease,
  leasesOf,
  setBundleVersion,
  setHello,
  setSitePresence,
} from "./rows.ts";

/** 1.6 transaction ids in one block: weeks of a large site. */
export const LEASE_IDS = 10_000;
/** Blocks told in a welcome: the site holds two at a time. */
const LEASES_TOLD = 4;
/** 1.6 carries the id as a signed 32-bit number at most stations. */
const TRANSACTION_ID_MAX = 2 ** 31 - 1;

/**
 * Where the site goes on from. A journal that ends before what we have acknowledged went back in time (a restored
 * disk): what it would send under the old numbers is not what we have, so it must begin a new epoch (-1).
 */
export const hello: Decision<"site.hello"> = async (tx, input) => {
  const { site, epoch, lastSeq, bundleVersion, software, atMs } = input;
  const known = await tx.first(findSite, { id: site });
  if (known === undefined) return { kind: "unknown-site" };
  const journal = await tx.first(findJournal, { site, epoch });
  const ackedSeq = journal?.acked_seq ?? 0;
  if (journal === undefined) {
    await tx.run(insertJournal, { site, epoch, atMs });
    await noteNewJournal(tx, input, known.journal_epoch);
  }
  await tx.run(setHello, { id: site, epoch, bundleVersion, software: clipped(software), atMs });
  const head = { source: "site", atMs, site } as const;
  const epochOfOurs = await csmsEpoch(tx);
  if (lastSeq < ackedSeq) {
    observe(tx, { ...head, kind: "journal.rewound", data: { epoch, lastSeq, ackedSeq } });
    return { kind: "welcome", csmsEpoch: epochOfOurs, ackedSeq: -1, leases: [] };
  }
  const data = { epoch, lastSeq, ackedSeq, software: clipped(software) };
  observe(tx, { ...head, kind: "site.hello", data });
  const leases = await tx.all(leasesOf, {
    site,
    csmsEpoch: epochOfOurs,
    journalEpoch: epoch,
    most: LEASES_TOLD,
  });
  return {
    kind: "welcome",
    csmsEpoch: epochOfOurs,
    ackedSeq,
    // Only a record's own trace was ever written there.
    ...(journal?.acked_trace != null && { ackedTrace: journal.acked_trace as TraceId }),
    leases: leases
      .map(({ from_id, to_id }): Lease => ({ csmsEpoch: epochOfOurs, from: from_id, to: to_id }))
      .reverse(),
  };
};

/**
 * The site's journal is another than the one of before. Where this CSMS was restored, that is how it learns that the
 * site no longer kept all that was missing here; what is lost, the site tells too (`site.journal-gap`).
 */
async function noteNewJournal(
  tx: Tx,
  { site, epoch, lastSeq, atMs }: SiteHello,
  formerEpoch: string | null,
): Promise<void> {
  if (formerEpoch === null || formerEpoch === epoch) return;
  const former = await tx.first(findJournal, { site, epoch: formerEpoch });
  const data = { epoch, lastSeq, formerEpoch, formerAckedSeq: former?.acked_seq ?? 0 };
  observe(tx, { kind: "journal.begun", source: "site", atMs, site, data });
}

/**
 * A block of ids for this site's journal, for ever: never granted again, whoever loses it (ADR 11). A journal that is
 * new gets new blocks, because its site no longer knows which ids of the old ones it gave out.
 */
export const lease: Decision<"site.lease"> = async (tx, { site, atMs }) => {
  const known = await tx.first(findSite, { id: site });
  assert(known !== undefined, `a lease for ${site}, whose hello was refused`);
  const from = await takeTransactionIds(tx, LEASE_IDS);
  const granted = { csmsEpoch: await csmsEpoch(tx), from, to: from + LEASE_IDS - 1 };
  assert(granted.to <= TRANSACTION_ID_MAX, "the 1.6 transaction ids are used up");
  await tx.run(insertLease, {
    site_id: site,
    csms_epoch: granted.csmsEpoch,
    journal_epoch: known.journal_epoch ?? "",
    from_id: granted.from,
    to_id: granted.to,
    granted_at_ms: atMs,
  });
  const data = { from: granted.from, to: granted.to };
  observe(tx, { kind: "site.leased", source: "csms", atMs, site, data });
  return granted;
};

/** When the link goes, what we know of its stations' sockets goes with it. */
export const siteChangePresence: Decision<"site.presence"> = async (tx, input) => {
  const { site, connected, atMs } = input;
  const known = await tx.first(findSite, { id: site });
  if (known === undefined) return undefined;
  const { node = null } = input;
  const elsewhere = node === null ? undefined : await heldElsewhere(tx, known.node, node);
  if (elsewhere !== undefined) return elsewhere;
  const clockQuality = input.clockQuality ?? known.clock_quality;
  await tx.run(setSitePresence, {
    id: site,
    connected: connected ? 1 : 0,
    node: connected ? node : null,
    clockQuality,
    atMs,
  });
  if (!connected) await tx.run(disconnectStationsOfSite, { site });
  if (clockQuality !== null && clockQuality !== known.clock_quality) {
    observe(tx, { kind: "site.clock", source: "site", atMs, site, data: { quality: clockQuality } });
  }
  if ((known.connected === 1) === connected) return undefined;
  const kind = connected ? "site.connected" : "site.disconnected";
  observe(tx, { kind, source: "csms", atMs, site, data: {} });
  return undefined;
};

export const bundleInForce: Decision<"site.bundle"> = async (tx, input) => {
  const { site, version, accepted, reason, atMs } = input;
  if (accepted) await setVersion(tx, site, version, atMs);
  const data = { version, accepted, reason: clipped(reason) };
  observe(tx, { kind: "site.bundle", source: "site", atMs, site, data });
};

const setVersion = (tx: Tx, id: string, version: number, atMs: number) =>
  tx.run(setBundleVersion, { id, version, atMs });

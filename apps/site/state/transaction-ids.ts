/**
 * The ids of 1.6 transactions: assigned here alone, online too, from blocks that the CSMS leased (ADR 11).
 *
 * Always true, over kills and restarts:
 *   1. every id is greater than all that the journal ever held, so none is issued twice;
 *   2. an id comes from a lease that was durable before, of the newest CSMS epoch seen; an older one's are void;
 *   3. the same start again (station, connector, tag, time, meter; QUIRKS 13) gets the same id again.
 *
 * What is in memory is the snapshot in `state/transactions.json` plus the journal after it.
 */
import { createHash } from "node:crypto";
import type { Disk, JsonObject, Log, StationId } from "@wattward/kernel";
import { parseFrame } from "@wattward/ocpp";
import type { JournalRecord } from "@wattward/sitelink";
import { fieldsOf, isCount, keep, readKept } from "./kept.ts";

export type Lease = { readonly csmsEpoch: number; readonly from: number; readonly to: number };

/** Fewer ids left than this, and the site asks for more. */
export const LEASE_LOW_WATER = 500;
/** Leases kept; a CSMS that sends more is told no by ignoring the rest. */
export const LEASES_MAX = 64;
/** Starts remembered, newest first: a station repeats its start within minutes, not after thousands of others. */
export const STARTS_MAX = 5_000;
/** What makes a start the same again is remembered as it is up to here, and beyond by its hash. */
const START_KEY_CHARS_MAX = 256;
/** Ids that one station may still take once ids run low: it cannot use up the last ones of all others. */
export const SCARCE_IDS_PER_STATION = 20;

const LEASES = "state/leases.json";
const TRANSACTIONS = "state/transactions.json";

type Leases = { readonly csmsEpoch: number; readonly blocks: readonly Lease[] };
type Snapshot = {
  readonly generation: number;
  readonly seq: number;
  readonly highest: number;
  readonly starts: readonly (readonly [key: string, id: number])[];
};

export class TransactionIds {
  private readonly disk: Disk;
  private readonly log: Log;
  private leases: Leases;
  private highest: number;
  private readonly starts: Map<string, number>;
  /** Ids by station since they run low. */
  private readonly scarce = new Map<StationId, number>();
  /** Where the journal goes on after what the snapshot holds. */
  readonly foldFrom: { readonly generation: number; readonly afterSeq: number };

  private constructor(disk: Disk, log: Log, leases: Leases, snapshot: Snapshot) {
    this.disk = disk;
    this.log = log;
    this.leases = leases;
    this.highest = snapshot.highest;
    this.starts = new Map(snapshot.starts);
    this.foldFrom = { generation: snapshot.generation, afterSeq: snapshot.seq };
  }

  static async open(disk: Disk, log: Log): Promise<TransactionIds> {
    const leases = await readKept(disk, log, { path: LEASES, parse: parseLeases });
    const snapshot = await readKept(disk, log, { path: TRANSACTIONS, parse: parseSnapshot });
    const nothing = { generation: 0, seq: 0, highest: 0, starts: [] };
    return new TransactionIds(disk, log, leases ?? { csmsEpoch: 0, blocks: [] }, snapshot ?? nothing);
  }

  /** A record of the journal that the snapshot does not hold yet. */
  fold(record: JournalRecord): void {
    if (record.kind !== "frame" || record.transactionId === undefined) return;
    this.highest = Math.max(this.highest, record.transactionId);
    const parsed = parseFrame(record.frame, record.version);
    if (parsed.kind !== "frame" || parsed.frame.kind !== "call") return;
    this.remember(startKey(record.station, parsed.frame.payload), record.transactionId);
  }

  /** The id for a start; undefined where no lease has one left. */
  assign(station: StationId, payload: JsonObject): number | undefined {
    const key = startKey(station, payload);
    const known = this.starts.get(key);
    if (known !== undefined) return known;
    const block = this.leases.blocks.find(({ to }) => to > this.highest);
    if (block === undefined || !this.mayTake(station)) return undefined;
    this.highest = Math.max(block.from, this.highest + 1);
    this.remember(key, this.highest);
    return this.highest;
  }

  private mayTake(station: StationId): boolean {
    if (this.remaining >= LEASE_LOW_WATER) {
      this.scarce.clear();
      return true;
    }
    const taken = this.scarce.get(station) ?? 0;
    this.scarce.set(station, taken + 1);
    return taken < SCARCE_IDS_PER_STATION;
  }

  get remaining(): number {
    const left = ({ from, to }: Lease) => Math.max(0, to - Math.max(from, this.highest + 1) + 1);
    return this.leases.blocks.reduce((sum, block) => sum + left(block), 0);
  }

  /** Of the CSMS that answered last; 0: none ever did. */
  get csmsEpoch(): number {
    return this.leases.csmsEpoch;
  }

  /**
   * The epoch of the CSMS that answered. A newer one voids every lease, durably; `older` is a CSMS that was restored
   * without raising its epoch, and must not be listened to.
   */
  async fence(csmsEpoch: number): Promise<"same" | "newer" | "older"> {
    if (csmsEpoch < this.leases.csmsEpoch) return "older";
    if (csmsEpoch === this.leases.csmsEpoch) return "same";
    await this.keepLeases({ csmsEpoch, blocks: [] });
    return "newer";
  }

  /** Voids every lease of this epoch: this disk is an older copy, and ids it thinks free may have been used. */
  async forfeit(): Promise<void> {
    await this.keepLeases({ csmsEpoch: this.leases.csmsEpoch, blocks: [] });
  }

  /** Takes a lease, durably before it is used. False where it is void, known, used up, or cannot be kept now. */
  async take(lease: Lease): Promise<boolean> {
    const { csmsEpoch, blocks } = this.leases;
    if (lease.csmsEpoch !== csmsEpoch || lease.to <= this.highest) return false;
    const open = blocks.filter(({ to }) => to > this.highest);
    if (open.length >= LEASES_MAX || open.some(({ from, to }) => lease.from <= to && from <= lease.to))
      return false;
    const { from, to } = lease;
    return this.keepLeases({
      csmsEpoch,
      blocks: [...open, { csmsEpoch, from, to }].sort((a, b) => a.from - b.from),
    });
  }

  /** Writes the snapshot for a journal that is at (generation, seq); says whether it is durable. */
  save(generation: number, seq: number): Promise<boolean> {
    const snapshot: Snapshot = { generation, seq, highest: this.highest, starts: [...this.starts] };
    return keep(this.disk, this.log, TRANSACTIONS, snapshot);
  }

  private async keepLeases(leases: Leases): Promise<boolean> {
    const kept = await keep(this.disk, this.log, LEASES, leases);
    // Voiding counts at once, even where the disk is full; taking counts only once it is durable.
    if (kept || leases.blocks.length === 0) this.leases = leases;
    return kept;
  }

  private remember(key: string, id: number): void {
    this.starts.set(key, id);
    if (this.starts.size > STARTS_MAX) this.starts.delete(this.starts.keys().next().value ?? "");
  }
}

/** What makes it the same start again; values as sent, because a start that breaks its schema is kept too. */
function startKey(station: StationId, { connectorId, idTag, timestamp, meterStart }: JsonObject): string {
  const tag = typeof idTag === "string" ? idTag.toLowerCase() : idTag;
  const key = JSON.stringify([
    station,
    connectorId ?? null,
    tag ?? null,
    timestamp ?? null,
    meterStart ?? null,
  ]);
  // One that breaks its schema may be a megabyte long, and thousands are remembered.
  return key.length <= START_KEY_CHARS_MAX ? key : createHash("sha256").update(key).digest("hex");
}

function parseLeases(value: unknown): Leases | undefined {
  const fields = fieldsOf(value);
  const csmsEpoch = fields.get("csmsEpoch");
  const blocks = fields.get("blocks");
  if (!isCount(csmsEpoch) || !Array.isArray(blocks)) return undefined;
  const parsed = blocks.map(parseLease);
  return parsed.every((lease) => lease !== undefined) ? { csmsEpoch, blocks: parsed } : undefined;
}

function parseLease(value: unknown): Lease | undefined {
  const fields = fieldsOf(value);
  const [csmsEpoch, from, to] = [fields.get("csmsEpoch"), fields.get("from"), fields.get("to")];
  if (!isCount(csmsEpoch) || !isCount(from) || !isCount(to) || from > to) return undefined;
  return { csmsEpoch, from, to };
}

function parseSnapshot(value: unknown): Snapshot | undefined {
  const fields = fieldsOf(value);
  const [generation, seq, highest] = [fields.get("generation"), fields.get("seq"), fields.get("highest")];
  const starts = fields.get("starts");
  if (!isCount(generation) || !isCount(seq) || !isCount(highest) || !Array.isArray(starts)) return undefined;
  const pairs: (readonly [string, number])[] = [];
  for (const pair of starts) {
    if (!Array.isArray(pair) || typeof pair[0] !== "string" || !isCount(pair[1])) return undefined;
    pairs.push([pair[0], pair[1]]);
  }
  return { generation, seq, highest, starts: pairs };
}

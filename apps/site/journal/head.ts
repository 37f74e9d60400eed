/**
 * `journal/head.json`: which generation of segments is the journal, its epoch, and how far the CSMS has it durably.
 * Replaced whole, so a new epoch begins in one instant: until then its segments do not count, afterwards the old ones
 * are history. Every reader refuses what it does not understand.
 *
 * `schema` is that of the whole data folder of a site, its `state/` too: whoever changes what is written there raises
 * it, and an older program refuses the folder, untouched, before it assigns anything from it.
 */
import type { Disk } from "@wattward/kernel";

export const FOLDER = "journal";
const HEAD = `${FOLDER}/head.json`;
const segmentPattern = /^g(\d{6})-(\d{12})\.wwj$/;
const epochPattern = /^[0-9a-f]{24}$/;

export type Head = {
  readonly schema: 1;
  readonly generation: number;
  /** 24 hexadecimal digits. */
  readonly epoch: string;
  /** Written now and then, so it may lag behind what the CSMS has; never ahead of it. */
  readonly ackedSeq: number;
};

export type SegmentName = { readonly name: string; readonly generation: number; readonly firstSeq: number };

/** The journal on disk cannot be trusted, and guessing could lose or repeat what a station was promised. */
export class JournalDamaged extends Error {
  override readonly name = "JournalDamaged";
  constructor(where: string, what: string, todo: string = mend) {
    super(`${where}: ${what}. ${todo}`);
  }
}

const mend =
  "The site will not start on it, because records that stations were answered for may be missing. " +
  "Restore the data folder from a backup; or, giving up what the CSMS has not acknowledged, move the folder " +
  "'journal' away: the site then begins a new one.";

/** What this program writes, and reads. */
const SCHEMA = 1;

export const segmentPath = (generation: number, firstSeq: number): string =>
  `${FOLDER}/g${String(generation).padStart(6, "0")}-${String(firstSeq).padStart(12, "0")}.wwj`;

/** Segments of every generation on disk, in order. */
export async function listSegments(disk: Disk): Promise<SegmentName[]> {
  const found: SegmentName[] = [];
  for (const name of await disk.list(FOLDER)) {
    const match = segmentPattern.exec(name);
    if (match !== null) found.push({ name, generation: Number(match[1]), firstSeq: Number(match[2]) });
  }
  return found.sort((a, b) => a.generation - b.generation || a.firstSeq - b.firstSeq);
}

export async function readHead(disk: Disk): Promise<Head | undefined> {
  const bytes = await disk.read(HEAD);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  const schema = schemaIn(text);
  if (schema !== undefined && schema > SCHEMA) {
    const what = `was written by a newer Wattward (schema ${schema}; this program knows ${SCHEMA})`;
    throw new JournalDamaged(HEAD, what, "Start the newer version. Nothing was changed.");
  }
  const head = parseHead(text);
  if (head === undefined) throw new JournalDamaged(HEAD, "is not a journal's head of schema 1");
  return head;
}

export const writeHead = (disk: Disk, head: Head): Promise<void> =>
  disk.replace(HEAD, new TextEncoder().encode(`${JSON.stringify(head)}\n`));

function schemaIn(text: string): number | undefined {
  try {
    const { schema } = JSON.parse(text) as { schema?: unknown };
    return typeof schema === "number" ? schema : undefined;
  } catch {
    return undefined; // No JSON: parseHead says so.
  }
}

function parseHead(text: string): Head | undefined {
  try {
    const { schema, generation, epoch, ackedSeq } = JSON.parse(text) as Partial<Record<keyof Head, unknown>>;
    if (schema !== SCHEMA || typeof epoch !== "string" || !epochPattern.test(epoch)) return undefined;
    if (!isCount(generation) || generation < 1 || !isCount(ackedSeq)) return undefined;
    return { schema, generation, epoch, ackedSeq };
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The local list of tokens: its version, and what a station takes of it (1.6 §5.15; 2.0.1 D01, D02). */
import { statement } from "../../store/statement.ts";
import type { Tx } from "../../store/writer.ts";
import { type Asking, never, type Objection, type Sent, unlessForced } from "../route.ts";
import { knownMost, place } from "./known.ts";

export type PlainList = {
  readonly version: number;
  readonly update: "Full" | "Differential";
  readonly tokens: readonly string[];
};

/** Tokens are compared without case. */
export async function objectToList(
  { tx, station }: Asking<unknown>,
  { version, update, tokens }: PlainList,
): Promise<Objection | undefined> {
  if (version <= 0) return never("a local list has a version above 0 (D01.FR.18)");
  const names = new Set(tokens.map((token) => token.toLowerCase()));
  if (names.size < tokens.length) return never("a token stands in the list twice");
  const from = { tx, station: station.id };
  const most = await knownMost(from, place("LocalAuthListCtrlr", "Entries"));
  if (update === "Full" && most !== undefined && tokens.length > most) {
    return unlessForced(`${station.id} holds ${most} tokens, not ${tokens.length}`);
  }
  if (update === "Full") return undefined;
  const has = await tx.first(findList, { station: station.id });
  if (has === undefined) {
    return unlessForced(`which list ${station.id} has is not known: send it in full, or ask for its version`);
  }
  if (version > has.version) return undefined;
  return unlessForced(`${station.id} has version ${has.version}: a change of it needs a higher one`);
}

export async function keepListVersion(
  tx: Tx,
  station: string,
  {
    version,
    source,
    atMs,
  }: { readonly version: number; readonly source: "sent" | "told"; readonly atMs: number },
): Promise<void> {
  if (!Number.isSafeInteger(version) || version < 0) return;
  await tx.run(setList, { station, version, source, atMs });
}

/**
 * A list that was refused, or came to an end in the middle, may be any list: it is asked for, or sent in full, before it
 * is changed again (1.6 §5.15 Failed, VersionMismatch; 2.0.1 D01).
 */
export const forgetListVersion = async ({ tx, station }: Sent<unknown>): Promise<void> => {
  await tx.run(dropList, { station });
};

const dropList = statement((db, p: { station: string }) =>
  db.deleteFrom("local_lists").where("station_id", "=", p.station),
);
const findList = statement((db, p: { station: string }) =>
  db.selectFrom("local_lists").selectAll().where("station_id", "=", p.station),
);
const setList = statement((db, p: { station: string; version: number; source: string; atMs: number }) =>
  db
    .insertInto("local_lists")
    .values({ station_id: p.station, version: p.version, source: p.source, changed_at_ms: p.atMs })
    .onConflict((c) =>
      c.column("station_id").doUpdateSet({ version: p.version, source: p.source, changed_at_ms: p.atMs }),
    ),
);

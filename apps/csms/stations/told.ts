/**
 * What a station says of itself beside its connectors and transactions: the newest word on each subject, as JSON in the
 * words of its version, so that a person or a later decision can read it. One row for each (station, subject, about).
 *
 *     live ─▶ always the newest      replayed ─▶ only where nothing newer is known      over: kept as ended
 *
 * Bounded in rows and in size, because a station chooses its numbers: past a subject's bound its oldest word goes.
 */
import { type Call, refusal } from "../core/call.ts";
import type { StationAnswer } from "../core/port.ts";
import { present } from "../core/timestamp.ts";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { CONNECTORS_MAX } from "./status.ts";

/** Each with the most words that one station has on it at a time. */
export const subjects = {
  /** Serial numbers of the hardware. */
  identity: 1,
  /** By request. */
  "firmware-update": 16,
  "log-upload": 16,
  "firmware-publication": 16,
  /** By EVSE and source. */
  "charging-limit": 64,
  /** By EVSE. */
  "ev-needs": CONNECTORS_MAX,
  "ev-schedule": CONNECTORS_MAX,
  battery: CONNECTORS_MAX,
  /** By the station's id of the transaction. */
  "priority-charging": 64,
  /** By message id. */
  "display-message": 100,
  /** By kind of control. */
  "der-alarm": 32,
  /** By id of the control: what it is, and whether it runs. */
  "der-control": 200,
  "der-running": 200,
} as const;
export type Subject = keyof typeof subjects;

/** A word longer than this is kept as its length alone. */
const BODY_CHARS_MAX = 32_000;

export type Word = {
  readonly subject: Subject;
  /** Empty for the station itself. */
  readonly about: string | number;
  readonly body: object;
  /** It is over. */
  readonly ended?: boolean;
};
/** `before`: the JSON that stood there; undefined where nothing did. */
export type Kept = { readonly newest: boolean; readonly before: string | undefined };

export async function tell(tx: Tx, call: Call<object>, word: Word): Promise<Kept> {
  const { subject } = word;
  const key = { station: call.station.id, subject, about: String(word.about) };
  const known = await tx.first(findTold, key);
  const { newest, atMs } = present(call, known?.told_at_ms);
  if (!newest) return { newest, before: known?.body };
  if (known === undefined) await makeRoom(tx, key.station, subject);
  const text = JSON.stringify(word.body);
  await tx.run(upsertTold, {
    station_id: key.station,
    subject,
    about: key.about,
    ocpp_version: call.version,
    body: text.length > BODY_CHARS_MAX ? JSON.stringify({ tooLong: text.length }) : text,
    ended: word.ended ? 1 : 0,
    told_at_ms: atMs,
  });
  return { newest, before: known?.body };
}

/** EVSEs count from 1, 0 is the station; below that a number names nothing (QUIRKS 37). */
export const belowZero = (evse: number | undefined): StationAnswer | undefined =>
  evse !== undefined && evse < 0
    ? refusal("PropertyConstraintViolation", "an EVSE has no number below 0")
    : undefined;

async function makeRoom(tx: Tx, station: string, subject: Subject): Promise<void> {
  const known = await tx.all(listTold, { station, subject });
  for (const { about } of known.slice(subjects[subject] - 1)) {
    await tx.run(deleteTold, { station, subject, about });
  }
}

type Key = { station: string; subject: string; about: string };
const findTold = statement((db, p: Key) =>
  db
    .selectFrom("told")
    .select(["body", "told_at_ms"])
    .where("station_id", "=", p.station)
    .where("subject", "=", p.subject)
    .where("about", "=", p.about),
);
/** Newest first. */
const listTold = statement((db, p: Omit<Key, "about">) =>
  db
    .selectFrom("told")
    .select("about")
    .where("station_id", "=", p.station)
    .where("subject", "=", p.subject)
    .orderBy("told_at_ms", "desc")
    .orderBy("about", "desc"),
);
const deleteTold = statement((db, p: Key) =>
  db
    .deleteFrom("told")
    .where("station_id", "=", p.station)
    .where("subject", "=", p.subject)
    .where("about", "=", p.about),
);
const columns = ["station_id", "subject", "about", "ocpp_version", "body", "ended", "told_at_ms"] as const;
const upsertTold = statement((db, p: Schema["told"]) =>
  db
    .insertInto("told")
    .values(each(p, columns))
    .onConflict((c) =>
      c.columns(["station_id", "subject", "about"]).doUpdateSet({
        ocpp_version: p.ocpp_version,
        body: p.body,
        ended: p.ended,
        told_at_ms: p.told_at_ms,
      }),
    ),
);

/** A core on a database of its own, its tables open to the test: what a decision answered, and what it left behind. */
import type { JsonObject, MessageId, SiteId, StationId, TraceId } from "@wattward/kernel";
import { silentLog } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { FrameRecord, JournalRecord } from "@wattward/sitelink";
import { seededChance } from "@wattward/testing";
import type { Kysely } from "kysely";
import type { Row, Schema } from "../../store/schema.ts";
import { openTestStore } from "../../store/testing/test-store.ts";
import { Writer } from "../../store/writer.ts";
import type { World } from "../decision.ts";
import { decisions, laneOf } from "../decisions.ts";
import type { Core, SendTaken, SiteRecordDone, StationAnswer, StationCall } from "../port.ts";

/** Monday, 5 January 2026, 08:00 UTC: when tests begin. */
export const START_MS = Date.UTC(2026, 0, 5, 8);
export const iso = (atMs: number) => new Date(atMs).toISOString();
export const SITE = "depot" as SiteId;
export const EPOCH = "0123456789abcdef01234567";

export type TestCore = Pick<Core, "decide"> & {
  readonly db: Kysely<Schema>;
  readonly writer: Writer;
  /** The test's own clock: moved by hand. */
  nowMs: number;
  /** A CALL on a direct socket. */
  call(station: string, version: OcppVersion, action: string, payload: object): Promise<StationAnswer>;
  /** A SEND on a direct socket: nobody is answered. */
  send(station: string, version: OcppVersion, action: string, payload: object): Promise<SendTaken>;
  /** The next record of the site's journal, or one with a sequence given. */
  record(told: RecordTold): Promise<SiteRecordDone>;
  /** In the order of what they are known by. */
  rows<T extends keyof Schema>(table: T): Promise<Row<T>[]>;
  /** Kinds of the outbox, in order, with their data. */
  outbox(kind?: string): Promise<{ kind: string; station: string | null; live: number; data: JsonObject }[]>;
  close(): Promise<void>;
};

export type RecordTold = {
  readonly station: string;
  readonly version: OcppVersion;
  readonly action: string;
  readonly payload: object;
  readonly live?: boolean;
  readonly seq?: number;
  readonly epoch?: string;
  readonly site?: string;
  readonly transactionId?: number;
  readonly localAnswer?: JsonObject;
  readonly receivedAtMs?: number;
};

type Route = "direct" | "site" | "either";

/** Of tables whose rows tests compare in order: without one, each engine gives them as it likes. */
const orders: Partial<Record<keyof Schema, readonly string[]>> = {
  stations: ["id"],
  connectors: ["station_id", "evse_id", "connector_id"],
  transactions: ["wire_id", "station_id", "ocpp_version"],
  transaction_events: ["station_id", "received_at_ms", "dedupe"],
  variables: ["station_id", "path"],
  commands: ["id"],
  site_journals: ["site_id", "acked_seq"],
  leases: ["from_id"],
};

/** `stations`: id → route; accepted, and booted where the version asks for it. */
export async function testCore(stations: Readonly<Record<string, Route>> = {}): Promise<TestCore> {
  const engine = await openTestStore();
  const writer = new Writer({ engine, log: silentLog });
  const world: World = { chance: seededChance(7), log: silentLog, stationAnchors: ["ANCHOR"] };
  const decide: Core["decide"] = (name, input) =>
    writer.submit(name, laneOf(input), (tx) => decisions[name](tx, input, world));
  let messages = 0;
  let seq = 0;
  const told = (station: string, version: OcppVersion, action: string, payload: object): StationCall => {
    messages += 1;
    return {
      station: station as StationId,
      route: { kind: "direct" },
      version,
      trace: trace(messages),
      id: `m${messages}` as MessageId,
      action,
      payload: payload as JsonObject,
      receivedAtMs: core.nowMs,
      clockQuality: "synced",
    };
  };
  const core: TestCore = {
    decide,
    db: engine.db,
    writer,
    nowMs: START_MS,
    call: (station, version, action, payload) =>
      decide("station.call", told(station, version, action, payload)),
    send: (station, version, action, payload) =>
      decide("station.send", told(station, version, action, payload)),
    record(told) {
      messages += 1;
      seq = told.seq ?? seq + 1;
      const id = `m${messages}` as MessageId;
      const record: FrameRecord = {
        kind: "frame",
        epoch: told.epoch ?? EPOCH,
        seq,
        station: told.station as StationId,
        version: told.version,
        receivedAtMs: told.receivedAtMs ?? core.nowMs,
        clockQuality: "synced",
        trace: trace(messages),
        frame: JSON.stringify([2, id, told.action, told.payload]),
        ...(told.transactionId !== undefined && { transactionId: told.transactionId }),
        ...(told.localAnswer && { localAnswer: JSON.stringify([3, id, told.localAnswer]) }),
      };
      return decide("site.record", {
        site: (told.site ?? SITE) as SiteId,
        live: told.live ?? true,
        record,
        call: { id, action: told.action, payload: told.payload as JsonObject },
        atMs: core.nowMs,
      });
    },
    async rows(table) {
      let rows = engine.db.selectFrom(table as "meta").selectAll();
      for (const column of orders[table] ?? []) rows = rows.orderBy(column as "key");
      return (await rows.execute()) as unknown as Row<typeof table>[];
    },
    async outbox(kind) {
      const rows = await engine.db.selectFrom("outbox").selectAll().orderBy("seq").execute();
      return rows
        .filter((row) => kind === undefined || row.kind === kind)
        .map((row) => ({
          kind: row.kind,
          station: row.station_id,
          live: row.live,
          data: JSON.parse(row.data) as JsonObject,
        }));
    },
    async close() {
      await writer.close();
      await engine.close();
    },
  };
  for (const [station, route] of Object.entries(stations)) await add(core, station, route);
  return core;
}

async function add(core: TestCore, station: string, route: Route): Promise<void> {
  await core.decide("station.add", {
    station: station as StationId,
    serial: station,
    route,
    ...(route !== "direct" && { site: SITE }),
    actor: "test",
    atMs: core.nowMs,
  });
  await core.db.updateTable("stations").set({ booted_at_ms: START_MS }).where("id", "=", station).execute();
}

export const trace = (n: number) => n.toString(16).padStart(16, "0") as TraceId;

/** A record that holds no CALL of a station. */
export const otherRecord = (core: TestCore, record: JournalRecord) =>
  core.decide("site.record", { site: SITE, live: false, record, atMs: core.nowMs });

/** The body of a CALLRESULT; a CALLERROR fails the test. */
export function bodyOf(answer: StationAnswer | undefined): JsonObject {
  if (answer?.kind !== "result") throw new Error(`no result: ${JSON.stringify(answer)}`);
  return answer.payload;
}

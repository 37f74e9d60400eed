/** What availability a station was asked for and accepted (1.6 §5.2; 2.0.1 G03, G04). */
import type { Schema } from "../../store/schema.ts";
import { each, statement } from "../../store/statement.ts";
import type { Answered } from "../route.ts";

export type AvailabilityAsked = {
  readonly evse: number;
  readonly connector: number;
  readonly operative: boolean;
};

export async function keepAvailability(
  { tx, station, command, answer, atMs }: Answered<unknown, { readonly status: string }>,
  { evse, connector, operative }: AvailabilityAsked,
): Promise<void> {
  if (answer.status !== "Accepted" && answer.status !== "Scheduled") return;
  const row = {
    station_id: station,
    evse_id: evse,
    connector_id: connector,
    operative: operative ? 1 : 0,
    scheduled: answer.status === "Scheduled" ? 1 : 0,
    command_id: command,
    changed_at_ms: atMs,
  };
  await tx.run(dropAvailability, { station, evse, connector });
  await tx.run(insertAvailability, row);
}

const columns = [
  "station_id",
  "evse_id",
  "connector_id",
  "operative",
  "scheduled",
  "command_id",
  "changed_at_ms",
] as const;
const insertAvailability = statement((db, p: Schema["availability"]) =>
  db.insertInto("availability").values(each(p, columns)),
);
const dropAvailability = statement((db, p: { station: string; evse: number; connector: number }) =>
  db
    .deleteFrom("availability")
    .where("station_id", "=", p.station)
    .where("evse_id", "=", p.evse)
    .where("connector_id", "=", p.connector),
);

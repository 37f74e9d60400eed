/** Is there such a connector or EVSE? As far as status, device model and 1.6's NumberOfConnectors tell. */

import { placeOfKey } from "../../stations/configuration-keys.ts";
import { statement } from "../../store/statement.ts";
import { type Asking, never, type Objection, unlessForced } from "../route.ts";
import { knownCount } from "./known.ts";

/** `evse` 0: the whole station. In 1.6 a connector is an EVSE with one connector. */
export type Place = { readonly evse: number; readonly connector?: number | undefined };

/** `whole`: may it be the whole station (0)? */
export async function objectToPlace(
  { tx, station }: Asking<unknown>,
  { evse, connector }: Place,
  { whole }: { readonly whole: boolean },
): Promise<Objection | undefined> {
  const word = station.ocpp_version === "1.6" ? "connector" : "EVSE";
  if (evse < 0 || (connector !== undefined && connector < 1)) return never(`there is no ${word} below 0`);
  if (evse === 0) return whole ? undefined : never(`it needs one ${word}, and 0 is the whole station`);
  const count = await knownCount({ tx, station: station.id }, placeOfKey("NumberOfConnectors"));
  if (count !== undefined && evse <= count && connector === undefined) return undefined;
  const seen = await tx.all(seenPlaces, { station: station.id });
  const told = await tx.all(toldPlaces, { station: station.id });
  const known = [...seen, ...told];
  const numbers = [...new Set(known.map((one) => one.evse_id))].sort((a, b) => Number(a) - Number(b));
  if (numbers.length === 0 && count === undefined) return undefined;
  if (!numbers.includes(evse)) {
    const has = numbers.length === 0 ? `${count} of them` : numbers.join(", ");
    return unlessForced(`${station.id} has no ${word} ${evse}, as far as it has told (${has})`);
  }
  const connectors = known.filter((one) => one.evse_id === evse && (one.connector_id ?? 0) > 0);
  if (connector === undefined || connectors.length === 0) return undefined;
  if (connectors.some((one) => one.connector_id === connector)) return undefined;
  return unlessForced(`EVSE ${evse} of ${station.id} has no connector ${connector}, as far as it has told`);
}

const seenPlaces = statement((db, p: { station: string }) =>
  db
    .selectFrom("connectors")
    .select(["evse_id", "connector_id"])
    .where("station_id", "=", p.station)
    .where("evse_id", ">", 0),
);
const toldPlaces = statement((db, p: { station: string }) =>
  db
    .selectFrom("variables")
    .select(["evse_id", "connector_id"])
    .distinct()
    .where("station_id", "=", p.station)
    .where("evse_id", ">", 0),
);

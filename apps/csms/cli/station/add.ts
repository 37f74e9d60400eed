/** `station add ID…`: puts stations into the inventory, or changes what it says of them; saying it again changes nothing. */
import { type StationId, stationId } from "@wattward/kernel";
import { actorOf } from "../actor.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  tell,
  UsageError,
} from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { dispensationOptions, fulfil, type Told, wishFrom } from "./dispensation.ts";
import { handlingFrom, handlingOptions, said } from "./handling.ts";
import { placeOf, readPlace } from "./place.ts";

const text = { type: "string" } as const;
/** CN of a certificate: X.520 allows 64 characters, OCPP a serial number of 25; what an operator may have issued. */
const serialPattern = /^[\x21-\x7e]{1,64}$/;

export async function addStation(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    ...{ data: text, site: text, serial: text, route: text },
    ...handlingOptions,
    ...dispensationOptions,
    ...jsonOption,
  });
  if (positionals.length === 0) throw new UsageError("ID is missing");
  if (values.serial !== undefined && positionals.length > 1)
    throw new UsageError("--serial is for one ID alone");
  const stations = positionals.map(known);
  const typed = readPlace(values);
  if (values.serial !== undefined && !serialPattern.test(values.serial))
    throw new CommandError("--serial is 1 to 64 printable characters without a space");

  const handling = handlingFrom(values);
  const wish = wishFrom(values);

  await withDataCore(dataFolder(values.data, context.env), async (ports) => {
    const told: Told[] = [];
    const { core, clock } = ports;
    const actor = actorOf(context.env);
    for (const station of stations) {
      const known = await core.query("station.get", { station });
      const serial = values.serial ?? known?.serial ?? station;
      const place = placeOf(known, typed);
      const { site, route } = place;
      const added = await core.decide("station.add", {
        station,
        serial,
        ...place,
        actor,
        atMs: clock.now().wallMs,
      });
      const atMs = clock.now().wallMs;
      if (handling !== undefined) await core.decide("station.handle", { ...handling, station, actor, atMs });
      const where = site === undefined ? "" : ` at ${site}${added.siteCreated ? " (a new site)" : ""}`;
      const words = `${station}${where}: ${added.kind}; connects ${connects[route]}, certificate CN ${serial}${said(handling)}\n`;
      const given = wish === undefined ? undefined : await fulfil(wish, station, { ...ports, actor });
      told.push({
        facts: { station, kind: added.kind, ...place, serial, ...handling, ...given?.facts },
        words: words + (given?.words ?? ""),
      });
    }
    const facts = told.map(({ facts }) => facts);
    tell(context, values.json, facts, told.map(({ words }) => words).join(""));
  });
}

function known(id: string): StationId {
  const station = stationId(id);
  if (!station.ok) throw new CommandError(station.fault.sentence);
  return station.value;
}

const connects = { site: "to its site", direct: "directly", either: "to its site or directly" } as const;

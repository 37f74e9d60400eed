/** `station add ID…`: puts stations into the inventory, or changes what it says of them; saying it again changes nothing. */
import { type StationId, stationId } from "@wattward/kernel";
import { actorOf } from "../actor.ts";
import { type CommandContext, CommandError, dataFolder, readArguments, UsageError } from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { dispensationOptions, fulfil, wishFrom } from "./dispensation.ts";
import { handlingFrom, handlingOptions, said } from "./handling.ts";
import { placeOf, readPlace } from "./place.ts";

const text = { type: "string" } as const;
/** CN of a certificate: X.520 allows 64 characters, OCPP a serial number of 25; what an operator may have issued. */
const serialPattern = /^[\x21-\x7e]{1,64}$/;

export async function addStation(args: readonly string[], { out, env }: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    ...{ data: text, site: text, serial: text, route: text },
    ...handlingOptions,
    ...dispensationOptions,
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

  await withDataCore(dataFolder(values.data, env), async (ports) => {
    const { core, clock } = ports;
    const actor = actorOf(env);
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
      out(
        `${station}${where}: ${added.kind}; connects ${connects[route]}, certificate CN ${serial}${said(handling)}\n`,
      );
      if (wish !== undefined) out(await fulfil(wish, station, { ...ports, actor }));
    }
  });
}

function known(id: string): StationId {
  const station = stationId(id);
  if (!station.ok) throw new CommandError(station.fault.sentence);
  return station.value;
}

const connects = { site: "to its site", direct: "directly", either: "to its site or directly" } as const;

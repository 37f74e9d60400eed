/** `station add ID…`: puts stations into the inventory, or changes what it says of them; saying it again changes nothing. */
import { type StationId, siteId, stationId } from "@wattward/kernel";
import { actorOf } from "../actor.ts";
import { type CommandContext, CommandError, dataFolder, readArguments, UsageError } from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { handlingFrom, handlingOptions, said } from "./handling.ts";

const routes = ["site", "direct", "either"] as const;
const text = { type: "string" } as const;
/** CN of a certificate: X.520 allows 64 characters, OCPP a serial number of 25; what an operator may have issued. */
const serialPattern = /^[\x21-\x7e]{1,64}$/;

export async function addStation(args: readonly string[], { out, env }: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    ...{ data: text, site: text, serial: text, route: text },
    ...handlingOptions,
  });
  if (positionals.length === 0) throw new UsageError("ID is missing");
  if (values.serial !== undefined && positionals.length > 1)
    throw new UsageError("--serial is for one ID alone");
  const stations = positionals.map(known);
  const site = values.site === undefined ? undefined : siteId(values.site);
  if (site?.ok === false) throw new CommandError(site.fault.sentence);
  const route = routes.find((known) => known === (values.route ?? (site === undefined ? "direct" : "site")));
  if (route === undefined) throw new UsageError(`--route is one of ${routes.join(", ")}`);
  if (route === "site" && site === undefined) throw new UsageError("--route site needs --site SITE");
  if (values.serial !== undefined && !serialPattern.test(values.serial))
    throw new CommandError("--serial is 1 to 64 printable characters without a space");

  const handling = handlingFrom(values);

  await withDataCore(dataFolder(values.data, env), async ({ core, clock }) => {
    for (const station of stations) {
      const serial = values.serial ?? station;
      const added = await core.decide("station.add", {
        station,
        serial,
        route,
        ...(site === undefined ? {} : { site: site.value }),
        actor: actorOf(env),
        atMs: clock.now().wallMs,
      });
      const atMs = clock.now().wallMs;
      if (handling !== undefined)
        await core.decide("station.handle", { ...handling, station, actor: actorOf(env), atMs });
      const where = site === undefined ? "" : ` at ${site.value}${added.siteCreated ? " (a new site)" : ""}`;
      out(
        `${station}${where}: ${added.kind}; connects ${connects[route]}, certificate CN ${serial}${said(handling)}\n`,
      );
    }
  });
}

function known(id: string): StationId {
  const station = stationId(id);
  if (!station.ok) throw new CommandError(station.fault.sentence);
  return station.value;
}

const connects = { site: "to its site", direct: "directly", either: "to its site or directly" } as const;

/** Where a station belongs, of what was typed and what the inventory says of it already. */
import { type SiteId, siteId } from "@wattward/kernel";
import type { StationAddition, StationRow } from "../../core/port.ts";
import { CommandError, UsageError } from "../arguments.ts";

const routes = ["site", "direct", "either"] as const;
export type Place = Pick<StationAddition, "route"> & { readonly site?: SiteId };

/** What was typed about its place. */
export type Typed = { readonly site: SiteId | undefined; readonly route: Place["route"] | undefined };

export function readPlace(values: { site?: string | undefined; route?: string | undefined }): Typed {
  const site = values.site === undefined ? undefined : siteId(values.site);
  if (site?.ok === false) throw new CommandError(site.fault.sentence);
  const route = routes.find((known) => known === values.route);
  if (values.route !== undefined && route === undefined)
    throw new UsageError(`--route is one of ${routes.join(", ")}`);
  return { site: site?.value, route };
}

/** A station that is known stays where it is, as far as nothing else is said. */
export function placeOf(
  row: StationRow | undefined,
  typed: Typed = { site: undefined, route: undefined },
): Place {
  const { site = siteOf(row) } = typed;
  const route = typed.route ?? (typed.site === undefined ? routeOf(row) : "site");
  if (route === "site" && site === undefined) throw new UsageError("--route site needs --site SITE");
  return site === undefined || (route === "direct" && typed.site === undefined) ? { route } : { route, site };
}

// What is in the inventory was read by kernel's parser when it was added.
const siteOf = (row: StationRow | undefined): SiteId | undefined => (row?.site as SiteId | null) ?? undefined;
const routeOf = (row: StationRow | undefined): Place["route"] =>
  routes.find((known) => known === row?.route) ?? "direct";

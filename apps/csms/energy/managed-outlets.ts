/** The outlets of a station, as the newest document of its site has them; none where nobody manages its energy. */
import type { EnergyConfig, Outlet } from "@wattward/energy";
import type { Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { newestDocument } from "./rows.ts";

export type ManagedOutlets = { readonly outlets: readonly Outlet[]; readonly voltageV: number };

export async function managedOutlets(tx: Tx, station: Station): Promise<ManagedOutlets | undefined> {
  // A station on the direct route is reached past its site.
  if (station.site_id === null || station.route === "direct") return undefined;
  const document = await tx.first(newestDocument, { site: station.site_id });
  if (document === undefined || document.energy === null) return undefined;
  // Written by this program alone, from a document that was checked.
  const { site } = JSON.parse(document.energy) as EnergyConfig;
  const outlets = site.outlets.filter((outlet) => outlet.station === station.id);
  return outlets.length === 0 ? undefined : { outlets, voltageV: site.voltageV };
}

/** A site's id as somebody typed it; what none can be is a {@link CommandError}. */
import { type SiteId, siteId } from "@wattward/kernel";
import { CommandError } from "../arguments.ts";

export function siteIn(text: string): SiteId {
  const site = siteId(text);
  if (!site.ok) throw new CommandError(site.fault.sentence);
  return site.value;
}

export const unknownSite = (site: string): CommandError =>
  new CommandError(`there is no site '${site}': 'station add ID --site ${site}' makes it`);

/** A managed site behind the API. */
import type { TestContext } from "node:test";
import type { SiteId } from "@wattward/kernel";
import { exampleStations } from "../../energy/testing/example.ts";
import { Browser, type Desk, openDesk } from "./desk.ts";

export const SITE = "lyon" as SiteId;
export const url = "/api/v1/sites/lyon/energy";

/** Signed in, with the stations of the example document. */
export async function lyon(t: TestContext): Promise<{ desk: Desk; browser: Browser }> {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  for (const station of exampleStations)
    await browser.post("stations", { station, route: "site", site: SITE });
  return { desk, browser };
}
export const put = (browser: Browser, body: object, where = url) =>
  browser.ask({ method: "PUT", url: where, body });

/** How tests find their way on a managed site's page. */
import assert from "node:assert/strict";
import { type FakeEnergy, SITE } from "@wattward/console/testing";
import type { Locator, Page } from "playwright-core";
import type { Opened } from "./browser.ts";

/** Of the site's page, or of a part of it. */
export const at = (part?: string): string => `/sites/${SITE}${part === undefined ? "" : `?part=${part}`}`;

export const region = (page: Page, name: string): Locator => page.getByRole("region", { name, exact: true });

export const button = (within: Page | Locator, name: string): Locator =>
  within.getByRole("button", { name, exact: true });

/** What the fake central system answers for it, to be changed at will. */
export function energyOf({ world }: Opened): FakeEnergy {
  const energy = world.energies.get(SITE);
  assert(energy !== undefined, "the scenario's site is managed");
  return energy;
}

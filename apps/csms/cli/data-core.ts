/**
 * The core for a command that works on a data folder, beside the serving process or without it: the database itself
 * keeps the two apart, and the serving process notices what was written.
 */
import { existsSync } from "node:fs";
import { type Chance, type Clock, silentLog } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { createCore } from "../core/create-core.ts";
import type { Core } from "../core/port.ts";
import { CoreError } from "../core/port.ts";
import { StoreError } from "../store/engine.ts";
import { CommandError } from "./arguments.ts";
import { databaseOf } from "./database.ts";

export type CommandPorts = { readonly core: Core; readonly chance: Chance; readonly clock: Clock };

/** Opens, works, closes. Rejects with {@link CommandError} where there is no database, or it cannot be written. */
export async function withDataCore<T>(folder: string, work: (ports: CommandPorts) => Promise<T>): Promise<T> {
  const place = databaseOf(folder);
  if (place.kind === "file" && !existsSync(place.path)) {
    throw new CommandError(
      `there is no database in ${folder}: start 'wattward csms' there once, or give its folder with --data`,
    );
  }
  const chance = systemChance;
  try {
    const database = place.kind === "file" ? place.path : place.url;
    const core = await createCore({ database, chance, log: silentLog });
    try {
      return await work({ core, chance, clock: systemClock() });
    } finally {
      await core.close();
    }
  } catch (error) {
    if (error instanceof StoreError || error instanceof CoreError) {
      throw new CommandError(error.message, { cause: error });
    }
    throw error;
  }
}

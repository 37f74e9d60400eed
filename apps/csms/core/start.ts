/** What holds when the serving process starts: nobody is connected, and what was under way is unknown. */
import { forgetSent } from "../commands/commands.ts";
import { disconnectAllSites } from "../sites/rows.ts";
import { forgetDeaf } from "../stations/hearing.ts";
import { disconnectAll } from "../stations/rows.ts";
import type { Decision } from "./decision.ts";
import { observe } from "./observations.ts";

export const startService: Decision<"service.start"> = async (tx, { atMs }) => {
  await tx.run(disconnectAll, {});
  await tx.run(disconnectAllSites, {});
  await forgetSent(tx, atMs);
  await tx.run(forgetDeaf, {});
  observe(tx, { kind: "csms.started", source: "csms", atMs, data: {} });
};

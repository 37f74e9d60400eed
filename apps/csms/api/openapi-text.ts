/** The document as it is checked in: made by the real routes on a core that is never asked anything. */

import { silentLog } from "@wattward/kernel";
import { systemChance, systemClock } from "@wattward/kernel/node";
import type { Core } from "../core/port.ts";
import { silentMetrics } from "../metrics/metrics.ts";
import { createApi } from "./create-api.ts";

const nobody = (): never => {
  throw new Error("the description needs no core");
};
const noCore: Core = { decide: nobody, query: nobody, onCommitted: () => () => {}, close: async () => {} };

export async function openapiText(): Promise<string> {
  const api = await createApi({
    core: noCore,
    clock: systemClock(),
    chance: systemChance,
    log: silentLog,
    metrics: { ...silentMetrics, contentType: "text/plain", text: async () => "" },
    probes: {},
  });
  const text = `${JSON.stringify(api.app.swagger(), undefined, 2)}\n`;
  await api.close();
  return text;
}

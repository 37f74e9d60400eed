/** The commands that a CSMS may send to a station of OCPP 2.0.1 (Part 2). Those of other groups are in groups.ts. */
import { routes2 } from "./ocpp2/routes.ts";
import type { CommandRoutes } from "./route.ts";

export const routes201: CommandRoutes<"2.0.1"> = { ...routes2 };

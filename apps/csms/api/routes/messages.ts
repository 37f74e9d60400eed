/** The message log of a station: its frames and ours, redacted, newest first (docs/data.md). */
import { stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { MessageRow } from "../shapes.ts";
import { closed, InstantMs, Most, SearchText, StationIdText } from "./fields.ts";

const ACTION_CHARS_MAX = 64;
const verdicts = ["valid", "repaired", "refused", "sent", "local"] as const;

export function messageRoutes(app: FastifyInstance, { core }: { core: Core }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station/messages",
      access: { action: "read a station's messages", resource: "station", class: "read" },
      summary: "Frames of a station, redacted, newest first; go on with before, the last one's id",
      params: Type.Object({ station: StationIdText }, closed),
      query: Type.Object(
        {
          action: Type.Optional(
            Type.String({ minLength: 1, maxLength: ACTION_CHARS_MAX, description: "Only of this action." }),
          ),
          sender: Type.Optional(
            Type.Unsafe<"station" | "csms">({ type: "string", enum: ["station", "csms"] }),
          ),
          verdict: Type.Optional(Type.Unsafe<string>({ type: "string", enum: [...verdicts] })),
          text: Type.Optional(SearchText),
          since: Type.Optional(InstantMs),
          before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          most: Type.Optional(Most),
        },
        closed,
      ),
      answer: listOf(MessageRow),
    },
    async ({ params, query }) => {
      const station = stationId(params.station);
      if (!station.ok) return problem("unknown-station", { detail: station.fault.sentence });
      const { action, sender, verdict, text, since, before, most } = query;
      if ((await core.query("station.get", { station: station.value })) === undefined)
        return problem("unknown-station");
      const rows = await core.query("messages.list", {
        station: station.value,
        most: most ?? apiLimits.rowsDefault,
        ...(action !== undefined && { action }),
        ...(sender !== undefined && { sender }),
        ...(verdict !== undefined && { verdict }),
        ...(text !== undefined && { text }),
        ...(since !== undefined && { sinceMs: since }),
        ...(before !== undefined && { beforeId: before }),
      });
      return answer(rows);
    },
  );
}

/** What a station told beside connectors and transactions: progress, limits, needs, monitors; and what could not be read. */
import { type StationId, stationId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { type Subject, subjects } from "../../stations/told.ts";
import { type ProblemValue, problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { MonitorRow, SetAsideRow, StreamRow, ToldRow } from "../station-shapes.ts";
import { closed, StationIdText } from "./fields.ts";

const params = Type.Object({ station: StationIdText }, closed);

export function stationToldRoutes(app: FastifyInstance, { core }: { core: Core }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station/told",
      access: { action: "read what a station told", resource: "station", class: "read" },
      summary: "The newest on each subject: updates and uploads under way, charging limits, an EV's needs, …",
      params,
      query: Type.Object(
        {
          subject: Type.Optional(
            Type.Unsafe<Subject>({ type: "string", enum: Object.keys(subjects), description: "This alone." }),
          ),
        },
        closed,
      ),
      answer: listOf(ToldRow),
    },
    async ({ params, query: { subject } }) => {
      const known = await stationIn(core, params);
      if (known.kind === "problem") return known;
      const asked = { station: known.id, ...(subject !== undefined && { subject }) };
      return answer(await core.query("station.told", asked));
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station/monitoring",
      access: { action: "read a station's monitors", resource: "station", class: "read" },
      summary: "Its variable monitors, and the event streams that carry their values",
      params,
      answer: Type.Object({ monitors: listOf(MonitorRow), streams: listOf(StreamRow) }, closed),
    },
    async ({ params }) => {
      const known = await stationIn(core, params);
      if (known.kind === "problem") return known;
      return answer(await core.query("station.monitoring", { station: known.id }));
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/stations/:station/set-aside",
      access: { action: "read a station's messages", resource: "station", class: "read" },
      summary: "Transaction messages that could not be read: acknowledged, applied nowhere, newest first",
      params,
      answer: listOf(SetAsideRow),
    },
    async ({ params }) => {
      const known = await stationIn(core, params);
      if (known.kind === "problem") return known;
      return answer(await core.query("station.setAside", { station: known.id }));
    },
  );
}

type Known = { readonly kind: "known"; readonly id: StationId };

/** The station of an address, if there is one. */
async function stationIn(core: Core, { station }: { station: string }): Promise<Known | ProblemValue> {
  const id = stationId(station);
  if (!id.ok) return problem("unknown-station", { detail: id.fault.sentence });
  const known = await core.query("station.get", { station: id.value });
  return known === undefined ? problem("unknown-station") : { kind: "known", id: id.value };
}

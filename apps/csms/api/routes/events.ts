/** Live events: who may open a stream, where it begins, and how many there may be. */
import { type Clock, type Log, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import { EventStream } from "../events/event-stream.ts";
import { apiLimits } from "../limits.ts";
import { problem } from "../problems.ts";
import { type Raw, route } from "../route.ts";
import type { Sessions } from "../sign-in/sessions.ts";
import { closed, Kinds, kindsIn, SiteIdText } from "./fields.ts";

export type EventPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly sessions: Sessions;
};

/** Gives how to end every open stream, for a clean shutdown. */
export function eventRoutes(app: FastifyInstance, ports: EventPorts): () => void {
  const open = new Map<EventStream, string>();
  const countOf = (person: string) => [...open.values()].filter((owner) => owner === person).length;

  route(
    app,
    {
      method: "GET",
      url: "/api/v1/events",
      access: { action: "watch events", resource: "event", class: "read" },
      summary:
        "Server-sent events: id = sequence, event = kind, data = OutboxEntry. Goes on after the header Last-Event-ID or ?after, else begins now",
      query: Type.Object(
        {
          site: Type.Optional(SiteIdText),
          kinds: Type.Optional(Kinds),
          after: Type.Optional(Type.Integer({ minimum: 0 })),
        },
        closed,
      ),
      answer: "text/event-stream",
    },
    async ({ query, caller, actor, session }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const lastId = caller.header("last-event-id");
      if (lastId !== undefined && !/^\d{1,15}$/.test(lastId)) {
        return problem("invalid-request", {
          detail: "Last-Event-ID must be the id of an event: a whole number.",
        });
      }
      const head = await ports.core.query("outbox.head", undefined);
      // What the browser saw last wins over where the page once began.
      const after = lastId === undefined ? (query.after ?? head) : Number(lastId);
      if (open.size >= apiLimits.streamsMax || countOf(actor.person) >= apiLimits.streamsPerPersonMax) {
        return problem("too-many-streams", { retryAfterS: 10 });
      }
      const allowed = () => ports.sessions.alive(session);
      const kinds = kindsIn(query.kinds);
      const stream = new EventStream(ports, { after, site: site?.value, kinds, allowed }, head);
      open.set(stream, actor.person);
      ports.metrics.set("wattward_event_streams_open", {}, open.size);
      stream.once("close", () => {
        open.delete(stream);
        ports.metrics.set("wattward_event_streams_open", {}, open.size);
      });
      return {
        kind: "raw",
        type: "text/event-stream",
        body: stream,
        headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
      } satisfies Raw;
    },
  );

  return () => {
    for (const stream of open.keys()) stream.destroy();
  };
}

/** Live events: who may open a stream, where it begins, and how many there may be. */
import { type Clock, type Log, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { EventStream } from "../events/event-stream.ts";
import type { OpenStreams } from "../events/open-streams.ts";
import { problem } from "../problems.ts";
import { route } from "../route.ts";
import type { Sessions } from "../sign-in/sessions.ts";
import { closed, Kinds, kindsIn, SiteIdText } from "./fields.ts";

export type EventPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  readonly sessions: Sessions;
  readonly streams: OpenStreams;
};

export function eventRoutes(app: FastifyInstance, ports: EventPorts): void {
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
      if (!ports.streams.hasRoom(actor.person)) return problem("too-many-streams", { retryAfterS: 10 });
      const allowed = () => ports.sessions.alive(session);
      const kinds = kindsIn(query.kinds);
      const stream = new EventStream(ports, { after, site: site?.value, kinds, allowed }, head);
      return ports.streams.carry(stream, actor.person);
    },
  );
}

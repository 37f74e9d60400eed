/** The first page of the console, and of a script that watches: is everything well, and what needs somebody? */
import { type Clock, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import type { LiveEnergies } from "../../energy/live.ts";
import { SILENT_MS, withSilent } from "../../energy/silent-sites.ts";
import { NowPage } from "../now-shapes.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { ref } from "../shape.ts";
import { closed, InstantMs, SiteIdText } from "./fields.ts";
import type { Probe } from "./health.ts";

export type NowPorts = {
  readonly core: Core;
  readonly clock: Clock;
  /** Snapshots of the sites whose links this process has. */
  readonly energies: LiveEnergies;
  readonly probes: Readonly<Record<string, Probe>>;
  readonly warnings?: (() => readonly string[]) | undefined;
};

const DAY_MS = 86_400_000;
/** A day of summer time's end has 25 hours. */
const TODAY_MS_MAX = 25 * 3_600_000;

export function nowRoutes(app: FastifyInstance, { core, clock, energies, probes, warnings }: NowPorts): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/now",
      access: { action: "read what needs attention", resource: "fleet", class: "read" },
      summary: "What needs somebody, by consequence; what is going on, and what today has brought, by site",
      query: Type.Object(
        {
          todayMs: Type.Optional({
            ...InstantMs,
            description: "When today began for the reader, 25 hours ago at most; midnight UTC unless said.",
          }),
          site: Type.Optional({ ...SiteIdText, description: "Of this site and its stations only." }),
        },
        closed,
      ),
      answer: ref(NowPage),
    },
    async ({ query }) => {
      const site = query.site === undefined ? undefined : siteId(query.site);
      if (site?.ok === false) return problem("unknown-site", { detail: site.fault.sentence });
      const nowMs = clock.now().wallMs;
      const todayMs = query.todayMs ?? Math.floor(nowMs / DAY_MS) * DAY_MS;
      if (todayMs > nowMs || todayMs < nowMs - TODAY_MS_MAX) {
        const detail = `todayMs must be within the 25 hours before now, which is ${nowMs}.`;
        return problem("invalid-request", { field: "/todayMs", detail });
      }
      const known = await core.query("fleet.now", {
        ...{ nowMs, todayMs },
        ...(site === undefined ? {} : { site: site.value }),
      });
      const now = withSilent(known, energies.silent(nowMs - SILENT_MS));
      const failing = Object.entries(probes).flatMap(([part, probe]) => {
        const reason = probe();
        return reason === undefined ? [] : [`${part}: ${reason}`];
      });
      return answer({ ...now, troubles: [...failing, ...(warnings?.() ?? [])] });
    },
  );
}

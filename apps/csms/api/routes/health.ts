/**
 * Is the process there (`/healthz`), and can it do its work (`/readyz`)? Ready means: the core answers a query in time,
 * the last commit succeeded, and every probe given by main (listeners) has nothing to say. Reasons are short and name
 * parts, not causes: these two are public. `/metrics` is not.
 */
import type { Clock } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import type { Metrics, MetricsText } from "../../metrics/metrics.ts";
import { apiLimits } from "../limits.ts";
import { answer, publicRoute, type Raw, route } from "../route.ts";

/** What a part says when asked whether it works: undefined if so, else a few words that an outsider may read. */
export type Probe = () => string | undefined;

export type HealthOptions = {
  readonly core: Core;
  readonly clock: Clock;
  readonly probes: Readonly<Record<string, Probe>>;
  readonly metrics: Metrics & MetricsText;
  /** What does not work as it should, though everything is served. */
  readonly warnings?: () => readonly string[];
};

const Health = Type.Object({ status: Type.Literal("ok") }, { additionalProperties: false });
const Readiness = Type.Object(
  {
    ready: Type.Boolean(),
    reasons: Type.Array(Type.String()),
    /** Left out where there is nothing to say. */
    warnings: Type.Optional(Type.Array(Type.String())),
  },
  { additionalProperties: false },
);

export function healthRoutes(app: FastifyInstance, options: HealthOptions): void {
  const { core, clock, probes, metrics } = options;
  publicRoute(
    app,
    {
      method: "GET",
      url: "/healthz",
      access: { action: "ask whether the process lives", resource: "health", class: "public" },
      summary: "The process is there",
      answer: Health,
    },
    async () => answer({ status: "ok" }),
  );

  publicRoute(
    app,
    {
      method: "GET",
      url: "/readyz",
      access: { action: "ask whether it works", resource: "health", class: "public" },
      summary: "It can do its work; 503 with reasons where it cannot",
      answer: Readiness,
    },
    async () => {
      const reasons = await reasonsAgainst();
      const warnings = [...(options.warnings?.() ?? [])];
      const body = { ready: reasons.length === 0, reasons, ...(warnings.length > 0 && { warnings }) };
      return answer(body, { status: reasons.length === 0 ? 200 : 503 });
    },
  );

  route(
    app,
    {
      method: "GET",
      url: "/metrics",
      access: { action: "read metrics", resource: "metrics", class: "read" },
      summary: "Prometheus text format",
      answer: "text/plain",
    },
    async (): Promise<Raw> => {
      // Cheaper to count at a scrape than to keep right at every message.
      metrics.set("wattward_transactions_open", {}, await core.query("transactions.openCount", undefined));
      return { kind: "raw", type: metrics.contentType, body: await metrics.text() };
    },
  );

  async function reasonsAgainst(): Promise<string[]> {
    const reasons: string[] = [];
    if (!(await coreAnswers(core, clock))) reasons.push("core: does not answer");
    for (const [part, probe] of Object.entries(probes)) {
      const reason = probe();
      if (reason !== undefined) reasons.push(`${part}: ${reason}`);
    }
    return reasons;
  }
}

async function coreAnswers(core: Core, clock: Clock): Promise<boolean> {
  let cancel = () => {};
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(apiLimits.readyMs, () => resolve(false));
  });
  const answered = core.query("outbox.head", undefined).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    cancel();
  }
}

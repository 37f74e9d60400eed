/** Everything that people and programs read of a central system, once: what was stored must not break any of it. */
import assert from "node:assert/strict";
import { silentLog } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { createApi } from "../../apps/csms/api/create-api.ts";
import { newSecret, secretHash } from "../../apps/csms/api/sign-in/secrets.ts";
import { prometheusMetrics } from "../../apps/csms/metrics/prometheus.ts";
import type { Bench } from "../../apps/csms/quirks/testing/bench.ts";

const PAGE = 50;
const HOUR_MS = 3_600_000;

export type Reader = {
  /** Reads all of it: how many pages, and the sentences of what could not be read. */
  readAll(stations: readonly string[]): Promise<{ pages: number; wrong: string[] }>;
  close(): Promise<void>;
};

export async function reader({ core, time }: Bench): Promise<Reader> {
  const chance = seededChance(11);
  const secret = newSecret(chance);
  const atMs = time.now().wallMs;
  const who = { name: "reader", role: "administrator", hash: secretHash(secret) };
  await core.decide("service.token", { ...who, expiresAtMs: atMs + 24_000 * HOUR_MS, atMs });
  const api = await createApi({
    ...{ core, chance, clock: time, log: silentLog, probes: {}, names: [], issuers: [] },
    metrics: prometheusMetrics({ processMetrics: false }),
    consoleFiles: undefined,
  });
  const { paths } = JSON.parse(
    (await api.app.inject({ url: "/api/v1/openapi.json", headers: headers(secret) })).body,
  ) as { paths: Record<string, { get?: unknown }> };
  const gets = Object.keys(paths).filter(
    (path) => paths[path]?.get !== undefined && !/\/(auth|events|commands\/)/.test(path),
  );
  assert(gets.length > 5, `only ${gets.length} pages to read`);

  return {
    async readAll(stations) {
      const wrong: string[] = [];
      let pages = 0;
      const nowMs = time.now().wallMs;
      const range = `fromMs=${nowMs - HOUR_MS}&toMs=${nowMs}&stepMs=60000`;
      for (const path of gets) {
        for (const url of urlsOf(path, stations)) {
          const query = path.endsWith("/history") ? `?${range}` : "";
          const reply = await api.app.inject({ url: `${url}${query}`, headers: headers(secret) });
          pages += 1;
          if (reply.statusCode >= 500)
            wrong.push(`GET ${url}: ${reply.statusCode} ${reply.body.slice(0, 200)}`);
        }
      }
      for (let seq = 0; ; ) {
        const entries = await core.query("outbox.after", { seq, most: PAGE * 10 });
        seq = entries.at(-1)?.seq ?? seq;
        if (entries.length < PAGE * 10) break;
      }
      return { pages, wrong };
    },
    close: () => api.close(),
  };
}

const headers = (secret: string) => ({ host: "localhost:8080", authorization: `Bearer ${secret}` });

/** One for each station where the page is a station's; pages about what there is none of here are asked for once. */
function urlsOf(path: string, stations: readonly string[]): string[] {
  if (!path.includes("{station}")) return [path.replaceAll(/\{[^}]+\}/g, "none")];
  return stations.map((station) => path.replace("{station}", station).replaceAll(/\{[^}]+\}/g, "none"));
}

/**
 * The HTTP API and the console's pages, as one server on a {@link Core}. For main:
 *
 *     const api = await createApi({ core, clock, chance, log, metrics, lastCommit, probes, consoleFiles });
 *     const { port } = await api.listen({ host: "127.0.0.1", port: 8080 });   // anything but loopback needs `tls`
 *     …
 *     await api.close();                                                      // ends streams, then listeners
 *
 * The way of a request: host name → headers → session → access → origin and CSRF → schema → handler → answer or
 * problem details. Always true: a route without an `access` declaration does not register; nobody without a session
 * passes a route that is not public; a cookie changes nothing without its CSRF header.
 */
import fastifyCookie from "@fastify/cookie";
import { type Chance, type Clock, hex, type Log } from "@wattward/kernel";
import type { PasswordHasher } from "@wattward/ocpp/ways-in";
import fastify, { type FastifyInstance } from "fastify";
import type { Core } from "../core/port.ts";
import { LiveEnergies } from "../energy/live.ts";
import type { Metrics, MetricsText } from "../metrics/metrics.ts";
import { type ConsoleFiles, consolePages } from "./console-pages.ts";
import { OpenStreams } from "./events/open-streams.ts";
import { handleFaults } from "./faults.ts";
import { guardRequests, requireAccess } from "./guard.ts";
import { setSecurityHeaders } from "./headers.ts";
import { apiLimits } from "./limits.ts";
import { describeApi } from "./openapi.ts";
import { authRoutes } from "./routes/auth.ts";
import { commandRoutes } from "./routes/commands.ts";
import { denialRoutes } from "./routes/denials.ts";
import { deviationRoutes } from "./routes/deviations.ts";
import { dispensationRoutes } from "./routes/dispensations.ts";
import { energyRoutes } from "./routes/energy.ts";
import { energyDocumentRoutes } from "./routes/energy-documents.ts";
import { energyLimitRoutes } from "./routes/energy-limit.ts";
import { energyPriceRoutes } from "./routes/energy-prices.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes, type Probe } from "./routes/health.ts";
import { messageRoutes } from "./routes/messages.ts";
import { nowRoutes } from "./routes/now.ts";
import { observationRoutes } from "./routes/observations.ts";
import { peopleRoutes } from "./routes/people.ts";
import { settingRoutes } from "./routes/settings.ts";
import { siteRoutes } from "./routes/sites.ts";
import { stationToldRoutes } from "./routes/station-told.ts";
import { stationRoutes } from "./routes/stations.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { transactionRoutes } from "./routes/transactions.ts";
import { variableRoutes } from "./routes/variables.ts";
import { createAttempts } from "./sign-in/attempts.ts";
import { createChallenges } from "./sign-in/challenges.ts";
import { createSessions } from "./sign-in/sessions.ts";
import { ajvOptions } from "./validation.ts";

export type ApiOptions = {
  readonly core: Core;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly metrics: Metrics & MetricsText;
  /** Parts that must work for `/readyz` to say so, by name: listeners, the last commit (see measuredCore). */
  readonly probes: Readonly<Record<string, Probe>>;
  /** What does not work as it should, though everything is served; public like the reasons of `/readyz`. */
  readonly warnings?: () => readonly string[];
  /** Host names this server answers to, beyond those of this machine; lower case. */
  readonly names?: readonly string[];
  /** Names of the operator's authorities; without them no certificate can be denied by its serial number. */
  readonly issuers?: readonly string[];
  /** Where sites' links leave what they tell of their energy; without it no site tells any. */
  readonly energies?: LiveEnergies;
  /** For stations' passwords; without it none can be made. */
  readonly hash?: PasswordHasher | undefined;
  /** PEM; without it only loopback may be listened on. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly passphrase?: string };
  /** The built console, see adapters/console-files.ts; undefined shows a page that says how to build it. */
  readonly consoleFiles?: ConsoleFiles | undefined;
};

export type Api = {
  /** For `inject` in tests. */
  readonly app: FastifyInstance;
  /** Gives the port that was bound. Rejects with {@link UnsafeListen} for an open address without TLS. */
  listen(at: { readonly host?: string; readonly port: number }): Promise<{ port: number }>;
  close(): Promise<void>;
};

/** The operator's fault: plain HTTP on an address that others can reach. */
export class UnsafeListen extends Error {
  override readonly name = "UnsafeListen";
}

export async function createApi(options: ApiOptions): Promise<Api> {
  const https = options.tls !== undefined;
  const app = fastify({
    https: options.tls === undefined ? null : { ...options.tls, minVersion: "TLSv1.2" },
    logger: false,
    bodyLimit: apiLimits.bodyBytesMax,
    routerOptions: { maxParamLength: apiLimits.pathPartCharsMax },
    requestTimeout: apiLimits.requestMs,
    keepAliveTimeout: apiLimits.keepAliveMs,
    forceCloseConnections: true,
    genReqId: () => hex(options.chance, 8),
    ajv: { customOptions: ajvOptions },
    // Addresses that no router can read never reach the hooks.
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(reply, { https });
      faults.render(error, reply, request.id);
    },
  });
  app.server.headersTimeout = apiLimits.headersMs;
  app.server.maxConnections = apiLimits.connectionsMax;

  const faults = handleFaults(app, options.log);
  app.addHook("onRoute", requireAccess);
  readJson(app);
  await app.register(fastifyCookie);
  const sessions = createSessions(options.core, options.clock);
  guardRequests(app, { ...options, sessions, https });
  await describeApi(app);
  const endStreams = addRoutes(app, options, sessions);
  app.addHook("preClose", async () => endStreams());
  await app.ready();

  return {
    app,
    async listen({ host = "127.0.0.1", port }) {
      if (options.tls === undefined && !["127.0.0.1", "::1", "localhost"].includes(host)) {
        throw new UnsafeListen(
          `${host} can be reached by others: give a certificate, or listen on 127.0.0.1`,
        );
      }
      await app.listen({ host, port });
      const bound = app.server.address();
      if (bound === null || typeof bound === "string") throw new Error("the listener has no TCP port");
      return { port: bound.port };
    },
    close: () => app.close(),
  };
}

/** JSON alone, with keys that reach for a prototype refused; nothing at all is no body, which some routes take. */
function readJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, String(body), done);
  });
}

/** Gives how to end the streams. */
function addRoutes(
  app: FastifyInstance,
  options: ApiOptions,
  sessions: ReturnType<typeof createSessions>,
): () => void {
  const { core, clock, chance, log } = options;
  const challenges = createChallenges(chance, clock);
  const attempts = createAttempts(clock);
  const streams = new OpenStreams(options.metrics);
  const energies = options.energies ?? new LiveEnergies();
  healthRoutes(app, options);
  authRoutes(app, { core, clock, chance, log, sessions, challenges, attempts });
  nowRoutes(app, { ...options, energies });
  peopleRoutes(app, { core, clock, chance });
  settingRoutes(app, { core, clock });
  siteRoutes(app, { core, clock });
  stationRoutes(app, { core, clock });
  stationToldRoutes(app, { core });
  observationRoutes(app, { core });
  dispensationRoutes(app, { ...options, hash: options.hash });
  deviationRoutes(app, { core, clock });
  messageRoutes(app, { core });
  commandRoutes(app, { core, clock });
  variableRoutes(app, { core, clock });
  transactionRoutes(app, { core, clock });
  tokenRoutes(app, { core, clock });
  energyDocumentRoutes(app, { core, clock });
  energyRoutes(app, { core, clock, log, energies, sessions, streams });
  energyPriceRoutes(app, { core, clock });
  energyLimitRoutes(app, { core, clock });
  denialRoutes(app, { core, clock, issuers: options.issuers ?? [] });
  eventRoutes(app, { ...options, sessions, streams });
  consolePages(app, options.consoleFiles);
  return () => streams.end();
}

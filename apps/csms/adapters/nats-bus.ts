/**
 * The {@link Bus} on NATS: an empty message on `wattward.<cluster>.committed` after commits, gathered. Connects in the
 * background and for ever, with back-off; while it is away nothing is sent, kept or waited for.
 *
 * One connection after the other, each from its dialling to its end: the client's own reconnecting would keep what was
 * published meanwhile, without a limit, to say it when it is no longer true.
 */
import { readFileSync } from "node:fs";
import { connect, credsAuthenticator, type NatsConnection } from "@nats-io/transport-node";
import { backoffMs, type Chance, type Clock, type Log } from "@wattward/kernel";
import type { Bus } from "../nodes/bus.ts";
import { WAKE_GATHER_MS } from "../nodes/limits.ts";
import type { NatsPlace } from "../nodes/nats-place.ts";

export type NatsFiles = {
  /** A `.creds` file of NATS: a user's JWT and its key. */
  readonly creds?: string | undefined;
  /** PEM: the server's CA, where it is none that the system knows; our certificate and its key. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
};

type NatsPorts = { readonly clock: Clock; readonly chance: Chance; readonly log: Log };

const CONNECT_MS_MAX = 5_000;
const REDIAL_MS = { firstMs: 200, maxMs: 10_000 } as const;
/** A server that says nothing for two of these is gone. */
const PING_EVERY_MS = 5_000;
const PINGS_UNANSWERED_MAX = 2;

export type NatsBus = Bus & {
  /** The name of the database, once it is known: nothing is said or heard before. */
  begin(cluster: string): void;
};

/** Throws where a file cannot be read; a server that is away is waited for. */
export function natsBus(place: NatsPlace, files: NatsFiles, { clock, chance, log }: NatsPorts): NatsBus {
  const options = connectOptions(place, files);
  const listeners = new Set<() => void>();
  let connection: NatsConnection | undefined;
  let subject: string | undefined;
  let trouble: string | undefined = "not connected yet";
  let due = false;
  let closed = false;
  let wakeUp = () => {};
  let over: Promise<void> = Promise.resolve();

  const say = () => {
    due = false;
    if (connection === undefined || connection.isClosed() || subject === undefined) return;
    connection.publish(subject);
  };

  async function once(to: string): Promise<"connected" | "failed"> {
    try {
      const opened = await connect(options);
      if (closed) {
        await opened.close();
        return "connected";
      }
      opened.subscribe(to, { callback: () => listeners.forEach((wake) => void wake()) });
      connection = opened;
      trouble = undefined;
      log.info("nats-connected", { servers: place.shown });
      // What was committed while it was away is looked for at once.
      for (const wake of listeners) wake();
      const why = await opened.closed();
      trouble = `the connection ended${why instanceof Error ? `: ${why.message}` : ""}`;
      return "connected";
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
      return "failed";
    } finally {
      connection = undefined;
    }
  }

  async function run(to: string): Promise<void> {
    for (let attempt = 0; !closed; ) {
      attempt = (await once(to)) === "connected" ? 0 : attempt + 1;
      if (closed) return;
      const redialMs = backoffMs(chance, attempt, REDIAL_MS);
      log.warn("nats-away", { servers: place.shown, say: trouble ?? "", redialMs });
      await new Promise<void>((resolve) => {
        const cancel = clock.after(redialMs, resolve);
        wakeUp = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  return {
    begin(cluster) {
      if (subject !== undefined) return;
      subject = `wattward.${cluster}.committed`;
      over = run(subject);
    },
    publish() {
      if (due || connection === undefined) return;
      due = true;
      clock.after(WAKE_GATHER_MS, say);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    trouble: () => trouble,
    async close() {
      closed = true;
      wakeUp();
      await connection?.close();
      await over;
    },
  };
}

function connectOptions({ servers, tls, user, password }: NatsPlace, files: NatsFiles) {
  const text = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, "utf8"));
  const [ca, cert, key] = [text(files.ca), text(files.cert), text(files.key)];
  const creds = files.creds === undefined ? undefined : readFileSync(files.creds);
  return {
    servers: [...servers],
    name: "wattward",
    noEcho: true,
    reconnect: false,
    timeout: CONNECT_MS_MAX,
    pingInterval: PING_EVERY_MS,
    maxPingOut: PINGS_UNANSWERED_MAX,
    // Who is in the cluster is the operator's word, not the first server's.
    ignoreClusterUpdates: true,
    // Set, TLS is insisted on before anything is said.
    tls: tls ? { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) } : null,
    ...(user !== undefined && (password === undefined ? { token: user } : { user, pass: password })),
    ...(creds !== undefined && { authenticator: credsAuthenticator(creds) }),
  };
}

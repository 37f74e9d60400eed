/**
 * The process that is the load: hundreds of stations of which it was sent the certificates. Its parent tells it what to
 * do, one thing at a time, and gets figures back. A process of its own, so that what it costs is no part of what is
 * measured, and the same for every server that is measured with it.
 */
import { setTimeout as wait } from "node:timers/promises";
import { connect, createSecureContext } from "node:tls";
import { boot, heartbeat, type Kind, scriptOf } from "./messages.ts";
import { LoadSite } from "./site.ts";
import type { Target } from "./socket.ts";
import { LoadStation } from "./station.ts";

export type Enrolled = {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
  /** It is a site, with these stations behind it. */
  readonly behind?: readonly string[];
};
export type Order =
  | { readonly do: "enrol"; readonly ca: string; readonly stations: readonly Enrolled[] }
  /** Opens every socket and boots, or brings its stations, `atOnce` at a time. */
  | { readonly do: "connect"; readonly target: Target; readonly atOnce: number }
  /** Begins to talk, and goes on until it is told to rest. */
  | { readonly do: "warm-up"; readonly kind: Kind }
  /** Counts what is answered in so many seconds of it. */
  | { readonly do: "run"; readonly seconds: number }
  | { readonly do: "rest" }
  | { readonly do: "drop" }
  /** All at once: connect and be answered; how long until the last was. */
  | { readonly do: "reconnect"; readonly target: Target }
  /** All at once: TLS handshakes and no more. */
  | { readonly do: "handshake"; readonly target: Target };
export type Told = {
  readonly messages: number;
  readonly seconds: number;
  readonly failed: number;
  readonly error?: string;
};

/** Before a figure is taken, the other side has compiled what it will run. */
const WARM_UP_MS = 1_000;
/** A station that was turned away tries again after about so long, so often. */
const RETRY_MS = 500;
const ATTEMPTS_MAX = 60;
/** The answers under way arrive before the next order. */
const REST_MS = 500;

let stations: LoadStation[] = [];
let sites: LoadSite[] = [];
let contexts: ReturnType<typeof createSecureContext>[] = [];

async function obey(order: Order): Promise<Told> {
  switch (order.do) {
    case "enrol":
      contexts = order.stations.map(({ cert, key }) => createSecureContext({ ca: order.ca, cert, key }));
      stations = order.stations.flatMap(({ id, behind }, index) =>
        behind === undefined ? [new LoadStation(id, contexts[index]!)] : [],
      );
      sites = order.stations.flatMap(({ id, behind }, index) =>
        behind === undefined ? [] : [new LoadSite(id, behind, contexts[index]!)],
      );
      return { messages: 0, seconds: 0, failed: 0 };
    case "connect":
      return timed(async () => {
        const waiting = [...stations, ...sites];
        const one = async () => {
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            if (next instanceof LoadSite) await next.connect(order.target);
            else await bootAt(order.target, next);
          }
        };
        await Promise.all(Array.from({ length: order.atOnce }, one));
      });
    case "warm-up": {
      const script = scriptOf(order.kind);
      for (const station of stations) station.run(script);
      await wait(WARM_UP_MS);
      return { messages: 0, seconds: 0, failed: 0 };
    }
    case "run":
      return measured(order.seconds);
    case "rest":
      for (const station of stations) station.stop();
      await wait(REST_MS);
      return { messages: 0, seconds: 0, failed: 0 };
    case "drop":
      for (const peer of [...stations, ...sites]) peer.drop();
      return { messages: 0, seconds: 0, failed: 0 };
    case "reconnect":
      return timed(() =>
        Promise.all([
          ...stations.map((station) => comeBack(order.target, station)),
          ...sites.map((site) => site.connect(order.target)),
        ]),
      );
    case "handshake":
      return timed(() => Promise.all(contexts.map((context) => handshake(order.target, context))));
  }
}

async function bootAt(target: Target, station: LoadStation): Promise<void> {
  await station.open(target);
  if (!(await station.ask(boot(station.id)))) throw new Error(`${station.id}: its boot was refused`);
}

/** As a station does: one that is turned away comes again, a little later. */
async function comeBack(target: Target, station: LoadStation): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await station.open(target);
      break;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
      await wait(RETRY_MS * (0.5 + Math.random()));
    }
  }
  if (!(await station.ask(heartbeat()))) throw new Error(`${station.id}: not answered`);
}

async function measured(seconds: number): Promise<Told> {
  const sum = (of: "answered" | "failed") => stations.reduce((total, station) => total + station[of], 0);
  const [before, failedBefore, startMs] = [sum("answered"), sum("failed"), performance.now()];
  await wait(seconds * 1000);
  const messages = sum("answered") - before;
  const tookS = (performance.now() - startMs) / 1000;
  return { messages, seconds: tookS, failed: sum("failed") - failedBefore };
}

async function timed(run: () => Promise<unknown>): Promise<Told> {
  const startMs = performance.now();
  await run();
  const behind = sites.reduce((sum, site) => sum + site.stations.length, 0);
  return { messages: stations.length + behind, seconds: (performance.now() - startMs) / 1000, failed: 0 };
}

function handshake({ port, servername }: Target, secureContext: ReturnType<typeof createSecureContext>) {
  return new Promise<void>((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername, secureContext });
    socket.once("error", reject);
    // In TLS 1.3 the client is done before the server has looked at its certificate: its first byte says that it has.
    socket.once("data", () => {
      socket.destroy();
      resolve();
    });
  });
}

if (import.meta.main) {
  process.on("message", (order: Order) => {
    obey(order).then(
      (told) => process.send?.(told),
      (error: unknown) => process.send?.({ messages: 0, seconds: 0, failed: 1, error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit(0));
}

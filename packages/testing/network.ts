/**
 * A simulated network: hosts with names, links between them with delay, loss and cuts, and WebSocket-like wires.
 * Bytes on a wire arrive whole and in order (it is TCP underneath): loss costs time, a cut costs silence.
 *
 *     cut     packets stop, in both directions, without a word: no close is told to anyone, dialling times out
 *     heal    what was on its way arrives after all, then the link is as before
 *     kill    a host's process dies: its wires end (the peer is told, if the link is up), its own code hears nothing more
 */
import {
  type Chance,
  type Clock,
  type Dialer,
  type DialFault,
  failed,
  ok,
  type Peer,
  type Result,
  type UpgradeRequest,
  type UpgradeVerdict,
  type Wire,
  type WireServer,
} from "@wattward/kernel";
import { type Link, linkBetween, type Side, wirePair } from "./wires.ts";

const DIAL_TIMEOUT_MS = 10_000;

export type Upgrade = (request: UpgradeRequest) => Promise<UpgradeVerdict>;

/** The certificate chain that TLS would have proven, or the `Authorization` header. */
export type Shown = {
  readonly certificateChain?: readonly Uint8Array[] | undefined;
  readonly authorization?: string | undefined;
};

const isChain = (shown: readonly Uint8Array[] | Shown): shown is readonly Uint8Array[] =>
  Array.isArray(shown);

export type Host = {
  /** Serves under this host's name; a second call on the same port replaces nothing and throws. */
  listen(port: number, upgrade: Upgrade): Promise<WireServer>;
  /** Dials `name:port` with what it shows of itself. */
  dialer(to: string, port: number, shown?: readonly Uint8Array[] | Shown): Dialer;
  /** Ends the process on this host; {@link SimulatedNetwork.host} with the same name gives the next one. */
  kill(): void;
};

export class SimulatedNetwork {
  private readonly servers = new Map<string, Server>();
  private readonly links = new Map<string, Link>();
  private readonly clock: Clock;
  private readonly chance: Chance;

  constructor(clock: Clock, chance: Chance) {
    this.clock = clock;
    this.chance = chance;
  }

  /** The link between two hosts, the same for both directions; its conditions may be changed at any time. */
  link(a: string, b: string): Link {
    const key = [a, b].sort().join(" ");
    let link = this.links.get(key);
    if (link === undefined) this.links.set(key, (link = linkBetween(this.clock, this.chance)));
    return link;
  }

  host(name: string): Host {
    let alive = true;
    const sides = new Set<Side>();
    const deaths = new Set<() => void>();
    return {
      listen: async (port, upgrade) => {
        const key = `${name}:${port}`;
        if (this.servers.has(key)) throw new Error(`simulated network: ${key} is taken`);
        const server: Server = { upgrade, alive: () => alive, sides, deaths };
        this.servers.set(key, server);
        const close = async () => {
          if (this.servers.get(key) === server) this.servers.delete(key);
          for (const side of [...sides]) side.wire.close(1001, "going away");
        };
        const trouble = () => (this.servers.get(key) === server ? undefined : "does not listen");
        return { port, trouble, close };
      },
      dialer: (to, port, shown = {}) => ({
        dial: (path, protocols) => {
          const { certificateChain, authorization } = isChain(shown) ? { certificateChain: shown } : shown;
          const peer: Peer = { address: name, ...(certificateChain && { certificateChain }) };
          const request = { peer, path, protocols, ...(authorization !== undefined && { authorization }) };
          return this.dial({ from: name, to, port }, request, { alive: () => alive, sides });
        },
      }),
      kill: () => {
        alive = false;
        for (const side of [...sides]) side.die();
        for (const died of [...deaths]) died();
        for (const [key, server] of this.servers) if (!server.alive()) this.servers.delete(key);
      },
    };
  }

  private async dial(
    way: { from: string; to: string; port: number },
    request: UpgradeRequest,
    dialling: { alive: () => boolean; sides: Set<Side> },
  ): Promise<Result<Wire, DialFault>> {
    const link = this.link(way.from, way.to);
    const unreachable = (why: string) =>
      failed({ kind: "unreachable", sentence: `${way.to}:${way.port}: ${why}` } satisfies DialFault);
    if (!(await link.reached(DIAL_TIMEOUT_MS))) return unreachable("no answer");

    const server = this.servers.get(`${way.to}:${way.port}`);
    if (server === undefined) return unreachable("connection refused");
    const verdict = await this.verdict(server, request);
    if (verdict === undefined)
      return unreachable((await link.reached(DIAL_TIMEOUT_MS)) ? "reset" : "no answer");
    if (!server.alive() || !dialling.alive()) return unreachable("connection reset");
    if (verdict.kind === "refuse") {
      return failed({
        kind: "refused",
        status: verdict.status,
        sentence: `${way.to} answered ${verdict.status}`,
      });
    }
    const [near, far] = wirePair(link, {
      protocol: verdict.protocol,
      clientPeer: request.peer,
      serverName: way.to,
    });
    near.joins(dialling.sides);
    far.joins(server.sides);
    verdict.opened(far.wire);
    if (!(await link.reached(DIAL_TIMEOUT_MS))) {
      near.wire.terminate();
      return unreachable("no answer");
    }
    return ok(near.wire);
  }

  /** The server's verdict; undefined where it takes too long, or its process dies before it has one. */
  private verdict(server: Server, request: UpgradeRequest): Promise<UpgradeVerdict | undefined> {
    return new Promise((resolve, reject) => {
      const none = () => settle(() => resolve(undefined));
      const tooLate = this.clock.after(DIAL_TIMEOUT_MS, none);
      const settle = (tell: () => void) => {
        tooLate();
        server.deaths.delete(none);
        tell();
      };
      server.deaths.add(none);
      server.upgrade(request).then(
        (verdict) => settle(() => resolve(verdict)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }
}

type Server = {
  readonly upgrade: Upgrade;
  readonly alive: () => boolean;
  readonly sides: Set<Side>;
  /** Told when its process dies. */
  readonly deaths: Set<() => void>;
};

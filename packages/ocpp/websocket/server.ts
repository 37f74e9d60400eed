/**
 * Listens for wires: TCP, then TLS where it is asked for, then the peer's certificate, and only then HTTP.
 *
 *     TCP ─▶ door: PROXY header, gate, place ─▶ turn ─▶ TLS ─▶ certificate ─▶ upgrade ─▶ wire
 *
 * Always true: nothing a peer sends, at any of these stages, reaches the process as an exception, and no connection
 * stays at one of them beyond its time; what was let through is never given up for what comes.
 */
import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { Log, UpgradeRequest, UpgradeVerdict, WireServer } from "@wattward/kernel";
import { Door, type Gate } from "./door.ts";
import { type ServerLimits, serverLimits } from "./limits.ts";
import { Refusals, type Refused } from "./refusals.ts";
import { type Connection, Secured } from "./secured.ts";
import type { PeerVerdict, TlsServerOptions } from "./tls.ts";
import { Upgrades } from "./upgrades.ts";

export type ListenOptions = {
  /** Address to bind to, as "127.0.0.1"; "::" is every address of both families. */
  readonly host: string;
  /** 0 lets the system choose; see {@link WireServer.port}. */
  readonly port: number;
  /** Undefined: plain TCP, for loopback and tests. */
  readonly tls: TlsServerOptions | undefined;
  /** Our own check of a peer's chain (DER, leaf first), on every connection, before any HTTP. Throwing refuses. */
  verifyPeer?(chainDer: readonly Uint8Array[]): PeerVerdict;
  /** The verdict on an upgrade; the wire goes to its `opened`. Rejecting is answered with 503. */
  upgrade(request: UpgradeRequest): Promise<UpgradeVerdict>;
  /** Told of every connection that did not become a wire, however many there are; `fields.address` is the peer's. */
  readonly refused?: Refused;
  /** Asked before anything is spent on a connection. */
  readonly gate?: Gate;
  /**
   * Addresses and ranges (`10.0.0.0/8`) of proxies that begin each connection with a PROXY header of version 2, before
   * TLS. From there a connection without one is refused, and from anywhere else one with it.
   */
  readonly proxies?: readonly string[];
  /** May wires of OCPP 2.x be compressed where the peer offers it? They may, unless told otherwise (compression.ts). */
  readonly compression?: boolean;
  readonly limits?: Partial<ServerLimits>;
  readonly log: Log;
};

/** Resolves when it listens; rejects with Node's error where the address cannot be bound. */
export async function listenWires(options: ListenOptions): Promise<WireServer> {
  const { tls, log } = options;
  const limits = { ...serverLimits, ...options.limits };
  const refusals = new Refusals(log, limits, options.refused);
  const upgrades = new Upgrades({
    upgrade: (request) => options.upgrade(request),
    compression: options.compression ?? true,
    limits,
    log,
    refusals,
  });
  const door = new Door({ proxies: options.proxies ?? [], gate: options.gate, limits, refusals, log });
  const sockets = new Set<Socket>();
  const on = tls
    ? onSecured(options, tls, { limits, refusals, upgrades, sockets })
    : ({ socket, address, place }: Connection) => upgrades.take(socket, { address }, place);

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.on("connection", (socket) => {
    track(sockets, socket);
    door.enter(socket, on);
  });
  await bound(server, options);
  server.on("error", (error) => log.error("listener-fault", { error: error.message }));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  return {
    port: address.port,
    trouble() {
      if (!server.listening) return "does not listen";
      return door.full ? "full" : undefined;
    },
    close: () => closed(server, upgrades, sockets, limits),
  };
}

type Parts = {
  readonly limits: ServerLimits;
  readonly refusals: Refusals;
  readonly upgrades: Upgrades;
  readonly sockets: Set<Socket>;
};

/** What to do with a connection that has a place, where TLS is asked for. */
function onSecured(
  options: ListenOptions,
  tls: TlsServerOptions,
  { limits, refusals, upgrades, sockets }: Parts,
): (connection: Connection) => void {
  const { verifyPeer, log } = options;
  const judged = tls.clients.kind === "none" || tls.clients.judge === "openssl" || verifyPeer !== undefined;
  assert(judged, "judge 'caller' needs verifyPeer");
  const secured = new Secured({
    tls,
    ...(verifyPeer && { verifyPeer: (chainDer) => verifyPeer.call(options, chainDer) }),
    take(socket, peer, place) {
      track(sockets, socket);
      upgrades.take(socket, peer, place);
    },
    limits,
    refusals,
    log,
  });
  return (connection) => void secured.take(connection);
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
}

function bound(server: Server, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Says 1001 to every wire, waits for their answers within `closeMsMax`, then ends what is left. */
function closed(
  server: Server,
  upgrades: Upgrades,
  sockets: Set<Socket>,
  limits: ServerLimits,
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => endAll(sockets), limits.closeMsMax);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    if (upgrades.wires.size === 0) endAll(sockets);
    for (const wire of upgrades.wires) wire.close(1001, "going away");
  });
}

const endAll = (sockets: Set<Socket>): void => {
  for (const socket of sockets) socket.destroy();
};

/**
 * Listens for wires: TCP, then TLS where it is asked for, then the peer's certificate, and only then HTTP.
 *
 *     TCP (connectionsMax) ─▶ turn (handshakesMax) ─▶ TLS (handshakeMsMax) ─▶ certificate ─▶ upgrade ─▶ wire
 *
 * Always true: not one byte of HTTP is parsed for a peer whose certificate is required and absent or refused, and the
 * certificate is looked at anew on every connection, resumed ones too (ADR 8); nothing a peer sends, at any of these
 * stages, reaches the process as an exception.
 */
import assert from "node:assert/strict";
import type { X509Certificate } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import {
  type Log,
  type Peer,
  plainAddress,
  type UpgradeRequest,
  type UpgradeVerdict,
  type WireServer,
} from "@wattward/kernel";
import { certificatesOf, chainOf } from "./certificates.ts";
import { type ServerLimits, serverLimits } from "./limits.ts";
import { Refusals, type Refused } from "./refusals.ts";
import { identityOptions, type PeerVerdict, type TlsServerOptions, tlsBase } from "./tls.ts";
import { Turns } from "./turns.ts";
import { Upgrades } from "./upgrades.ts";

/** Who may try at all: the caller's memory of who failed to authenticate, which costs that source its tries. */
export type Gate = {
  /**
   * Asked once a connection, when its peer's address is known and before TLS; no and a throw close it without a word.
   * `address` is in its plain spelling ({@link plainAddress}); count by {@link sourceKey}.
   */
  admits(address: string): boolean;
};

export type ListenOptions = {
  /** Address to bind to, as "127.0.0.1". */
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
  readonly limits?: Partial<ServerLimits>;
  readonly log: Log;
};

/** Resolves when it listens; rejects with Node's error where the address cannot be bound. */
export async function listenWires(options: ListenOptions): Promise<WireServer> {
  const limits = { ...serverLimits, ...options.limits };
  const refusals = new Refusals(options.log, limits, options.refused);
  const upgrades = new Upgrades({
    upgrade: (request) => options.upgrade(request),
    limits,
    log: options.log,
    refusals,
  });
  const sockets = new Set<Socket>();
  const accept = options.tls
    ? secured(options, options.tls, { limits, refusals, upgrades, sockets })
    : (socket: Socket) => upgrades.take(socket, { address: socket.remoteAddress ?? "" });

  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  server.maxConnections = limits.connectionsMax;
  server.on("drop", (dropped) =>
    refusals.tell("connections-full", { address: dropped?.remoteAddress ?? "" }),
  );
  let connections = 0;
  server.on("connection", (socket) => {
    connections += 1;
    socket.once("close", () => (connections -= 1));
    track(sockets, socket);
    const address = plainAddress(socket.remoteAddress ?? "");
    if (options.gate?.admits(address) === false) {
      refusals.tell("source-shed", { address });
      return void socket.destroy();
    }
    accept(socket);
  });
  await bound(server, options);
  server.on("error", (error) => options.log.error("listener-fault", { error: error.message }));
  const address = server.address();
  assert(address !== null && typeof address === "object");
  return {
    port: address.port,
    trouble() {
      if (!server.listening) return "does not listen";
      return connections < limits.connectionsMax ? undefined : "full";
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

/** TLS and the peer's certificate; returns what to do with a new TCP connection. */
function secured(options: ListenOptions, tls: TlsServerOptions, parts: Parts): (socket: Socket) => void {
  const { clients } = tls;
  const { limits, refusals, upgrades, sockets } = parts;
  const required = clients.kind === "required";
  assert(!required || clients.judge === "openssl" || options.verifyPeer, "judge 'caller' needs verifyPeer");
  const known = required ? certificatesOf(clients.ca) : [];
  const server = createTlsServer({
    ...tlsBase,
    ...identityOptions(tls.identities),
    handshakeTimeout: limits.handshakeMsMax,
    requestCert: required,
    rejectUnauthorized: required && clients.judge === "openssl",
    ...(required && { ca: [...clients.ca] }),
  });
  const turns = new Turns(limits.handshakesMax, (socket) => server.emit("connection", socket));
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    refusals.tell("handshake-failed", {
      address: socket.remoteAddress ?? "",
      fault: error.code ?? error.name,
    });
    socket.destroy();
  });
  server.on("secureConnection", (socket) => {
    turns.done(socket);
    socket.on("error", () => socket.destroy());
    track(sockets, socket);
    const peer = required ? provenPeer(socket, known, options) : { address: socket.remoteAddress ?? "" };
    if ("address" in peer) return upgrades.take(socket, peer);
    refusals.tell("peer-refused", { address: socket.remoteAddress ?? "", ...peer });
    socket.destroy();
  });
  return (socket) => {
    socket.on("error", () => socket.destroy());
    turns.wait(socket);
  };
}

type Unproven = { readonly say: string; readonly certificate: "missing" | "shown" };

/** Who this is by its certificate, or why it may not go on. */
function provenPeer(
  socket: TLSSocket,
  known: readonly X509Certificate[],
  options: ListenOptions,
): Peer | Unproven {
  const certificate = "shown";
  try {
    const chain = chainOf(socket, known);
    if (chain === undefined) return { say: "no certificate", certificate: "missing" };
    const verdict = options.verifyPeer?.(chain);
    if (verdict?.kind === "refused") return { say: verdict.reason, certificate };
    return { address: socket.remoteAddress ?? "", certificateChain: chain };
  } catch (error) {
    const where = error instanceof Error ? (error.stack ?? error.name) : typeof error;
    options.log.error("verify-peer-failed", { error: where });
    return { say: "the check itself failed", certificate };
  }
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

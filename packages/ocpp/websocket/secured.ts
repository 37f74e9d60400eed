/**
 * TLS and the peer's certificate, for connections that already have a place:
 *
 *     first byte (firstByteMsMax) ─▶ turn (handshakesMax, turnMsMax) ─▶ TLS (handshakeMsMax) ─▶ certificate ─▶ upgrade
 *
 * Always true: who says nothing takes nobody's turn; what is no TLS never meets the TLS library; not one byte of HTTP
 * is parsed for a peer whose certificate is required and absent or refused, and the certificate is looked at anew on
 * every connection, resumed ones too (ADR 8).
 */
import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Log, Peer } from "@wattward/kernel";
import { type FirstByte, firstByte } from "./beginnings.ts";
import { certificatesOf, chainOf } from "./certificates.ts";
import type { ServerLimits } from "./limits.ts";
import type { Place } from "./places.ts";
import type { Refusals } from "./refusals.ts";
import { identityOptions, type PeerVerdict, serverTls, type TlsServerOptions } from "./tls.ts";
import { type Turn, Turns } from "./turns.ts";

/** A TCP connection, and whose it is. */
export type Connection = {
  readonly socket: Socket;
  /** Who is at the other end: a listed proxy's word for it, else the connection's own address. In plain spelling. */
  readonly address: string;
  /** What it is counted under. */
  readonly source: string;
  readonly place: Place;
};

export type SecuredOptions = {
  readonly tls: TlsServerOptions;
  verifyPeer?(chainDer: readonly Uint8Array[]): PeerVerdict;
  /** Where a connection goes whose TLS is done and whose certificate, if one is required, is good. */
  take(socket: TLSSocket, peer: Peer, place: Place): void;
  readonly limits: ServerLimits;
  readonly refusals: Refusals;
  readonly log: Log;
};

const TLS_HANDSHAKE = 0x16;

export class Secured {
  private readonly options: SecuredOptions;
  private readonly server: Server;
  private readonly turns: Turns;
  private readonly byOpenssl: boolean;
  private readonly known: readonly X509Certificate[];
  /** By both ends of the TCP connection: TLS makes another object of it than the one it was given. */
  private readonly handshakes = new Map<string, { readonly connection: Connection; readonly turn: Turn }>();

  constructor(options: SecuredOptions) {
    const { tls, limits } = options;
    const { clients } = tls;
    const required = clients.kind === "required";
    this.options = options;
    this.byOpenssl = clients.kind === "required" && clients.judge === "openssl";
    this.known = required ? certificatesOf(clients.ca) : [];
    this.turns = new Turns(limits.handshakesMax);
    this.server = createServer({
      ...serverTls,
      ...identityOptions(tls.identities),
      handshakeTimeout: limits.handshakeMsMax,
      requestCert: required,
      // Refused in {@link proven}: TLS itself would end the socket without a word of why, or of whom.
      rejectUnauthorized: false,
      ...(required && { ca: [...clients.ca] }),
    });
    this.server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      const connection = this.over(endsOf(socket));
      socket.destroy();
      if (connection !== undefined) this.failed(connection, { fault: error.code ?? error.name });
    });
    this.server.on("secureConnection", (socket) => this.secured(socket));
  }

  /** Takes a connection over, from its first byte on. */
  async take(connection: Connection): Promise<void> {
    const { limits } = this.options;
    const { socket, source } = connection;
    const first = await firstByte(socket, limits.firstByteMsMax);
    const unfit = whyNoTls(first);
    if (unfit !== undefined && !socket.destroyed) this.failed(connection, unfit);
    if (unfit !== undefined || socket.destroyed) return void socket.destroy();
    const waited = setTimeout(() => {
      turn.end();
      this.failed(connection, { fault: "NO_TURN", afterMs: limits.turnMsMax });
      socket.destroy();
    }, limits.turnMsMax);
    const turn = this.turns.wait(source, (begun) => {
      clearTimeout(waited);
      this.begin(connection, begun);
    });
    socket.once("close", () => {
      clearTimeout(waited);
      turn.end();
    });
  }

  private begin(connection: Connection, turn: Turn): void {
    const { socket } = connection;
    const ends = endsOf(socket);
    if (socket.destroyed || ends === undefined) {
      turn.end();
      return;
    }
    this.handshakes.set(ends, { connection, turn });
    const held = setTimeout(() => turn.end(), this.options.limits.turnHeldMsMax);
    socket.once("close", () => {
      clearTimeout(held);
      // Reset by its peer: TLS tells of that when it knows no longer of whom.
      if (this.over(ends) !== undefined) this.failed(connection, { fault: "ECONNRESET" });
    });
    this.server.emit("connection", socket);
  }

  private secured(socket: TLSSocket): void {
    const { options } = this;
    socket.on("error", () => socket.destroy());
    const connection = this.over(endsOf(socket));
    if (connection === undefined) return void socket.destroy();
    const { address, place } = connection;
    const required = options.tls.clients.kind === "required";
    const peer = required ? this.proven(socket, address) : { address };
    if ("address" in peer) {
      if (required) place.proven();
      options.take(socket, peer, place);
    } else {
      options.refusals.tell("peer-refused", { address, ...peer });
      socket.destroy();
    }
  }

  /** Who this is by its certificate, or why it may not go on. */
  private proven(socket: TLSSocket, address: string): Peer | Unproven {
    const certificate = "shown";
    try {
      const chain = chainOf(socket, this.known);
      if (chain === undefined) return { say: "no certificate", certificate: "missing" };
      if (this.byOpenssl && !socket.authorized)
        return { say: String(socket.authorizationError), certificate };
      const verdict = this.options.verifyPeer?.(chain);
      if (verdict?.kind === "refused") return { say: verdict.reason, certificate };
      return { address, certificateChain: chain };
    } catch (error) {
      const where = error instanceof Error ? (error.stack ?? error.name) : typeof error;
      this.options.log.error("verify-peer-failed", { error: where });
      return { say: "the check itself failed", certificate };
    }
  }

  /** Its handshake is over, its turn given up; undefined where that was known already. */
  private over(ends: string | undefined): Connection | undefined {
    const known = ends === undefined ? undefined : this.handshakes.get(ends);
    if (ends === undefined || known === undefined) return undefined;
    this.handshakes.delete(ends);
    known.turn.end();
    return known.connection;
  }

  private failed({ address }: Connection, fields: Unfit): void {
    this.options.refusals.tell("handshake-failed", { address, ...fields });
  }
}

type Unproven = { readonly say: string; readonly certificate: "missing" | "shown" };
type Unfit = { readonly fault: string; readonly say?: string; readonly afterMs?: number };

/** Why there will be no handshake, by the first byte of it. */
function whyNoTls(first: FirstByte): Unfit | undefined {
  if (first.kind === "silent") return { fault: first.late ? "SILENT" : "ECONNRESET" };
  if (first.value === TLS_HANDSHAKE) return undefined;
  // "\r" begins version 2 of the PROXY protocol, "P" version 1.
  const proxied = first.value === 0x0d || first.value === 0x50;
  const say = "no TLS; if it is a PROXY header, its sender is not among the listed proxies";
  return { fault: "NO_TLS", ...(proxied && { say }) };
}

function endsOf(socket: Socket): string | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || localAddress === undefined) return undefined;
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

/** Listens for masters: Modbus/TCP, Modbus/TCP Security, or a unix socket, whose folder says who may reach it. */
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from "node:tls";
import type { ByteLink, LinkPeer } from "../link.ts";
import { Handshakes } from "./handshakes.ts";
import { type TcpLimits, tcpLimits } from "./limits.ts";
import { socketLink } from "./socket-link.ts";
import { securedPeer, serverTls, type TlsIdentity } from "./tls.ts";

/** `silent`: it did not finish its handshake in time, or in its turn among others of its source. */
type RefusedWhy = "full" | "silent" | "untrusted" | "role";

export type ListenOptions = {
  /** Where: `host` is an address of this machine, port 0 takes any; or the path of a unix socket. */
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string };
  /** Modbus/TCP Security; plain without it. */
  readonly tls?: TlsIdentity;
  /** Gets each link once it is secured; must call its `listen` at once. */
  accept(link: ByteLink): void;
  /** What the operating system says of the process at the other end of a unix socket. */
  uidOf?(socket: Socket): number | undefined;
  /** A connection that never became a link, and why. */
  refused?(address: string, why: RefusedWhy): void;
  readonly limits?: Partial<TcpLimits>;
};

export interface ModbusListener {
  /** 0 for a unix socket. */
  readonly port: number;
  /**
   * Of Modbus/TCP Security: from now on with this identity. Links go on, but end where other authorities are believed than before, for who
   * they are was proven to those. Throws where certificate and key do not belong together; then all stays as it is.
   */
  renew(tls: TlsIdentity): void;
  /** Stops listening and ends every link; resolves when all are gone. */
  close(): Promise<void>;
}

/** Rejects where the address cannot be had (Node's own error, with its code). */
export async function listen(options: ListenOptions): Promise<ModbusListener> {
  const limits = { ...tcpLimits, ...options.limits };
  const sockets = new Set<Socket>();
  const handshakes = new Handshakes(limits.handshakesEachMax);
  let { tls } = options;
  const server: Server | TlsServer =
    options.tls === undefined
      ? createServer((socket) => options.accept(socketLink(socket, plainPeer(socket, options))))
      : createTlsServer(serverTls(options.tls, limits.provenMsMax), (socket) => {
          handshakes.proven(socket);
          secured(socket, options);
        });
  // Counted before TLS begins: handshakes are what a flood would consist of.
  server.maxConnections = limits.connectionsMax;
  server.on("drop", (dropped) => options.refused?.(dropped?.remoteAddress ?? "", "full"));
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    if (tls !== undefined) handshakes.begun(socket, sockets.size < limits.connectionsMax);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    options.refused?.(socket.remoteAddress ?? "", silences.has(error.code ?? "") ? "silent" : "untrusted");
    socket.destroy();
  });

  server.listen(options.at);
  await once(server, "listening");
  // A connection that the machine could not take: the others go on.
  server.on("error", () => options.refused?.("", "full"));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    renew(fresh) {
      if (!("setSecureContext" in server)) return;
      server.setSecureContext(serverTls(fresh, limits.provenMsMax));
      const same = JSON.stringify([tls?.ca, tls?.crl]) === JSON.stringify([fresh.ca, fresh.crl]);
      tls = fresh;
      if (!same) for (const socket of sockets) socket.destroy();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A handshake that ended without a word about certificates. */
const silences: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ERR_TLS_HANDSHAKE_TIMEOUT"]);

function secured(socket: TLSSocket, { accept, refused }: ListenOptions): void {
  const address = socket.remoteAddress ?? "";
  const peer = securedPeer(socket, address);
  if (peer === undefined) {
    refused?.(address, "role");
    socket.on("error", () => {});
    socket.destroy();
    return;
  }
  accept(socketLink(socket, peer));
}

function plainPeer(socket: Socket, { at, uidOf }: ListenOptions): LinkPeer {
  if ("path" in at) {
    const uid = uidOf?.(socket);
    return { address: at.path, ...(uid !== undefined && { uid }) };
  }
  const port = socket.remotePort;
  return { address: socket.remoteAddress ?? "", ...(port !== undefined && { port }) };
}

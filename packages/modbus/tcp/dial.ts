/** Connects to a device, or to the guard's unix socket. */
import { connect, type Socket } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { failed, ok, type Result } from "@wattward/kernel";
import type { ByteLink, Dial, LinkFault, LinkPeer } from "../link.ts";
import { type TcpLimits, tcpLimits } from "./limits.ts";
import { socketLink } from "./socket-link.ts";
import { clientTls, securedPeer, type TlsIdentity } from "./tls.ts";

export type DialOptions = {
  readonly to:
    | {
        readonly host: string;
        readonly port: number;
        /** Of this machine, where it is to be seen to come from another address than the usual one. */
        readonly localAddress?: string;
      }
    | { readonly path: string };
  /** Modbus/TCP Security; plain without it. `serverName` where the certificate names something else than the host. */
  readonly tls?: TlsIdentity & { readonly serverName?: string };
  readonly limits?: Partial<TcpLimits>;
};

/** How to connect, to be called as often as is needed: {@link ModbusClient} does. */
export function dialer(options: DialOptions): Dial {
  return () =>
    new Promise<Result<ByteLink, LinkFault>>((resolve) => {
      const { connectMsMax, handshakeMsMax } = { ...tcpLimits, ...options.limits };
      const name = "path" in options.to ? options.to.path : `${options.to.host}:${options.to.port}`;
      const secured = options.tls !== undefined;
      let socket: Socket;
      try {
        socket = begin(options);
      } catch (error) {
        const kind = secured ? "untrusted" : "unreachable";
        resolve(failed({ kind, sentence: `${name}: ${(error as Error).message}` }));
        return;
      }
      let connected = false;
      const settle = (result: Result<ByteLink, LinkFault>) => {
        clearTimeout(timer);
        if (!result.ok) socket.destroy();
        resolve(result);
      };
      const fail = (why: string) =>
        settle(
          failed({
            kind: secured && connected ? "untrusted" : "unreachable",
            sentence: `${name}: ${why}`,
          }),
        );
      const timer = setTimeout(() => fail("no answer"), secured ? handshakeMsMax : connectMsMax);
      socket.on("connect", () => void (connected = true));
      socket.on("error", (error) => fail(error.message));
      socket.on("close", () => fail("closed before it was open"));
      socket.once(secured ? "secureConnect" : "connect", () => {
        const peer = peerOf(socket, options, name);
        if (peer === undefined) fail("its certificate cannot be read");
        else settle(ok(socketLink(socket, peer)));
      });
    });
}

function begin({ to, tls }: DialOptions): Socket {
  if (tls === undefined) return connect(to);
  const options: ConnectionOptions = { ...to, ...clientTls(tls, tls.serverName) };
  return tlsConnect(options);
}

function peerOf(socket: Socket, { to, tls }: DialOptions, name: string): LinkPeer | undefined {
  if (tls !== undefined) return securedPeer(socket as TLSSocket, socket.remoteAddress ?? name);
  return "path" in to ? { address: to.path } : { address: socket.remoteAddress ?? name, port: to.port };
}

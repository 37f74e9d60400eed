/**
 * Opens wires as a client: TCP, TLS with our identity, the server's certificate, the upgrade.
 *
 * Always true: the name that is verified is the URL's host, wherever the TCP connection goes (`connectTo`); not a byte
 * of HTTP is sent before the server is trusted; every failure is a {@link DialFault}, never an exception; sessions are
 * not resumed, so that each connection proves both certificates anew.
 */
import assert from "node:assert/strict";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, createSecureContext, type TLSSocket } from "node:tls";
import {
  type Dialer,
  type DialFault,
  failed,
  type Log,
  ok,
  type Peer,
  type Result,
  shown,
  type Wire,
} from "@wattward/kernel";
import { WebSocket } from "ws";
import { certificatesOf, chainOf } from "./certificates.ts";
import { clientCompression } from "./compression.ts";
import { type DialLimits, dialLimits } from "./limits.ts";
import { SocketWire } from "./socket-wire.ts";
import { clientTls, type PeerVerdict } from "./tls.ts";

export type TlsClientOptions = {
  /** PEM: roots (and issuing CAs) that the server's certificate must come from. */
  readonly ca: string | readonly string[];
  /** PEM: our certificate with its issuing CAs, and its key; both or neither. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Name to ask for and to verify, where it is not the URL's host. */
  readonly servername?: string;
  /**
   * Decides in OpenSSL's place, for those whose clock is their own (ADR 20): chain in DER, leaf first. The name is
   * checked here all the same. Throwing refuses.
   */
  verifyServer?(chainDer: readonly Uint8Array[], name: string): PeerVerdict;
};

export type DialerOptions = {
  /** `wss://host:port/base`, or `ws://` for plain TCP; what is dialled is appended to its path (Part 4 §3.1.1). */
  readonly url: string;
  /** Required for `wss:`. */
  readonly tls?: TlsClientOptions;
  /** Where the TCP connection really goes; the name to verify stays the URL's. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** HTTP Basic with every request (A00.FR.202 to 204): security profiles 1 and 2. */
  readonly basic?: { readonly user: string; readonly password: Uint8Array };
  /** Offer to compress messages (compression.ts). The other end may decline; one of OCPP 1.6 should. */
  readonly compression?: boolean;
  readonly log: Log;
  readonly limits?: Partial<DialLimits>;
};

type Plan = {
  readonly options: DialerOptions;
  readonly limits: DialLimits;
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** The name that the server must prove. */
  readonly name: string;
  readonly ca: readonly string[];
  /** The same certificates, to complete a chain with. */
  readonly known: ReturnType<typeof certificatesOf>;
  readonly secure: boolean;
};

/** A wrong URL, key or certificate is a fault of the configuration and throws here, once, not at each dial. */
export function dialer(options: DialerOptions): Dialer {
  const url = new URL(options.url);
  assert(url.protocol === "wss:" || url.protocol === "ws:", "a dialer's URL begins with wss: or ws:");
  const secure = url.protocol === "wss:";
  assert(!secure || options.tls, "wss: needs tls options");
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const ca = options.tls === undefined ? [] : [options.tls.ca].flat();
  const plan: Plan = {
    options,
    limits: { ...dialLimits, ...options.limits },
    url,
    host: options.connectTo?.host ?? host,
    port: options.connectTo?.port ?? Number(url.port || (secure ? 443 : 80)),
    name: options.tls?.servername ?? host,
    ca,
    known: certificatesOf(ca),
    secure,
  };
  const connect = secure && options.tls ? securely(plan, options.tls) : () => plainly(plan);
  return {
    async dial(path, protocols) {
      const connected = await connect();
      return connected.ok ? upgraded(plan, connected.value, { path, protocols }) : connected;
    },
  };
}

function plainly(plan: Plan): Promise<Result<Socket, DialFault>> {
  return new Promise((resolve) => {
    const socket = connectTcp({ host: plan.host, port: plan.port, noDelay: true });
    settling(plan, socket, resolve);
    socket.once("connect", () => resolve(ok(socket)));
  });
}

function securely(plan: Plan, tls: TlsClientOptions): () => Promise<Result<Socket, DialFault>> {
  const secureContext = createSecureContext({
    ...clientTls,
    ca: [...plan.ca],
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
  });
  return () =>
    new Promise((resolve) => {
      const socket = connectTls({
        host: plan.host,
        port: plan.port,
        secureContext,
        // A name in the handshake is a DNS name, never an address (RFC 6066 §3).
        servername: isIP(plan.name) ? "" : plan.name,
        rejectUnauthorized: tls.verifyServer === undefined,
        checkServerIdentity: (_host, certificate) => checkServerIdentity(plan.name, certificate),
      });
      settling(plan, socket, resolve);
      socket.once("secureConnect", () => {
        socket.setNoDelay(true);
        const refusal = tls.verifyServer && refusalOf(socket, plan, tls.verifyServer);
        if (refusal === undefined) return resolve(ok(socket));
        resolve(
          failed({ kind: "untrusted", sentence: `The certificate of ${at(plan)} is refused: ${refusal}.` }),
        );
        socket.destroy();
      });
    });
}

/** What both kinds of connecting have in common: a deadline, and errors as faults. */
function settling(plan: Plan, socket: Socket, resolve: (result: Result<Socket, DialFault>) => void): void {
  socket.setKeepAlive(true, 60_000);
  const timer = setTimeout(() => {
    const sentence = `No connection to ${at(plan)} within ${plan.limits.connectMsMax} ms.`;
    resolve(failed({ kind: "unreachable", sentence }));
    socket.destroy();
  }, plan.limits.connectMsMax);
  const ready = plan.secure ? "secureConnect" : "connect";
  socket.once(ready, () => clearTimeout(timer));
  socket.on("error", (error: NodeJS.ErrnoException) => resolve(failed(connectFault(plan, error))));
  socket.once("close", () => {
    clearTimeout(timer);
    resolve(
      failed({ kind: "unreachable", sentence: `${at(plan)} closed the connection while it was set up.` }),
    );
  });
}

function refusalOf(
  socket: TLSSocket,
  plan: Plan,
  verify: NonNullable<TlsClientOptions["verifyServer"]>,
): string | undefined {
  try {
    const wrongName = checkServerIdentity(plan.name, socket.getPeerCertificate());
    if (wrongName) return `it is not for ${plan.name}`;
    const chain = chainOf(socket, plan.known);
    if (chain === undefined) return "there is none";
    const verdict = verify(chain, plan.name);
    return verdict.kind === "refused" ? verdict.reason : undefined;
  } catch (error) {
    plan.options.log.error("verify-server-failed", {
      error: error instanceof Error ? (error.stack ?? "") : "",
    });
    return "the check itself failed";
  }
}

type Target = { readonly path: string; readonly protocols: readonly string[] };

function upgraded(plan: Plan, socket: Socket, target: Target): Promise<Result<Wire, DialFault>> {
  const { limits, options, url } = plan;
  const address = `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, "")}${target.path}`;
  return new Promise((resolve) => {
    const fault = (error: DialFault) => {
      clearTimeout(timer);
      resolve(failed(error));
      socket.destroy();
    };
    const timer = setTimeout(() => {
      const sentence = `${at(plan)} did not answer the upgrade within ${limits.upgradeMsMax} ms.`;
      fault({ kind: "unreachable", sentence });
    }, limits.upgradeMsMax);
    let webSocket: WebSocket;
    try {
      webSocket = new WebSocket(address, [...target.protocols], {
        createConnection: () => socket,
        perMessageDeflate: options.compression ? clientCompression : false,
        autoPong: false,
        maxPayload: options.compression
          ? Math.min(limits.frameBytesMax, limits.inflatedBytesMax)
          : limits.frameBytesMax,
        ...(options.basic && { headers: { Authorization: basicHeader(options.basic) } }),
        ...{ closeTimeout: limits.closeMsMax },
      });
    } catch {
      // The path or a sub-protocol is no such thing; both are the caller's.
      return fault({ kind: "refused", sentence: `Not an address or sub-protocol: '${shown(target.path)}'.` });
    }
    webSocket.once("open", () => {
      const peer = peerOf(socket, plan);
      clearTimeout(timer);
      webSocket.off("error", failedUpgrade);
      resolve(ok(new SocketWire(webSocket, { peer, stream: socket }, limits, options.log)));
    });
    webSocket.once("unexpected-response", (_request, response) => {
      const status = response.statusCode ?? 0;
      fault({ kind: "refused", status, sentence: `${at(plan)} answered ${status} instead of a WebSocket.` });
    });
    const failedUpgrade = (error: Error) => fault(upgradeFault(plan, error));
    webSocket.on("error", failedUpgrade);
  });
}

function peerOf(socket: Socket, plan: Plan): Peer {
  const chain = plan.secure ? chainOf(socket as TLSSocket, plan.known) : undefined;
  return { address: socket.remoteAddress ?? "", ...(chain && { certificateChain: chain }) };
}

const at = ({ name, host, port }: Plan): string =>
  host === name ? `${host}:${port}` : `${name} (at ${host}:${port})`;

const basicHeader = ({ user, password }: NonNullable<DialerOptions["basic"]>): string =>
  `Basic ${Buffer.concat([Buffer.from(`${user}:`), password]).toString("base64")}`;

const networkCodes = /^(ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EADDR|EACCES|EINVAL)/;

function connectFault(plan: Plan, error: NodeJS.ErrnoException): DialFault {
  const code = error.code ?? error.name;
  if (networkCodes.test(code))
    return { kind: "unreachable", sentence: `No connection to ${at(plan)}: ${code}.` };
  return {
    kind: "untrusted",
    sentence: `No TLS with ${at(plan)}: ${code}. Check both certificates and their times.`,
  };
}

function upgradeFault(plan: Plan, error: NodeJS.ErrnoException): DialFault {
  const code = error.code ?? "";
  const identified = plan.secure && plan.options.tls?.cert !== undefined;
  if (code.startsWith("ERR_SSL") || (identified && (code === "ECONNRESET" || code === "EPIPE"))) {
    // In TLS 1.3 a server refuses a client's certificate after the client has finished its handshake.
    const sentence = `${at(plan)} ended the connection right after TLS: it may not accept our certificate.`;
    return { kind: "untrusted", sentence };
  }
  if (networkCodes.test(code)) return { kind: "unreachable", sentence: `${at(plan)} was lost: ${code}.` };
  return {
    kind: "refused",
    ...(/subprotocol/.test(error.message) && { noProtocol: true as const }),
    sentence: `${at(plan)} did not agree to a WebSocket: ${shown(error.message, 120)}.`,
  };
}

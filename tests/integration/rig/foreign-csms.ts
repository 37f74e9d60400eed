/**
 * A central system that none of us wrote: `ocpp-rpc`'s server, strict, behind TLS of its own operator. It takes whatever
 * a charging session says, in all three versions, and keeps every text as it came, connection by connection.
 */
import { createServer, type Server as HttpsServer } from "node:https";
import { join } from "node:path";
import { after } from "node:test";
import type { TLSSocket } from "node:tls";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { issueServer, issueStation } from "@wattward/pki";
import { newKey, openOrCreateAuthorityFiles, publicHalf } from "@wattward/pki/files";
import { RPCServer } from "ocpp-rpc";
import type { Identity } from "./operator.ts";

export const FOREIGN_NAME = "csms.other.test";

/** One connection of a station. */
export type Connection = {
  readonly station: string;
  readonly endpoint: string;
  readonly protocol: string;
  readonly password: string | undefined;
  /** CN of the certificate that was shown; undefined where none was. */
  readonly certificate: string | undefined;
  readonly compressed: boolean;
  readonly received: string[];
  readonly sent: string[];
  /** Calls the station. */
  call(action: string, payload: object): Promise<unknown>;
  end(): void;
  closed: boolean;
};

/** The other operator: its authorities, its server's identity, and certificates that it issues. */
export async function foreignOperator(out: string) {
  const ports = { chance: systemChance, clock: systemClock() };
  const { authorities } = await openOrCreateAuthorityFiles(join(out, "other"), {
    ...ports,
    operatorName: "Other",
    domain: "other.test",
  });
  const keyed = async (
    issue: (publicKey: Uint8Array) => ReturnType<typeof issueStation>,
  ): Promise<Identity & { cert: string; key: string }> => {
    const key = await newKey("ec-p256");
    const issued = await issue(publicHalf(key));
    if (!issued.ok) throw new Error(issued.fault.sentence);
    const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
    return { ca: authorities.root.pem, cert: issued.value.chainPem, key: pem };
  };
  return {
    root: authorities.root.pem,
    stationCa: authorities.station.pem,
    server: await keyed((publicKey) => issueServer(authorities, { names: [FOREIGN_NAME], publicKey }, ports)),
    /** What a local controller shows this operator: a station's certificate, its own (Part 4 §6.5). */
    controller: await keyed((publicKey) => issueStation(authorities, { serial: "LC-1", publicKey }, ports)),
  };
}

export type ForeignOptions = {
  readonly identity: { readonly cert: string; readonly key: string };
  /** PEM of whom it trusts with client certificates; none are asked for where absent. */
  readonly clients?: readonly string[];
  /** HTTP status for a station and password that it refuses. */
  refuses?(station: string, password: string | undefined): number | undefined;
};

export class ForeignCsms {
  readonly connections: Connection[] = [];
  readonly refused: string[] = [];
  /** What broke its schemas. */
  readonly complaints: unknown[] = [];
  private readonly options: ForeignOptions;
  private https: HttpsServer | undefined;
  private nextTransaction = 1;
  port = 0;

  constructor(options: ForeignOptions) {
    this.options = options;
  }

  /** Listens, again on the port of before where there was one. Ends with the file's tests. */
  async start(): Promise<void> {
    after(() => this.stop());
    const { identity, clients } = this.options;
    const rpc = new RPCServer({
      protocols: ["ocpp2.1", "ocpp2.0.1", "ocpp1.6"],
      // Its own schemas of 2.1 are not the ones that its validator asks for.
      strictMode: ["ocpp1.6", "ocpp2.0.1"],
      wssOptions: { perMessageDeflate: { threshold: 0 } },
    } as ConstructorParameters<typeof RPCServer>[0]);
    rpc.auth((accept, reject, { identity: station, password }) => {
      const shown = (password as Buffer | undefined)?.toString();
      const status = this.options.refuses?.(station, shown);
      if (status === undefined) return accept();
      this.refused.push(station);
      return reject(status, "refused");
    });
    rpc.on("client", (client) => this.took(client as Client));
    const tls = {
      cert: identity.cert,
      key: identity.key,
      ...(clients && { ca: [...clients], requestCert: true }),
    };
    const https = createServer({ ...tls, rejectUnauthorized: clients !== undefined });
    https.on("upgrade", rpc.handleUpgrade);
    await new Promise<void>((resolve) => https.listen(this.port, "127.0.0.1", resolve));
    const address = https.address();
    if (address === null || typeof address === "string") throw new Error("the other CSMS has no TCP port");
    this.port = address.port;
    this.https = https;
  }

  /** Dies without a word: every socket is reset, and nobody listens. */
  stop(): void {
    this.https?.close();
    for (const connection of this.connections) if (!connection.closed) connection.end();
    this.https = undefined;
  }

  open(station: string): Connection | undefined {
    return this.connections.findLast((connection) => connection.station === station && !connection.closed);
  }

  /** Every text that a station said, over all its connections, in order of arrival. */
  received(station: string): string[] {
    return this.connections.filter((each) => each.station === station).flatMap(({ received }) => received);
  }

  private took(client: Client): void {
    const { handshake } = client;
    const socket = handshake.request.socket as TLSSocket;
    const subject = socket.getPeerCertificate().subject as { CN?: string } | undefined;
    const connection: Connection = {
      ...{ station: handshake.identity, endpoint: handshake.endpoint, protocol: client.protocol ?? "" },
      ...{
        password: handshake.password?.toString(),
        certificate: subject?.CN,
        received: [],
        sent: [],
        closed: false,
      },
      compressed: /permessage-deflate/.test(handshake.headers["sec-websocket-extensions"] ?? ""),
      call: (action, payload) => client.call(action, payload),
      end: () => socket.destroy(),
    };
    this.connections.push(connection);
    client.on("message", ({ message, outbound }) => {
      (outbound ? connection.sent : connection.received).push(String(message));
    });
    for (const event of ["strictValidationFailure", "badMessage"] as const)
      client.on(event, (complaint) => this.complaints.push(complaint));
    for (const event of ["disconnect", "close"] as const) client.on(event, () => (connection.closed = true));
    client.handle(({ method, params }) => this.answer(method, params, client.protocol ?? ""));
  }

  private answer(method: string, params: Record<string, unknown>, protocol: string): object {
    const currentTime = new Date().toISOString();
    if (method === "BootNotification") return { status: "Accepted", currentTime, interval: 30 };
    if (method === "Heartbeat") return { currentTime };
    const accepted = { status: "Accepted" };
    if (method === "Authorize")
      return protocol === "ocpp1.6" ? { idTagInfo: accepted } : { idTokenInfo: accepted };
    if (method === "StartTransaction") return { transactionId: this.nextTransaction++, idTagInfo: accepted };
    if (method === "TransactionEvent" && params["idToken"] !== undefined) return { idTokenInfo: accepted };
    if (method === "DataTransfer") return accepted;
    // The library knows no SEND: a stream would be answered, which nobody may (2.1 Part 4 §4.2.4).
    if (method === "OpenPeriodicEventStream") return { status: "Rejected" };
    return {};
  }
}

/** What is used of the library's client; its types leave events and calls open. */
type Client = {
  readonly protocol: string | undefined;
  readonly handshake: {
    readonly identity: string;
    readonly endpoint: string;
    readonly password: Buffer | undefined;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly request: { readonly socket: unknown };
  };
  on(event: "message", heard: (what: { message: unknown; outbound: boolean }) => void): void;
  on(
    event: "strictValidationFailure" | "badMessage" | "disconnect" | "close",
    heard: (what: unknown) => void,
  ): void;
  handle(answer: (call: { method: string; params: Record<string, unknown> }) => object): void;
  call(action: string, payload: object): Promise<unknown>;
};

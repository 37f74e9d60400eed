/**
 * From a connection (secured, its peer known) to a wire: one HTTP request, the caller's verdict, the WebSocket.
 *
 *     connection ─▶ request head (requestMsMax) ─▶ verdict (verdictMsMax) ─▶ 101, wire │ status, end
 *
 * Always true: nothing a peer sends throws out of here; a connection that is not a wire in time is ended; what the
 * peer sends while the verdict is open stays in its socket, unread, and is the wire's first input.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Log, Peer, UpgradeRequest, UpgradeVerdict } from "@wattward/kernel";
import { shown } from "@wattward/kernel";
import { type PerMessageDeflateOptions, WebSocketServer } from "ws";
import { type Compression, compressionOf, serverCompression } from "./compression.ts";
import { readHandshake, refuse } from "./handshake.ts";
import type { ServerLimits } from "./limits.ts";
import type { Place } from "./places.ts";
import type { Refusals } from "./refusals.ts";
import { SocketWire } from "./socket-wire.ts";

export type UpgradesOptions = {
  upgrade(request: UpgradeRequest): Promise<UpgradeVerdict>;
  /** May wires of OCPP 2.x be compressed? See compression.ts. */
  readonly compression: boolean;
  readonly limits: ServerLimits;
  readonly log: Log;
  readonly refusals: Refusals;
};

/** Whose connection it is, and whom to tell once it is a wire. */
type Taken = { readonly peer: Peer; readonly place: Place };

export class Upgrades {
  /** Wires that are open, so that a closing server can say so to each. */
  readonly wires = new Set<SocketWire>();
  private readonly options: UpgradesOptions;
  private readonly http: Server;
  private readonly webSockets: Readonly<Record<Compression, WebSocketServer>>;
  private readonly taken = new WeakMap<Duplex, Taken>();
  private readonly timers = new WeakMap<Duplex, NodeJS.Timeout>();
  private readonly chosen = new WeakMap<IncomingMessage, string>();

  constructor(options: UpgradesOptions) {
    this.options = options;
    const { limits } = options;
    const webSockets = (perMessageDeflate: PerMessageDeflateOptions | false, frameBytesMax: number) =>
      new WebSocketServer({
        noServer: true,
        clientTracking: false,
        perMessageDeflate,
        autoPong: false,
        maxPayload: frameBytesMax,
        handleProtocols: (_offered, message) => this.chosen.get(message) || false,
        ...{ closeTimeout: limits.closeMsMax },
      });
    const inflatedBytesMax = Math.min(limits.frameBytesMax, limits.inflatedBytesMax);
    this.webSockets = {
      none: webSockets(false, limits.frameBytesMax),
      small: webSockets(serverCompression.small, inflatedBytesMax),
      large: webSockets(serverCompression.large, inflatedBytesMax),
    };
    this.http = createServer({ maxHeaderSize: limits.headerBytesMax, keepAlive: false });
    const plain = (_: IncomingMessage, response: ServerResponse) => refuseRequest(response);
    this.http.on("request", plain);
    this.http.on("checkContinue", plain);
    this.http.on("checkExpectation", plain);
    this.http.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      refuse(socket, error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400);
    });
    this.http.on("upgrade", (message, socket, head) => void this.asked(message, socket, head));
  }

  /** Takes a connection over; its errors end it. */
  take(socket: Duplex, peer: Peer, place: Place): void {
    socket.on("error", () => socket.destroy());
    this.taken.set(socket, { peer, place });
    this.limitTime(socket, this.options.limits.requestMsMax, () => socket.destroy());
    this.http.emit("connection", socket);
  }

  private async asked(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { limits, log, refusals } = this.options;
    const peer = this.taken.get(socket)?.peer ?? { address: "" };
    this.limitTime(socket, limits.verdictMsMax, () => refuse(socket, 503));
    try {
      const handshake = readHandshake(message, peer, limits);
      if (handshake.kind === "bad") {
        refusals.tell("upgrade-malformed", { address: peer.address, say: handshake.reason });
        return refuse(socket, handshake.status);
      }
      const verdict = await this.options.upgrade(handshake.request);
      if (verdict.kind === "refuse") {
        const path = shown(handshake.request.path);
        refusals.tell("upgrade-refused", { address: peer.address, path, say: verdict.reason });
        refuse(socket, verdict.status);
      } else if (this.inTime(socket)) {
        this.open({ message, socket, head, peer }, verdict);
      }
    } catch (error) {
      log.error("upgrade-failed", {
        error: error instanceof Error ? (error.stack ?? error.name) : typeof error,
      });
      refuse(socket, 503);
    }
  }

  private open(
    { message, socket, head, peer }: { message: IncomingMessage; socket: Duplex; head: Buffer; peer: Peer },
    verdict: UpgradeVerdict & { readonly kind: "accept" },
  ): void {
    const { limits, log } = this.options;
    this.chosen.set(message, verdict.protocol);
    const offered = this.options.compression ? message.headers["sec-websocket-extensions"] : undefined;
    const webSockets = this.webSockets[compressionOf(verdict.protocol, offered)];
    webSockets.handleUpgrade(message, socket, head, (webSocket) => {
      this.taken.get(socket)?.place.opened();
      const wire = new SocketWire(webSocket, { peer, stream: socket }, limits, log);
      this.wires.add(wire);
      webSocket.once("close", () => this.wires.delete(wire));
      try {
        verdict.opened(wire);
      } catch (error) {
        log.error("wire-not-taken", {
          error: error instanceof Error ? (error.stack ?? error.name) : typeof error,
        });
        wire.terminate();
      }
    });
  }

  /** One deadline at a time per connection; a new phase replaces the last one's. */
  private limitTime(socket: Duplex, ms: number, late: () => void): void {
    const known = this.timers.get(socket);
    if (known === undefined) socket.once("close", () => clearTimeout(this.timers.get(socket)));
    clearTimeout(known);
    const timer = setTimeout(() => {
      this.options.refusals.tell("peer-too-slow", {
        address: this.taken.get(socket)?.peer.address ?? "",
        afterMs: ms,
      });
      this.timers.delete(socket);
      late();
    }, ms);
    this.timers.set(socket, timer);
  }

  /** Ends the last deadline; false where it has passed, or the peer has gone. */
  private inTime(socket: Duplex): boolean {
    const timer = this.timers.get(socket);
    clearTimeout(timer);
    return timer !== undefined && !socket.destroyed;
  }
}

function refuseRequest(response: ServerResponse): void {
  const body = "Upgrade Required";
  response.writeHead(426, {
    Connection: "close",
    Upgrade: "websocket",
    "Content-Type": "text/plain",
    "Content-Length": body.length,
  });
  response.end(body);
}

/**
 * One site under load: a link of `wattward.site.v1` with some stations behind it, each of which is told to be connected
 * and boots, or beats once. Its controller is played, its link is not.
 */
import { randomBytes } from "node:crypto";
import type { SecureContext, TLSSocket } from "node:tls";
import { clientFrame, pong, ServerFrames } from "./frame.ts";
import { boot, heartbeat } from "./messages.ts";
import { openSocket, type Target } from "./socket.ts";

const PROTOCOL = "wattward.site.v1";

export class LoadSite {
  readonly id: string;
  readonly stations: readonly string[];
  private readonly context: SecureContext;
  private readonly epoch = randomBytes(12).toString("hex");
  private generation = 0;
  private socket: TLSSocket | undefined;

  constructor(id: string, stations: readonly string[], context: SecureContext) {
    this.id = id;
    this.stations = stations;
    this.context = context;
  }

  /** Links up, and resolves when a heartbeat of each of its stations was answered; rejects where the link ends before. */
  async connect(target: Target): Promise<void> {
    const { id, context } = this;
    const { socket, first } = await openSocket(target, { id, context, protocol: PROTOCOL });
    this.socket = socket;
    this.generation++;
    await new Promise<void>((resolve, reject) => {
      let left = this.stations.length;
      const frames = new ServerFrames({
        message: (payload) => {
          const { t, frame = "" } = JSON.parse(payload.toString()) as { t: string; frame?: string };
          if (t === "refused") reject(new Error(`${id}: ${payload.toString()}`));
          if (t === "welcome") this.bringStations();
          if (t === "answer" && frame.startsWith("[3,") && --left === 0) resolve();
        },
        ping: () => socket.write(pong),
      });
      socket.on("data", (chunk: Buffer) => frames.take(chunk));
      socket.on("error", reject);
      socket.on("close", () => reject(new Error(`${id}: its link ended with ${left} stations unanswered`)));
      this.say({ t: "hello", site: id, epoch: this.epoch, lastSeq: 0, bundleVersion: 0, software: "bench" });
      if (first.length > 0) frames.take(first);
    });
  }

  drop(): void {
    this.socket?.destroy();
  }

  private bringStations(): void {
    const version = "2.0.1";
    const received = { receivedAtMs: Date.now(), clockQuality: "synced" };
    for (const [index, station] of this.stations.entries()) {
      const seat = { connected: true, generation: this.generation, version, address: "192.0.2.1" };
      this.say({ t: "presence", station, ...seat });
      const trace = randomBytes(8).toString("hex");
      this.say({
        t: "relay",
        relay: index + 1,
        station,
        version,
        trace,
        ...received,
        frame: this.frameOf(station),
      });
    }
  }

  /** They boot once; a link that was cut is no reason to boot again. */
  private frameOf(station: string): string {
    return this.generation === 1 ? boot(station) : heartbeat();
  }

  private say(message: { readonly t: string; readonly [field: string]: unknown }): void {
    const told = message.t === "hello" ? { ...message, wallMs: Date.now(), clockQuality: "synced" } : message;
    this.socket?.write(clientFrame(JSON.stringify(told)));
  }
}

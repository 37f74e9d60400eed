/**
 * A central system of a few lines for tests: it knows each transaction message by its content, answers what a script
 * says, and keeps what it heard in order. Independent of `@wattward/ocpp` on purpose: it reads frames by JSON.parse.
 */
import type { Clock, JsonObject, UpgradeRequest, UpgradeVerdict, Wire } from "@wattward/kernel";

export type Heard = {
  readonly station: string;
  readonly id: string;
  readonly action: string;
  readonly payload: JsonObject;
  readonly atMs: number;
};

/** What to do with a call: answer, refuse, say nothing, cut the wire, or send any text. */
export type Script =
  | { readonly kind: "result"; readonly payload: JsonObject }
  | { readonly kind: "error"; readonly code: string }
  | { readonly kind: "silence" }
  | { readonly kind: "drop" }
  | { readonly kind: "text"; readonly text: string };

export class FakeCsms {
  readonly heard: Heard[] = [];
  readonly replies: JsonObject[] = [];
  /** Overrides the usual answer where it gives one. */
  script: (call: Heard) => Script | undefined = () => undefined;
  heartbeatS = 300;
  /** What a station hears that asks for a dynamic profile's limit. */
  dynamicLimit = 2_000;
  /** SENDs, which nobody answers. */
  readonly sends: Heard[] = [];
  /** Its time, when it is asked. */
  readonly clock: Clock;
  refuse: 503 | undefined;
  onUpgrade = (): void => {};
  private readonly wires = new Map<string, Wire>();
  private readonly ids16 = new Map<string, number>();
  private readonly waiting = new Map<string, (frame: unknown[]) => void>();
  private nextId = 1000;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** For a listener, simulated or real: the station is the last segment of the path. */
  readonly upgrade = async ({ path, protocols }: UpgradeRequest): Promise<UpgradeVerdict> => {
    this.onUpgrade();
    if (this.refuse !== undefined) return { kind: "refuse", status: this.refuse, reason: "busy" };
    const station = path.split("/").at(-1)!;
    return { kind: "accept", protocol: protocols[0]!, opened: (wire) => this.opened(station, wire) };
  };

  /** Actions heard, in order, with what tells repeated ones apart. */
  get story(): string[] {
    return this.heard.map(({ action, payload }) => {
      const detail = payload.eventType ?? payload.status ?? payload.connectorStatus;
      return detail === undefined ? action : `${action} ${String(detail)}`;
    });
  }

  of(...actions: string[]): Heard[] {
    return this.heard.filter(({ action }) => actions.includes(action));
  }

  /** Sends a command and gives the reply's frame. */
  command(station: string, action: string, payload: object): Promise<unknown[]> {
    const id = `csms-${this.nextId++}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.send(station, JSON.stringify([2, id, action, payload]));
    });
  }

  send(station: string, text: string): void {
    this.wires.get(station)?.send(text);
  }

  drop(station: string): void {
    this.wires.get(station)?.terminate();
  }

  private opened(station: string, wire: Wire): void {
    this.wires.set(station, wire);
    wire.listen({
      message: (text) => this.receive(station, wire, JSON.parse(text) as unknown[]),
      closed: () => {
        if (this.wires.get(station) === wire) this.wires.delete(station);
      },
    });
  }

  private receive(station: string, wire: Wire, frame: unknown[]): void {
    const [type, id, action, payload] = frame as [number, string, string, JsonObject];
    if (type === 6) {
      this.sends.push({ station, id, action, payload, atMs: this.clock.now().wallMs });
      return;
    }
    if (type !== 2) {
      this.waiting.get(id)?.(frame);
      this.waiting.delete(id);
      return;
    }
    const call: Heard = { station, id, action, payload, atMs: this.clock.now().wallMs };
    this.heard.push(call);
    const answer = this.script(call) ?? { kind: "result", payload: this.usual(call) };
    if (answer.kind === "result") wire.send(JSON.stringify([3, id, answer.payload]));
    if (answer.kind === "error") wire.send(JSON.stringify([4, id, answer.code, "as the script says", {}]));
    if (answer.kind === "text") wire.send(answer.text);
    if (answer.kind === "drop") wire.terminate();
  }

  private usual({ action, payload, station }: Heard): JsonObject {
    const currentTime = new Date(this.clock.now().wallMs).toISOString();
    switch (action) {
      case "BootNotification":
        return { status: "Accepted", currentTime, interval: this.heartbeatS };
      case "Heartbeat":
        return { currentTime };
      case "Authorize":
        return "idTag" in payload
          ? { idTagInfo: { status: "Accepted" } }
          : { idTokenInfo: { status: "Accepted" } };
      case "OpenPeriodicEventStream":
        return { status: "Accepted" };
      case "PullDynamicScheduleUpdate":
        return { status: "Accepted", scheduleUpdate: { limit: this.dynamicLimit } };
      case "StartTransaction":
        return { idTagInfo: { status: "Accepted" }, transactionId: this.id16(station, payload) };
      default:
        return {};
    }
  }

  /** The same start, told again, gets the same id (QUIRKS 13). */
  private id16(station: string, payload: JsonObject): number {
    const key = JSON.stringify([station, payload]);
    const id = this.ids16.get(key) ?? this.nextId++;
    this.ids16.set(key, id);
    return id;
  }
}

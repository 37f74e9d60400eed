/**
 * A station as a test holds it in its hand: one real socket, a CALL at a time, answers as they come. Everything that it
 * sends is what the test says; the simulator is the one that behaves.
 */
import { type Log, silentLog, type Wire } from "@wattward/kernel";
import { type OcppVersion, subprotocols } from "@wattward/ocpp";
import { dialer } from "@wattward/ocpp/websocket";
import type { Message } from "./charging.ts";
import type { Identity, Server } from "./operator.ts";
import { SOON_MS } from "./workplace.ts";

export type Answer =
  | { readonly kind: "result"; readonly payload: Readonly<Record<string, unknown>> }
  | { readonly kind: "error"; readonly code: string; readonly description: string }
  /** None came in time, or the socket ended first. */
  | { readonly kind: "none" };
export type Command = { readonly id: string; readonly action: string; readonly payload: unknown };

type Dialled =
  | { readonly kind: "in"; readonly station: Station }
  | { readonly kind: "out"; readonly why: string };

export class Station {
  readonly id: string;
  readonly version: OcppVersion;
  readonly wire: Wire;
  /** The WebSocket code with which the socket ended. */
  readonly closed: Promise<number>;
  /** What the CSMS asked, in order; a test answers with {@link reply}. */
  readonly commands: Command[] = [];
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private calls = 0;

  private constructor(id: string, version: OcppVersion, wire: Wire) {
    this.id = id;
    this.version = version;
    this.wire = wire;
    this.closed = new Promise((resolve) => {
      wire.listen({
        message: (text) => this.heard(text),
        closed: (code) => {
          for (const settle of this.waiting.values()) settle({ kind: "none" });
          resolve(code);
        },
      });
    });
  }

  /** Connects as `id` with that identity, or says why it was not let in: an HTTP status, or a sentence about TLS. */
  static async dial(
    to: Server,
    who: { readonly id: string; readonly version: OcppVersion; readonly identity: Identity },
    log: Log = silentLog,
  ): Promise<Dialled> {
    const { id, version, identity } = who;
    const dialled = await dialer({
      url: `wss://${to.name}:${to.port}/ocpp`,
      connectTo: { host: "127.0.0.1", port: to.port },
      tls: identity,
      log,
    }).dial(`/${id}`, [subprotocols[version]]);
    if (!dialled.ok) return { kind: "out", why: String(dialled.fault.status ?? dialled.fault.sentence) };
    return { kind: "in", station: new Station(id, version, dialled.value) };
  }

  /** {@link dial} where being turned away is a failure. */
  static async connect(...given: Parameters<typeof Station.dial>): Promise<Station> {
    const dialled = await Station.dial(...given);
    if (dialled.kind === "in") return dialled.station;
    throw new Error(`station ${given[1].id} was turned away: ${dialled.why}`);
  }

  /** Sends a CALL and waits for its answer. The same `id` again is a station that repeats itself. */
  call(action: string, payload: object, options: { id?: string; limitMs?: number } = {}): Promise<Answer> {
    const id = options.id ?? `${this.id}-${++this.calls}`;
    const answer = Promise.withResolvers<Answer>();
    const late = setTimeout(() => answer.resolve({ kind: "none" }), options.limitMs ?? SOON_MS);
    this.waiting.set(id, answer.resolve);
    this.wire.send(JSON.stringify([2, id, action, payload]));
    return answer.promise.finally(() => {
      clearTimeout(late);
      this.waiting.delete(id);
    });
  }

  /** {@link result} of a message that stands ready. */
  tell({ action, payload }: Message): Promise<Readonly<Record<string, unknown>>> {
    return this.result(action, payload);
  }

  /** A CALL whose CALLRESULT the test cannot do without: its payload. */
  async result(action: string, payload: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.call(action, payload);
    if (answer.kind === "result") return answer.payload;
    throw new Error(`${action} of ${this.id} was answered by ${JSON.stringify(answer)}`);
  }

  reply({ id }: Command, payload: object): void {
    this.wire.send(JSON.stringify([3, id, payload]));
  }

  leave(): void {
    this.wire.close(1000, "leaving");
  }

  private heard(text: string): void {
    const [kind, id, ...rest] = JSON.parse(text) as [number, string, ...unknown[]];
    if (kind === 2) this.commands.push({ id, action: String(rest[0]), payload: rest[1] });
    if (kind === 3) this.waiting.get(id)?.({ kind: "result", payload: rest[0] as Record<string, unknown> });
    if (kind === 4)
      this.waiting.get(id)?.({ kind: "error", code: String(rest[0]), description: String(rest[1]) });
  }
}

/**
 * One master's connection: bytes in, requests out to whoever answers them, answers back under the master's own transaction
 * ids and unit.
 *
 * Always true: each request is answered once, or the connection ends; a connection with OUTSTANDING_MAX requests open, or
 * whose client was refused too often just now, is not read; what is no Modbus ends it; nothing is kept of it that is not bounded.
 */
import type { Client, ClientName } from "@wattward/guard";
import type { Instant } from "@wattward/kernel";
import {
  type Adu,
  type ByteLink,
  joinAdu,
  type LinkPeer,
  type Malformed,
  type PduFault,
  type Request,
  readRequest,
  writeException,
} from "@wattward/modbus";
import { Cutter } from "./cutter.ts";
import { IDLE_MS_MAX, OUTSTANDING_MAX, UNFINISHED_MS_MAX, UNSENT_BYTES_MAX } from "./limits.ts";

/** A request of a master's, and how to answer it. */
export type Asked = {
  readonly master: Master;
  readonly client: ClientName;
  readonly transaction: number;
  /** For those who look for ids that come again: which connection, and the master's own id. */
  readonly under: { readonly connection: string; readonly transaction: number };
  readonly unit: number;
  /** The function code, for exceptions. */
  readonly code: number;
  readonly request: Request;
  readonly atMs: number;
};

/** Why we end a connection that its client keeps. */
export type Ending = Malformed["reason"] | "unfinished" | "not-reading" | "expired";

export type MasterPorts = {
  readonly connection: number;
  nowMs(): number;
  /** Must lead to exactly one `answer` or `except`, at once or later. `pdu` is a view, valid during the call. */
  asked(asked: Asked, pdu: Uint8Array): void;
  malformed(master: Master, adu: Adu, fault: PduFault): void;
  /** Why we ended it; `closed` follows. */
  ended(master: Master, why: Ending): void;
  closed(master: Master): void;
};

/** Its certificate has ended by that wall clock; who has none is what he is. */
export const isOver = ({ untilMs }: LinkPeer, wallMs: number): boolean =>
  untilMs !== undefined && wallMs >= untilMs;

const NOTHING = new Uint8Array(0);

export class Master {
  readonly link: ByteLink;
  client: Client;
  /** A name of its own among all connections. */
  readonly connection: string;
  private readonly ports: MasterPorts;
  private readonly cutter = new Cutter();
  private state: "open" | "closed" = "open";
  private paused = false;
  private taking = false;
  private open = 0;
  private heardAtMs: number;
  private begunAtMs: number | undefined;
  private held = false;

  constructor(link: ByteLink, client: Client, ports: MasterPorts) {
    this.connection = String(ports.connection);
    this.link = link;
    this.client = client;
    this.ports = ports;
    this.heardAtMs = ports.nowMs();
    link.listen({ bytes: (segment) => this.read(segment), closed: () => this.over() });
  }

  get isOpen(): boolean {
    return this.state === "open";
  }

  /** The device's own PDU, as it answered. */
  answer(asked: Asked, pdu: Uint8Array): void {
    this.send(joinAdu({ transaction: asked.transaction, unit: asked.unit, pdu }));
  }

  except(asked: Asked, exception: number): void {
    this.send(
      joinAdu({
        transaction: asked.transaction,
        unit: asked.unit,
        pdu: writeException(asked.code, exception),
      }),
    );
  }

  /** Not read until {@link release}: its client asks for too much that is refused. */
  hold(): void {
    this.held = true;
    if (!this.taking) this.breathe();
  }

  release(): void {
    this.held = false;
    this.goOn();
  }

  end(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.link.destroy();
  }

  /** Ends what has been silent, or half said, for too long, and whoever's certificate is over. */
  sweep({ monotonicMs: nowMs, wallMs }: Instant): void {
    if (this.state === "closed") return;
    if (isOver(this.link.peer, wallMs)) this.endFor("expired");
    else if (this.begunAtMs !== undefined && nowMs - this.begunAtMs >= UNFINISHED_MS_MAX)
      this.endFor("unfinished");
    else if (this.open === 0 && nowMs - this.heardAtMs >= IDLE_MS_MAX) this.end();
  }

  private read(segment: Uint8Array): void {
    if (this.state === "closed") return;
    this.heardAtMs = this.ports.nowMs();
    this.cut(segment);
  }

  private cut(segment: Uint8Array): void {
    this.taking = true;
    const malformed = this.cutter.push(segment, this.take, this.hasRoom);
    this.taking = false;
    if (malformed !== undefined) {
      this.endFor(malformed.reason);
      return;
    }
    this.breathe();
  }

  /** Reads on, or does not, as there is room; a request that has begun is timed while its master could finish it. */
  private breathe(): void {
    if (this.state === "closed") return;
    const { hasRoom } = this;
    this.begunAtMs = hasRoom && this.cutter.pendingBytes > 0 ? (this.begunAtMs ?? this.heardAtMs) : undefined;
    if (this.paused === !hasRoom) return;
    this.paused = !hasRoom;
    if (this.paused) this.link.pause();
    else this.link.resume();
  }

  private get hasRoom(): boolean {
    return this.state === "open" && this.open < OUTSTANDING_MAX && !this.held;
  }

  private readonly take = (adu: Adu): boolean => {
    this.begunAtMs = undefined;
    this.open++;
    const read = readRequest(adu.pdu);
    if (read.ok) {
      const { transaction, unit, pdu } = adu;
      const asked = {
        master: this,
        client: this.client.name,
        transaction,
        unit,
        code: pdu[0] ?? 0,
        under: { connection: this.connection, transaction },
        request: read.value,
        atMs: this.ports.nowMs(),
      };
      this.ports.asked(asked, pdu);
    } else {
      this.send(joinAdu({ ...adu, pdu: writeException(adu.pdu[0] ?? 0, read.fault.exception) }));
      this.ports.malformed(this, adu, read.fault);
    }
    return this.hasRoom;
  };

  private send(adu: Uint8Array): void {
    this.open--;
    if (this.state === "closed") return;
    this.link.send(adu);
    if (this.link.bufferedBytes > UNSENT_BYTES_MAX) this.endFor("not-reading");
    else if (this.paused) this.goOn();
  }

  /** What waits is taken up again, unless that is being done already. */
  private goOn(): void {
    if (!this.taking && this.hasRoom) this.cut(NOTHING);
  }

  private endFor(why: Ending): void {
    if (this.state === "closed") return;
    this.end();
    this.ports.ended(this, why);
  }

  private over(): void {
    this.state = "closed";
    this.ports.closed(this);
  }
}

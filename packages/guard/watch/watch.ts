/**
 * Looks at what masters ask and devices answer, for patterns that no single request shows: scans, storms, replays, oscillation, what
 * no Modbus is. Live it is fed by the guard, with captures by `watchCapture`; it decides nothing.
 *
 * Pure, and bounded whatever it is fed: so many masters, devices of each, registers, incidents; what was not seen the longest is
 * forgotten.
 */
import { diagnostics, exceptionName, type Request, readRequest } from "@wattward/modbus";
import type { DecodedExchange } from "../exchange.ts";
import { changes } from "../functions.ts";
import type { Denied } from "../verdict.ts";
import { type Hit, Incidents } from "./incidents.ts";
import { CONNECTIONS_MAX, FUNCTION_SCAN, MASTERS_MAX, PAIRS_MAX, SERIES_MAX, UNIT_SCAN } from "./limits.ts";
import type { Observation, ObservationKind } from "./observation.ts";
import { PairWatch } from "./pair.ts";
import { AnswerSeries, WrittenSeries } from "./series.ts";
import { Transactions } from "./transactions.ts";
import { DistinctWindow, type Frame, RecentMap } from "./windows.ts";

/** What a unit that nobody has is called: a scan of them is one incident. */
export const NO_DEVICE = "no device";

/** Who and with whom. */
export type Between = {
  /** Client, or address. */
  readonly master: string;
  /** Name, or address and unit. */
  readonly device: string;
};

export type Asked = Between &
  Frame & {
    readonly unit: number;
    /** Whether somebody has this unit. */
    readonly known: boolean;
    readonly pdu: Uint8Array;
    /** Absent where the PDU is none. */
    readonly request?: Request | undefined;
    /** Transaction id, as the master chose it, and a name for its connection; absent where that is not known. */
    readonly under?: { readonly connection: string; readonly transaction: number };
    readonly exchange: () => DecodedExchange;
  };

type Master = {
  readonly connections: RecentMap<string, Transactions>;
  readonly units: DistinctWindow;
  readonly pairs: RecentMap<string, PairWatch>;
};

export class Watch {
  private readonly incidents: Incidents;
  private readonly masters = new RecentMap<string, Master>(MASTERS_MAX);
  private readonly written = new RecentMap<string, WrittenSeries>(SERIES_MAX);
  private readonly answers = new RecentMap<string, AnswerSeries>(SERIES_MAX);

  constructor(tell: (observation: Observation) => void) {
    this.incidents = new Incidents(tell);
  }

  /** A request, whatever becomes of it. */
  asked(asked: Asked): void {
    const { master, device, unit, pdu, request, exchange } = asked;
    // A window that kept all of it would keep the segment that its bytes are part of.
    const frame: Frame = { nowMs: asked.nowMs, frame: asked.frame };
    const { units, connections } = this.masterOf(master);
    if (!asked.known)
      this.found(
        { kind: "unit-scan", master, exchange },
        units.add(unit, frame),
        () =>
          `${master} asks for units that are not there: at least ${UNIT_SCAN.distinct} within ${UNIT_SCAN.withinMs / 1000} s`,
      );
    const pair = this.pairOf(asked);
    this.found(
      { kind: "function-scan", master, device, exchange },
      pair.asksFunction(pdu[0] ?? 0, frame),
      () =>
        `${master} tries one function after the other on ${device}: at least ${FUNCTION_SCAN.distinct} within a minute`,
    );
    const { connection, transaction } = asked.under ?? {};
    if (
      connection !== undefined &&
      transaction !== undefined &&
      connections.of(connection, () => new Transactions()).add(transaction, pdu)
    )
      this.once(
        { kind: "replay", master, device, exchange },
        frame,
        () => `${master} repeats old requests to ${device} under their old transaction ids`,
      );
    if (request === undefined) return;
    this.found(
      { kind: "register-scan", master, device, exchange },
      pair.asksAddress(request, frame),
      () => `${master} goes through the addresses of ${device} one after the other`,
    );
    if (request.kind === "diagnostics" && silencing.has(request.subFunction))
      this.once(
        { kind: "listen-only", master, device, exchange },
        frame,
        () =>
          `${master} wants ${device} to ${request.subFunction === diagnostics.forceListenOnly ? "listen only" : "restart its communication"}`,
      );
  }

  /**
   * A write that nobody refused; or, `refused`, one that moved nothing: those are a series of their master's own, or one bad value again
   * and again among good ones would look like a swing. Others are no writes.
   */
  wrote(
    {
      master,
      device,
      exchange,
      refused = false,
    }: Between & { readonly exchange: () => DecodedExchange; readonly refused?: boolean },
    request: Request,
    frame: Frame,
  ): void {
    const single =
      request.kind === "write-single-register"
        ? request.value
        : request.kind === "write-single-coil"
          ? Number(request.on)
          : undefined;
    const many =
      request.kind === "write-multiple-registers" && request.registers.length <= 2
        ? request.registers
        : undefined;
    const value = single ?? many?.reduce((sum, word) => sum * 0x10000 + word, 0);
    if (value === undefined || !("address" in request)) return;
    const signed = many?.length === 2 ? value | 0 : value >= 0x8000 ? value - 0x10000 : value;
    const whose = refused ? `${device} refused ${master}` : device;
    const series = this.written.of(`${whose} ${request.kind} ${request.address}`, () => new WrittenSeries());
    this.found(
      { kind: "oscillation", master, device, exchange },
      series.add(signed, frame),
      () => `${master} drives ${device} to and fro at ${request.address}`,
    );
  }

  /** An exception, of the device or of the guard. */
  excepted(
    between: Between & { readonly exchange: () => DecodedExchange },
    code: number,
    frame: Frame,
  ): void {
    const { master, device, exchange } = between;
    const { of: kind, found } = this.pairOf(between).excepted(code, frame);
    this.found(
      { kind, master, device, exchange },
      found,
      () => `${device} answers ${master} with ${exceptionName(code)} again and again`,
    );
  }

  /** What was read of a device: `block` names the request. */
  read(between: Between, block: string, words: readonly number[], frame: Frame): void {
    const { master, device } = between;
    if (this.answers.of(`${device} ${block}`, () => new AnswerSeries()).add(words))
      this.once(
        { kind: "replay", master, device },
        frame,
        () => `${device} gives the same sequence of answers again (${block}): a recording, not a measurement`,
      );
  }

  /** The guard has denied it: told by what it was, and counted as the exception that the master gets. */
  denied(denied: Denied, between: Between, frame: Frame): void {
    const { master, device } = between;
    const exchange = () => denied.exchange;
    // Told as what it is when it was asked; and whose turn does not come has done nothing.
    if (silencingPdu.test(denied.exchange.pdu) || denied.about === "turn") return;
    this.once({ kind: kindOf(denied), master, device, exchange }, frame, () => denied.why);
    const request = readRequest(bytesOf(denied.exchange.pdu));
    // By its motion it is told as what it is already.
    if (denied.about !== "motion" && request.ok)
      this.wrote({ ...between, exchange, refused: true }, request.value, frame);
    if (denied.exception > 2 || denied.exchange.device === undefined) return;
    this.excepted({ ...between, exchange }, denied.exception, frame);
    if (denied.exception === 1 && request.ok)
      this.found(
        { kind: "register-scan", master, device, exchange },
        this.pairOf(between).refusedFunction(request.value, frame),
        () => `${master} goes through the addresses of ${device} by functions that it may not use`,
      );
  }

  /** A stream, or a PDU, that is no Modbus. */
  malformed(
    { master, device }: { readonly master: string; readonly device?: string | undefined },
    sentence: string,
    frame: Frame,
  ): void {
    this.once({ kind: "malformed", master, device }, frame, () => sentence);
  }

  /** Somebody whom the policy does not know. */
  stranger(address: string, sentence: string, frame: Frame): void {
    this.once({ kind: "unknown-master", master: address }, frame, () => sentence);
  }

  /** Stranger to one device: seen in a capture, where it could speak to it. */
  strangerTo({ master, device }: Between, sentence: string, frame: Frame): void {
    this.once({ kind: "unknown-master", master, device }, frame, () => sentence);
  }

  /** An answer that came too late, or that nobody asked for; the device is who did it, whoever had asked. */
  stray(kind: "late-answer" | "unasked-answer", { master, device }: Between, frame: Frame): void {
    this.once({ kind, master, device }, frame, () =>
      kind === "late-answer"
        ? `${device} answers after its time is over`
        : `${device} answers what nobody asked`,
    );
  }

  /** Ends incidents that have become quiet; about once a second. */
  turn(nowMs: number): void {
    this.incidents.turn(nowMs);
  }

  /** Ends all of them. */
  close(): void {
    this.incidents.close();
  }

  private masterOf(name: string): Master {
    return this.masters.of(name, () => ({
      units: new DistinctWindow(UNIT_SCAN.distinct, UNIT_SCAN.withinMs),
      pairs: new RecentMap<string, PairWatch>(PAIRS_MAX),
      connections: new RecentMap<string, Transactions>(CONNECTIONS_MAX),
    }));
  }

  private pairOf({ master, device }: Between): PairWatch {
    return this.masterOf(master).pairs.of(device, () => new PairWatch());
  }

  private once(hit: Omit<Hit, "sentence">, frame: Frame, sentence: () => string): void {
    this.incidents.add({ ...hit, sentence }, [frame]);
  }

  /** Frames that reached a threshold: they begin an incident, or the last of them adds to it. */
  private found(
    hit: Omit<Hit, "sentence">,
    found: readonly Frame[] | undefined,
    sentence: () => string,
  ): void {
    if (found !== undefined) this.incidents.add({ ...hit, sentence }, found);
  }
}

const silencing: ReadonlySet<number> = new Set([
  diagnostics.forceListenOnly,
  diagnostics.restartCommunications,
]);
const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** Function 8 with sub-function 1 or 4. */
const silencingPdu = /^08000[14]/;

function kindOf({ about, exception, exchange }: Denied): ObservationKind {
  if (about === "motion") return "oscillation";
  if (about === "rate" || exception === 6) return "flood";
  if (exception === 3) return "value-out-of-bounds";
  return changes(exchange.functionCode) ? "unauthorised-write" : "unauthorised-read";
}

/**
 * The firmware's half of one EVSE: who may charge, what is told of it, and when the contactor closes.
 *
 * A transaction runs from the moment that card and cable are both there until one of them is gone (2.0.1:
 * TxStartPoint and TxStopPoint "PowerPathClosed"; 1.6 §3.3). Events are handled one after the other.
 *
 * Invariants: current flows only while a transaction is in flash; what ends it and its last message enter flash in
 * one commit, so a power cut leaves either a running transaction or a told end.
 */
import { type Cancel, type Chance, type EvseId, hex, type Json } from "@wattward/kernel";
import type { Car } from "../car/car.ts";
import type { ProfileShelf } from "../charging/profile-shelf.ts";
import type { Evse } from "../evse/evse.ts";
import type { Notebook } from "../truth/notebook.ts";
import type { Conduct } from "./conduct.ts";
import type {
  ChargingState,
  ConnectorState,
  Dialect,
  Sample,
  StartCause,
  StopCause,
  Token,
  Transaction,
  TransactionMoment,
} from "./dialect.ts";
import type { Change, Flash } from "./flash.ts";
import { InTurn, type Life } from "./life.ts";
import type { About, TransactionQueue } from "./queue.ts";
import type { Reservations } from "./reservations.ts";
import type { Settings } from "./settings.ts";
import type { StationClock } from "./station-clock.ts";

/** How often the firmware looks whether the car draws and which limit holds, unless it is told otherwise. */
export const LOOK_MS = 1_000;
/** Phase to neutral. */
const PHASE_VOLTS = 230;

export type BayParts = {
  readonly evse: Evse;
  readonly life: Life;
  readonly clock: StationClock;
  readonly flash: Flash;
  readonly dialect: Dialect;
  readonly settings: Settings;
  readonly profiles: ProfileShelf;
  readonly reservations: Reservations;
  readonly queue: TransactionQueue;
  readonly notebook: Notebook;
  readonly ids: Chance;
  readonly conduct: Conduct;
  readonly lookMs: number;
  /** True while there is no connection. */
  offline(): boolean;
  authorise(token: Token): Promise<boolean>;
  /** Is this EVSE, or the last free one, held for another card? */
  held(bay: Bay, token: Token): boolean;
  /** The connector's state may have changed. */
  changed(): void;
  /** Energy may go both ways here (V2X) … */
  readonly bidirectional: boolean;
  /** … and station and car have agreed on it. */
  agreed(evse: EvseId, car: Car): void;
};

/** A card that was accepted before there was a cable. */
type Waiting = {
  readonly token: Token;
  readonly cause: StartCause;
  readonly remoteStartId: number | undefined;
  readonly expire: Cancel;
};

export class Bay {
  readonly evse: Evse;
  private readonly parts: BayParts;
  private readonly turn = new InTurn();
  private tx: Transaction | undefined;
  private waiting: Waiting | undefined;
  private stopSampling: Cancel = () => {};
  private stopLooking: Cancel = () => {};
  /** The car at the cable has had its transaction; it has yet to leave. */
  private wasCharging = false;

  constructor(parts: BayParts) {
    this.parts = parts;
    this.evse = parts.evse;
  }

  get transaction(): Transaction | undefined {
    return this.tx;
  }

  /** A transaction could begin here. */
  get free(): boolean {
    return this.tx === undefined && this.waiting === undefined && !this.wasCharging && this.operative;
  }

  get operative(): boolean {
    const { flash } = this.parts;
    return flash.get("inoperative/0") !== true && flash.get(`inoperative/${this.evse.id}`) !== true;
  }

  get state(): ConnectorState {
    if (this.tx !== undefined) return this.tx.state;
    if (!this.operative) return "unavailable";
    if (this.evse.car === undefined && this.waiting === undefined)
      return this.parts.reservations.of(this.evse.id) === undefined ? "available" : "reserved";
    if (this.evse.car === undefined) return "preparing";
    return this.wasCharging ? "finishing" : "preparing";
  }
  /** Takes up what was going on when the last life ended: goes on with it, or ends it for `cause`. */
  recover(cause: "power-loss" | "reboot", then: "end" | "resume"): Promise<void> {
    return this.inTurn(async () => {
      const kept = this.parts.flash.get(txKey(this.evse));
      if (kept === undefined) return;
      const tx = readTransaction(kept);
      const { notebook, life } = this.parts;
      notebook.began({ ...about(tx), startedAtMs: life.now().wallMs, inherited: true });
      this.tx = tx;
      this.parts.profiles.began(tx.evse, tx.reference, tx.startedAtMs);
      if (then === "end" || this.evse.car === undefined) return this.end(cause);
      await this.tell({ kind: "resumed", sample: this.sample() });
      this.flow();
    });
  }

  cablePlugged(): Promise<void> {
    return this.inTurn(async () => {
      this.wasCharging = false;
      const { waiting } = this;
      this.forgetWaiting();
      if (waiting !== undefined && this.operative && this.evse.car !== undefined) {
        const cause = waiting.cause === "remote" ? "remote" : "cable";
        await this.begin(waiting.token, cause, waiting.remoteStartId);
      }
      this.parts.changed();
    });
  }

  cableUnplugged(): Promise<void> {
    return this.inTurn(async () => {
      this.wasCharging = false;
      if (this.tx !== undefined) await this.end("unplugged");
      else this.parts.changed();
    });
  }

  /** A card is held to the reader: starts, or stops what the same card started. */
  card(token: Token): Promise<"started" | "waiting" | "stopped" | "refused"> {
    return this.inTurn(async () => {
      if (this.tx !== undefined) {
        // The card that started it may stop it, with nobody asked (1.6 §4.1, 2.0.1 C01.FR.03).
        if (this.tx.token.id !== token.id) return "refused";
        await this.end("card");
        return "stopped";
      }
      if (!this.free || this.parts.held(this, token)) return "refused";
      if (!(await this.parts.life.hold(this.parts.authorise(token)))) return "refused";
      return this.admit(token, "card", undefined);
    });
  }

  /** The central system starts a transaction here; what the answer promised is done even if nobody waits for it. */
  remoteStart(token: Token, remoteStartId: number | undefined, ask: boolean): Promise<void> {
    return this.inTurn(async () => {
      if (!this.free || this.parts.held(this, token)) return this.parts.profiles.ended(this.evse.id);
      if (ask && !(await this.parts.life.hold(this.parts.authorise(token))))
        return this.parts.profiles.ended(this.evse.id);
      await this.admit(token, "remote", remoteStartId);
    });
  }

  stop(cause: StopCause, reference?: string): Promise<void> {
    return this.inTurn(async () => {
      if (this.tx === undefined || (reference !== undefined && this.tx.reference !== reference)) return;
      await this.end(cause);
    });
  }

  /** One reading, told as part of the transaction where there is one. */
  tellNow(why: "periodic" | "trigger"): Promise<"told" | "idle"> {
    return this.inTurn(async () => {
      if (this.tx === undefined) return "idle";
      await this.tell({ kind: "sampled", why, sample: this.sample() });
      return "told";
    });
  }

  sample(): Sample {
    const { clock, conduct, settings } = this.parts;
    const { car, id, phases, powerW, terminalsMa } = this.evse;
    const registerWh = conduct.shown(id, this.evse.registerWh);
    const socPercent = Math.round((car?.socPercent ?? 0) * 10) / 10;
    const measurands = settings.words("measurands");
    const currentsA = terminalsMa.map((ma) => Math.round(ma / 100) / 10);
    const electric = { powerW: Math.round(powerW), currentsA, voltsV: Array(phases).fill(PHASE_VOLTS) };
    const { exportWh } = this.evse;
    return { atMs: clock.nowMs(), registerWh, exportWh, socPercent, measurands, ...electric };
  }

  private async admit(
    token: Token,
    cause: "card" | "remote",
    remoteStartId: number | undefined,
  ): Promise<"started" | "waiting"> {
    if (this.evse.car !== undefined) {
      await this.begin(token, cause, remoteStartId);
      this.parts.changed();
      return "started";
    }
    const { life, settings } = this.parts;
    const expire = life.after(settings.number("cableTimeoutS") * 1000, () => {
      this.waiting = undefined;
      this.parts.profiles.ended(this.evse.id);
      this.parts.changed();
    });
    this.waiting = { token, cause, remoteStartId, expire };
    this.parts.changed();
    return "waiting";
  }

  private forgetWaiting(): void {
    this.waiting?.expire();
    this.waiting = undefined;
  }

  private async begin(token: Token, cause: StartCause, remoteStartId: number | undefined): Promise<void> {
    const { clock, conduct, ids, life, notebook, profiles, reservations } = this.parts;
    const reservationId = await reservations.use(this.evse.id, token.id);
    const startedAtMs = life.now().wallMs;
    const tx: Transaction = {
      reference: hex(ids, 16),
      evse: this.evse.id,
      token,
      startedAtMs: clock.nowMs(),
      meterStartWh: conduct.shown(this.evse.id, this.evse.registerWh),
      remoteStartId,
      ...(reservationId !== undefined && { reservationId }),
      seqNo: 0,
      state: this.drawing(),
    };
    this.tx = tx;
    profiles.began(tx.evse, tx.reference, tx.startedAtMs);
    const noted = () => notebook.began({ ...about(tx), startedAtMs });
    await this.tell({ kind: "started", cause, sample: this.sample() }, noted);
    const { car } = this.evse;
    if (this.parts.bidirectional && car?.facts.gives !== undefined) this.parts.agreed(this.evse.id, car);
    this.flow();
  }

  private async end(cause: StopCause): Promise<void> {
    const { life, notebook, profiles } = this.parts;
    this.evse.openContactor();
    this.stopSampling();
    this.stopLooking();
    const { reference } = this.tx!;
    const sample = this.sample();
    const endedAtMs = life.now().wallMs;
    await this.tell({ kind: "ended", cause, sample }, () =>
      notebook.ended(reference, { endedAtMs, meterStopWh: sample.registerWh, stopCause: cause }),
    );
    this.tx = undefined;
    this.wasCharging = this.evse.car !== undefined;
    profiles.ended(this.evse.id);
    this.parts.changed();
  }

  /** Makes this moment's messages, and keeps them in one commit with the transaction as it stands after them. */
  private async tell(moment: TransactionMoment, facts: () => void = () => {}): Promise<void> {
    const { dialect, life, offline, queue } = this.parts;
    const tx = this.tx!;
    const away = offline();
    const calls = dialect.tell(tx, moment, away);
    const told: Transaction = { ...tx, seqNo: tx.seqNo + calls.length };
    this.tx = told;
    const changes: Change[] = [
      [txKey(this.evse), moment.kind === "ended" ? undefined : transactionJson(told)],
      [`meter/${this.evse.id}`, this.evse.registerWh],
    ];
    await life.hold(queue.add(about(tx), calls, away, { changes, facts }));
  }

  /** Lets current flow, as much as the limit in force allows, and takes readings. */
  private flow(): void {
    const { life, lookMs, settings } = this.parts;
    this.evse.limitTo(this.allowedW());
    this.evse.closeContactor();
    this.stopLooking();
    this.stopLooking = life.every(lookMs, () => this.inTurn(() => this.look()));
    this.stopSampling();
    const sampleS = settings.number("sampleS");
    if (sampleS === 0) return;
    this.stopSampling = life.every(sampleS * 1000, async () => {
      await this.tellNow("periodic");
    });
  }

  /** Applies the limit in force, and tells when the car begins or ceases to draw. */
  private async look(): Promise<void> {
    this.evse.limitTo(this.allowedW());
    if (this.tx === undefined) return;
    const state = this.drawing();
    if (state === this.tx.state) return;
    this.tx = { ...this.tx, state };
    await this.tell({ kind: "changed", sample: this.sample() });
    this.parts.changed();
  }

  /** What the hardware lets through: the profiles' limit, unless it does not care. */
  private allowedW(): number {
    const { conduct, profiles } = this.parts;
    return conduct.heed(profiles.limitW(this.evse.id, this.evse.phasesInUse));
  }

  /** mA on each terminal that whoever is at the cable, or comes to it now, may draw by what is in force. */
  get mayMa(): number {
    return this.terminalMa(this.parts.conduct.heed(this.toldW));
  }

  /** Likewise, by its profiles alone, whether they are heeded or not. */
  get toldMa(): number {
    return this.terminalMa(this.toldW);
  }

  private get toldW(): number {
    return this.parts.profiles.limitW(this.evse.id, this.evse.phases);
  }

  private terminalMa(limitW: number): number {
    const { maxW, phases } = this.evse;
    return (Math.max(0, Math.min(maxW, limitW)) * 1000) / (PHASE_VOLTS * phases);
  }

  private drawing(): ChargingState {
    // What is given back has no word of its own.
    if (this.parts.profiles.limitW(this.evse.id) < 0) return "charging";
    if ((this.evse.car?.wantsW ?? 0) === 0) return "suspended-ev";
    return this.parts.profiles.limitW(this.evse.id) === 0 ? "suspended-evse" : "charging";
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { life } = this.parts;
    return life.hold(this.turn.do(work));
  }
}

const txKey = ({ id }: Evse): string => `tx/${id}`;

const about = ({ reference, evse, token, meterStartWh }: Transaction): About => ({
  reference,
  evse,
  token: token.id,
  meterStartWh,
});

const transactionJson = (tx: Transaction): Json => tx;

/** The flash gives back what {@link transactionJson} made: nobody else writes there. */
const readTransaction = (kept: Json): Transaction => kept as unknown as Transaction;

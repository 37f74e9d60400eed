/**
 * Boot and heartbeat (OCPP 2.0.1 B01 to B03, G02; 1.6 §4.2 and §4.6): a station that is not accepted says nothing but
 * BootNotification, at the interval it was told; an accepted one shows that it lives, and sets its clock.
 *
 * Acceptance lasts for the life of the firmware: a reconnect needs no new boot (Part 4 §5.3).
 */
import { type Cancel, every, type JsonObject, type Log } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { Notebook } from "../truth/notebook.ts";
import type { BootReason, Dialect, OutCall, StationFacts } from "./dialect.ts";
import type { Life } from "./life.ts";
import type { Settings } from "./settings.ts";
import type { StationClock } from "./station-clock.ts";

/** Our own pause where the central system gives none, or does not answer (B02.FR.07). */
const BOOT_RETRY_S = 10;

export type RegistrationParts = {
  readonly life: Life;
  readonly clock: StationClock;
  readonly dialect: Dialect;
  readonly settings: Settings;
  readonly facts: StationFacts;
  readonly reason: BootReason;
  readonly log: Log;
  readonly notebook: Notebook;
  call(call: OutCall): Promise<CallOutcome>;
  accepted(): void;
};

export class Registration {
  private readonly parts: RegistrationParts;
  private status: "new" | "Accepted" | "Pending" | "Rejected" = "new";
  private stopHeartbeat: Cancel = () => {};
  private stopRetry: Cancel = () => {};
  private booting = false;
  private acceptedAtMs = 0;

  constructor(parts: RegistrationParts) {
    this.parts = parts;
  }

  get accepted(): boolean {
    return this.status === "Accepted";
  }

  /** Not even commands are answered (B03.FR.08). */
  get rejected(): boolean {
    return this.status === "Rejected";
  }

  /** There is a connection; `again`: the central system asked for the notification. */
  notify(again = false): void {
    if (this.booting || (this.accepted && !again)) return;
    this.booting = true;
    this.stopRetry();
    this.parts.life.run(() => this.boot());
  }

  /**
   * The central system answers SecurityError: it no longer knows this station as accepted (B01.FR.10). So boot again;
   * but one that answers so for other reasons is not to be flooded.
   */
  doubt(): void {
    const nowMs = this.parts.life.now().monotonicMs;
    if (!this.accepted || nowMs - this.acceptedAtMs < BOOT_RETRY_S * 1000) return;
    this.status = "new";
    this.stopHeartbeat();
    this.notify();
  }

  /** The connection is gone, and a boot that waits for its time with it: the next connection begins anew. */
  lost(): void {
    this.stopRetry();
  }

  heartbeat(): void {
    this.parts.life.run(() => this.beat());
  }

  /** A heartbeat, until it is answered or never will be. */
  async beat(): Promise<void> {
    const { call, clock, dialect } = this.parts;
    const outcome = await call(dialect.heartbeat());
    if (outcome.kind === "result") clock.set(dialect.readHeartbeat(outcome.payload));
  }

  /** The heartbeat interval may have been set. */
  schedule(): void {
    this.stopHeartbeat();
    if (!this.accepted) return;
    const { life, settings } = this.parts;
    this.stopHeartbeat = every(life, settings.number("heartbeatS") * 1000, () => this.heartbeat());
  }

  private async boot(): Promise<void> {
    const { call, dialect, facts, life, reason } = this.parts;
    const outcome = await life.hold(call(dialect.boot(facts, reason)));
    this.booting = false;
    if (outcome.kind === "result") await this.answered(outcome.payload);
    else if (outcome.kind !== "closed") this.retry(BOOT_RETRY_S);
  }

  private async answered(payload: JsonObject): Promise<void> {
    const { accepted, clock, dialect, life, log, notebook, settings } = this.parts;
    const answer = dialect.readBoot(payload);
    const before = this.status;
    this.status = answer.status;
    log.info("boot-answered", { status: answer.status });
    notebook.obstacle = answer.status === "Accepted" ? undefined : `it was answered ${answer.status}.`;
    clock.set(answer.atMs);
    if (answer.status !== "Accepted")
      return this.retry(answer.intervalS > 0 ? answer.intervalS : BOOT_RETRY_S);
    this.acceptedAtMs = life.now().monotonicMs;
    if (answer.intervalS > 0) {
      await life.hold(settings.set("heartbeatS", String(Math.min(answer.intervalS, 86_400))));
    }
    this.schedule();
    if (before !== "Accepted") accepted();
  }

  private retry(s: number): void {
    this.stopRetry();
    this.stopRetry = this.parts.life.after(s * 1000, () => this.notify());
  }
}

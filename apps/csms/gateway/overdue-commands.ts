/**
 * Ends commands that nobody else will end: those that expire before their station comes, and those that were sent and
 * whose outcome never reached the store. So whoever watches a command sees it end, whatever happens.
 *
 *     command.requested, command.sent ──▶ when is the next due? ──▶ timer ──▶ command.expire ──▶ when is the next? …
 *
 * Where nothing is due, nothing runs.
 */
import type { Cancel, Clock, Log } from "@wattward/kernel";
import type { Core } from "../core/port.ts";
import { COMMAND_LOOK_MS_MAX, COMMAND_RETRY_MS, COMMAND_UNTOLD_MS_MAX } from "./limits.ts";

export class OverdueCommands {
  private readonly ports: { core: Core; clock: Clock; log: Log };
  private timer: Cancel | undefined;
  private looking = false;
  private lookAgain = false;
  private stopped = false;

  constructor(ports: { core: Core; clock: Clock; log: Log }) {
    this.ports = ports;
  }

  /** Something may be due now or later: a command was requested or sent. Returns at once. */
  wake(): void {
    if (this.looking) this.lookAgain = true;
    else if (!this.stopped) void this.look();
  }

  stop(): void {
    this.stopped = true;
    this.timer?.();
  }

  private async look(): Promise<void> {
    this.looking = true;
    this.timer?.();
    const waitMs = await this.endDue();
    this.looking = false;
    if (this.stopped) return;
    if (this.lookAgain) {
      this.lookAgain = false;
      this.wake();
    } else if (waitMs !== undefined) this.timer = this.ports.clock.after(waitMs, () => this.wake());
  }

  /** Milliseconds until it is to be looked again; undefined where nothing is open. */
  private async endDue(): Promise<number | undefined> {
    const { core, clock, log } = this.ports;
    try {
      const dueMs = await core.query("commands.nextDue", { untoldMs: COMMAND_UNTOLD_MS_MAX });
      if (dueMs === undefined) return undefined;
      const atMs = clock.now().wallMs;
      // The clock may be set meanwhile: timers do not see that, so none is long.
      if (dueMs > atMs) return Math.min(dueMs - atMs, COMMAND_LOOK_MS_MAX);
      await core.decide("command.expire", { atMs, sentBeforeMs: atMs - COMMAND_UNTOLD_MS_MAX });
      return 0;
    } catch (error) {
      // A start that failed stops us, and closes the core: no news of commands.
      if (!this.stopped) log.error("commands-not-ended", { error: String(error) });
      return COMMAND_RETRY_MS;
    }
  }
}

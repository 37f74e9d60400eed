/**
 * A connection on which an answer is owed whose time is over: it is never asked on again, but listened to, so that the answer is told as late,
 * until it comes, until somebody asks (a device may have room for one connection alone), or for `LATE_MS_MAX`.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import type { ByteLink } from "@wattward/modbus";
import type { Cutter } from "./cutter.ts";
import type { Disbelief } from "./device.ts";
import { LATE_MS_MAX } from "./limits.ts";

type Owed = {
  readonly link: ByteLink;
  readonly cutter: Cutter;
  readonly transaction: number;
  readonly unit: number;
  /** It had so long. */
  readonly answerMsMax: number;
};

export class LateAnswers {
  private readonly clock: Clock;
  private readonly told: (what: Disbelief, why: string) => void;
  private owed: (Owed & { readonly cancel: Cancel }) | undefined;

  /** `told`: of the first that comes, which is the last. */
  constructor(clock: Clock, told: (what: Disbelief, why: string) => void) {
    this.clock = clock;
    this.told = told;
  }

  listenOn(owed: Owed): void {
    this.owed = { ...owed, cancel: this.clock.after(LATE_MS_MAX, () => this.forget()) };
  }

  /** Nobody listens any longer. */
  forget(): void {
    const { owed } = this;
    this.owed = undefined;
    owed?.cancel();
    owed?.link.destroy();
  }

  /** Bytes of a connection; of any other than that one they are none of its business. */
  bytes(link: ByteLink, segment: Uint8Array): void {
    const { owed } = this;
    if (owed?.link !== link) return;
    const tell = (what: Disbelief, why: string) => {
      this.forget();
      this.told(what, why);
    };
    const malformed = owed.cutter.push(segment, ({ transaction, unit }) => {
      const isLate = transaction === owed.transaction && unit === owed.unit;
      const which = `transaction ${transaction}, unit ${unit}`;
      if (isLate) tell("late", `an answer after its ${owed.answerMsMax} ms (${which})`);
      else tell("unasked", `an answer that nobody asked for (${which})`);
      return false;
    });
    if (malformed !== undefined) tell("malformed", `no Modbus: ${malformed.reason}`);
  }

  closed(link: ByteLink): void {
    if (this.owed?.link === link) this.forget();
  }
}

/** How much of a capture was understood: whoever asks what is in it has to know what could not be seen. */

/** Reasons that are told apart; what is beyond counts as the last. */
const REASONS_MAX = 32;

export class CaptureReading {
  /** All that the capture has. */
  packets = 0;
  /** TCP from and to the ports that were asked for. */
  segments = 0;
  /** Understood, and something else: other ports, other protocols. */
  others = 0;
  /** Not understood, or not captured whole; there may be Modbus in them. */
  unread = 0;
  /** Of these: how many for which reason. */
  readonly reasons: { [why: string]: number } = {};
  /** Places where bytes of a connection are missing in the capture. */
  gaps = 0;
  /** Segments behind a malformed frame: a live connection would have ended there. */
  behindMalformed = 0;
  /** The capture ends in the middle of a packet. */
  cut = false;
  /** Why it was not read to its end; absent where it was. */
  broken?: string;

  missed(why: string): void {
    this.unread++;
    const known =
      why in this.reasons || Object.keys(this.reasons).length < REASONS_MAX ? why : "other reasons";
    this.reasons[known] = (this.reasons[known] ?? 0) + 1;
  }

  /** There is something in the capture, and nothing of it was understood. */
  get nothing(): boolean {
    return this.packets === 0 ? this.cut : this.unread === this.packets;
  }
}

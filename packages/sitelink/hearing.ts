/**
 * Is the other end of a link still there? Pure arithmetic on monotonic milliseconds, the same on both sides.
 *
 * Beats wait behind a long message, and on a slow line a bundle or a megabyte of a record takes longer than the silence
 * allowed: bytes that still arrive are life too, for as long as one message may take. Otherwise the link would be given
 * up in the middle of it, for ever, at the same place.
 */
import { LINK_MESSAGE_MS_MAX, LINK_SILENCE_MS_MAX } from "./limits.ts";

export class Hearing {
  private messageAtMs: number;
  private bytesAtMs: number;
  private bytes = 0;

  constructor(nowMs: number) {
    this.messageAtMs = this.bytesAtMs = nowMs;
  }

  /** A whole message came, or listening begins again after a pause of our own. */
  heard(nowMs: number): void {
    this.messageAtMs = this.bytesAtMs = nowMs;
  }

  /** Asked now and then; `receivedBytes` as the wire counts them, undefined where it does not. */
  isSilent(nowMs: number, receivedBytes: number | undefined): boolean {
    if (receivedBytes !== undefined && receivedBytes !== this.bytes) {
      this.bytes = receivedBytes;
      this.bytesAtMs = nowMs;
    }
    return nowMs - this.bytesAtMs > LINK_SILENCE_MS_MAX || nowMs - this.messageAtMs > LINK_MESSAGE_MS_MAX;
  }
}

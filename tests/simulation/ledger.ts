/**
 * What stations sent and what they were answered, kept as the recount wants it; and the promises that only a
 * station can see: a 1.6 transaction id is given to one start, a start that is repeated gets the same one, and no command
 * is heard twice.
 */

import type { Recorder } from "../../apps/simulator/station/recorder.ts";
import { type SentCall, sentCallOf } from "../../demo/evidence.ts";

type Received = Parameters<Recorder["received"]>[0];
type Sent = Parameters<Recorder["sent"]>[0];

export class Ledger implements Recorder {
  readonly sentCalls: SentCall[] = [];
  /** "station messageId" of every call that got a CALLRESULT. */
  readonly answeredCalls = new Set<string>();
  readonly violations: string[] = [];
  frames = 0;
  private readonly onAnswer: (station: string, id: string) => void;
  /** Starts that wait for their answer, by "station messageId". */
  private readonly starts = new Map<string, string>();
  private readonly commands = new Set<string>();
  private readonly startOfId = new Map<number, string>();
  private readonly idOfStart = new Map<string, number>();

  /** @param onAnswer told of each CALLRESULT that a station receives */
  constructor(onAnswer: (station: string, id: string) => void) {
    this.onAnswer = onAnswer;
  }

  async sent(line: Sent): Promise<void> {
    this.frames++;
    const call = sentCallOf(line);
    if (call === undefined) return;
    this.sentCalls.push(call);
    if (call.action === "StartTransaction")
      this.starts.set(`${call.station} ${call.id}`, `${call.station} ${call.digest}`);
  }

  async received({ station, frame }: Received): Promise<void> {
    this.frames++;
    const [kind, id, payload] = JSON.parse(frame) as [number, string, { transactionId?: number }];
    if (kind === 2) this.commanded(station, id);
    if (kind !== 3) return;
    this.answeredCalls.add(`${station} ${id}`);
    this.onAnswer(station, id);
    const start = this.starts.get(`${station} ${id}`);
    if (start !== undefined) this.numbered(start, Number(payload.transactionId));
  }

  private commanded(station: string, id: string): void {
    if (this.commands.has(`${station} ${id}`))
      this.violations.push(`${station} heard the command ${id} twice`);
    this.commands.add(`${station} ${id}`);
  }

  private numbered(start: string, id: number): void {
    const other = this.startOfId.get(id);
    const before = this.idOfStart.get(start);
    if (other !== undefined && other !== start)
      this.violations.push(`1.6 transaction id ${id} was given to ${other} and to ${start}`);
    if (before !== undefined && before !== id)
      this.violations.push(`the start ${start} got the ids ${before} and ${id}`);
    this.startOfId.set(id, start);
    this.idOfStart.set(start, id);
  }

  /** Commands that stations heard. */
  get commandsHeard(): number {
    return this.commands.size;
  }
}

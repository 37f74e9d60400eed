/**
 * The energy controller's end of the line to the local controller: connects, and connects again; what was heard is kept as facts with
 * instants of this process. A line that is no message, or no line for too long, ends the link: the other side is not itself.
 */
import type { GrantOutcome, OutletId, SessionInput } from "@wattward/energy";
import { type Cancel, type Clock, type Log, type Result, sleep } from "@wattward/kernel";
import type { LinkFault } from "@wattward/modbus";
import type { LineLink } from "../energy-link/line-link.ts";
import {
  type FromEnergy,
  type FromLocal,
  STATE_EVERY_MS,
  type ToldSession,
} from "../energy-link/messages.ts";
import { parseFromLocal } from "../energy-link/parse.ts";
import { LINK_RETRY_MS } from "./limits.ts";

/** So many states may be missed before the link counts as dead. */
const SILENT_MS_MAX = 5 * STATE_EVERY_MS;
/** Outcomes that wait for the next turn. */
const OUTCOMES_MAX = 4_000;
/** Ages of one fact in two messages differ by what the messages took. */
const SAME_INSTANT_MS = 250;

export type Known = ToldSession & { readonly input: SessionInput };

export type LocalLinkPorts = {
  readonly clock: Clock;
  readonly log: Log;
  dial(): Promise<Result<LineLink, LinkFault>>;
  /** Called for each state, at once. */
  heard(state: FromLocal): void;
};

export class LocalLink {
  /** As last told; kept while the link is down, since the cars are still there. */
  sessions: readonly Known[] = [];
  /** As last told, likewise. */
  unlimited: readonly OutletId[] = [];
  private readonly ports: LocalLinkPorts;
  private link: LineLink | undefined;
  /** Counts the lines that there were: what was said on another may not have been heard. */
  generation = 0;
  private outcomes: GrantOutcome[] = [];
  private closed = false;
  private silent: Cancel = () => {};

  constructor(ports: LocalLinkPorts) {
    this.ports = ports;
  }

  get isUp(): boolean {
    return this.link !== undefined;
  }

  start(): void {
    void this.run();
  }

  close(): void {
    this.closed = true;
    this.silent();
    this.link?.destroy();
  }

  send(message: FromEnergy): void {
    this.link?.send(JSON.stringify(message));
  }

  takeOutcomes(): readonly GrantOutcome[] {
    const taken = this.outcomes;
    this.outcomes = [];
    return taken;
  }

  private async run(): Promise<void> {
    const { clock, log } = this.ports;
    let said = "";
    while (!this.closed) {
      const dialled = await this.ports.dial();
      if (dialled.ok) {
        said = "";
        await this.live(dialled.value);
      } else if (dialled.fault.sentence !== said) {
        said = dialled.fault.sentence;
        log.info("local-controller-not-reached", { say: said });
      }
      if (!this.closed) await sleep(clock, LINK_RETRY_MS);
    }
  }

  /** Until it is over. */
  private live(link: LineLink): Promise<void> {
    if (this.closed) {
      link.destroy();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.link = link;
      this.generation++;
      this.watch(link);
      link.listen({
        line: (text) => this.hear(link, text),
        closed: () => {
          this.silent();
          this.link = undefined;
          resolve();
        },
      });
    });
  }

  private watch(link: LineLink): void {
    this.silent();
    this.silent = this.ports.clock.after(SILENT_MS_MAX, () => {
      this.ports.log.warn("local-controller-silent", { ms: SILENT_MS_MAX, say: "connecting anew" });
      link.destroy();
    });
  }

  private hear(link: LineLink, text: string): void {
    const read = parseFromLocal(text);
    if (!read.ok) {
      this.ports.log.error("local-controller-not-understood", { say: read.fault.sentence });
      link.destroy();
      return;
    }
    this.watch(link);
    const nowMs = this.ports.clock.now().monotonicMs;
    const before = new Map(this.sessions.map((known) => [known.id, known]));
    this.sessions = read.value.sessions.map((told) => ({
      ...told,
      input: inputOf(told, before.get(told.id)?.input, nowMs),
    }));
    this.unlimited = read.value.unlimited ?? [];
    for (const { session, seq, outcome, agoMs } of read.value.outcomes)
      if (this.outcomes.length < OUTCOMES_MAX)
        this.outcomes.push({ session, seq, outcome, atMs: nowMs - agoMs });
    this.ports.heard(read.value);
  }
}

/** Instants stand still where the facts did: what a message took is no news. */
function inputOf(told: ToldSession, before: SessionInput | undefined, nowMs: number): SessionInput {
  const {
    id,
    outlet,
    wantsMa,
    goesOnMa,
    inForceMa,
    observed,
    dischargeWMax: wMax,
    dischargeLeftWh: leftWh,
  } = told;
  return {
    ...{ id, outlet, wantsMa },
    connectedAtMs: before?.connectedAtMs ?? nowMs - told.connectedAgoMs,
    ...(inForceMa !== undefined && { inForceMa }),
    ...(goesOnMa !== undefined && { goesOnMa }),
    ...(wMax !== undefined && leftWh !== undefined && { discharge: { wMax, leftWh } }),
    ...(observed !== undefined && { observed: seenOf(observed, before?.observed, nowMs) }),
  };
}

function seenOf(
  { agoMs, terminalsMa }: NonNullable<ToldSession["observed"]>,
  before: SessionInput["observed"],
  nowMs: number,
): NonNullable<SessionInput["observed"]> {
  const atMs = nowMs - agoMs;
  const same =
    before !== undefined &&
    Math.abs(before.atMs - atMs) < SAME_INSTANT_MS &&
    before.terminalsMa.length === terminalsMa.length &&
    before.terminalsMa.every((ma, i) => ma === terminalsMa[i]);
  return same ? before : { atMs, terminalsMa };
}

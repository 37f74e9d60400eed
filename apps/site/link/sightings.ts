/**
 * What the site has seen that is no frame, on its way to the CSMS: so much at once and in the long run, and while there is no link the
 * newest of it. No acknowledgement says that one arrived, and a line that is cut goes on taking them for seconds: what was told
 * shortly before a link ended is told again on the next, and the CSMS keeps one of two alike; what it only counts is not. Whoever knocks at the stations' door decides how often something is seen, so a change of the site's mode, which may be
 * an alarm, has a rate of its own and outlasts the rest.
 */
import { type Clock, type StationId, TokenBucket } from "@wattward/kernel";
import {
  DEVIATION_OBSERVED,
  LINK_NAME_CHARS_MAX,
  LINK_TEXT_CHARS_MAX,
  MODE_OBSERVED,
  OBSERVED_WAITING_MAX,
  type SiteMessage,
} from "@wattward/sitelink";
import { MODES_RATE, OBSERVED_RATE, RETOLD_MAX, RETOLD_MS } from "./limits.ts";

type Observed = Extract<SiteMessage, { t: "observed" }>;
/** `times`: so often was it told already. */
type Kept = { readonly message: Observed; readonly times: number };

export class Sightings {
  private readonly clock: Clock;
  private readonly rate: TokenBucket;
  private readonly modes: TokenBucket;
  private leftOut = 0;
  private kept: Kept[] = [];
  /** Told on the link that is up, of the last {@link RETOLD_MS}. */
  private told: (Kept & { readonly atMs: number })[] = [];

  constructor(clock: Clock) {
    const { monotonicMs } = clock.now();
    this.clock = clock;
    this.rate = new TokenBucket(OBSERVED_RATE, monotonicMs);
    this.modes = new TokenBucket(MODES_RATE, monotonicMs);
  }

  /** As it is told; undefined where there is too much of it: then it is counted, but for a mode, which is told again by its teller. */
  see(kind: string, detail: string, station?: StationId): Observed | undefined {
    const { wallMs: atMs, monotonicMs } = this.clock.now();
    const isMode = kind === MODE_OBSERVED;
    if (!(isMode ? this.modes : this.rate).take(monotonicMs)) {
      if (!isMode) this.leftOut++;
      return undefined;
    }
    // Words in it may be a stranger's. With a sentence behind it JSON would be none.
    const more =
      this.leftOut > 0 && !detail.startsWith("{") ? ` (and ${this.leftOut} not told before this)` : "";
    if (more !== "") this.leftOut = 0;
    return {
      t: "observed",
      kind: kind.slice(0, LINK_NAME_CHARS_MAX),
      atMs,
      detail: detail.slice(0, LINK_TEXT_CHARS_MAX - more.length) + more,
      ...(station !== undefined && { station }),
    };
  }

  /** For the next link. */
  keep(message: Observed): void {
    this.keepAs({ message, times: 0 });
  }

  /** It goes out on the link that is up. */
  tell(message: Observed): Observed {
    return this.goesOut({ message, times: 0 });
  }

  /** Those that were kept, once, for the link that is up now. */
  waiting(): readonly Observed[] {
    return this.kept.splice(0).map((one) => this.goesOut(one));
  }

  /** The link has ended: nobody knows whether what was told last has arrived. */
  cut(): void {
    const { monotonicMs } = this.clock.now();
    const unsure = this.told.splice(0).filter(({ atMs }) => monotonicMs - atMs < RETOLD_MS);
    const after = this.kept.splice(0);
    for (const { message, times } of unsure) if (times <= RETOLD_MAX) this.keepAs({ message, times });
    for (const one of after) this.keepAs(one);
  }

  private goesOut({ message, times }: Kept): Observed {
    const { monotonicMs: atMs } = this.clock.now();
    this.told = this.told.filter((one) => atMs - one.atMs < RETOLD_MS);
    if (!message.kind.startsWith(DEVIATION_OBSERVED)) this.told.push({ message, times: times + 1, atMs });
    return message;
  }

  private keepAs(one: Kept): void {
    this.kept.push(one);
    if (this.kept.length <= OBSERVED_WAITING_MAX) return;
    const oldest = this.kept.findIndex(({ message }) => message.kind !== MODE_OBSERVED);
    this.kept.splice(Math.max(0, oldest), 1);
  }
}

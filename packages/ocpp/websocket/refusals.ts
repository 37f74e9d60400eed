/** Log lines about unwelcome connections: bounded in rate, because whoever floods the port chooses how many there are. */
import { type Log, type LogFields, TokenBucket } from "@wattward/kernel";
import type { ServerLimits } from "./limits.ts";

/** Told of every connection that was not taken: what happened (the log line's event), and the line's fields. */
export type Refused = (event: string, fields: LogFields) => void;

export class Refusals {
  private readonly log: Log;
  private readonly bucket: TokenBucket;
  private readonly seen: Refused;
  private unsaid = 0;

  constructor(log: Log, limits: ServerLimits, seen: Refused = () => {}) {
    this.log = log;
    this.seen = seen;
    const { refusalLinesBurst: burst, refusalLinesPerSecond: perSecond } = limits;
    this.bucket = new TokenBucket({ burst, perSecond }, performance.now());
  }

  tell(event: string, fields: LogFields): void {
    this.seen(event, fields);
    if (!this.bucket.take(performance.now())) {
      this.unsaid++;
      return;
    }
    this.log.warn(event, this.unsaid > 0 ? { ...fields, unsaidBefore: this.unsaid } : fields);
    this.unsaid = 0;
  }
}

/** Log lines about unwelcome connections: bounded in rate, because whoever floods the port chooses how many there are. */
import { type Log, type LogFields, TokenBucket } from "@wattward/kernel";
import type { ServerLimits } from "./limits.ts";

export class Refusals {
  private readonly log: Log;
  private readonly bucket: TokenBucket;
  private unsaid = 0;

  constructor(log: Log, limits: ServerLimits) {
    this.log = log;
    const { refusalLinesBurst: burst, refusalLinesPerSecond: perSecond } = limits;
    this.bucket = new TokenBucket({ burst, perSecond }, performance.now());
  }

  tell(event: string, fields: LogFields): void {
    if (!this.bucket.take(performance.now())) {
      this.unsaid++;
      return;
    }
    this.log.warn(event, this.unsaid > 0 ? { ...fields, unsaidBefore: this.unsaid } : fields);
    this.unsaid = 0;
  }
}

/**
 * The newest certificate each station has shown: once a newer one was accepted, the older is never accepted again
 * (QUIRKS, takeover). Kept over restarts; bounded by the bundle's number of stations.
 */
import type { Disk, Log, StationId } from "@wattward/kernel";
import { BUNDLE_STATIONS_MAX } from "@wattward/sitelink";
import { fieldsOf, isCount, keep, readKept } from "./kept.ts";

const CERTIFICATES = "state/certificates.json";
type Shown = { readonly key: string; readonly notBeforeMs: number };

export class NewestCertificates {
  private readonly shown: Map<string, Shown>;
  private changed = false;

  private constructor(shown: Map<string, Shown>) {
    this.shown = shown;
  }

  static async open(disk: Disk, log: Log): Promise<NewestCertificates> {
    return new NewestCertificates((await readKept(disk, log, { path: CERTIFICATES, parse })) ?? new Map());
  }

  /** Is there a newer certificate, of another key, than this one? */
  supersedes(station: StationId, { key, notBeforeMs }: Shown): boolean {
    const newest = this.shown.get(station);
    return newest !== undefined && newest.key !== key && newest.notBeforeMs >= notBeforeMs;
  }

  /** Has it ever shown one? */
  has(station: StationId): boolean {
    return this.shown.has(station);
  }

  accepted(station: StationId, { key, notBeforeMs }: Shown): void {
    const before = this.shown.get(station);
    if (before?.key === key && before.notBeforeMs >= notBeforeMs) return;
    this.shown.set(station, { key, notBeforeMs });
    if (this.shown.size > BUNDLE_STATIONS_MAX) this.shown.delete(this.shown.keys().next().value ?? "");
    this.changed = true;
  }

  async save(disk: Disk, log: Log): Promise<void> {
    if (!this.changed) return;
    this.changed = !(await keep(disk, log, CERTIFICATES, Object.fromEntries(this.shown)));
  }
}

function parse(value: unknown): Map<string, Shown> | undefined {
  const shown = new Map<string, Shown>();
  for (const [station, entry] of fieldsOf(value)) {
    const fields = fieldsOf(entry);
    const [key, notBeforeMs] = [fields.get("key"), fields.get("notBeforeMs")];
    if (typeof key !== "string" || !isCount(notBeforeMs)) return undefined;
    shown.set(station, { key, notBeforeMs });
  }
  return shown;
}

/**
 * What a site promises, watched from outside while it runs: at its wires and on its disk, with nothing of its own word.
 *
 *   - a message that is to be kept is answered only after a record of it is durable, one for each answer;
 *   - an answer comes from the CSMS, verbatim, or stands in a durable record as the site's own;
 *   - only with a full disk is something answered that was not kept, and never the start or end of a transaction.
 */
import { type AppendFile, type Disk, DiskError, type JsonObject, type StationId } from "@wattward/kernel";
import { stationIn } from "@wattward/ocpp";
import type { SimulatedDisk } from "@wattward/testing";
import { scan } from "../../apps/site/journal/frame.ts";
import type { Ear } from "./mortal.ts";

/** By docs/local-controller.md: answered and forgotten; or kept only where the site answered. The rest is kept. */
const relayed: ReadonlySet<string> = new Set([
  "DataTransfer",
  "Get15118EVCertificate",
  "GetCertificateChainStatus",
  "GetCertificateStatus",
  "Heartbeat",
  "NotifyEVChargingNeeds",
  "OpenPeriodicEventStream",
  "PullDynamicScheduleUpdate",
  "SignCertificate",
  "VatNumberValidation",
]);
const keptIfLocal: ReadonlySet<string> = new Set(["Authorize"]);

type Waiting = {
  readonly raw: string;
  readonly action: string;
  readonly payload: JsonObject;
  readonly refusals: number;
};
/** A message that was answered and not kept, because the disk was full. */
export type GivenUp = { readonly station: StationId; readonly id: string; readonly action: string };

export class SitePromises {
  readonly violations: string[] = [];
  readonly givenUp: GivenUp[] = [];
  /** Answers that the site gave by itself to messages that it kept. */
  answeredLocally = 0;
  private readonly site: string;
  private readonly disk: SimulatedDisk;
  /** How many durable records there have ever been of a frame, and how many answers to it. */
  private readonly records = new Map<string, number>();
  private readonly answers = new Map<string, number>();
  private readonly ownAnswers = new Set<string>();
  private readonly csmsAnswers = new Set<string>();
  private readonly seen = new Map<string, number>();
  private diskRefusals = 0;

  constructor(site: string, disk: SimulatedDisk) {
    this.site = site;
    this.disk = disk;
  }

  /** What an earlier life heard from the CSMS, this one has forgotten. */
  booted(): void {
    this.csmsAnswers.clear();
  }

  /** The site's disk, with its refusals counted. */
  refusals(disk: Disk): Disk {
    const counted = <T>(writing: Promise<T>): Promise<T> =>
      writing.catch((error: unknown) => {
        if (error instanceof DiskError && error.kind === "full") this.diskRefusals++;
        throw error;
      });
    const file = (inner: AppendFile): AppendFile => ({
      get sizeBytes() {
        return inner.sizeBytes;
      },
      append: (bytes) => counted(inner.append(bytes)),
      sync: () => counted(inner.sync()),
      truncate: (sizeBytes) => counted(inner.truncate(sizeBytes)),
      close: () => inner.close(),
    });
    return {
      ...disk,
      replace: (path, bytes) => counted(disk.replace(path, bytes)),
      appendTo: async (path) => file(await disk.appendTo(path)),
    };
  }

  /** Hears what the CSMS says on the link. */
  linkEar(): Ear {
    return {
      sent() {},
      heard: (text) => {
        if (!text.startsWith('{"t":"answer"')) return;
        this.csmsAnswers.add((JSON.parse(text) as { frame: string }).frame);
      },
    };
  }

  /** Hears what is said on one station's wire. */
  stationEar(path: string): Ear {
    const station = stationIn(path);
    const waiting = new Map<string, Waiting>();
    return {
      heard: (raw) => {
        const [kind, id, action, payload] = JSON.parse(raw) as [number, string, string, JsonObject];
        if (kind === 2) waiting.set(id, { raw, action, payload, refusals: this.diskRefusals });
      },
      sent: (text) => {
        const [kind, id] = JSON.parse(text) as [number, string];
        const call = waiting.get(id);
        if ((kind !== 3 && kind !== 4) || call === undefined || station === undefined) return;
        waiting.delete(id);
        this.answered(station, id, call, text);
      },
    };
  }

  private answered(station: StationId, id: string, call: Waiting, text: string): void {
    const fromCsms = this.csmsAnswers.delete(text);
    if (relayed.has(call.action) || (fromCsms && keptIfLocal.has(call.action))) return;
    const key = `${station} ${call.raw}`;
    const answersBefore = this.answers.get(key) ?? 0;
    if ((this.records.get(key) ?? 0) <= answersBefore || !fromCsms) this.look();
    const full = this.diskRefusals > call.refusals;
    if ((this.records.get(key) ?? 0) <= answersBefore) {
      if (full && !billing(call)) this.givenUp.push({ station, id, action: call.action });
      else this.violated(station, call, "was answered before its record was durable");
      return;
    }
    this.answers.set(key, answersBefore + 1);
    if (fromCsms) return;
    this.answeredLocally++;
    if (this.ownAnswers.delete(`${station} ${text}`) || (full && !billing(call))) return;
    this.violated(
      station,
      call,
      `got the answer ${text}, which is neither the CSMS's nor in a durable record`,
    );
  }

  private violated(station: StationId, { action, raw }: Waiting, what: string): void {
    this.violations.push(`site ${this.site}: ${action} of ${station} ${what}: ${raw.slice(0, 120)}`);
  }

  /** Takes in the records that have become durable since it last looked. */
  private look(): void {
    for (const path of this.disk.paths()) {
      if (!path.endsWith(".wwj")) continue;
      const durable = this.disk.durable(path);
      if (this.seen.get(`${path} bytes`) === durable.length) continue;
      this.seen.set(`${path} bytes`, durable.length);
      const { payloads } = scan(durable);
      // The first is the segment's head.
      for (const payload of payloads.slice(this.seen.get(path) ?? 1)) this.took(payload);
      this.seen.set(path, Math.max(payloads.length, this.seen.get(path) ?? 1));
    }
  }

  private took(payload: Uint8Array): void {
    const record = JSON.parse(new TextDecoder().decode(payload)) as {
      kind: string;
      station: string;
      frame?: string;
      localAnswer?: string;
    };
    const key = `${record.station} ${record.frame}`;
    if (record.kind === "frame") this.records.set(key, (this.records.get(key) ?? 0) + 1);
    if (record.localAnswer !== undefined) this.ownAnswers.add(`${record.station} ${record.localAnswer}`);
  }
}

/** Starts, ends, and who pays. */
function billing({ action, payload }: Waiting): boolean {
  if (action === "TransactionEvent")
    return payload["eventType"] !== "Updated" || payload["idToken"] !== undefined;
  return action === "StartTransaction" || action === "StopTransaction";
}

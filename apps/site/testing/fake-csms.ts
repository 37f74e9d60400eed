/**
 * A CSMS for tests of the site: the other end of the link, small enough to be checked by eye. It applies each record
 * once, in order, and tells transactions apart by content, as the real one does. It outlives its own restarts.
 */
import assert from "node:assert/strict";
import type {
  Clock,
  JsonObject,
  SiteId,
  StationId,
  UpgradeRequest,
  UpgradeVerdict,
  Wire,
} from "@wattward/kernel";
import { type Call, type OcppVersion, parseFrame, writeFrame } from "@wattward/ocpp";
import {
  type Bundle,
  type CsmsMessage,
  type FrameRecord,
  type JournalRecord,
  parseSiteMessage,
  SITE_PROTOCOL,
  type SignedBundle,
  type SiteMessage,
} from "@wattward/sitelink";

export type Seen = { readonly key: string; readonly times: number; readonly transactionId?: number };

export class FakeCsms {
  readonly clock: Clock;
  bundle: Bundle;
  csmsEpoch = 1;
  nextLeaseFrom = 1_001;
  leaseSize = 1_000;
  /** Records are applied and acknowledged, but not answered. */
  mute = false;
  /** Nothing is acknowledged. */
  ackNothing = false;
  readonly applied = new Map<string, JournalRecord[]>();
  readonly received: { readonly seq: number; readonly live: boolean }[] = [];
  readonly messages: SiteMessage[] = [];
  /** Replaces the next welcome's `ackedSeq`. */
  welcomeWith: number | undefined;
  /** How bundles are signed. */
  sign: (bundle: Bundle) => SignedBundle = (bundle) => signed(bundle);
  /** Edits an answer before it leaves. */
  twist: (frame: string) => string = (frame) => frame;
  onRecord: (record: JournalRecord) => void = () => {};
  private wire: Wire | undefined;

  constructor(clock: Clock, bundle: Bundle) {
    this.clock = clock;
    this.bundle = bundle;
  }

  upgrade = async (_request: UpgradeRequest): Promise<UpgradeVerdict> => ({
    kind: "accept",
    protocol: SITE_PROTOCOL,
    opened: (wire) => {
      this.wire = wire;
      wire.listen({ message: (text) => this.took(wire, text), closed: () => {} });
    },
  });

  get connected(): boolean {
    return this.wire !== undefined;
  }

  send(message: CsmsMessage | string): void {
    this.wire?.send(typeof message === "string" ? message : JSON.stringify(message));
  }
  drop(): void {
    this.wire?.terminate();
  }
  sendBundle(bundle: Bundle, signature = "valid"): void {
    this.bundle = bundle;
    this.send({ t: "bundle", bundle: signed(bundle, signature) });
  }

  /** Every frame record ever applied, of every epoch, in order of arrival. */
  get frames(): FrameRecord[] {
    return [...this.applied.values()].flat().filter((record) => record.kind === "frame");
  }

  /** Starts, stops and events by what makes each of them the same again. */
  transactions(): Map<string, FrameRecord[]> {
    const found = new Map<string, FrameRecord[]>();
    for (const record of this.frames) {
      const key = contentOf(record);
      if (key !== undefined) found.set(key, [...(found.get(key) ?? []), record]);
    }
    return found;
  }

  /** What a real CSMS would count, with the id of each start; two ids for one start are the site's fault. */
  startIds(): Map<string, number> {
    const ids = new Map<string, number>();
    for (const [key, records] of this.transactions()) {
      if (!key.startsWith("start ")) continue;
      const distinct = new Set(records.map(({ transactionId }) => transactionId));
      assert.equal(distinct.size, 1, `${key} has ids ${[...distinct].join()}`);
      ids.set(key, records[0]!.transactionId!);
    }
    assert.equal(new Set(ids.values()).size, ids.size, "one id for two starts");
    return ids;
  }

  private took(wire: Wire, text: string): void {
    const parsed = parseSiteMessage(text);
    assert(parsed.ok, parsed.ok ? "" : parsed.fault.sentence);
    const message = parsed.value;
    const send = (answer: CsmsMessage) => wire.send(JSON.stringify(answer));
    this.messages.push(message);
    if (message.t === "hello") {
      this.welcome(message, send);
      return;
    }
    if (message.t === "lease-wanted") {
      send(this.lease());
      return;
    }
    if (message.t === "beat") {
      send({ t: "beat", wallMs: this.clock.now().wallMs });
      return;
    }
    if (message.t === "relay") {
      const frame = this.answerTo(message.frame, message.version, undefined);
      if (!this.mute) send({ t: "answer", relay: message.relay, frame });
    }
    if (message.t === "record") this.record(message, send);
  }

  private welcome(
    { epoch }: Extract<SiteMessage, { t: "hello" }>,
    send: (message: CsmsMessage) => void,
  ): void {
    const records = this.applied.get(epoch) ?? [];
    this.applied.set(epoch, records);
    const ackedSeq = this.welcomeWith ?? records.length;
    this.welcomeWith = undefined;
    const ackedTrace = records[ackedSeq - 1]?.trace;
    const { wallMs } = this.clock.now();
    send({ t: "welcome", csmsEpoch: this.csmsEpoch, ackedSeq, ...(ackedTrace && { ackedTrace }), wallMs });
    send({ t: "bundle", bundle: this.sign(this.bundle) });
  }

  private record(
    { record, live }: Extract<SiteMessage, { t: "record" }>,
    send: (message: CsmsMessage) => void,
  ): void {
    const records = this.applied.get(record.epoch)!;
    this.received.push({ seq: record.seq, live });
    assert(record.seq <= records.length + 1, `record ${record.seq} after ${records.length}`);
    if (record.seq === records.length + 1) records.push(record);
    else assert.deepEqual(record, records[record.seq - 1], "a record changed");
    this.onRecord(record);
    if (live && record.kind === "frame" && !this.mute) {
      send({
        t: "answer",
        seq: record.seq,
        frame: this.answerTo(record.frame, record.version, record.transactionId),
      });
    }
    if (!this.ackNothing) send({ t: "ack", epoch: record.epoch, seq: record.seq });
  }

  private lease(): CsmsMessage {
    const from = this.nextLeaseFrom;
    this.nextLeaseFrom += this.leaseSize;
    return { t: "lease", csmsEpoch: this.csmsEpoch, from, to: this.nextLeaseFrom - 1 };
  }

  private answerTo(frame: string, version: OcppVersion, transactionId: number | undefined): string {
    const parsed = parseFrame(frame, version);
    assert(parsed.kind === "frame" && parsed.frame.kind === "call");
    const { id } = parsed.frame;
    return this.twist(
      writeFrame({ kind: "result", id, payload: this.payload(parsed.frame, version, transactionId) }),
    );
  }

  private payload(
    { action, payload }: Call,
    version: OcppVersion,
    transactionId: number | undefined,
  ): JsonObject {
    const currentTime = new Date(this.clock.now().wallMs).toISOString();
    if (action === "BootNotification") return { status: "Accepted", currentTime, interval: 77 };
    if (action === "Heartbeat") return { currentTime };
    const accepted = { status: "Accepted" };
    if (action === "NotifyEVChargingNeeds") return accepted;
    if (action === "Authorize" && version === "1.6") return { idTagInfo: accepted };
    if (action === "Authorize" || payload.idToken !== undefined) return { idTokenInfo: accepted };
    if (action === "StartTransaction")
      return { transactionId: transactionId!, idTagInfo: { status: "Accepted" } };
    return {};
  }
}

export const signed = (bundle: Bundle, signature = "valid") => ({
  body: JSON.stringify(bundle),
  // 64 bytes in base64; what they say is the fake trust's business.
  signature: `${signature.padEnd(86, "A").slice(0, 86)}==`,
  signer: "fake",
});

export const fakeBundle = (
  site: string,
  stations: readonly string[],
  changes: Partial<Bundle> = {},
): Bundle => ({
  schema: 1,
  site: site as SiteId,
  version: 1,
  csmsEpoch: 1,
  issuedAtMs: 0,
  softwareFloor: "0.0.0",
  stations: stations.map((id) => ({ id: id as StationId, serial: `SN-${id}` })),
  localList: [],
  stationAnchors: ["anchor"],
  deny: [],
  policy: { unknownTokenOffline: "accept", cacheMsMax: 86_400_000, heartbeatIntervalS: 60 },
  ...changes,
});

function contentOf({ station, frame, version }: FrameRecord): string | undefined {
  const parsed = parseFrame(frame, version);
  assert(parsed.kind === "frame" && parsed.frame.kind === "call");
  const { action, payload } = parsed.frame;
  const { connectorId, idTag, timestamp, meterStart, transactionId, transactionInfo, seqNo } = payload;
  if (action === "StartTransaction") {
    return `start ${[station, connectorId, String(idTag).toLowerCase(), timestamp, meterStart].join("|")}`;
  }
  if (action === "StopTransaction") return `stop ${station}|${transactionId}`;
  if (action === "TransactionEvent") return `event ${station}|${JSON.stringify(transactionInfo)}|${seqNo}`;
  return undefined;
}

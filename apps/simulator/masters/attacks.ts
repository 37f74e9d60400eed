/**
 * The attacks on Modbus that a site must stand, as programs of a master (ATTACKS: AT-M1 to AT-M6, AT-M8, AT-M9, AT-M11, AT-M12): described
 * as far as it takes to refuse and notice them. Those of a false device (AT-M7, AT-M10) are faults of the plant.
 *
 * Each asks in its own way and counts what came back. `accepted` are the writes that were done: of a guarded site none, but for AT-M3,
 * where the first of them is within every rule.
 */
import { type Clock, sleep } from "@wattward/kernel";
import { joinAdu, writeRequest } from "@wattward/modbus";
import type { Heard, RawMaster } from "./raw-master.ts";

export type AttackOptions = {
  readonly unit: number;
  /** Where a setpoint is; protocol address. */
  readonly setpoint: number;
  readonly forMs: number;
};

export type AttackPorts = {
  readonly clock: Clock;
  /** A new connection; undefined where there is none to be had. */
  connect(): Promise<RawMaster | undefined>;
};

export type AttackReport = {
  readonly attack: AttackId;
  readonly sent: number;
  /** Reads that were answered with data. */
  readonly read: number;
  /** Writes that were done. */
  readonly accepted: number;
  readonly exceptions: Readonly<Record<string, number>>;
  readonly silent: number;
  /** How often the other end closed, or did not open. */
  readonly closed: number;
  /** Nothing was done that must not be. */
  readonly contained: boolean;
};

export const attackIds = [
  "AT-M1",
  "AT-M2",
  "AT-M3",
  "AT-M4",
  "AT-M5",
  "AT-M6",
  "AT-M8",
  "AT-M9",
  "AT-M11",
  "AT-M12",
] as const;
export type AttackId = (typeof attackIds)[number];

export const attackSays: Readonly<Record<AttackId, string>> = {
  "AT-M1": "writes of every function, to registers that nobody may write",
  "AT-M2": "setpoints out of range, lower and upper ends of every word",
  "AT-M3": "a setpoint that swings from end to end, four times a second",
  "AT-M4": "asks every unit id",
  "AT-M5": "asks every function code",
  "AT-M6": "reads register after register over the whole address space",
  "AT-M8": "sends the same write again and again, under the same transaction id",
  "AT-M9": "connects as a master that nobody knows",
  "AT-M11": "stacked and malformed frames, and protocols that are not Modbus",
  "AT-M12": "diagnostics: listen only, restart communications",
};

/** What a guard's site tells of it, one of these at least. */
export const attackShows: Readonly<Record<AttackId, readonly string[]>> = {
  "AT-M1": ["modbus.unauthorised-write"],
  "AT-M2": ["modbus.unauthorised-write", "modbus.value-out-of-bounds"],
  "AT-M3": ["modbus.unauthorised-write", "modbus.oscillation", "modbus.value-out-of-bounds"],
  "AT-M4": ["modbus.unit-scan"],
  "AT-M5": ["modbus.function-scan"],
  "AT-M6": ["modbus.register-scan"],
  "AT-M8": ["modbus.unauthorised-write", "modbus.replay"],
  "AT-M9": ["modbus.unknown-master"],
  "AT-M11": ["modbus.malformed"],
  "AT-M12": ["modbus.listen-only"],
};

const WAIT_MS = 300;
const SWING_MS = 250;
/** Writes of a swing that a guard may let pass before its bound on reversals holds. */
const SWINGS_MAX = 0.25;

type Counts = {
  sent: number;
  read: number;
  accepted: number;
  exceptions: Record<string, number>;
  silent: number;
  closed: number;
};

/** Plays the attack to its end, or for its time. */
export async function attack(
  id: AttackId,
  options: AttackOptions,
  ports: AttackPorts,
): Promise<AttackReport> {
  const counts: Counts = { sent: 0, read: 0, accepted: 0, exceptions: {}, silent: 0, closed: 0 };
  const campaign = new Campaign(options, ports, counts);
  await programs[id](campaign);
  campaign.end();
  const contained = id === "AT-M3" ? counts.accepted <= counts.sent * SWINGS_MAX : counts.accepted === 0;
  return { attack: id, ...counts, contained: contained && (id !== "AT-M9" || counts.read === 0) };
}

class Campaign {
  readonly options: AttackOptions;
  private readonly ports: AttackPorts;
  private readonly counts: Counts;
  private readonly endMs: number;
  private master: RawMaster | undefined;

  constructor(options: AttackOptions, ports: AttackPorts, counts: Counts) {
    this.options = options;
    this.ports = ports;
    this.counts = counts;
    this.endMs = ports.clock.now().monotonicMs + options.forMs;
  }

  /** There is time left. */
  get goes(): boolean {
    return this.ports.clock.now().monotonicMs < this.endMs;
  }

  pause(ms: number): Promise<void> {
    return sleep(this.ports.clock, ms);
  }

  async ask(
    pdu: Uint8Array,
    how: { unit?: number; transaction?: number; write?: boolean } = {},
  ): Promise<Heard> {
    const { transaction, unit = this.options.unit, write = false } = how;
    const wait = { waitMs: WAIT_MS, ...(transaction !== undefined && { transaction }) };
    const master = await this.open();
    return this.count(await master?.ask({ unit, pdu }, wait), write);
  }

  async send(bytes: Uint8Array): Promise<Heard> {
    const master = await this.open();
    return this.count(await master?.send(bytes, WAIT_MS), false);
  }

  end(): void {
    this.master?.end();
  }

  private async open(): Promise<RawMaster | undefined> {
    if (this.master === undefined || this.master.closed) this.master = await this.ports.connect();
    if (this.master === undefined) await this.pause(WAIT_MS);
    return this.master;
  }

  private count(heard: Heard = { kind: "closed" }, write: boolean): Heard {
    const { counts } = this;
    counts.sent++;
    if (heard.kind === "answer") counts[write ? "accepted" : "read"]++;
    if (heard.kind === "exception") counts.exceptions[heard.code] = (counts.exceptions[heard.code] ?? 0) + 1;
    if (heard.kind === "silence") counts.silent++;
    if (heard.kind === "closed") counts.closed++;
    return heard;
  }
}

const read = (address: number, quantity = 1) =>
  writeRequest({ kind: "read-holding-registers", address, quantity });
const write = (address: number, ...registers: number[]) =>
  writeRequest({ kind: "write-multiple-registers", address, registers });
const UNITS = Array.from({ length: 247 }, (_, i) => i + 1);
const FUNCTION_MAX = 127;
const SCAN_STEP = 16;
const ADDRESSES = 0x1_0000;
/** The maker's name (model 1, Mn). */
const NEVER_WRITTEN = 40_004;

const everyWrite = (address: number): Uint8Array[] => [
  writeRequest({ kind: "write-single-coil", address, on: true }),
  writeRequest({ kind: "write-single-register", address, value: 1 }),
  writeRequest({ kind: "write-multiple-coils", address, bits: [true, false, true] }),
  write(address, 1, 2),
  writeRequest({ kind: "mask-write-register", address, and: 0, or: 1 }),
  writeRequest({
    kind: "read-write-multiple-registers",
    read: { address, quantity: 1 },
    write: { address, registers: [1] },
  }),
];

const programs: Readonly<Record<AttackId, (campaign: Campaign) => Promise<void>>> = {
  async "AT-M1"(campaign) {
    for (const address of [NEVER_WRITTEN, 0, NEVER_WRITTEN + 60])
      for (const pdu of everyWrite(address)) if (campaign.goes) await campaign.ask(pdu, { write: true });
  },
  async "AT-M2"(campaign) {
    const { setpoint } = campaign.options;
    for (const value of [0x7fff, 0x8001, 0x8000, 0xffff, 20_000, 0x10000 - 20_000])
      if (campaign.goes) await campaign.ask(write(setpoint, value), { write: true });
  },
  async "AT-M3"(campaign) {
    const { setpoint } = campaign.options;
    for (let n = 0; campaign.goes; n++) {
      await campaign.ask(write(setpoint, n % 2 === 0 ? 9_000 : 0x10000 - 9_000), { write: true });
      await campaign.pause(SWING_MS);
    }
  },
  async "AT-M4"(campaign) {
    for (const unit of UNITS) if (campaign.goes) await campaign.ask(read(40_000, 2), { unit });
  },
  async "AT-M5"(campaign) {
    for (let code = 0; code <= FUNCTION_MAX && campaign.goes; code++)
      await campaign.ask(Uint8Array.of(code, 0, 0, 0, 1));
  },
  async "AT-M6"(campaign) {
    for (let address = 0; address < ADDRESSES && campaign.goes; address += SCAN_STEP)
      await campaign.ask(read(address, SCAN_STEP));
  },
  async "AT-M8"(campaign) {
    const { setpoint } = campaign.options;
    while (campaign.goes) await campaign.ask(write(setpoint, 0x7fff), { write: true, transaction: 7 });
  },
  async "AT-M9"(campaign) {
    for (const address of [40_000, 40_002, 40_070, 0])
      if (campaign.goes) await campaign.ask(read(address, 2));
    await campaign.ask(write(campaign.options.setpoint, 1), { write: true });
  },
  async "AT-M11"(campaign) {
    for (const bytes of malformed(campaign.options.unit)) if (campaign.goes) await campaign.send(bytes);
  },
  async "AT-M12"(campaign) {
    for (const subcode of [4, 1, 10, 2]) {
      const pdu = Uint8Array.of(8, 0, subcode, 0, 0);
      if (campaign.goes) await campaign.ask(pdu, { write: true });
    }
  },
};

/** Each of them ends a strict connection, but for the first: whole frames in one segment, a write behind a read. */
function malformed(unit: number): Uint8Array[] {
  const good = joinAdu({ transaction: 1, unit, pdu: read(40_000, 2) });
  const hidden = joinAdu({ transaction: 2, unit, pdu: write(NEVER_WRITTEN, 0xdead) });
  const patched = (at: number, ...bytes: number[]) => {
    const copy = Uint8Array.from(good);
    copy.set(bytes, at);
    return copy;
  };
  const text = (said: string) => new TextEncoder().encode(said);
  return [
    Uint8Array.from([...good, ...hidden]),
    patched(2, 0, 1),
    patched(4, 0, 200),
    patched(4, 0, 2),
    patched(4, 0xff, 0xff),
    Uint8Array.from([...good.slice(0, 4), 1, 100, ...Array.from({ length: 354 }, () => 3)]),
    text("GET / HTTP/1.1\r\nHost: battery\r\n\r\n"),
    Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3),
    Uint8Array.of(0, 0, 0, 0, 0, 0),
  ];
}

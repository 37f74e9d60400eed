/** A guard in simulated time and network: devices that are banks of registers, masters of both kinds, a bundle by hand. */
import assert from "node:assert/strict";
import type { Policy } from "@wattward/guard";
import { type SiteId, silentLog } from "@wattward/kernel";
import {
  AduStream,
  type Asked,
  type ByteLink,
  type Dial,
  EXCEPTION_BIT,
  joinAdu,
  ModbusClient,
  type Outcome,
  type Reply,
  type Request,
  serve,
  writeRequest,
} from "@wattward/modbus";
import { RegisterBank, SimulatedModbusNetwork } from "@wattward/modbus/testing";
import { SimulatedDisk, type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import { fakeBundle } from "../../testing/fake-csms.ts";
import { createGuard, type Guard } from "../guard.ts";
import type { Way } from "../identify.ts";

export const SITE = "lyon" as SiteId;
export const EMS_UID = 1_000;
export const VENDOR = "10.0.0.9";
const SIGNATURE = Buffer.alloc(64, 1).toString("base64");

/** The energy controller may read everything of the battery (unit 1) and the meter (unit 2), and write set points; the vendor reads the battery. */
export const policyText = (over: object = {}): string => JSON.stringify({ ...policyOf(), ...over });

export const policyOf = (): Policy =>
  ({
    schema: 1,
    clients: [
      { name: "ems", by: { kind: "socket", uid: "same" }, perSecond: 500, burst: 500 },
      { name: "vendor", by: { kind: "address", address: VENDOR }, perSecond: 50, burst: 50 },
    ],
    devices: [
      device("battery", 1, "10.0.0.1", [{ name: "setpoint", address: 100, type: "int16", unit: "W" }]),
      device("meter", 2, "10.0.0.2", []),
    ],
    rules: [
      { client: "ems", device: "battery", functions: [3], from: 0, to: 999 },
      { client: "ems", device: "meter", functions: [3, 4], from: 0, to: 999 },
      {
        ...{ client: "ems", device: "battery", functions: [6, 16], from: 100, to: 100 },
        writes: [{ register: "setpoint", min: -5_000, max: 5_000 }],
      },
      { client: "vendor", device: "battery", functions: [3], from: 0, to: 199 },
    ],
    crossRules: [],
  }) as unknown as Policy;

const device = (name: string, unit: number, host: string, registers: readonly object[]) => ({
  ...{ name, unit, host, port: 502, tls: false, deviceUnit: 7, answerMsMax: 500, registers },
});

export type SimulatedDevice = {
  readonly bank: RegisterBank;
  readonly asked: Asked[];
  /** How it answers, where not as a bank of registers does. */
  answer: (request: Request) => Reply | Promise<Reply>;
  readonly links: ByteLink[];
  /** Nobody listens at its address any more; open connections stay. */
  leave(): void;
};

export type World = Awaited<ReturnType<typeof world>>;

/** `guard`: the policy's text in the first bundle; undefined: none. */
export async function world(
  { seed = 1, guard }: { seed?: number; guard?: string | undefined } = { guard: policyText() },
) {
  const time = simulatedTime();
  const chance = seededChance(seed);
  const network = new SimulatedModbusNetwork(time, chance);
  const disk = new SimulatedDisk(chance);
  const observed: { kind: string; detail: string }[] = [];
  let version = 1;
  const put = (text: string | undefined, over: object = {}) => {
    const bundle = {
      ...fakeBundle(SITE, ["A"]),
      version: version++,
      ...(text !== undefined && { guard: text }),
      ...over,
    };
    const signed = { body: JSON.stringify(bundle), signature: SIGNATURE, signer: "PEM" };
    disk.damage("state/bundle.json", new TextEncoder().encode(JSON.stringify(signed)));
  };
  put(guard);

  const listeners = new Set<Way>();
  const start = (): Promise<Guard> =>
    createGuard({
      ...{ site: SITE, software: "0.1.0", clock: time, chance, log: silentLog, disk: disk.boot() },
      trust: { verifyBundle: () => ({ kind: "valid" }) },
      sameUid: EMS_UID,
      async listen(way, accept) {
        const stop = network.listen(`guard:${way}`, accept);
        listeners.add(way);
        return {
          async close() {
            stop();
            listeners.delete(way);
          },
        };
      },
      dial: ({ host, port }) => network.dialer(`${host}:${port}`, { address: "guard" }),
      observe: (kind, detail) => void observed.push({ kind, detail }),
    });

  const deviceAt = (address: string) => simulatedDevice({ network, time }, address);
  const client = (way: Way, peer: object) =>
    new ModbusClient({
      dial: network.dialer(...somebody(way, peer)),
      ...{ clock: time, chance },
      limits: { timeoutMs: 5_000 },
    });
  const ask = async (master: ModbusClient, unit: number, request: Request): Promise<Outcome> => {
    let outcome: Outcome | undefined;
    void master.request(unit, request).then((one) => (outcome = one));
    await time.until(() => outcome !== undefined, 10_000);
    if (outcome === undefined) throw new Error("nobody ever answered");
    return outcome;
  };
  return {
    ...{ time, chance, network, disk, observed, put, listeners, start, client, ask },
    raw: (way: Way, peer: object) => rawConnection(network.dialer(...somebody(way, peer)), time),
    device: deviceAt,
    battery: deviceAt("10.0.0.1:502"),
    meter: deviceAt("10.0.0.2:502"),
    ems: () => client("socket", { uid: EMS_UID }),
    vendor: (address = VENDOR) => client("address", { address }),
    /** What was told of a kind, in order. */
    told: (kind: string) => observed.filter((one) => one.kind === kind).map(({ detail }) => detail),
  };
}

const somebody = (way: Way, peer: object) => [`guard:${way}`, { address: "somebody", ...peer }] as const;

type Around = { readonly network: SimulatedModbusNetwork; readonly time: SimulatedTime };

function simulatedDevice({ network, time }: Around, address: string): SimulatedDevice {
  const bank = new RegisterBank((from, quantity) => from + quantity <= 1_000);
  const links: ByteLink[] = [];
  const asked: Asked[] = [];
  const stop = network.listen(address, (link) => {
    links.push(link);
    serve(link, {
      clock: time,
      answer(one) {
        asked.push(one);
        return it.answer(one.request);
      },
    });
  });
  const it: SimulatedDevice = {
    bank,
    asked,
    links,
    answer: (request) => bank.answer(request),
    leave: stop,
  };
  return it;
}

/** A connection by hand: bytes out, and the exception codes (0: an answer) of what comes back. */
async function rawConnection(dial: Dial, time: SimulatedTime) {
  let link: ByteLink | undefined;
  void dial().then((dialled) => (link = dialled.ok ? dialled.value : undefined));
  await time.until(() => link !== undefined, 1_000);
  assert(link !== undefined);
  const stream = new AduStream();
  const codes: number[] = [];
  const it = { link, codes, closed: false };
  link.listen({
    bytes(segment) {
      stream.push(segment);
      for (let next = stream.next(); next.kind === "adu"; next = stream.next())
        codes.push(next.adu.pdu[0]! >= EXCEPTION_BIT ? next.adu.pdu[1]! : 0);
    },
    closed: () => void (it.closed = true),
  });
  return it;
}

/** So many requests in one segment. */
export const many = (unit: number, requests: readonly Request[]): Uint8Array =>
  Uint8Array.from(
    requests.flatMap((request, i) => [...joinAdu({ transaction: i, unit, pdu: writeRequest(request) })]),
  );

export const read = (address: number, quantity = 1): Request => ({
  kind: "read-holding-registers",
  address,
  quantity,
});
export const write = (address: number, value: number): Request => ({
  kind: "write-single-register",
  address,
  value: value & 0xffff,
});

/**
 * Fuzzed masters and a fuzzed device around the guard as it is: valid requests of every function, damaged ones, noise; answers that are
 * right, damaged, or of another request. It throws where a write reaches the device that the policy does not name, or where the guard
 * stops serving; its figures show that it got somewhere.
 */
import assert from "node:assert/strict";
import type { Chance } from "@wattward/kernel";
import { type ByteLink, changing, joinAdu, type Request, readRequest, writeRequest } from "@wattward/modbus";
import { anyRequest } from "@wattward/modbus/testing";
import { EMS_UID, policyText, read, VENDOR, world } from "./world.ts";

export type GuardFuzz = {
  /** Of masters; and answers of the device, right or not. */
  frames: number;
  answered: number;
  heard: number;
  writes: number;
  denied: number;
};

/** What {@link policyOf} lets pass, said a second time and otherwise. */
function named(request: Request): boolean {
  switch (request.kind) {
    case "read-holding-registers":
      return request.address + request.quantity <= 1_000;
    case "write-single-register":
      return request.address === 100 && within(request.value);
    case "write-multiple-registers":
      return request.address === 100 && request.registers.length === 1 && within(request.registers[0]!);
    default:
      return false;
  }
}
const within = (word: number): boolean => word <= 5_000 || word >= 0x10000 - 5_000;

export async function fuzzGuard(count: number, chance: Chance, seed: number): Promise<GuardFuzz> {
  const it = await world({ seed, guard: policyText() });
  const guard = await it.start();
  const figures: GuardFuzz = { frames: 0, answered: 0, heard: 0, writes: 0, denied: 0 };
  it.battery.leave();
  it.network.listen("10.0.0.1:502", (link) => fuzzedDevice(link, chance, figures));
  while (figures.frames < count) {
    const master = await (chance.int(0, 2) > 0
      ? it.raw("socket", { uid: EMS_UID })
      : it.raw("address", { address: VENDOR }));
    for (let i = chance.int(1, 40); i > 0 && !master.closed; i--) {
      master.link.send(frame(chance));
      figures.frames++;
      if (chance.int(0, 3) === 0) await it.time.advance(chance.int(1, 30));
    }
    await it.time.advance(chance.int(1, 200));
    master.link.destroy();
  }
  await it.time.advance(10_000);
  assert.equal(
    (await it.ask(it.ems(), 2, read(0))).kind,
    "response",
    "the guard serves another device still",
  );
  figures.denied = guard.status().denied;
  await guard.close();
  return figures;
}

function frame(chance: Chance): Uint8Array {
  if (chance.int(0, 19) === 0) return chance.bytes(chance.int(1, 300));
  const pdu = writeRequest(chance.int(0, 1) === 0 ? anyRequest(chance) : likely(chance));
  const unit = chance.int(0, 9) === 0 ? chance.int(0, 255) : 1;
  const bytes = joinAdu({ transaction: chance.int(0, 0xffff), unit, pdu });
  if (chance.int(0, 5) === 0) bytes[chance.int(7, bytes.length - 1)] = chance.int(0, 255);
  if (chance.int(0, 30) === 0) bytes[chance.int(0, 6)] = chance.int(0, 255);
  return bytes;
}

/** Near the policy's bounds, where it matters. */
function likely(chance: Chance): Request {
  const address = chance.int(98, 102);
  const value = chance.int(0, 3) === 0 ? chance.int(0, 0xffff) : chance.int(-5_010, 5_010) & 0xffff;
  if (chance.int(0, 2) === 0) return { kind: "write-single-register", address, value };
  if (chance.int(0, 1) === 0)
    return { kind: "read-holding-registers", address: chance.int(0, 1_100), quantity: chance.int(1, 125) };
  const registers = Array.from({ length: chance.int(1, 3) }, () => value);
  return { kind: "write-multiple-registers", address, registers };
}

function fuzzedDevice(link: ByteLink, chance: Chance, figures: GuardFuzz): void {
  let kept = new Uint8Array(0);
  link.listen({
    bytes(segment) {
      kept = Uint8Array.of(...kept, ...segment);
      for (let end = lengthOf(kept); end !== undefined; end = lengthOf(kept)) {
        hear(kept.slice(7, end), figures);
        link.send(answer(kept.slice(0, end), chance));
        figures.answered++;
        kept = kept.slice(end);
      }
    },
    closed: () => {},
  });
}
const lengthOf = (bytes: Uint8Array): number | undefined => {
  const end = 6 + (bytes[4] ?? 0) * 256 + (bytes[5] ?? 0);
  return bytes.length >= 8 && bytes.length >= end ? end : undefined;
};

function hear(pdu: Uint8Array, figures: GuardFuzz): void {
  const request = readRequest(pdu);
  assert(request.ok, "the device is sent what is no request");
  assert(named(request.value), `passed, and the policy does not name it: ${JSON.stringify(request.value)}`);
  figures.heard++;
  if (changing.has(request.value.kind)) figures.writes++;
}

/** Right, a refusal, of another id, damaged, or nothing. */
function answer(adu: Uint8Array, chance: Chance): Uint8Array {
  const request = readRequest(adu.slice(7));
  const transaction = adu[0]! * 256 + adu[1]!;
  const unit = adu[6]!;
  if (chance.int(0, 9) === 0)
    return joinAdu({ transaction, unit, pdu: Uint8Array.of(adu[7]! | 0x80, chance.int(1, 11)) });
  const right =
    request.ok && request.value.kind === "read-holding-registers"
      ? Uint8Array.of(3, 2 * request.value.quantity, ...chance.bytes(2 * request.value.quantity))
      : adu.slice(7, 12);
  const bytes = joinAdu({ transaction, unit, pdu: right });
  if (chance.int(0, 19) === 0) bytes[chance.int(0, bytes.length - 1)] = chance.int(0, 255);
  return chance.int(0, 199) === 0 ? new Uint8Array(0) : bytes;
}

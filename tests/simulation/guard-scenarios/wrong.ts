/** Requests that nobody may make, and bytes that are none. */
import { joinAdu, type Request } from "@wattward/modbus";
import { read } from "../../../apps/site/modbus-guard/testing/world.ts";
import { type Play, pduOf } from "./play.ts";

/** Of any function that writes, where nobody may. */
export function forbiddenWrite(play: Play): Request {
  const address = play.pick(play.int(0, 98), play.int(103, 999), play.int(1_000, 65_000));
  const word = () => play.int(0, 65_535);
  return play.pick<Request>(
    { kind: "write-single-coil", address, on: play.pick(true, false) },
    { kind: "write-single-register", address, value: word() },
    {
      kind: "write-multiple-coils",
      address,
      bits: Array.from({ length: play.int(1, 20) }, () => play.pick(true, false)),
    },
    { kind: "write-multiple-registers", address, registers: Array.from({ length: play.int(1, 20) }, word) },
    { kind: "mask-write-register", address, and: word(), or: word() },
    {
      kind: "read-write-multiple-registers",
      read: { address: 0, quantity: 1 },
      write: { address, registers: [word()] },
    },
  );
}

/** A frame with one thing wrong, or something else altogether. */
export function noModbus(play: Play): Uint8Array {
  const good = joinAdu({ transaction: play.int(0, 65_535), unit: 1, pdu: pduOf(read(play.int(0, 900))) });
  const patched = (at: number, value: number) => {
    const copy = Uint8Array.from(good);
    copy[at] = value >> 8;
    copy[at + 1] = value & 0xff;
    return copy;
  };
  const text = play.pick(
    "GET / HTTP/1.1\r\n\r\n",
    "SSH-2.0-x\r\n",
    "\x16\x03\x01\x02\x00\x01\x00",
    "*1\r\n$4\r\nPING\r\n",
  );
  return play.pick(
    patched(2, play.int(1, 65_535)),
    patched(4, play.int(0, 1)),
    patched(4, play.int(255, 65_535)),
    new TextEncoder().encode(text),
  );
}

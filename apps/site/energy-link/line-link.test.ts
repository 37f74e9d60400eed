/** Lines over bytes that come in any pieces: every split, two lines at once, what is too long, what is no UTF-8. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ByteLink, LinkHandlers } from "@wattward/modbus";
import { type LineLink, lineLink, UNSENT_BYTES_MAX } from "./line-link.ts";
import { LINE_BYTES_MAX } from "./messages.ts";

class Hand implements ByteLink {
  readonly peer = { address: "hand" };
  readonly sent: Uint8Array[] = [];
  bufferedBytes = 0;
  destroyed = false;
  handlers: LinkHandlers | undefined;
  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {
    this.destroyed = true;
  }
  listen(handlers: LinkHandlers): void {
    this.handlers = handlers;
  }
}

function begin(): { hand: Hand; link: LineLink; lines: string[]; push(...bytes: Uint8Array[]): void } {
  const hand = new Hand();
  const link = lineLink(hand);
  const lines: string[] = [];
  link.listen({ line: (text) => void lines.push(text), closed: () => {} });
  const push = (...all: Uint8Array[]) => {
    for (const one of all) hand.handlers?.bytes(one);
  };
  return { hand, link, lines, push };
}
const bytes = (text: string) => new TextEncoder().encode(text);

test("every split of two lines, in characters of several bytes too, gives the two lines", () => {
  const text = bytes('{"a":"Köln ⚡"}\n{"b":2}\n');
  for (let at = 0; at <= text.length; at++) {
    const { lines, push } = begin();
    push(text.slice(0, at), text.slice(at));
    assert.deepEqual(lines, ['{"a":"Köln ⚡"}', '{"b":2}'], `split at ${at}`);
  }
  const { lines, push } = begin();
  push(...Array.from(text, (byte) => Uint8Array.of(byte)));
  assert.equal(lines.length, 2);
});

test("a line without an end, or that is no UTF-8, ends the link, and nothing after it is heard", () => {
  const long = begin();
  for (let sent = 0; sent < LINE_BYTES_MAX; sent += 65_536) long.push(new Uint8Array(65_536).fill(0x61));
  assert(long.hand.destroyed);
  long.push(bytes("\n{}\n"));
  assert.deepEqual(long.lines, []);
  const bad = begin();
  bad.push(Uint8Array.of(0x7b, 0xff, 0x0a), bytes("{}\n"));
  assert(bad.hand.destroyed);
  assert.deepEqual(bad.lines, []);
});

test("a line that comes byte by byte costs what it is long, not a piece of memory for each byte", () => {
  const { hand, lines, push } = begin();
  const one = bytes("x");
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 1_000_000; i++) push(one);
  const grownMb = (process.memoryUsage().heapUsed - before) / 1e6;
  assert(grownMb < 40, `${Math.round(grownMb)} MB for a line of 1 MB`);
  push(bytes("\n"));
  assert.equal(lines[0]?.length, 1_000_000);
  assert.equal(hand.destroyed, false);
});

test("a peer that does not read is not written to without end", () => {
  const { hand, link } = begin();
  link.send("x");
  assert.deepEqual(
    hand.sent.map((one) => new TextDecoder().decode(one)),
    ["x\n"],
  );
  hand.bufferedBytes = UNSENT_BYTES_MAX + 1;
  link.send("x");
  assert(hand.destroyed);
});

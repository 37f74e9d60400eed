/**
 * A Modbus master that is not ours, `mbpoll` (libmodbus), against our device's side over TCP: reads, writes, refusals.
 * Skipped, saying so, where it is not installed.
 */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { realDevice } from "./rig/modbus-guard.ts";

const absent = spawnSync("mbpoll", ["-V"]).error !== undefined;
const skip = absent ? "mbpoll is not installed: apt-get install mbpoll" : false;

const { port, bank, asked, events, close } = await realDevice();
after(close);

type Ran = { readonly code: number; readonly out: string };

/** One command of mbpoll's, addresses from 0; what it says on both streams. */
async function mbpoll(options: readonly string[], values: readonly string[] = []): Promise<Ran> {
  const args = ["-m", "tcp", "-p", String(port), "-0", "-1", "-o", "5", ...options, "127.0.0.1", ...values];
  try {
    const { stdout, stderr } = await promisify(execFile)("mbpoll", args, { timeout: 20_000 });
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout + stderr };
  }
}

/** `[100]: 	42` → 42. */
const valuesOf = ({ out }: Ran) => [...out.matchAll(/^\[\d+\]:\s+(-?\d+)/gm)].map((line) => Number(line[1]));

test("mbpoll reads holding and input registers, coils and discrete inputs", { skip }, async () => {
  bank.registers.set([1, 2, 0x7fff], 100);
  bank.coils.set([1, 0, 1, 1, 0, 0, 0, 0, 1], 200);
  const registers = ["-a", "17", "-r", "100", "-c", "3"];
  assert.deepEqual(valuesOf(await mbpoll(["-t", "4", ...registers])), [1, 2, 32_767]);
  assert.deepEqual(valuesOf(await mbpoll(["-t", "3", ...registers])), [1, 2, 32_767]);
  const coils = ["-a", "17", "-r", "200", "-c", "9"];
  assert.deepEqual(valuesOf(await mbpoll(["-t", "0", ...coils])), [1, 0, 1, 1, 0, 0, 0, 0, 1]);
  assert.deepEqual(valuesOf(await mbpoll(["-t", "1", ...coils])), [1, 0, 1, 1, 0, 0, 0, 0, 1]);
  assert(asked.every(({ unit }) => unit === 17));
  const most = await mbpoll(["-t", "4", "-r", "0", "-c", "125"]);
  assert.equal(valuesOf(most).length, 125);
});

test("mbpoll writes one and several, registers and coils, and reads them back", { skip }, async () => {
  assert.equal((await mbpoll(["-t", "4", "-r", "300"], ["4242"])).code, 0);
  assert.equal((await mbpoll(["-t", "4", "-r", "301"], ["7", "8", "9"])).code, 0);
  assert.equal((await mbpoll(["-t", "0", "-r", "300"], ["1"])).code, 0);
  assert.equal((await mbpoll(["-t", "0", "-r", "301"], ["1", "0", "1"])).code, 0);
  assert.deepEqual([...bank.registers.subarray(300, 304)], [4242, 7, 8, 9]);
  assert.deepEqual([...bank.coils.subarray(300, 304)], [1, 1, 0, 1]);
  const kinds = new Set(asked.map(({ request }) => request.kind));
  for (const kind of ["write-single-register", "write-multiple-registers", "write-multiple-coils"] as const) {
    assert(kinds.has(kind), kind);
  }
});

test("mbpoll is told the exception by its name", { skip }, async () => {
  const beyond = await mbpoll(["-t", "4", "-r", "999", "-c", "2"]);
  assert.notEqual(beyond.code, 0);
  assert.match(beyond.out, /Illegal data address/i);
  assert.deepEqual(
    events.filter(({ kind }) => kind !== "closed"),
    [],
  );
});

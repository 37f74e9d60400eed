import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock, Log } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import type { Core } from "../core/port.ts";
import { OverdueCommands } from "./overdue-commands.ts";

/** A core that closes while it is asked. */
function askedOfAClosing(clock: Clock) {
  let close: (why: Error) => void = () => {};
  const query = () => new Promise<never>((_, reject) => (close = reject));
  const errors: string[] = [];
  const log = { error: (event: string) => void errors.push(event) } as unknown as Log;
  const overdue = new OverdueCommands({ core: { query } as unknown as Core, clock, log });
  overdue.wake();
  return { overdue, errors, close: () => close(new Error("the core is closed")) };
}

test("overdue commands: a core that closes is an error, unless we were stopped before", async () => {
  const time = simulatedTime();
  const running = askedOfAClosing(time);
  const stopped = askedOfAClosing(time);
  stopped.overdue.stop();
  running.close();
  stopped.close();
  await new Promise(setImmediate);
  assert.deepEqual([running.errors, stopped.errors], [["commands-not-ended"], []]);
  running.overdue.stop();
});

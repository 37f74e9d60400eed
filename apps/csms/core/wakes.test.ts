/** A core that others wake, on a real PostgreSQL: what they committed is heard of, and one that closes is woken by nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { silentLog } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { seededChance } from "@wattward/testing";
import { localBus } from "../nodes/bus.ts";
import { postgresServer } from "../store/testing/postgres-server.ts";
import { createCore } from "./create-core.ts";

const server = await postgresServer();
if ("skip" in server) test("wakes on postgres", { skip: server.skip }, () => {});
else
  test("wakes: one that is woken while it closes reads nothing any more, and breaks nothing", async () => {
    const url = await server.lend();
    const join = localBus();
    const other = join();
    for (let round = 0; round < 20; round++) {
      const broken: unknown[] = [];
      const onBroken = (error: unknown) => broken.push(error);
      process.on("unhandledRejection", onBroken);
      const core = await createCore({
        ...{
          database: url,
          log: silentLog,
          chance: seededChance(round),
          clock: systemClock(),
          wakes: join(),
        },
      });
      // The first look is under way, or its pause, when the second is asked for; so that one is due after the end.
      other.publish();
      await wait(round);
      other.publish();
      await core.close();
      await wait(30);
      process.off("unhandledRejection", onBroken);
      assert.deepEqual(broken, [], `round ${round}`);
    }
    await server.giveBack(url);
  });

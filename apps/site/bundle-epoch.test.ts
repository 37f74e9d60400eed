/** Which bundle a site says it has: by version and by the CSMS's epoch, from its disk too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBundle } from "./testing/fake-csms.ts";
import { SITE, World } from "./testing/world.ts";

test("site: its hello tells version and epoch of the bundle in force, also after a restart", async () => {
  const world = await new World(61).start();
  const told = () => {
    const hello = world.csms.messages.filter((message) => message.t === "hello").at(-1);
    return hello?.t === "hello" && [hello.bundleVersion, hello.bundleEpoch];
  };
  assert.deepEqual(told(), [0, 0], "it had none when it came");
  world.csms.sendBundle(fakeBundle(SITE, ["A"], { version: 9, csmsEpoch: 1 }));
  world.csms.sendBundle(fakeBundle(SITE, ["A"], { version: 9, csmsEpoch: 2 }));
  await world.time.advance(1_000);
  world.csms.drop();
  assert(await world.time.until(() => String(told()) === "9,2", 60_000), `${told()}`);
  world.killSite();
  world.csms.messages.length = 0;
  await world.startSite();
  assert(await world.time.until(() => String(told()) === "9,2", 60_000), `${told()}`);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { Rig } from "./rig.ts";

for (const version of ocppVersions)
  test(`charging ${version}: a grant reaches the station, and the car draws it`, async () => {
    const rig = await Rig.start({ version });
    await rig.arrive();
    await rig.advance(15_000);
    assert.equal(rig.drawA(), 16);
    rig.finish();
  });

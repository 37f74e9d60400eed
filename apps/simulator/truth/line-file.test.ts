import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedDisk, seededChance } from "@wattward/testing";
import { LineFile } from "./line-file.ts";

test("a line that a kill cut in two is gone after the next start, and the lines around it are whole; numbers go on", async () => {
  const whole = '{"line":1,"n":1}\n';
  for (const torn of ["", "{", '{"line":2', '{"frame":"{}', '{"line":2,"n":2}']) {
    const disk = new SimulatedDisk(seededChance(1)).boot();
    await disk.replace("sent.jsonl", new TextEncoder().encode(whole + torn));
    const lines = await LineFile.open(disk, "sent.jsonl");
    await lines.write({ n: 3 });
    await lines.close();
    const text = new TextDecoder().decode(await disk.read("sent.jsonl"));
    assert.equal(text, `${whole}{"line":2,"n":3}\n`, `after '${torn}'`);
  }
});

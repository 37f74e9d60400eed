/**
 * A site's energy through the real programs: the document by the command line, over the signed bundle to the site's energy controller and
 * guard, and back: mode with its reason, snapshot to whoever watches. Its devices are nowhere, so it charges by what was declared.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { EnergySnapshot } from "@wattward/energy";
import { energy } from "../../apps/csms/cli/energy.ts";
import { example, exampleStations } from "../../apps/csms/energy/testing/example.ts";
import { apiToken, csmsOn, enrolSite, enrolStations, linked, siteOn } from "./rig/operator.ts";
import { SOON_MS, workplace } from "./rig/workplace.ts";

const out = workplace("site-energy");
const data = ["--data", join(out, "csms")];
const streams = { out: () => {}, err: () => {}, env: {} };
/** As the rig's, for questions that take a moment. */
async function eventually<T>(what: string, look: () => Promise<T | false>): Promise<T> {
  for (const endMs = Date.now() + SOON_MS; Date.now() < endMs; await wait(100)) {
    const found = await look();
    if (found !== false) return found;
  }
  assert.fail(`${what}: not within ${SOON_MS / 1_000} s`);
}
/** Somewhere that refuses at once. */
const nowhere = example
  .replaceAll(/host: 192\.168\.40\.1\d/g, "host: 127.0.0.1")
  .replaceAll("port: 502", "port: 9");

test("a document set by command is what the site lives on: its mode, its snapshot and its guard's word come back", async () => {
  const csms = await csmsOn(out);
  await enrolStations(out, exampleStations, "lyon");
  await enrolSite(out, "lyon");
  const token = await apiToken(out);
  const ask = async (path: string) => {
    const reply = await fetch(`http://localhost:${csms.httpPort}/api/v1/sites/lyon/energy${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(reply.status, 200, path);
    return reply;
  };
  const get = async <T>(path: string) => (await (await ask(path)).json()) as T;
  const site = await siteOn(out, "lyon", { csmsPort: csms.port });
  await linked(site, exampleStations.length);
  assert.equal(await get("/live"), null, "nobody manages it yet");

  // Each device under a unit of its own there: one place is one device's.
  let unit = 0;
  const file = join(out, "lyon.yaml");
  writeFileSync(
    file,
    nowhere.replaceAll("deviceUnit: 1", () => `deviceUnit: ${++unit}`),
  );
  await energy(["set", "lyon", file, "--why", "first", ...data], streams);

  type Live = { receivedAtMs: number; snapshot: EnergySnapshot } | null;
  const live = await eventually("the site told its energy", async () => (await get<Live>("/live")) ?? false);
  assert.deepEqual(
    live.snapshot.fuses.map(({ id }) => id),
    ["grid", "chargers"],
  );
  assert.deepEqual(
    live.snapshot.outlets.map(({ id }) => id),
    ["A1", "A2", "A3", "A4"],
  );
  assert.equal(live.snapshot.flows.gridW, undefined, "no meter is read, so nobody knows: never 0");
  const modes = await eventually("its mode was known", async () => {
    const told = await get<{ mode: string; alert: string; reason: string }[]>("/modes");
    return told[0]?.mode === "conservative" && told;
  });
  assert.deepEqual([modes[0]?.alert, modes[0]?.reason !== ""], ["notice", true]);

  const guard = await eventually("its guard told of the devices", async () => {
    const told = await get<{ what: string; detail: { text?: string } }[]>("/guard");
    return told.length > 0 && told;
  });
  assert(
    guard.every(({ what }) => what.startsWith("modbus.")),
    JSON.stringify(guard),
  );

  const stream = (await ask("/events")).body ?? assert.fail("no stream");
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while ((text.match(/^event: energy$/gm) ?? []).length < 3)
    text += (await reader.read()).value ?? assert.fail(text);
  await reader.cancel();

  await energy(["remove", "lyon", ...data], streams);
  const before = await get<Live>("/live");
  await eventually("it told no more", async () => {
    const now = await get<Live>("/live");
    return now === null || (before !== null && now.receivedAtMs < Date.now() - 3_000);
  });
});

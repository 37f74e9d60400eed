/** Security profiles 1 and 2 at a whole site, on simulated time, network and disk: with a CSMS and without. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dialer, Wire } from "@wattward/kernel";
import { PASSWORD_PROBE_MS } from "@wattward/ocpp";
import type { Dispensation } from "@wattward/ocpp/ways-in";
import { World } from "../testing/world.ts";

const HOUR_MS = 3_600_000;

/** Dials and gives the wire, or the HTTP status; -1 where nobody listens. */
async function knock(world: World, dialer: Dialer, station = "A"): Promise<Wire | number> {
  let found: Wire | number | undefined;
  void dialer.dial(`/ocpp/${station}`, ["ocpp2.0.1"]).then((dialled) => {
    found = dialled.ok ? dialled.value : (dialled.fault.status ?? -1);
  });
  await world.time.until(() => found !== undefined, 30_000);
  return found ?? -1;
}

async function inside(
  world: World,
  dialer: Dialer,
): Promise<{ ended: () => number | undefined; wire: Wire }> {
  const wire = await knock(world, dialer);
  assert(typeof wire !== "number", `turned away with ${String(wire)}`);
  let ended: number | undefined;
  wire.listen({ message() {}, closed: (code) => (ended = code) });
  return { wire, ended: () => ended };
}

async function dispensed(world: World, ...dispensations: Dispensation[]): Promise<void> {
  const version = world.csms.bundle.version + 1;
  world.csms.sendBundle({ ...world.csms.bundle, version, dispensations });
  await world.time.advance(200);
}

test("site: by its password while its dispensation lasts; the CSMS hears by which security profile, then of the end", async () => {
  const world = await new World(21).start();
  const { password, given } = await world.dispensation("A", 2, world.time.now().wallMs + HOUR_MS);
  assert.equal(await knock(world, world.dialByPassword("A", 2, password)), -1, "nobody listens yet");
  await dispensed(world, given);
  const station = await inside(world, world.dialByPassword("A", 2, password));
  await world.time.advance(100);
  const told = world.csms.messages.filter((message) => message.t === "presence");
  assert.deepEqual(
    told.map(({ securityProfile }) => securityProfile),
    [2],
  );
  await world.time.advance(HOUR_MS);
  assert.equal(station.ended(), 1008);
  assert.equal(world.site.passwordPort(2), undefined);
  assert.equal(await knock(world, world.dialByPassword("A", 2, password)), -1);
});

test("site: without a CSMS it goes on letting in by password, and ends it at its day", async () => {
  const world = await new World(22).start();
  const { password, given } = await world.dispensation("A", 1, world.time.now().wallMs + HOUR_MS);
  await dispensed(world, given);
  world.killCsms();
  await world.time.advance(10 * 60_000);
  assert.equal(world.site.status().linkUp, false);
  const station = await inside(world, world.dialByPassword("A", 1, password));
  await world.time.advance(HOUR_MS);
  assert.equal(station.ended(), 1008);
});

test("site: booted without anybody to tell it the time, dispensations fail closed; told, they hold again", async () => {
  const world = await new World(23).start();
  const { password, given } = await world.dispensation("A", 2, world.time.now().wallMs + HOUR_MS);
  await dispensed(world, given);
  assert(world.site.passwordPort(2) !== undefined);
  world.uplink.cut();
  world.killSite();
  await world.time.advance(1_000);
  await world.startSite();
  await world.time.advance(20_000);
  assert.equal(world.site.status().clock.quality, "unknown");
  assert.equal(world.site.passwordPort(2), undefined);
  assert.equal(await knock(world, world.dialByPassword("A", 2, password)), -1);
  world.uplink.heal();
  await world.time.advance(60_000);
  assert.notEqual(world.site.status().clock.quality, "unknown");
  await inside(world, world.dialByPassword("A", 2, password));
});

test("site: who has shown its certificate here has no dispensation any more, whatever an old bundle says", async () => {
  const world = await new World(24).start();
  const { password, given } = await world.dispensation("A", 2, world.time.now().wallMs + HOUR_MS);
  const other = await world.dispensation("B", 2, world.time.now().wallMs + HOUR_MS);
  await dispensed(world, given, other.given);
  const byPassword = await inside(world, world.dialByPassword("A", 2, password));
  const certified = await inside(world, world.dialStation("A"));
  await world.time.advance(100);
  assert.equal(byPassword.ended(), 1008, "a certificate replaces a password at once");
  certified.wire.close(1000, "");
  await world.time.advance(100);
  assert.equal(await knock(world, world.dialByPassword("A", 2, password)), 401);
  await world.time.advance(120_000);
  world.killSite();
  await world.startSite();
  await world.time.advance(30_000);
  assert.equal(await knock(world, world.dialByPassword("A", 2, password)), 401, "after a restart too");
});

test("site: wrong in any way: the same 401, a station that is not its own too; observed", async () => {
  const world = await new World(25).start();
  const untilMs = world.time.now().wallMs + HOUR_MS;
  const { given } = await world.dispensation("A", 2, untilMs);
  const stranger = await world.dispensation("X", 2, untilMs);
  await dispensed(world, given);
  const wrong = (id: string, password: string, from: string) =>
    knock(world, world.dialByPassword(id, 2, password, from), id);
  assert.equal(await wrong("A", "0".repeat(40), "h1"), 401);
  assert.equal(await wrong("B", "0".repeat(40), "h2"), 401, "its own, without a dispensation");
  assert.equal(await wrong("X", stranger.password, "h3"), 401, "nobody it knows");
  assert.equal(await wrong("%", "0", "h4"), 404);
  await world.time.advance(100);
  const observed = world.csms.messages.filter((message) => message.t === "observed").map(({ kind }) => kind);
  assert.deepEqual(observed, [
    "refused-password-wrong-password",
    "refused-password-wrong-password",
    "refused-password-wrong-password",
    "refused-password-no-such-path",
  ]);
});

test("site: takeover by password: who answers the ping keeps its seat, who is silent loses it", async () => {
  const world = await new World(26).start();
  const { password, given } = await world.dispensation("A", 2, world.time.now().wallMs + HOUR_MS);
  await dispensed(world, given);
  const first = await inside(world, world.dialByPassword("A", 2, password, "h1"));
  assert.equal(await knock(world, world.dialByPassword("A", 2, password, "h2")), 403);
  assert.equal(first.ended(), undefined);
  world.network.link("h1", "site").cut();
  const beforeMs = world.time.now().monotonicMs;
  await inside(world, world.dialByPassword("A", 2, password, "h2"));
  assert(world.time.now().monotonicMs - beforeMs >= PASSWORD_PROBE_MS);
});

test("site: takeover by password: one whose pongs we do not read, being behind, is not silent", async () => {
  const world = await new World(28).start();
  const { password, given } = await world.dispensation("A", 2, world.time.now().wallMs + HOUR_MS);
  await dispensed(world, given);
  const first = await inside(world, world.dialByPassword("A", 2, password, "h1"));
  await world.time.advance(60_000);
  // Many times its rate: it is read in pieces.
  for (let i = 0; i < 2_000; i += 1) first.wire.send(JSON.stringify([2, `${i}`, "Heartbeat", {}]));
  await world.time.advance(500);
  assert.equal(await knock(world, world.dialByPassword("A", 2, password, "h2")), 403);
  assert.equal(first.ended(), undefined);
});

test("site: a bundle without it ends the connection; a new password too", async () => {
  const world = await new World(27).start();
  const untilMs = world.time.now().wallMs + HOUR_MS;
  const old = await world.dispensation("A", 2, untilMs);
  await dispensed(world, old.given);
  const first = await inside(world, world.dialByPassword("A", 2, old.password));
  const fresh = await world.dispensation("A", 2, untilMs);
  await dispensed(world, fresh.given);
  assert.equal(first.ended(), 1008);
  assert.equal(await knock(world, world.dialByPassword("A", 2, old.password)), 401);
  const second = await inside(world, world.dialByPassword("A", 2, fresh.password));
  await dispensed(world);
  assert.equal(second.ended(), 1008);
});

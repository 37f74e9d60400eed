/** Messages of a site by hand, and a world with one: site "north" with CP-1 and CP-2; FOREIGN is another site's. */
import assert from "node:assert/strict";
import type { Identity } from "./certificates.ts";
import { type Peer, type World, world } from "./world.ts";

export const epoch = "0123456789abcdef01234567";
export const trace = "0123456789abcdef";
export const hello = (more: object = {}) => ({
  t: "hello",
  site: "north",
  epoch,
  lastSeq: 0,
  bundleVersion: 0,
  wallMs: 1,
  clockQuality: "synced",
  software: "0.1.0",
  ...more,
});
export const frame = (id: string, action = "Heartbeat", payload: object = {}) =>
  JSON.stringify([2, id, action, payload]);
export const record = (seq: number, more: object = {}, live = false) => ({
  t: "record",
  live,
  record: {
    kind: "frame",
    epoch,
    seq,
    station: "CP-1",
    receivedAtMs: 1,
    clockQuality: "synced",
    trace,
    version: "1.6",
    frame: frame(`m${seq}`),
    ...more,
  },
});
export const relay = (number: number, station = "CP-1") => ({
  t: "relay",
  relay: number,
  station,
  version: "1.6",
  trace,
  receivedAtMs: 1,
  clockQuality: "synced",
  frame: frame(`r${number}`),
});
export const presence = (station: string, generation = 1, connected = true) => ({
  t: "presence",
  station,
  connected,
  generation,
  version: "1.6",
  address: "192.168.1.9",
});
export const beat = { t: "beat", wallMs: 1, clockQuality: "synced" };

/** A world with site "north", whose stations are CP-1 and CP-2, and a station of another site. */
export async function north(
  options: Parameters<typeof world>[0] = {},
): Promise<World & { identity: Identity; link(): Promise<Peer> }> {
  const w = await world(options);
  const identity = await w.addSite("north");
  await w.addStation("CP-1", { site: "north" });
  await w.addStation("CP-2", { site: "north" });
  await w.addStation("FOREIGN", { site: "south" });
  return { ...w, identity, link: () => w.site("north", { identity }) };
}

/** A link that was welcomed. */
export async function welcomed(w: Awaited<ReturnType<typeof north>>, more: object = {}): Promise<Peer> {
  const link = await w.link();
  await link.say(hello(more));
  assert.equal(link.heard("welcome").length, 1);
  return link;
}

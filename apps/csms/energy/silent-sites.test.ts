/** A site that has its link and says nothing of its energy is a need of the first page, where one that is well is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergySnapshot } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";
import type { NeedRow, NowView } from "../core/port.ts";
import { LiveEnergies } from "./live.ts";
import { withSilent } from "./silent-sites.ts";

const site = (id: string, more: Partial<NowView["sites"][number]> = {}): NowView["sites"][number] => ({
  ...{
    id,
    connected: true,
    seenAtMs: 1,
    stations: 3,
    stationsConnected: 3,
    sessionsOpen: 0,
    sessionsToday: 0,
  },
  ...{ energyTodayWh: null, powerW: null, powerAtMs: null, sessionsDark: 0 },
  energy: { mode: "planned", sinceMs: 1 },
  ...more,
});
const need = (kind: NeedRow["kind"], weight: NeedRow["weight"]): NeedRow => ({
  ...{ kind, weight, site: "a", station: null, evse: null, sinceMs: 1, concerned: 0, words: null },
  next: { place: "site", id: "a" },
});
const view = (needs: readonly NeedRow[], ...sites: NowView["sites"]): NowView => ({
  ...{ seq: 1, needs, sites },
  counts: needs.map(({ kind }) => ({ kind, count: 1 })),
  fleet: sites[0]!,
});
const silent = (...ids: string[]) => new Map(ids.map((id) => [id as SiteId, 7]));

test("silent: only of managed sites with a link, since their last word, behind what is graver", () => {
  const needs = [need("site-fallback", "danger"), need("connector-faulted", "attention")];
  const now = view(needs, site("a"), site("b"), site("c", { energy: null }), site("d", { connected: false }));
  const seen = withSilent(now, silent("b", "c", "d"));
  assert.deepEqual(
    seen.needs.map(({ kind, site, sinceMs, concerned }) => [kind, site, sinceMs, concerned]),
    [
      ["site-fallback", "a", 1, 0],
      ["site-silent", "b", 7, 3],
      ["connector-faulted", "a", 1, 0],
    ],
  );
  assert.deepEqual(seen.counts, [
    { kind: "site-fallback", count: 1 },
    { kind: "site-silent", count: 1 },
    { kind: "connector-faulted", count: 1 },
  ]);
  assert.equal(withSilent(now, silent("c")), now);
  assert.equal(withSilent(view([], site("a")), silent("a")).needs.length, 1);
});

test("silent: whoever told a while ago over a link that is up; not without link, and not after the next word", () => {
  const energies = new LiveEnergies();
  const tell = (receivedAtMs: number) =>
    energies.tell("a" as SiteId, { receivedAtMs, snapshot: {} as EnergySnapshot });
  assert.equal(energies.silent(100).size, 0, "who never told is not silent");
  tell(10);
  assert.deepEqual([...energies.silent(10)], []);
  assert.deepEqual([...energies.silent(11)], [["a", 10]]);
  tell(20);
  assert.equal(energies.silent(11).size, 0);
  energies.unlinked("a" as SiteId);
  assert.equal(energies.silent(100).size, 0);
  assert.equal(energies.now("a" as SiteId)?.receivedAtMs, 20, "the last that is known");
  energies.forget("a" as SiteId);
  assert.equal(energies.now("a" as SiteId), undefined);
});

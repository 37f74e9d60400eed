/** Worlds to look at and to test against, by name: each shows states that the others do not. */
import type { NeedRow } from "../api/shapes.ts";
import { energySnapshot } from "./energy-scenario.ts";
import { FakeEnergy } from "./fake-energy.ts";
import { need } from "./fake-now.ts";
import { manySessions } from "./session-scenario.ts";
import { fillStation } from "./station-scenario.ts";
import type { FakeWorld } from "./world.ts";

export const SITE = "lyon-part-dieu";
const minute = 60_000;

export const scenarios = {
  busy,
  quiet,
  fifty,
  empty,
  nothing,
  many,
  linkless,
  night,
  detailed,
  managed,
  degraded,
  sessions: manySessions,
} as const;
export type Scenario = keyof typeof scenarios;

/** Eight stations, every state that needs a shape of its own, sessions with flags, things that need a person. */
function busy(world: FakeWorld): void {
  world.addSite(SITE);
  const nowMs = world.nowMs();
  // While the link was cut nothing was reported: a gap, not a zero.
  world.past = (atMs) =>
    atMs > nowMs - 29 * minute && atMs < nowMs - 27 * minute ? null : curve(atMs, nowMs);
  charging(world, "LPD-01", { powerW: 22_100, energyWh: 41_020, minutes: 112, token: "…4F21" });
  late(world, "LPD-02", { powerW: 11_040, energyWh: 9_310, minutes: 52, token: "…07BD", version: "1.6" });
  paused(world, "LPD-03");
  faulted(world, "LPD-04");
  twoEvses(world, "LPD-05");
  offline(world, "LPD-06");
  world.addStation(SITE, "LPD-07", { version: "1.6", connectors: [world.connector(1, "Preparing", 90_000)] });
  world.addStation(SITE, "LPD-08", {
    vendor: "Ampère",
    model: "Duo 11",
    connectors: [world.connector(1, "Available", 37 * minute)],
  });
  deviating(world, "LPD-01");
  endedSessions(world);
  tell(world);
  world.needs = [restartRefused(nowMs - 2 * minute)];
}

const restartRefused = (sinceMs: number): NeedRow =>
  need("command-failed", "attention", {
    ...{ site: SITE, station: "LPD-04", sinceMs, words: "Reset refused" },
    next: { place: "command", id: "C1" },
  });

/** As busy, and much is known of LPD-01: its messages, variables, charging profiles and commands. */
function detailed(world: FakeWorld): void {
  busy(world);
  fillStation(world, "LPD-01");
}

/** As busy, and the site's energy is managed: nothing wrong with it. */
function managed(world: FakeWorld): FakeEnergy {
  busy(world);
  const energy = new FakeEnergy(world.nowMs);
  world.energies.set(SITE, energy);
  return energy;
}

/** As managed, in the worst of moods: no meter, no plan, a limit from outside, a fuse beyond what was declared. */
function degraded(world: FakeWorld): void {
  const energy = managed(world);
  const snapshot = energySnapshot(world.nowMs());
  const [main, ...others] = snapshot.fuses;
  const { plan: _plan, ...rest } = snapshot;
  energy.snapshot = {
    ...rest,
    mode: "conservative",
    reason: "The grid meter is not trusted: frozen.",
    modeSinceWallMs: world.nowMs() - 7 * minute,
    islanded: true,
    flows: { solarW: 9_300, batteryW: -4_100, carsW: 21_000 },
    externalLimit: { kind: "limited", limitW: 33_600 },
    fuses: [
      {
        ...(({ measuredMa: _, ...rest }) => rest)(main!),
        known: "declared",
        beyondDeclaration: true,
        baseMa: [152_000, 120_000, 118_000],
        capacityMa: [48_000, 80_000, 82_000],
      },
      ...others,
    ],
    batteries: [{ id: "bess", feedW: -4_100, chargePermille: 231, setW: 0, why: "at its reserve" }],
    meters: [{ id: "grid", refused: "frozen" }, { id: "deck-a" }],
  };
  energy.withoutPlan = true;
}

/** Understood all the same. */
function deviating(world: FakeWorld, station: string): void {
  const seen = { station, firstAtMs: world.nowMs() - 9 * 86_400_000, lastAtMs: world.nowMs() - 40_000 };
  world.manners.set(station, {
    handling: { strict: false, pinned: null, assumed: null, pinged: false, closeDeaf: false },
    deviations: [
      {
        ...seen,
        rule: "time-without-zone",
        row: 1,
        does: "a time without a zone is read as UTC",
        count: 1_204,
        lastExample: '/timestamp: "2026-01-05T09:00:00" (+1 h of UTC)',
      },
    ],
  });
}

/** Four stations, nothing wrong. */
function quiet(world: FakeWorld): void {
  world.addSite(SITE);
  const nowMs = world.nowMs();
  world.past = (atMs) => Math.round(curve(atMs, nowMs) * 0.3);
  charging(world, "LPD-01", { powerW: 10_900, energyWh: 6_400, minutes: 36, token: "…4F21" });
  for (const id of ["LPD-02", "LPD-03", "LPD-04"]) world.addStation(SITE, id);
}

/** Fifty stations, most of them charging. */
function fifty(world: FakeWorld): void {
  world.addSite(SITE);
  const nowMs = world.nowMs();
  world.past = (atMs) => curve(atMs, nowMs) * 7;
  for (let n = 1; n <= 50; n++) {
    const id = `LPD-${String(n).padStart(2, "0")}`;
    if (n % 7 === 0) world.addStation(SITE, id);
    else
      charging(world, id, {
        powerW: 3_700 + ((n * 1_370) % 18_400),
        energyWh: n * 730,
        minutes: n * 3 + 2,
        token: "…4F21",
      });
  }
}

/** A site without a station. */
function empty(world: FakeWorld): void {
  world.addSite(SITE, { connected: false, seenAtMs: null, clockQuality: null, bundleVersion: 0 });
}

/** Not even a site. */
function nothing(): void {}

/** Three sites: the list is shown. */
function many(world: FakeWorld): void {
  quiet(world);
  world.addSite("grenoble-gare", { clockQuality: "holdover" });
  world.addStation("grenoble-gare", "GRE-01");
  world.addSite("annecy", { connected: false, seenAtMs: world.nowMs() - 12 * minute });
  world.addStation("annecy", "ANN-01", { connected: false });
}

/** A fleet at three in the morning: five sites, a link gone, faults, things that wait. */
function night(world: FakeWorld): void {
  busy(world);
  const nowMs = world.nowMs();
  const ago = (minutes: number) => nowMs - minutes * minute;
  const lyon = world.past;
  world.past = (atMs, site) => {
    if (site === SITE) return lyon(atMs, site);
    if (site === "annecy-lac" && atMs > ago(9.2)) return null;
    const phase = site.length * 17 * minute;
    return Math.round(curve(atMs + phase, nowMs + 3 * phase) * (0.4 + (site.length % 5) / 3));
  };
  for (const [site, prefix, count, powerW] of [
    ["annecy-lac", "ANN", 6, 14_200],
    ["chambéry-halles", "CHY", 4, 7_400],
    ["grenoble-gare", "GRE", 12, 10_900],
    ["valence-tgv", "VAL", 10, 21_600],
  ] as const) {
    const away = site === "annecy-lac";
    world.addSite(site, away ? { connected: false, seenAtMs: ago(9.2) } : {});
    for (let n = 1; n <= count; n++) {
      const id = `${prefix}-${String(n).padStart(2, "0")}`;
      const charges = n % 2 === 1;
      const told = { powerW: powerW - n * 310, powerAtMs: ago(away ? 9.3 : 0.2) };
      world.addStation(site, id, {
        connected: !away,
        seenAtMs: ago(away ? 9.2 : 0.1),
        ...(charges ? told : {}),
      });
      if (charges) world.addSession(id, { energyWh: 3_100 * n, startedAtMs: ago(11 * n), ...told });
    }
  }
  world.addStation("valence-tgv", "VAL-11", { admission: "pending", serial: "VT-90311" });
  const site = "grenoble-gare";
  const next = (place: NeedRow["next"]["place"], id: string) => ({ next: { place, id } });
  world.needs = [
    need("station-deaf", "attention", {
      site,
      station: "GRE-04",
      sinceMs: ago(38),
      concerned: 2,
      words: "Reset",
    }),
    ...Array.from({ length: 9 }, (_, n) =>
      need("station-offline", "attention", { site, station: `GRE-${20 + n}`, sinceMs: ago(200 + 9 * n) }),
    ),
    need("message-set-aside", "attention", { site, station: "GRE-07", sinceMs: ago(1_500), concerned: 3 }),
    restartRefused(ago(2)),
    need("dispensation-ending", "attention", {
      ...{ site, station: "GRE-02", sinceMs: nowMs + 52 * 60 * minute },
      ...next("dispensations", "GRE-02"),
    }),
  ];
}

/** The site link is down, the clock was never compared: stations are as they were last known. */
function linkless(world: FakeWorld): void {
  world.addSite(SITE, { connected: false, seenAtMs: world.nowMs() - 4 * minute, clockQuality: "unknown" });
  charging(world, "LPD-01", { powerW: 22_100, energyWh: 41_020, minutes: 112, token: "…4F21" });
  for (const [id, station] of world.stations) {
    world.stations.set(id, {
      ...station,
      connected: false,
      powerAtMs: world.nowMs() - 4 * minute,
      seenAtMs: world.nowMs() - 4 * minute,
    });
  }
}

type Charging = { powerW: number; energyWh: number; minutes: number; token: string; version?: string };

/** As `charging`, but its meter reports every few minutes only. */
function late(world: FakeWorld, id: string, how: Charging): void {
  charging(world, id, how);
  const powerAtMs = world.nowMs() - 4 * minute;
  const station = world.stations.get(id);
  if (station !== undefined) world.stations.set(id, { ...station, powerAtMs });
  for (const session of world.sessions.values()) {
    if (session.station === id) world.sessions.set(session.id, { ...session, powerAtMs });
  }
}

function charging(
  world: FakeWorld,
  id: string,
  { powerW, energyWh, minutes, token, version = "2.0.1" }: Charging,
): void {
  const powerAtMs = world.nowMs() - 4_000;
  const status = version === "1.6" ? "Charging" : "Occupied";
  world.addStation(SITE, id, {
    version,
    powerW,
    powerAtMs,
    connectors: [world.connector(1, status, minutes * minute)],
  });
  world.addSession(id, { token, energyWh, powerW, powerAtMs, startedAtMs: world.nowMs() - minutes * minute });
}

function paused(world: FakeWorld, id: string): void {
  const powerAtMs = world.nowMs() - 20_000;
  world.addStation(SITE, id, {
    version: "1.6",
    powerW: 0,
    powerAtMs,
    connectors: [world.connector(1, "SuspendedEV", 24 * minute)],
  });
  const session = { token: "…C310", energyWh: 28_700, powerW: 0, powerAtMs };
  world.addSession(id, { ...session, startedAtMs: world.nowMs() - 214 * minute, offline: true });
}

function faulted(world: FakeWorld, id: string): void {
  const connectors = [world.connector(1, "Faulted", 11 * minute, "GroundFailure")];
  world.addStation(SITE, id, { version: "1.6", connectors });
}

/** One EVSE charges, the other is free; its meter has been silent for a while. */
function twoEvses(world: FakeWorld, id: string): void {
  const powerAtMs = world.nowMs() - 18 * minute;
  world.addStation(SITE, id, {
    powerW: 7_360,
    powerAtMs,
    vendor: "Ampère",
    model: "Duo 22",
    connectors: [world.connector(1, "Available", 95 * minute), world.connector(2, "Occupied", 48 * minute)],
  });
  const session = { evse: 2, token: "…9A55", energyWh: 5_120, powerW: 7_360, powerAtMs };
  world.addSession(id, { ...session, startedAtMs: world.nowMs() - 48 * minute });
}

function offline(world: FakeWorld, id: string): void {
  const seenAtMs = world.nowMs() - 12 * minute;
  world.addStation(SITE, id, {
    connected: false,
    seenAtMs,
    powerW: 8_200,
    powerAtMs: seenAtMs,
    connectors: [world.connector(1, "Occupied", 80 * minute)],
  });
  const session = { token: "…51EE", energyWh: 11_930, powerW: 8_200, powerAtMs: seenAtMs };
  world.addSession(id, { ...session, startedAtMs: world.nowMs() - 80 * minute });
}

function endedSessions(world: FakeWorld): void {
  const nowMs = world.nowMs();
  const ended = (
    station: string,
    endedAgo: number,
    lasted: number,
    more: Parameters<FakeWorld["addSession"]>[1],
  ) =>
    world.addSession(station, {
      state: "ended",
      startedAtMs: nowMs - (endedAgo + lasted) * minute,
      endedAtMs: nowMs - endedAgo * minute,
      stopReason: "EVDisconnected",
      ...more,
    });
  ended("LPD-08", 37, 64, { token: "…77D0", energyWh: 11_480 });
  ended("LPD-04", 12, 31, {
    token: "…0B1C",
    energyWh: 4_020,
    stopReason: "EmergencyStop",
    review: "no-meter",
  });
  ended("LPD-07", 3, 128, {
    token: null,
    energyWh: null,
    state: "ended",
    offline: true,
    stopReason: "Local",
  });
}

function tell(world: FakeWorld): void {
  const ago = (minutes: number) => world.nowMs() - minutes * minute;
  const say = (minutes: number, kind: string, station: string | undefined, data: object, live = true) =>
    world.happen(SITE, {
      kind,
      atMs: ago(minutes),
      live,
      data: { ...data },
      ...(station === undefined ? { source: "site" } : { station }),
    });
  say(112, "transaction.started", "LPD-01", { transaction: "x", token: "…4F21" });
  say(52, "transaction.started", "LPD-02", { transaction: "x", token: "…07BD" });
  say(48, "authorisation.decided", "LPD-05", { token: "…9A55", status: "Accepted" });
  say(37, "transaction.ended", "LPD-08", { energyWh: 11_480, reason: "EVDisconnected" });
  say(29, "site.disconnected", undefined, {});
  say(28, "transaction.started", "LPD-03", { transaction: "x", token: "…C310" }, false);
  say(27, "site.connected", undefined, {});
  say(24, "station.status", "LPD-03", { evse: 1, connector: 1, status: "SuspendedEV", errorCode: "NoError" });
  say(12.1, "station.disconnected", "LPD-06", {});
  say(12, "transaction.ended", "LPD-04", { energyWh: 4_020, reason: "EmergencyStop" });
  say(12, "transaction.review", "LPD-04", { transaction: "x", codes: ["no-meter"] });
  say(11, "station.status", "LPD-04", {
    evse: 1,
    connector: 1,
    status: "Faulted",
    errorCode: "GroundFailure",
  });
  say(6, "authorisation.decided", "LPD-07", { token: "…DEAD", status: "Blocked" });
  say(3, "transaction.ended", "LPD-07", { energyWh: null, reason: "Local" }, false);
  say(2, "command.requested", "LPD-04", {
    command: "c",
    action: "Reset",
    reason: "ground fault stays after unplugging",
  });
  say(1.9, "command.ended", "LPD-04", { command: "c", action: "Reset", state: "refused" });
  say(1.5, "station.status", "LPD-07", { evse: 1, connector: 1, status: "Preparing", errorCode: "NoError" });
}

/** A believable hour that ends where the stations are now. */
function curve(atMs: number, nowMs: number): number {
  const m = (nowMs - atMs) / minute;
  const base =
    41_340 + 9_000 * Math.sin(m / 9) * Math.min(1, m / 12) + 6_000 * Math.sin(m / 3.1) * Math.min(1, m / 20);
  return Math.max(0, Math.round(base + (m > 37 ? 11_000 * Math.min(1, (m - 37) / 2) : 0)));
}

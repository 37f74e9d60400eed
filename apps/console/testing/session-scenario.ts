/**
 * Sixty days of sessions at three sites: more than a table draws at once, some that a person should look at, one whole
 * with its curve, its limits and its messages; and the cards that they were paid with.
 */
import type { SessionDetail, SessionEvent } from "../api/shapes.ts";
import type { FakeWorld } from "./world.ts";

export const SESSIONS = 10_400;
/** One that ended, with a curve and limits; one to be looked at, with messages missing; one that runs. */
export const WHOLE = "Z2-WHOLE";
export const DOUBTFUL = "Z1-DOUBT";
export const RUNNING = "Z3-RUNS";

const minute = 60_000;
const sites = ["annecy", "grenoble-gare", "lyon-part-dieu"] as const;
const reasons = ["EVDisconnected", "EVDisconnected", "Local", "Remote", "StoppedByEV"] as const;

export function manySessions(world: FakeWorld): void {
  for (const [index, site] of sites.entries()) {
    world.addSite(site);
    for (let n = 1; n <= 8; n++) {
      world.addStation(site, `${["ANN", "GRE", "LPD"][index]}-0${n}`, { version: "2.1", model: "V150" });
    }
  }
  const stations = [...world.stations.keys()];
  const cards = Array.from(
    { length: 140 },
    (_, n) => `04${((n + 7) * 7_919_387).toString(16).toUpperCase().padStart(10, "A")}`,
  );
  const nowMs = world.nowMs();
  for (let n = 0; n < SESSIONS; n++) {
    const startedAtMs = nowMs - (SESSIONS - n) * 8.3 * minute;
    const lastedMs = (12 + ((n * 37) % 170)) * minute;
    const token = cards[(n * 13) % cards.length] ?? "";
    world.addSession(stations[(n * 7) % stations.length] ?? "", {
      ...{ startedAtMs, token: `…${token.slice(-4)}`, powerW: null, state: "ended" },
      endedAtMs: Math.min(nowMs - minute, startedAtMs + lastedMs),
      energyWh: 900 + ((n * 7_919) % 52_000),
      stopReason: reasons[n % reasons.length] ?? null,
      offline: n % 41 === 0,
      review: n % 173 === 0 ? "no-meter" : null,
    });
  }
  for (const [n, token] of cards.entries()) {
    const status = n % 17 === 3 ? "Blocked" : "Accepted";
    const expiresAtMs = n % 9 === 4 ? nowMs + (n - 60) * 86_400_000 : null;
    world.addCard(token, {
      ...{ status, expiresAtMs, open: n === 0 ? 1 : 0 },
      changedAtMs: nowMs - n * 7 * 3_600_000,
      usedAtMs: n % 6 === 5 ? null : nowMs - n * 91 * minute,
    });
  }
  whole(world, nowMs);
  doubtful(world, nowMs);
  running(world, nowMs);
}

/** A fast charge: a tapering curve, lowered for a while by the station's own limit. */
function whole(world: FakeWorld, nowMs: number): void {
  const startedAtMs = nowMs - 61 * minute;
  const endedAtMs = nowMs - 19 * minute;
  const points = fastCharge(startedAtMs, endedAtMs, 118_000);
  const energyWh = points.at(-1)?.energyWh ?? 0;
  const session = world.addSession("LPD-03", {
    ...{ id: WHOLE, wireId: "b1f6d2a0-3c7e", startedAtMs, endedAtMs, energyWh, state: "ended" },
    ...{ token: "…1080", stopReason: "StoppedByEV" },
  });
  keep(world, session.id);
  world.curves.set(WHOLE, {
    fromMs: startedAtMs,
    toMs: endedAtMs,
    samples: points.length,
    stepMs: null,
    points,
  });
  world.profiles.set("LPD-03", [
    limit("ChargingStationMaxProfile", startedAtMs, [
      [0, 130_000],
      [780, 62_000],
      [1_380, 130_000],
    ]),
  ]);
  world.details.set(WHOLE, {
    ...{
      version: "2.1",
      meterStartWh: 4_181_240,
      meterStopWh: 4_181_240 + energyWh,
      firstSeqNo: 0,
      lastSeqNo: 6,
    },
    details: {
      ...{ chargingState: "Idle", chargingS: 2_460, remoteStartId: null, reservationId: null },
      ...{ operationMode: "ChargingOnly", tariff: "day-2026", limits: { maxSoC: 90 } },
      cost: { totalCost: { currency: "EUR", total: { inclTax: 18.42 } } },
    },
    ...messages(startedAtMs, points, "live", 4_181_240),
  });
}

function doubtful(world: FakeWorld, nowMs: number): void {
  const startedAtMs = nowMs - 97 * minute;
  const points = [0, 15, 30, 45, 60, 75].map((m) => ({
    ...{ atMs: startedAtMs + m * minute, powerW: null, socPercent: null },
    energyWh: Math.round(m * 181),
  }));
  world.addSession("GRE-02", {
    ...{ id: DOUBTFUL, wireId: "4711", startedAtMs, endedAtMs: startedAtMs + 76 * minute, energyWh: null },
    ...{ state: "ended", token: "…77D0", offline: true, review: "clock,no-meter", stopReason: "PowerLoss" },
  });
  keep(world, DOUBTFUL);
  world.curves.set(DOUBTFUL, {
    fromMs: startedAtMs,
    toMs: startedAtMs + 76 * minute,
    samples: 6,
    stepMs: null,
    points,
  });
  world.details.set(DOUBTFUL, {
    ...{ version: "2.0.1", missingSeqNos: "3,5-6", meterStartWh: 88_100 },
    reviews: [
      {
        code: "clock",
        sentence: "a time of the station was not believable; the time of reception stands in its place",
      },
      { code: "no-meter", sentence: "its start or its end came without a register value" },
    ],
    ...messages(startedAtMs, points, "offline", 88_100),
  });
}

function running(world: FakeWorld, nowMs: number): void {
  const startedAtMs = nowMs - 17 * minute;
  const points = fastCharge(startedAtMs, nowMs - 10_000, 96_000);
  const now = points.at(-1);
  world.addSession("LPD-01", {
    ...{ id: RUNNING, startedAtMs, token: "…AA10", energyWh: now?.energyWh ?? null },
    ...{ powerW: now?.powerW ?? null, powerAtMs: nowMs - 10_000 },
  });
  keep(world, RUNNING);
  world.curves.set(RUNNING, {
    fromMs: startedAtMs,
    toMs: nowMs,
    samples: points.length,
    stepMs: null,
    points,
  });
}

/** Its id sorts after every other: it is the newest. */
const keep = (world: FakeWorld, id: string): void => {
  const last = [...world.sessions.entries()].at(-1);
  if (last === undefined) return;
  world.sessions.delete(last[0]);
  world.sessions.set(id, { ...last[1], id });
};

type Points = { atMs: number; powerW: number | null; energyWh: number; socPercent: number | null }[];

function fastCharge(fromMs: number, toMs: number, mostW: number): Points {
  const points: Points = [];
  let energyWh = 0;
  for (let s = 0; fromMs + s * 1000 <= toMs; s += 15) {
    const soc = Math.min(90, 14 + energyWh / 720);
    const taper = soc < 52 ? 1 : Math.max(0.16, 1 - (soc - 52) / 44);
    const bounded = s >= 780 && s < 1_380 ? 61_200 : mostW * taper;
    const ramp = Math.min(1, s / 75);
    const powerW = Math.round(Math.min(bounded, mostW * taper) * ramp + 600 * Math.sin(s / 41));
    energyWh += Math.max(0, powerW) / 240;
    points.push({
      atMs: fromMs + s * 1000,
      powerW: Math.max(0, powerW),
      energyWh: Math.round(energyWh),
      socPercent: Math.floor(soc),
    });
  }
  return points;
}

function limit(purpose: string, atMs: number, periods: readonly (readonly [number, number])[]) {
  const chargingSchedulePeriod = periods.map(([startPeriod, watts]) => ({ startPeriod, limit: watts }));
  const startSchedule = new Date(atMs).toISOString();
  return {
    ...{
      id: 7,
      evse: 0,
      purpose,
      stackLevel: 0,
      kind: "Absolute",
      transaction: null,
      source: "set",
      changedAtMs: atMs - minute,
    },
    profile: { chargingSchedule: [{ chargingRateUnit: "W", startSchedule, chargingSchedulePeriod }] },
  };
}

function messages(
  fromMs: number,
  points: Points,
  path: string,
  startWh: number,
): Pick<SessionDetail, "events" | "eventCount"> {
  const step = Math.max(1, Math.floor(points.length / 6));
  const shown = points.filter((_, index) => index % step === 0);
  const events = shown.map(
    (point, n): SessionEvent => ({
      kind: n === 0 ? "started" : n === shown.length - 1 ? "ended" : "updated",
      ...{ seqNo: n, atMs: point.atMs, receivedAtMs: point.atMs + (path === "live" ? 300 : 3 * 3_600_000) },
      ...{ clockQuality: "synced", meterWh: startWh + point.energyWh, powerW: point.powerW, path },
      ...{ answeredLocally: path !== "live", messageId: `m-${fromMs}-${n}`, trace: "t" },
      signedValues:
        n === shown.length - 1
          ? [{ encodingMethod: "OCMF", signedMeterData: "T0NNRnx7IkZWIjoiMS4wIn0=" }]
          : null,
    }),
  );
  return { events, eventCount: events.length };
}

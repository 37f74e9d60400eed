/** What is known of the station LPD-01, the detailed world: a log, a device model, charging profiles, commands. */
import type { FakeWorld } from "./world.ts";

const hour = 3_600_000;

export function fillStation(world: FakeWorld, id: string): void {
  messages(world, id);
  variables(world, id);
  profiles(world, id);
  commands(world, id);
}

function messages(world: FakeWorld, id: string): void {
  const known = world.known(id);
  const nowMs = world.nowMs();
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const call = (atMs: number, action: string, payload: object, answer: object, more: object = {}) => {
    const mid = `${action.slice(0, 2)}-${known.messages.length}`;
    known.log(atMs, "station", [2, mid, action, payload], more);
    known.log(atMs + 14, "csms", [3, mid, answer], { action });
  };
  call(
    nowMs - 3 * hour,
    "BootNotification",
    {
      reason: "PowerUp",
      chargingStation: { vendorName: "Voltline", model: "V22", firmwareVersion: "4.1.7" },
    },
    { currentTime: iso(nowMs - 3 * hour), interval: 300, status: "Accepted" },
  );
  for (let n = 260; n > 0; n--) {
    const atMs = nowMs - n * 30_000;
    const meter = {
      ...{ eventType: "Updated", timestamp: iso(atMs), triggerReason: "MeterValuePeriodic", seqNo: 300 - n },
      transactionInfo: { transactionId: "4700", chargingState: "Charging" },
      meterValue: [
        {
          timestamp: iso(atMs),
          sampledValue: [
            { value: 22_100, measurand: "Power.Active.Import", unitOfMeasure: { unit: "W" } },
            { value: 41_020 - n * 180, measurand: "Energy.Active.Import.Register" },
          ],
        },
      ],
    };
    if (n % 5 === 0) call(atMs, "Heartbeat", {}, { currentTime: iso(atMs) });
    else call(atMs, "TransactionEvent", meter, {}, n === 3 ? { verdict: "repaired" } : {});
  }
  known.log(nowMs - 9_000, "csms", [2, "r-1", "GetVariables", { getVariableData: [] }]);
  known.log(nowMs - 8_950, "station", [4, "r-1", "FormationViolation", "empty list", {}], {
    ...{ action: "GetVariables", verdict: "refused" },
  });
}

function variables(world: FakeWorld, id: string): void {
  const known = world.known(id);
  const number = { dataType: "integer" };
  known.variable("OCPPCommCtrlr", "HeartbeatInterval", {
    ...{ ...number, value: "300", unit: "s", minLimit: "10", maxLimit: "86400", key16: "HeartbeatInterval" },
  });
  known.variable("OCPPCommCtrlr", "MessageTimeout", {
    ...number,
    value: "30",
    unit: "s",
    variableInstance: "Default",
  });
  known.variable("OCPPCommCtrlr", "NetworkConfigurationPriority", { dataType: "SequenceList", value: "1,0" });
  known.variable("AuthCtrlr", "Enabled", { dataType: "boolean", value: "true" });
  known.variable("AuthCtrlr", "AuthorizeRemoteStart", { dataType: "boolean", value: "false" });
  known.variable("SampledDataCtrlr", "TxUpdatedInterval", { ...number, value: "30", unit: "s" });
  known.variable("SampledDataCtrlr", "TxUpdatedMeasurands", {
    ...{ dataType: "MemberList", value: "Power.Active.Import,Energy.Active.Import.Register" },
    valuesList: "Power.Active.Import,Energy.Active.Import.Register,SoC,Voltage,Current.Import",
  });
  known.variable("TxCtrlr", "EVConnectionTimeOut", { ...number, value: "120", unit: "s" });
  known.variable("SecurityCtrlr", "SecurityProfile", { ...number, value: "3", mutability: "ReadOnly" });
  known.variable("SecurityCtrlr", "BasicAuthPassword", { mutability: "WriteOnly" });
  known.variable("SecurityCtrlr", "OrganizationName", { value: "Voltline" });
  known.variable("ChargingStation", "Model", { value: "V22", mutability: "ReadOnly", constant: true });
  known.variable("ChargingStation", "AvailabilityState", {
    value: "Occupied",
    mutability: "ReadOnly",
    dataType: "OptionList",
  });
  for (const evse of [1, 2]) {
    known.variable("EVSE", "Power", {
      ...number,
      evse,
      unit: "W",
      mutability: "ReadOnly",
      value: evse === 1 ? "22100" : null,
    });
    known.variable("EVSE", "Available", { dataType: "boolean", evse, mutability: "ReadOnly", value: "true" });
  }
}

function profiles(world: FakeWorld, id: string): void {
  const nowMs = world.nowMs();
  const midnight = Math.floor(nowMs / (24 * hour)) * 24 * hour;
  const periods = (...pairs: [number, number][]) =>
    pairs.map(([hours, limit]) => ({ startPeriod: hours * 3600, limit }));
  const place = { evse: 0, stackLevel: 0, transaction: null, source: "set" };
  world.profiles.set(id, [
    {
      ...{ ...place, id: 11, purpose: "TxDefaultProfile", kind: "Recurring", changedAtMs: nowMs - 26 * hour },
      profile: {
        ...{
          id: 11,
          stackLevel: 0,
          chargingProfilePurpose: "TxDefaultProfile",
          chargingProfileKind: "Recurring",
        },
        recurrencyKind: "Daily",
        chargingSchedule: [
          {
            ...{ id: 1, startSchedule: new Date(midnight - 48 * hour).toISOString(), chargingRateUnit: "W" },
            chargingSchedulePeriod: periods([0, 22_000], [7, 11_000], [17, 4_200], [21, 22_000]),
          },
        ],
      },
    },
    {
      ...{ ...place, id: 12, evse: 1, purpose: "TxProfile", kind: "Absolute", transaction: "4700" },
      ...{ source: "told", changedAtMs: nowMs - hour / 4, stackLevel: 3 },
      profile: {
        ...{ id: 12, stackLevel: 3, chargingProfilePurpose: "TxProfile", chargingProfileKind: "Absolute" },
        chargingSchedule: [
          {
            ...{
              id: 1,
              startSchedule: new Date(nowMs - hour).toISOString(),
              chargingRateUnit: "A",
              duration: 6 * 3600,
            },
            chargingSchedulePeriod: periods([0, 32], [2, 16], [4, 24]),
          },
        ],
      },
    },
  ]);
}

function commands(world: FakeWorld, id: string): void {
  const nowMs = world.nowMs();
  const add = (agoMs: number, action: string, more: object) => {
    const key = `OLD${world.commands.size + 1}`;
    const requestedAtMs = nowMs - agoMs;
    world.commands.set(key, {
      ...{
        id: key,
        site: world.stations.get(id)?.site ?? null,
        station: id,
        action,
        payload: {},
        actor: "p1",
      },
      ...{ reason: "weekly look", state: "accepted", requestedAtMs, expiresAtMs: requestedAtMs + 60_000 },
      ...{ sentAtMs: requestedAtMs + 300, endedAtMs: requestedAtMs + 900, outcome: { status: "Accepted" } },
      ...more,
    });
  };
  const nothing = { state: "expired", sentAtMs: null, outcome: null, reason: "new tariff" };
  add(5 * hour, "SetChargingProfile", { ...nothing, endedAtMs: nowMs - 5 * hour + 60_000 });
  add(2 * hour, "Reset", {
    ...{ payload: { type: "OnIdle" }, state: "refused", reason: "screen is frozen" },
    outcome: { status: "Rejected", statusInfo: { reasonCode: "FirmwareUpdate" } },
  });
  add(hour / 2, "GetCompositeSchedule", {
    payload: { evseId: 0, duration: 86_400 },
    outcome: {
      status: "Accepted",
      schedule: {
        ...{
          evseId: 0,
          duration: 86_400,
          chargingRateUnit: "W",
          scheduleStart: new Date(nowMs - hour / 2).toISOString(),
        },
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 11_000 },
          { startPeriod: 5 * 3600, limit: 4_200 },
          { startPeriod: 9 * 3600, limit: 22_000 },
          { startPeriod: 17 * 3600, limit: 11_000 },
        ],
      },
    },
  });
}

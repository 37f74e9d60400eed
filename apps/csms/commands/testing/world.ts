/** Stations A and B with what is theirs, and requests of commands that obey their rules unless told otherwise. */
import type { JsonObject, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { CommandAccepted } from "../../core/port.ts";
import { iso, START_MS, type TestCore, testCore } from "../../core/testing/test-core.ts";
import { storeVariables, type Variable } from "../../stations/variables.ts";

export const until = iso(START_MS + 3_600_000);

/** Station A with connectors 1 and 2 and open transaction 5, station B with open transaction 6 and reservation 9. */
export async function world(version: OcppVersion): Promise<TestCore> {
  const core = await testCore({ A: "direct", B: "direct" });
  await core.db.updateTable("stations").set({ ocpp_version: version }).execute();
  for (const [station, evse] of [
    ["A", 1],
    ["A", 2],
    ["B", 1],
  ] as const) {
    await core.db
      .insertInto("connectors")
      .values({
        ...{ station_id: station, evse_id: evse, connector_id: 1, status: "Available", error_code: null },
        ...{ status_at_ms: 1, power_w: null, power_at_ms: null },
      })
      .execute();
  }
  for (const [station, wire] of [
    ["A", "5"],
    ["B", "6"],
  ] as const)
    await transaction(core, version, { station, wire });
  await core.db
    .insertInto("reservations")
    .values({
      ...{ station_id: "B", reservation_id: 9, evse_id: 1, token_shown: "…", state: "active" },
      ...{ expires_at_ms: START_MS + 3_600_000, command_id: null, changed_at_ms: 1 },
    })
    .execute();
  return core;
}

async function transaction(
  core: TestCore,
  version: string,
  { station, wire }: { station: string; wire: string },
) {
  const none = {
    meter_start_wh: null,
    meter_last_wh: null,
    meter_stop_wh: null,
    energy_wh: null,
    power_w: null,
  };
  await core.db
    .insertInto("transactions")
    .values({
      ...{ id: `T${station}${wire}`, station_id: station, evse_id: 1, connector_id: 1, wire_id: wire },
      ...{ ocpp_version: version, token: null, state: "open", started_at_ms: 1, ended_at_ms: null, ...none },
      ...{ power_at_ms: null, stop_reason: null, first_seq_no: null, seq_no: null, missing_seq: "" },
      ...{ offline: 0, review: null, changed_at_ms: 1 },
    })
    .execute();
}

export const ask = (
  core: TestCore,
  action: string,
  payload: JsonObject,
  force = false,
): Promise<CommandAccepted> =>
  core.decide("command.request", {
    ...{ station: "A" as StationId, action, payload, actor: "p", reason: "r", force },
    ...{ atMs: core.nowMs, expiresAtMs: core.nowMs + 60_000 },
  });
export const told = (core: TestCore, ...variables: Variable[]) =>
  core.writer.submit("test", undefined, (tx) =>
    storeVariables(tx, "A", variables, { source: "report", atMs: START_MS }),
  );
export const variable = (
  component: string,
  name: string,
  value: string,
  more: Partial<Variable> = {},
): Variable => ({
  ...{ component: { name: component }, variable: { name }, value, ...more },
});

export const periods = (...starts: number[]) => starts.map((startPeriod) => ({ startPeriod, limit: 10 }));
export const schedule = (more: object = {}) => ({
  chargingRateUnit: "A",
  chargingSchedulePeriod: periods(0),
  ...more,
});
export const profile16 = (more: object = {}, at = 1) => ({
  connectorId: at,
  csChargingProfiles: {
    ...{ chargingProfileId: 4, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile" },
    ...{ chargingProfileKind: "Relative", validTo: until, chargingSchedule: schedule(), ...more },
  },
});
export const profile2 = (more: object = {}, at = 1) => ({
  evseId: at,
  chargingProfile: {
    ...{ id: 4, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile", chargingProfileKind: "Relative" },
    ...{ validTo: until, chargingSchedule: [{ id: 1, ...schedule() }], ...more },
  },
});
export const setting = (name: string, value: string, component = "X") => ({
  setVariableData: [{ attributeValue: value, component: { name: component }, variable: { name } }],
});
export const token = { idToken: "T1", type: "ISO14443" };
export const list = (more: object = {}) => ({ listVersion: 2, updateType: "Full", ...more });

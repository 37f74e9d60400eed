/** A whole managed site in simulated time, and a station that answers as a test says, with one transaction that has begun. */
import assert from "node:assert/strict";
import type { OcppVersion } from "@wattward/ocpp";
import { fieldsOf, numberIn, objectIn, textIn } from "../charging/fields.ts";
import { SAFE_DEFAULT_ID, SAFE_WHOLE_ID } from "../charging/limits.ts";
import { energyDocument, type SmallDocument } from "./energy-document.ts";
import { FakeEnergy } from "./fake-energy.ts";
import { RetryingStation, World } from "./world.ts";

/** Null: no answer at all; undefined: the usual one. `wire`: the profile, where there is one. */
export type Answers = (
  action: string,
  wire: ReturnType<typeof fieldsOf>,
  fields: ReturnType<typeof fieldsOf>,
) => object | string | null | undefined;

/** A managed site, and a station that answers as the test says; the rest of its CALLs it accepts. */
export async function charging(version: OcppVersion, answers: Answers, more: SmallDocument = {}) {
  const world = new World(3);
  world.csms.bundle = { ...world.csms.bundle, energy: energyDocument(["A", "B"], more) };
  await world.start();
  assert(await world.time.until(() => world.dialEnergy !== undefined, 5_000));
  const energy = new FakeEnergy(world.time);
  energy.connect(world.dialEnergy!);
  const station = new RetryingStation(world, "A", version);
  station.reply = (action, payload) => {
    const fields = fieldsOf(payload);
    const wire =
      version === "1.6" ? objectIn(fields, "csChargingProfiles") : objectIn(fields, "chargingProfile");
    const answer = answers(action, wire, fields);
    return answer === null ? undefined : (answer ?? usual(action));
  };
  const boot =
    version === "1.6"
      ? { chargePointVendor: "V", chargePointModel: "M" }
      : { reason: "PowerUp", chargingStation: { vendorName: "V", model: "M" } };
  void station.tell("BootNotification", boot);
  await world.time.advance(2_000);
  const timestamp = () => new Date(world.time.now().wallMs).toISOString();
  const started =
    version === "1.6"
      ? (["StartTransaction", { connectorId: 1, idTag: "T", meterStart: 0, timestamp: timestamp() }] as const)
      : ([
          "TransactionEvent",
          {
            eventType: "Started",
            timestamp: timestamp(),
            triggerReason: "Authorized",
            seqNo: 0,
            transactionInfo: { transactionId: "t" },
            evse: { id: 1 },
          },
        ] as const);
  void station.tell(started[0], started[1]);
  await world.time.advance(60_000);
  const sets = () =>
    station.asked
      .filter(([, , action]) => action === "SetChargingProfile")
      .map(([, , , payload]) => fieldsOf(payload));
  return { world, energy, station, sets };
}

export function usual(action: string): object | string {
  if (action === "GetCompositeSchedule") return { status: "Rejected" };
  if (action === "GetChargingProfiles") return { status: "NoProfiles" };
  if (action === "GetConfiguration") return { configurationKey: [] };
  if (action === "GetVariables" || action === "SetVariables") return "NotSupported";
  if (action === "ClearChargingProfile") return { status: "Unknown" };
  return { status: "Accepted" };
}

/** Of profiles that were set: purpose, level, kind. */
export const purposes = (sets: readonly ReturnType<typeof fieldsOf>[]) =>
  sets.map((fields) => {
    const wire = fields.has("chargingProfile")
      ? objectIn(fields, "chargingProfile")
      : objectIn(fields, "csChargingProfiles");
    return `${textIn(wire, "chargingProfilePurpose")} ${numberIn(wire, "stackLevel")} ${textIn(wire, "chargingProfileKind")}`;
  });

const idOf = (wire: ReturnType<typeof fieldsOf>) =>
  numberIn(wire, "id") ?? numberIn(wire, "chargingProfileId");
/** Neither of the safe defaults. */
export const isGrant = (wire: ReturnType<typeof fieldsOf>) =>
  ![SAFE_DEFAULT_ID, SAFE_WHOLE_ID].includes(idOf(wire) ?? 0);
/** What the CSMS was told of. */
export const observed = (world: World) =>
  world.csms.messages.flatMap((message) =>
    message.t === "observed" ? [`${message.kind}: ${message.detail}`] : [],
  );

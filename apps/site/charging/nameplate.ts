/**
 * Who a station says that it is when it boots (1.6 §6.2; 2.x BootNotificationRequest): vendor, model, serial number, and which OCPP it
 * speaks. Its id stays where it is exchanged for another one; its certificate may, too.
 */
import type { OcppVersion } from "@wattward/ocpp";
import { type Fields, fieldsOf, objectIn, textIn } from "./fields.ts";

export type Nameplate = {
  readonly version?: string;
  readonly vendor?: string;
  readonly model?: string;
  readonly serialNumber?: string;
};

/** Longer ones pass no schema of any version, and are not kept. */
const CHARS_MAX = 50;

export function nameplateOf(version: OcppVersion, payload: object): Nameplate {
  const boot = fieldsOf(payload);
  const station = objectIn(boot, "chargingStation");
  const serialNumber = textIn(boot, "chargePointSerialNumber") ?? textIn(boot, "chargeBoxSerialNumber");
  return plate({
    version,
    vendor: textIn(station, "vendorName") ?? textIn(boot, "chargePointVendor"),
    model: textIn(station, "model") ?? textIn(boot, "chargePointModel"),
    serialNumber: textIn(station, "serialNumber") ?? serialNumber,
  });
}

/** As the site's own disk gives it back. */
export const keptNameplate = (kept: Fields): Nameplate =>
  plate(Object.fromEntries(names.map((name) => [name, textIn(kept, name)])));

/** What is left out, now or then, tells nothing. */
export const isAnother = (now: Nameplate, before: Nameplate): boolean =>
  names.some((name) => (now[name] ?? before[name]) !== (before[name] ?? now[name]));

const names = ["version", "vendor", "model", "serialNumber"] as const;

const plate = (told: { readonly [name: string]: string | undefined }): Nameplate =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = told[name]?.trim() ?? "";
      return text === "" || text.length > CHARS_MAX ? [] : [[name, text]];
    }),
  );

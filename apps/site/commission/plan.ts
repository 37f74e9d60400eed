/**
 * What an installer has in hand: the site's document (YAML or JSON), of which commissioning needs what the devices are (`energy`) and where
 * they truly are (`modbus`). The rest is the central system's, and is carried through untouched.
 */
import {
  checkEnergyConfig,
  type Device,
  DOCUMENT_ALIASES_MAX,
  DOCUMENT_CHARS_MAX,
  type EnergyConfig,
} from "@wattward/energy";
import { failed, ok, type Result } from "@wattward/kernel";
import { type Document, LineCounter, parseDocument } from "yaml";

export type Place = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Unit id at the device. */
  readonly deviceUnit: number;
};

export type Plan = {
  readonly config: EnergyConfig;
  /** Of each device of the document, in its order; absent where `modbus` does not say. */
  readonly places: readonly {
    readonly device: Device;
    readonly place: Place | undefined;
    readonly at: number;
  }[];
  readonly document: Document;
};

/** The faults are the document's author's, each with its path. */
export function readPlan(text: string): Result<Plan, readonly string[]> {
  if (text.length > DOCUMENT_CHARS_MAX) return failed([`longer than ${DOCUMENT_CHARS_MAX} characters`]);
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true, merge: true });
  // What comes after the first is seldom true.
  const [wrong] = document.errors;
  if (wrong !== undefined)
    return failed([`line ${lineCounter.linePos(wrong.pos[0]).line} is no YAML: ${wrong.message}`]);
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: DOCUMENT_ALIASES_MAX });
  } catch (error) {
    // Aliases beyond number, or to nothing; too deep for the stack: the library tells them by throwing.
    if (error instanceof ReferenceError || error instanceof RangeError) return failed([error.message]);
    throw error;
  }
  const fields = new Map<string, unknown>(isObject(data) ? Object.entries(data) : []);
  const checked = checkEnergyConfig(fields.get("energy"));
  if (!checked.ok) return failed(checked.fault.map(({ path, sentence }) => `energy.${path} ${sentence}`));
  const modbus = fields.get("modbus");
  const entries: unknown[] = Array.isArray(modbus) ? modbus : [];
  const faults: string[] = [];
  const places = checked.value.devices.map((device) => {
    const at = entries.findIndex((entry) => isObject(entry) && entry["device"] === device.id);
    const place = at < 0 ? undefined : placeOf(entries[at]);
    if (at >= 0 && place === undefined)
      faults.push(
        `modbus[${at}] needs host, port (1 to 65535), tls (true or false) and deviceUnit (0 to 255)`,
      );
    return { device, place, at };
  });
  return faults.length > 0 ? failed(faults) : ok({ config: checked.value, places, document });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function placeOf(entry: unknown): Place | undefined {
  if (!isObject(entry)) return undefined;
  const { host, port, tls, deviceUnit } = entry;
  const whole = (value: unknown, min: number, max: number): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  return typeof host === "string" &&
    whole(port, 1, 65_535) &&
    typeof tls === "boolean" &&
    whole(deviceUnit, 0, 255)
    ? { host, port, tls, deviceUnit }
    : undefined;
}

/**
 * What an installer has in hand: the site's document (YAML or JSON), of which commissioning needs what the devices are (`energy`) and where
 * they truly are (`modbus`). The rest is the central system's, and is carried through untouched.
 */
import { checkEnergyConfig, type Device, type EnergyConfig } from "@wattward/energy";
import { type Located, readWritten } from "@wattward/energy/document";
import { type DocumentFault, failed, isHost, ok, type Result } from "@wattward/kernel";

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
  /** The document as it was written. */
  readonly text: string;
};

/** The faults are the document's author's, each with its line and path. */
export function readPlan(text: string): Result<Plan, readonly string[]> {
  const written = readWritten(text);
  if (!written.ok) return failed([toldOf({ path: "", ...written.fault })]);
  const { value, located } = written.value;
  const told = (faults: readonly DocumentFault[]) => failed(faults.map((fault) => toldOf(located(fault))));
  const fields = new Map<string, unknown>(isObject(value) ? Object.entries(value) : []);
  const checked = checkEnergyConfig(fields.get("energy"));
  if (!checked.ok)
    return told(checked.fault.map(({ path, sentence }) => ({ path: pathIn("energy", path), sentence })));
  const modbus = fields.get("modbus");
  const entries: unknown[] = Array.isArray(modbus) ? modbus : [];
  const faults: DocumentFault[] = [];
  const places = checked.value.devices.map((device) => {
    const at = entries.findIndex((entry) => isObject(entry) && entry["device"] === device.id);
    const place = at < 0 ? undefined : placeOf(entries[at]);
    if (at >= 0 && place === undefined)
      faults.push({
        path: `modbus[${at}]`,
        sentence:
          "needs host (a name or an address, without scheme and port), port (1 to 65535), tls (true or false) and deviceUnit (0 to 255)",
      });
    return { device, place, at };
  });
  return faults.length > 0 ? told(faults) : ok({ config: checked.value, places, text });
}

const pathIn = (part: string, path: string): string => (path === "" ? part : `${part}.${path}`);

const toldOf = ({ line, path, sentence }: Located): string =>
  `${line === null ? "" : `line ${line}: `}${path === "" ? "" : `${path} `}${sentence}`;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function placeOf(entry: unknown): Place | undefined {
  if (!isObject(entry)) return undefined;
  const { host, port, tls, deviceUnit } = entry;
  const whole = (value: unknown, min: number, max: number): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  return typeof host === "string" &&
    isHost(host) &&
    whole(port, 1, 65_535) &&
    typeof tls === "boolean" &&
    whole(deviceUnit, 0, 255)
    ? { host, port, tls, deviceUnit }
    : undefined;
}

/** `npx wattward site`: what a person may write, strictly read; what it means stands in the launcher's table. */
import { parseArgs } from "node:util";
import type { LogLevel } from "@wattward/kernel/node";
import { isPrivateAddress, notPrivate, proxiesIn } from "@wattward/ocpp/ways-in";
import type { Settings } from "../adapters/local-controller.ts";

export type Asked =
  | {
      readonly kind: "run";
      readonly settings: Settings;
      readonly logLevel: LogLevel;
      /** Names or numbers of the users that those processes are to run as; undefined: as the supervisor. */
      readonly userNames: { readonly guard: string | undefined; readonly energy: string | undefined };
    }
  | { readonly kind: "wrong"; readonly sentence: string };

const logLevels: readonly string[] = ["debug", "info", "warn", "error"] satisfies LogLevel[];
const isLogLevel = (text: string): text is LogLevel => logLevels.includes(text);
const wrong = (sentence: string): Asked => ({ kind: "wrong", sentence });

export function asked(args: readonly string[]): Asked {
  const text = { type: "string" } as const;
  const options = {
    ...{ data: text, csms: text, port: text, host: text, connect: text, "log-level": text },
    ...{
      mode: text,
      "station-frames-per-second": text,
      "proxy-from": text,
      "profile1-host": text,
      "profile1-port": text,
      "profile2-port": text,
      "guard-user": text,
      "energy-user": text,
      "modbus-host": text,
      "modbus-port": text,
      "modbus-tls-port": text,
    },
  };
  let values: { [name in keyof typeof options]?: string | undefined };
  try {
    values = parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const { data, csms, host = "127.0.0.1", port = "9444", connect, "log-level": logLevel = "info" } = values;
  const { mode = "autonomous" } = values;
  if (data === undefined || data === "") return wrong("--data DIR is missing");
  if (csms === undefined) return wrong("--csms URL is missing");
  if (mode !== "autonomous" && mode !== "transparent")
    return wrong(`--mode is autonomous or transparent, not '${mode}'`);
  const urls = mode === "transparent" ? [csms] : csms.split(",");
  if (urls.length > CSMS_MAX) return wrong(`--csms names more than ${CSMS_MAX} addresses`);
  const fault = urls
    .map(mode === "transparent" ? endpointFault : linkFault)
    .find((found) => found !== undefined);
  if (fault !== undefined) return wrong(fault);
  const portNumber = portOf(port);
  if (portNumber === undefined) return wrong(`--port is a number from 0 to 65535, not '${port}'`);
  const [port1, port2] = [
    portOf(values["profile1-port"] ?? "9448"),
    portOf(values["profile2-port"] ?? "9447"),
  ];
  if (port1 === undefined || port2 === undefined)
    return wrong("--profile1-port and --profile2-port are numbers from 0 to 65535");
  const modbus = modbusOf(values);
  if (modbus === undefined) return wrong("--modbus-port and --modbus-tls-port are numbers from 0 to 65535");
  const listed = proxiesIn(values["proxy-from"], "--proxy-from");
  if ("fault" in listed) return wrong(listed.fault);
  const userNames = { guard: values["guard-user"], energy: values["energy-user"] };
  const profile1Host = values["profile1-host"];
  const notThere = profile1Host === undefined ? undefined : notPrivate(profile1Host, "--profile1-host");
  if (notThere !== undefined) return wrong(notThere);
  const places = connect?.split(",").map(hostAndPort) ?? [];
  if (places.includes(undefined)) return wrong(`--connect is HOST:PORT, not '${connect}'`);
  if (places.length > 0 && places.length !== urls.length)
    return wrong(`--connect names ${places.length} places, and --csms ${urls.length}: one for each`);
  const [first = { csmsUrl: csms }, ...others] = urls.map((csmsUrl, i) => {
    const connectTo = places[i];
    return { csmsUrl, ...(connectTo && { connectTo }) };
  });
  const frames = values["station-frames-per-second"];
  if (frames !== undefined && mode === "transparent")
    return wrong(
      "--station-frames-per-second is for --mode autonomous: in transparent mode the CSMS decides",
    );
  const stationFramesPerSecond = frames === undefined ? undefined : perSecond(frames);
  if (frames !== undefined && stationFramesPerSecond === undefined)
    return wrong(`--station-frames-per-second is a number from 1 to ${PER_SECOND_MAX}, not '${frames}'`);
  if (!isLogLevel(logLevel)) return wrong(`--log-level is one of ${logLevels.join(", ")}, not '${logLevel}'`);
  const settings: Settings = {
    mode,
    dataFolder: data,
    ...first,
    host,
    port: portNumber,
    ...(listed.proxies.length > 0 && { proxies: listed.proxies }),
    passwords: { ports: { 1: port1, 2: port2 }, ...(profile1Host !== undefined && { profile1Host }) },
    ...(Object.keys(modbus).length > 0 && { modbus }),
    ...(others.length > 0 && { others }),
    ...(stationFramesPerSecond !== undefined && { stationFramesPerSecond }),
  };
  return { kind: "run", settings, logLevel, userNames };
}

/** Where the Modbus guard listens to other masters; undefined for what is no port. */
function modbusOf(values: {
  readonly "modbus-host"?: string | undefined;
  readonly "modbus-port"?: string | undefined;
  readonly "modbus-tls-port"?: string | undefined;
}): NonNullable<Settings["modbus"]> | undefined {
  const { "modbus-host": host, "modbus-port": plain, "modbus-tls-port": secured } = values;
  const [port, tlsPort] = [plain, secured].map((text) => (text === undefined ? undefined : portOf(text)));
  if ((plain !== undefined && port === undefined) || (secured !== undefined && tlsPort === undefined))
    return undefined;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(tlsPort !== undefined && { tlsPort }),
  };
}

/** More nodes than one central system will have. */
const CSMS_MAX = 16;

const linkFault = (text: string): string | undefined =>
  URL.canParse(text) && new URL(text).protocol === "wss:"
    ? undefined
    : `--csms is a URL like wss://csms.wattward.test:9443, not '${text}'`;

/** An OCPP-J endpoint (Part 4 §3.1.1): what a command line shows to everybody on the machine holds no secret. */
function endpointFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^wss?:$/.test(url.protocol))
    return `--csms is a URL like wss://csms.example/ocpp, not '${text}'`;
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    return "--csms is a URL without credentials, query or fragment; passwords belong into DIR/upstream/stations.json";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (url.protocol === "ws:" && !isPrivateAddress(host))
    return `--csms without TLS sends passwords in the clear: ws: only to a private address, and '${host}' is none`;
  return undefined;
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/** More than any station can say. */
const PER_SECOND_MAX = 1_000_000;

function perSecond(text: string): number | undefined {
  const frames = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return frames >= 1 && frames <= PER_SECOND_MAX ? frames : undefined;
}

function hostAndPort(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = portOf(match?.[3] ?? "");
  const host = match?.[1] ?? match?.[2];
  return host === undefined || port === undefined ? undefined : { host, port };
}

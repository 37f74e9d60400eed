/** `npx wattward site`: what a person may write, strictly read. */
import { parseArgs } from "node:util";
import type { LogLevel } from "@wattward/kernel/node";
import type { Settings } from "../adapters/local-controller.ts";

export const help = `wattward site: a site controller

  --data DIR           its folder: identity (from 'wattward pki issue site SITE --out DIR'), journal, state
  --csms URL           the central system's OCPP address, as wss://csms.wattward.test:9443
  --port N             where stations connect, mutual TLS (9444)
  --host ADDRESS       on which address (127.0.0.1)
  --connect HOST:PORT  where the CSMS is really reached; the name to verify stays the URL's
  --log-level L        debug, info, warn or error (info)

Its stations come from the bundle that the CSMS signs; connect it once, and it serves them without a CSMS too.
Logs are JSON lines on stderr. It stops on SIGTERM or SIGINT.
`;

export type Asked =
  | { readonly kind: "run"; readonly settings: Settings; readonly logLevel: LogLevel }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly sentence: string };

const logLevels: readonly string[] = ["debug", "info", "warn", "error"] satisfies LogLevel[];
const isLogLevel = (text: string): text is LogLevel => logLevels.includes(text);
const wrong = (sentence: string): Asked => ({ kind: "wrong", sentence });

export function asked(args: readonly string[]): Asked {
  if (args.includes("--help") || args.includes("-h")) return { kind: "help" };
  const text = { type: "string" } as const;
  const options = { data: text, csms: text, port: text, host: text, connect: text, "log-level": text };
  let values: { [name in keyof typeof options]?: string | undefined };
  try {
    values = parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const { data, csms, host = "127.0.0.1", port = "9444", connect, "log-level": logLevel = "info" } = values;
  if (data === undefined || data === "") return wrong("--data DIR is missing");
  if (csms === undefined) return wrong("--csms URL is missing");
  if (!isWss(csms)) return wrong(`--csms is a URL like wss://csms.wattward.test:9443, not '${csms}'`);
  const portNumber = portOf(port);
  if (portNumber === undefined) return wrong(`--port is a number from 0 to 65535, not '${port}'`);
  const connectTo = connect === undefined ? undefined : hostAndPort(connect);
  if (connect !== undefined && connectTo === undefined)
    return wrong(`--connect is HOST:PORT, not '${connect}'`);
  if (!isLogLevel(logLevel)) return wrong(`--log-level is one of ${logLevels.join(", ")}, not '${logLevel}'`);
  const settings = {
    dataFolder: data,
    csmsUrl: csms,
    host,
    port: portNumber,
    ...(connectTo && { connectTo }),
  };
  return { kind: "run", settings, logLevel };
}

const isWss = (text: string): boolean => URL.canParse(text) && new URL(text).protocol === "wss:";

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

function hostAndPort(text: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = portOf(match?.[3] ?? "");
  const host = match?.[1] ?? match?.[2];
  return host === undefined || port === undefined ? undefined : { host, port };
}

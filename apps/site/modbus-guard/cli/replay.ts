/** What `guard replay` prints: for programs as data, for people as a page. */
import {
  exchangeText,
  type Policy,
  type Refused,
  type Replay,
  type ReplayNames,
  refusalHead,
  replayCapture,
} from "@wattward/guard";
import type { CaptureReading, OpenCapture } from "@wattward/modbus/capture";

/** Refusals that a person is shown; `--json` has all. */
const SHOWN = 40;

/** As JSON has it: what stands in `Replay`, each refusal flat. */
export type Replayed = Omit<Replay, "refusals"> & { readonly refusals: readonly RefusalLine[] };
type RefusalLine = Pick<Refused, "closed" | "count" | "packet" | "lastPacket"> &
  Pick<Refused["denied"], "exception" | "about" | "rule" | "why" | "exchange">;

export function replayed(policy: Policy, capture: OpenCapture, names: ReplayNames): Replayed {
  const { refusals, ...others } = replayCapture(policy, capture, names);
  return {
    ...others,
    refusals: refusals.map(({ closed, count, packet, lastPacket, denied: { kind: _, ...denied } }) => ({
      closed,
      count,
      packet,
      lastPacket,
      ...denied,
    })),
  };
}

/** `1 request`, `2 requests`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export function report(replay: Replayed, ports: readonly number[]): string {
  const { requests, passed, refused, strangers, masters, devices, refusals, incidents } = replay;
  const lines = [
    `${counted(requests, "request")}: ${passed} pass, ${refused} refused${strangers > 0 ? `, ${strangers} of them for their master is no client` : ""}.`,
    ...readingLines(replay, ports),
    "",
    "Masters",
    ...masters.map(
      ({ address, client, requests: asked }) =>
        `  ${address}  ${client ?? "no client (--client NAME=ADDRESS)"}, ${counted(asked, "request")}`,
    ),
    "",
    "Devices",
    ...devices.map(
      ({ address, port, unit, device, requests: asked }) =>
        `  ${placeText(address, port)} unit ${unit}  ${device ?? "no device of the policy (--device NAME=ADDRESS, --guard ADDRESS)"}, ${counted(asked, "request")}`,
    ),
  ];
  if (refusals.length > 0) lines.push("", "Refused");
  for (const one of refusals.slice(0, SHOWN)) {
    const rule = one.rule === undefined ? "" : ` (${one.rule})`;
    const first = `packet ${one.packet}${one.count > 1 ? ` to ${one.lastPacket}` : ""}`;
    lines.push(
      `  ${refusalHead({ ...one, denied: { kind: "deny", ...one } })}, ${first}`,
      `    ${exchangeText(one.exchange)}`,
      `    ${one.why}${rule}`,
    );
  }
  if (refusals.length > SHOWN) lines.push(`  … and ${refusals.length - SHOWN} kinds more: --json has them`);
  if (incidents.length > 0) lines.push("", "Incidents");
  for (const { kind, attack, count, firstMs, lastMs, sentence } of incidents)
    lines.push(
      `  ${kind} (${attack}), ${counted(count, "frame")} in ${Math.round((lastMs - firstMs) / 1000)} s: ${sentence}`,
    );
  return `${lines.join("\n")}\n`;
}

const MODBUS = 502;
const placeText = (address: string, port: number): string =>
  port === MODBUS || port === 0
    ? address
    : address.includes(":")
      ? `[${address}]:${port}`
      : `${address}:${port}`;

/** What was seen of the capture, and what was not: whoever reads "0 refused" has to know. */
function readingLines({ reading, guards, late, encrypted }: Replayed, ports: readonly number[]): string[] {
  const { packets, segments, gaps, behindMalformed, cut } = reading;
  const missed = missedText(reading);
  return [
    `${counted(packets, "packet")}, ${segments} of them TCP from or to port ${ports.join(", ")}${segments === 0 ? " (--port N for another)" : ""}.`,
    ...(missed === "" ? [] : [`Not read: ${missed}. What is in them is not judged.`]),
    ...(gaps > 0
      ? [
          `${counted(gaps, "gap")}: the capture has lost bytes of connections; requests in them are not judged.`,
        ]
      : []),
    ...(behindMalformed > 0
      ? [
          `${counted(behindMalformed, "segment")} behind what is no Modbus: not read on, as in a live connection.`,
        ]
      : []),
    ...(late > 0
      ? [`${counted(late, "answer")} later than answerMsMax: the guard would not have waited.`]
      : []),
    ...(guards > 0 ? [`${counted(guards, "request")} of the guard itself to its devices: not judged.`] : []),
    ...(encrypted.length > 0
      ? [`What goes to ${encrypted.join(", ")} is encrypted (TLS), and not read.`]
      : []),
    ...(cut ? ["The capture ends in the middle of a packet."] : []),
  ];
}

/** `3 packets (2 IP fragment, 1 link type 147)`; empty where all were read. */
export function missedText({ unread, reasons }: CaptureReading): string {
  if (unread === 0) return "";
  const each = Object.entries(reasons).map(([why, count]) => `${count} ${why}`);
  return `${counted(unread, "packet")} (${each.join(", ")})`;
}

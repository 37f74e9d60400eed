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
import type { CapturedEvent } from "@wattward/modbus/capture";

/** Refusals that a person is shown; `--json` has all. */
const SHOWN = 40;

/** As JSON has it: what stands in `Replay`, each refusal flat. */
export type Replayed = Omit<Replay, "refusals"> & { readonly refusals: readonly RefusalLine[] };
type RefusalLine = Pick<Refused, "closed" | "count" | "packet" | "lastPacket"> &
  Pick<Refused["denied"], "exception" | "about" | "rule" | "why" | "exchange">;

export function replayed(policy: Policy, events: readonly CapturedEvent[], names: ReplayNames): Replayed {
  const { refusals, ...others } = replayCapture(policy, events, names);
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

export function report(replay: Replayed): string {
  const { requests, passed, refused, strangers, masters, devices, refusals, incidents } = replay;
  const lines = [
    `${counted(requests, "request")}: ${passed} pass, ${refused} refused${strangers > 0 ? `, ${strangers} of them for their master is no client` : ""}.`,
    "",
    "Masters",
    ...masters.map(
      ({ address, client, requests: asked }) =>
        `  ${address}  ${client ?? "no client (--client NAME=ADDRESS)"}, ${counted(asked, "request")}`,
    ),
    "",
    "Devices",
    ...devices.map(
      ({ address, unit, device, requests: asked }) =>
        `  ${address} unit ${unit}  ${device ?? "no device of the policy (--device NAME=ADDRESS, --guard ADDRESS)"}, ${counted(asked, "request")}`,
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

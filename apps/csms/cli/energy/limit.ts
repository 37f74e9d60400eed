/** `energy limit SITE KW|off`: what everything controlled at a site may take together, for a time. */
import { rfc3339 } from "@wattward/kernel";
import { LIMIT_MS_MAX, LIMIT_W_MAX } from "../../energy/limits.ts";
import { actorOf } from "../actor.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readNumber,
  readWords,
  tell,
  UsageError,
} from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { siteIn, unknownSite } from "./site-in.ts";
import { whyIn } from "./why.ts";

const text = { type: "string" } as const;
const MINUTE_MS = 60_000;
const MINUTES_USUAL = 60;

export async function limitSite(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, { data: text, why: text, for: text, ...jsonOption });
  const [name, power] = readWords(positionals, "SITE", "KW");
  const site = siteIn(name);
  const limitW = power === "off" ? null : wattsIn(power);
  const reason = whyIn(values.why);
  if (limitW === null && values.for !== undefined)
    throw new UsageError("--for goes with a limit, not with off");
  const minutes = readNumber("--for", values.for, { min: 1, max: LIMIT_MS_MAX / MINUTE_MS }) ?? MINUTES_USUAL;
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    const atMs = clock.now().wallMs;
    const limit = limitW === null ? null : { limitW, untilMs: atMs + minutes * MINUTE_MS };
    const set = await core.decide("energy.limit", { site, limit, reason, actor: actorOf(context.env), atMs });
    if (set.kind === "unknown-site") throw unknownSite(site);
    if (set.kind === "unmanaged")
      throw new CommandError(
        `${site}'s energy is not managed, so nobody would keep a limit: 'energy set ${site} FILE' begins it`,
      );
    const said =
      limit === null
        ? `${site}: no such limit any more; power rises as commands may.\n`
        : `${site}: at most ${limit.limitW / 1_000} kW together until ${rfc3339(limit.untilMs)}; it ends by itself.\n`;
    tell(context, values.json, { site, limit }, said);
  });
}

function wattsIn(power: string): number {
  const watts = /^\d{1,5}(\.\d{1,3})?$/.test(power) ? Math.round(Number(power) * 1_000) : Number.NaN;
  if (!(watts <= LIMIT_W_MAX))
    throw new UsageError(`KW is 0 to ${LIMIT_W_MAX / 1_000} kilowatts, or off; not '${power.slice(0, 40)}'`);
  return watts;
}

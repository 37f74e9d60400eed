/**
 * `energy prices [SITE] FILE`: what energy costs from then on, of one site or of all that have no prices of their own.
 * `energy prices SITE fleet`: that site has none of its own any more. A file of that name is `./fleet`.
 */
import { rfc3339, type SiteId } from "@wattward/kernel";
import { PRICE_MILLI_CENT_MAX } from "../../energy/limits.ts";
import { type PriceFault, readPrices } from "../../energy/price-file.ts";
import type { Series } from "../../energy/prices.ts";
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
import { readTextFile } from "../text-file.ts";
import { siteIn, unknownSite } from "./site-in.ts";

const text = { type: "string" } as const;

export async function tellPrices(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, { data: text, plus: text, ...jsonOption });
  const [name, file] =
    positionals.length < 2
      ? [undefined, ...readWords(positionals, "FILE")]
      : readWords(positionals, "SITE", "FILE");
  const site = name === undefined ? undefined : siteIn(name);
  if (site !== undefined && file === "fleet") {
    if (values.plus !== undefined) throw new UsageError("--plus goes with a file, not with fleet");
    await dropPrices(site, values, context);
    return;
  }
  const bound = PRICE_MILLI_CENT_MAX;
  const plusMilliCent = readNumber("--plus", values.plus, { min: -bound, max: bound }) ?? 0;
  const written = readTextFile(file);
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    const atMs = clock.now().wallMs;
    const read = readPrices(written, { plusMilliCent, fromMs: atMs });
    if (!read.ok) throw new CommandError(faultsIn(read.fault, file));
    const actor = actorOf(context.env);
    const told = await core.decide("energy.prices", { ...read.value, actor, atMs, ...(site && { site }) });
    if (told.kind === "unknown-site") throw unknownSite(name ?? "");
    const facts = { site: site ?? null, ...read.value, known: { fromMs: told.fromMs, steps: told.steps } };
    tell(context, values.json, facts, wordsOf(site ?? "every site without its own", read.value));
  });
}

async function dropPrices(
  site: SiteId,
  values: { readonly data?: string | undefined; readonly json?: boolean | undefined },
  context: CommandContext,
): Promise<void> {
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    const asked = { site, actor: actorOf(context.env), atMs: clock.now().wallMs };
    const { kind } = await core.decide("energy.prices-drop", asked);
    if (kind === "unknown-site") throw unknownSite(site);
    const dropped = kind === "dropped";
    const said = dropped
      ? `${site}: the fleet's prices hold there again.\n`
      : `${site}: had no prices of its own, and nothing was changed.\n`;
    tell(context, values.json, { site, dropped }, said);
  });
}

function wordsOf(whose: string, { fromMs, stepMs, milliCentPerKwh }: Series): string {
  const cents = (milliCent: number) => (milliCent / 1_000).toFixed(3);
  const least = cents(Math.min(...milliCentPerKwh));
  const most = cents(Math.max(...milliCentPerKwh));
  const until = rfc3339(fromMs + stepMs * milliCentPerKwh.length);
  const span = `from ${rfc3339(fromMs)} until ${until}`;
  return `${whose}: ${milliCentPerKwh.length} prices of ${stepMs / 60_000} min, ${span}, ${least} to ${most} cents a kWh.\n`;
}

function faultsIn(faults: readonly PriceFault[], file: string): string {
  const lines = faults.map(({ line, sentence }) => `${line === null ? "" : `line ${line} `}${sentence}`);
  return [`${file} has no prices that can be taken, and nothing was changed:`, ...lines].join("\n  ");
}

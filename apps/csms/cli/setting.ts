/** `npx wattward setting …`: what an operator may tune, from the command line; a running central system takes it up at once. */
import { actorOf } from "./actor.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  tell,
  UsageError,
} from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { runProcess } from "./process.ts";

export async function setting(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, { data: { type: "string" }, ...jsonOption });
  const [name, text, surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`'${surplus}' is one word too many`);
  if (name !== undefined && text === undefined) throw new UsageError(`VALUE of ${name} is missing`);
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    if (name === undefined || text === undefined) {
      const all = await core.query("settings.all", undefined);
      const lines = all.map(
        ({ name, value, byDefault, least, most }) =>
          `${name.padEnd(32)} ${String(value).padStart(12)}   (${byDefault}; ${least} to ${most})\n`,
      );
      return tell(context, values.json, all, lines.join(""));
    }
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    const done = await core.decide("setting.set", {
      name,
      value,
      atMs: clock.now().wallMs,
      actor: actorOf(context.env),
    });
    if (done.kind === "refused") throw new CommandError(done.sentence);
    tell(context, values.json, { name, value }, `${name} is ${value}\n`);
  });
}

if (import.meta.main) {
  await runProcess({ name: "setting", run: setting });
}

/** `npx wattward setting …`: what an operator may tune, from the command line; a running central system takes it up at once. */
import { actorOf } from "./actor.ts";
import { type CommandContext, CommandError, dataFolder, readArguments, UsageError } from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { runProcess } from "./process.ts";

const help = `wattward setting: what an operator may tune

  setting                 every setting, its value, its default and its limits
  setting NAME VALUE      a whole number within the limits, from now on

  --data DIR   the central system's data folder (WATTWARD_DATA_DIR, else .wattward/csms)

docs/data.md says what those mean that keep the data small.
`;

export async function setting(args: readonly string[], { out, env }: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, { data: { type: "string" } });
  const [name, text, surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`'${surplus}' is one word too many`);
  if (name !== undefined && text === undefined) throw new UsageError(`VALUE of ${name} is missing`);
  await withDataCore(dataFolder(values.data, env), async ({ core, clock }) => {
    if (name === undefined || text === undefined) {
      for (const { name, value, byDefault, least, most } of await core.query("settings.all", undefined)) {
        out(`${name.padEnd(32)} ${String(value).padStart(12)}   (${byDefault}; ${least} to ${most})\n`);
      }
      return;
    }
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    const done = await core.decide("setting.set", {
      name,
      value,
      atMs: clock.now().wallMs,
      actor: actorOf(env),
    });
    if (done.kind === "refused") throw new CommandError(done.sentence);
    out(`${name} is ${value}\n`);
  });
}

if (import.meta.main) {
  await runProcess({ help, run: setting });
}

/**
 * `pki deny FILE`: a certificate that is no longer accepted, from now on and for ever. The central system closes its
 * live sockets within a second; sites get the denial with their next bundle, those without link when they are back.
 */
import { readFile } from "node:fs/promises";
import { denialOf, type Withdrawal } from "../../authorisation/withdrawal.ts";
import { actorOf } from "../actor.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readWords,
  tell,
  UsageError,
} from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { authorityNames } from "./authority-folder.ts";

const text = { type: "string" } as const;
export const REASON_CHARS_MAX = 200;

export async function deny(args: readonly string[], context: CommandContext): Promise<void> {
  const options = { data: text, key: text, serial: text, issuer: text, reason: text, ...jsonOption };
  const { values, positionals } = readArguments(args, options);
  const { key, serial, issuer, reason = "" } = values;
  const byName = key !== undefined || serial !== undefined;
  const [file] = byName
    ? [...readWords(positionals), undefined]
    : readWords(positionals, "FILE, --key or --serial");
  if (serial !== undefined && issuer === undefined) throw new UsageError("--serial needs --issuer DN");
  if (reason.length > REASON_CHARS_MAX)
    throw new UsageError(`--reason is at most ${REASON_CHARS_MAX} characters`);
  const certificate = file === undefined ? undefined : await readFile(file, "latin1");
  const asked: Withdrawal = { certificate, key, serial, issuer };

  const folder = dataFolder(values.data, context.env);
  await withDataCore(folder, async ({ core, clock }) => {
    const denial = denialOf(asked, await authorityNames(folder));
    if (!denial.ok)
      throw new CommandError(`${file === undefined ? "" : `${file}: `}${denial.fault.sentence}`);
    const told = await core.decide("denial.add", {
      ...denial.value,
      reason,
      actor: actorOf(context.env),
      atMs: clock.now().wallMs,
    });
    if (told.kind === "refused") throw new CommandError(told.sentence);
    const { kind, value } = denial.value;
    tell(
      context,
      values.json,
      { ...denial.value, known: told.kind === "known" },
      `${told.kind === "known" ? "was denied before" : "denied"}: ${kind === "key" ? "key SHA-256" : "serial number"} ${value}\n` +
        "Its sockets are closed, and it may not come back; sites learn it with their next bundle.\n",
    );
  });
}

import type { CommandContext } from "./arguments.ts";

/** Who is on record for what a command line changed: the account it ran under, as far as the environment says. */
export const actorOf = (env: CommandContext["env"]): string =>
  `cli:${(env.SUDO_USER ?? env.USER ?? "unknown").slice(0, 60)}`;

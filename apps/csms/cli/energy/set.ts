/** `energy set`, `energy strategy` and `energy remove`: a new version of a site's document, from now on. */
import type { Strategy } from "@wattward/energy";
import type { DocumentCheck } from "../../energy/check-document.ts";
import { type StrategySaved, saveDocument, saveStrategy } from "../../energy/save-document.ts";
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
import { factsOf, faultsIn, wordsOf } from "./told.ts";
import { whyIn } from "./why.ts";

const text = { type: "string" } as const;
const options = { data: text, why: text, base: text, ...jsonOption };

export async function setFile(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  const [site, file] = readWords(positionals, "SITE", "FILE");
  const written = readTextFile(file);
  if (written.trim() === "")
    throw new CommandError(`${file} is empty: 'energy remove ${site}' ends the site's management`);
  await change(site, values, context, {
    what: file,
    reason: `from ${file}`,
    save: (core, who, base) => saveDocument(core, { ...who, base, text: written }),
  });
}

export async function removeDocument(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, options);
  const [site] = readWords(positionals, "SITE");
  await change(site, values, context, {
    what: "the document",
    reason: "removed",
    save: (core, who, base) => saveDocument(core, { ...who, base, text: "" }),
  });
}

const strategies: readonly Strategy[] = ["fairness", "cost", "self-consumption", "guaranteed-energy"];

export async function setStrategy(args: readonly string[], context: CommandContext): Promise<void> {
  const { base: _, ...others } = options;
  const { values, positionals } = readArguments(args, others);
  const [site, word] = readWords(positionals, "SITE", "STRATEGY");
  const strategy = strategies.find((known) => known === word);
  if (strategy === undefined)
    throw new UsageError(`STRATEGY is one of ${strategies.join(", ")}, not '${word}'`);
  await change(site, values, context, {
    what: `the document with strategy ${strategy}`,
    reason: `strategy ${strategy}`,
    save: (core, who) => saveStrategy(core, { ...who, strategy }),
  });
}

type Ports = Parameters<Parameters<typeof withDataCore>[1]>[0];
type Who = {
  readonly site: ReturnType<typeof siteIn>;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
};
type Change = {
  /** Named where it is faulty. */
  readonly what: string;
  /** Where nobody says why. */
  readonly reason: string;
  save(
    core: Ports["core"],
    who: Who,
    base: number,
  ): Promise<{ readonly saved: StrategySaved; readonly check: DocumentCheck | undefined }>;
};
type Values = { readonly [K in "data" | "why" | "base"]?: string | undefined } & {
  readonly json?: boolean | undefined;
};

async function change(name: string, values: Values, context: CommandContext, wanted: Change): Promise<void> {
  const site = siteIn(name);
  const reason = whyIn(values.why, wanted.reason);
  const given = readNumber("--base", values.base, { min: 0, max: 999_999_999 });
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    const found = await core.query("energy.document", { site });
    if (found === undefined) throw unknownSite(site);
    const who = { site, actor: actorOf(context.env), reason, atMs: clock.now().wallMs };
    const { saved, check } = await wanted.save(core, who, given ?? found.document?.version ?? 0);
    if (saved.kind !== "set" && saved.kind !== "unchanged") throw refusal(saved, check, { site, ...wanted });
    const facts = {
      site,
      version: saved.version,
      changed: saved.kind === "set",
      ...(check && factsOf(check)),
    };
    const done =
      saved.kind === "set"
        ? `is in force as version ${saved.version}`
        : `is as it was, version ${saved.version}`;
    tell(
      context,
      values.json,
      facts,
      `${site}: ${wanted.what} ${done}.\n${check === undefined ? "" : wordsOf(check)}`,
    );
  });
}

function refusal(
  saved: Exclude<StrategySaved, { kind: "set" | "unchanged" }>,
  check: DocumentCheck | undefined,
  { site, what }: { readonly site: string; readonly what: string },
): CommandError {
  switch (saved.kind) {
    case "faulty":
      return new CommandError(check === undefined ? `${what} is faulty` : faultsIn(check, what));
    case "conflict":
      return new CommandError(
        `${site}: version ${saved.version} is the newest: look at it with 'energy show ${site}', then try again`,
      );
    case "unknown-site":
      return unknownSite(site);
    case "no-document":
      return new CommandError(`${site} has no energy document: 'energy set ${site} FILE' gives it one`);
    case "refused":
      return new CommandError(`station ${saved.station} is not at ${site} any more: try again`);
  }
}

/** What is chosen on a station's page, as it stands in the address: the tab, its filters, and the one thing opened. */
import { readTableSearch, type TableSearch } from "../table/search.ts";

export const tabs = ["overview", "messages", "repairs", "variables", "profiles", "commands"] as const;
export type Tab = (typeof tabs)[number];

export const senders = ["station", "csms"] as const;
export const verdicts = ["valid", "repaired", "refused", "sent", "local"] as const;
export const kindsOfVariable = ["editable", "readonly", "unread"] as const;
/** Hours that the curves of charging profiles span. */
export const spans = ["2h", "24h", "7d"] as const;
export const lives = ["running", "failed"] as const;
export const messageColumnIds = ["time", "sender", "action", "kind", "verdict", "chars"] as const;
export const variableColumnIds = ["component", "variable", "value", "access", "read"] as const;

/** Longer than any name or path that the API gives. */
const CHARS_MAX = 400;

export type StationSearch = TableSearch & {
  readonly tab?: Exclude<Tab, "overview"> | undefined;
  readonly sender?: (typeof senders)[number] | undefined;
  readonly verdict?: (typeof verdicts)[number] | undefined;
  readonly action?: string | undefined;
  /** Id of the message that is open. */
  readonly message?: number | undefined;
  readonly only?: (typeof kindsOfVariable)[number] | undefined;
  /** Path of the variable that is open. */
  readonly variable?: string | undefined;
  readonly span?: (typeof spans)[number] | undefined;
  readonly life?: (typeof lives)[number] | undefined;
};

/** What cannot be read is as if it were not there. */
export function readStationSearch(given: Record<string, unknown>): StationSearch {
  const one = <T extends string>(name: string, allowed: readonly T[]) =>
    pair(
      name,
      allowed.find((word) => word === given[name]),
    );
  const text = (name: string) =>
    pair(name, given[name] === undefined ? undefined : String(given[name]).slice(0, CHARS_MAX) || undefined);
  const message = Number(given.message);
  return {
    ...one("tab", tabs.slice(1)),
    ...readTableSearch(given, [...messageColumnIds, ...variableColumnIds]),
    ...one("sender", senders),
    ...one("verdict", verdicts),
    ...text("action"),
    ...pair("message", Number.isSafeInteger(message) && message > 0 ? message : undefined),
    ...one("only", kindsOfVariable),
    ...text("variable"),
    ...one("span", spans),
    ...one("life", lives),
  };
}

const pair = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

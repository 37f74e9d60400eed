/**
 * What a station itself knows of cards: the local authorization list that the central system sent, and the cache of what
 * it answered before (1.6 §3.5; 2.x C10 to C14, D01). The list goes before the cache. Both are in flash.
 *
 * Tokens are compared without case. Nothing here asks the central system.
 */
import type { Json } from "@wattward/kernel";
import type { Change, Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import type { Settings } from "./settings.ts";
import type { StationClock } from "./station-clock.ts";

/** An entry of the list; `accepted` undefined takes it out (Differential). */
export type ListEntry = {
  readonly token: string;
  readonly accepted: boolean | undefined;
  readonly expiresAtMs?: number;
};
export type ListUpdate = {
  readonly kind: "full" | "differential";
  readonly version: number;
  readonly entries: readonly ListEntry[];
};

/** Cards whose verdict is remembered; the oldest go first. */
const CACHE_MAX = 500;

export class Cards {
  private readonly flash: Flash;
  private readonly life: Life;
  private readonly settings: Settings;
  private readonly clock: StationClock;

  constructor({
    flash,
    life,
    settings,
    clock,
  }: { flash: Flash; life: Life; settings: Settings; clock: StationClock }) {
    this.flash = flash;
    this.life = life;
    this.settings = settings;
    this.clock = clock;
  }

  /** Of list or cache; undefined where neither knows the card. */
  known(token: string): "accepted" | "refused" | undefined {
    const listed = this.settings.flag("localListEnabled") ? this.flash.get(listKey(token)) : undefined;
    const found =
      listed ?? (this.settings.flag("cacheEnabled") ? this.flash.get(cacheKey(token)) : undefined);
    if (found === undefined) return undefined;
    const { accepted, expiresAtMs } = read(found);
    return accepted && (expiresAtMs ?? Number.POSITIVE_INFINITY) > this.clock.nowMs()
      ? "accepted"
      : "refused";
  }

  /** What the central system has just answered of it. */
  async learn(token: string, accepted: boolean): Promise<void> {
    if (!this.settings.flag("cacheEnabled")) return;
    const remembered = this.flash.under(CACHE);
    const crowd = remembered.length >= CACHE_MAX && this.flash.get(cacheKey(token)) === undefined;
    const out: Change[] = crowd ? [[remembered[0]![0], undefined]] : [];
    await this.life.hold(this.flash.commit([...out, [cacheKey(token), { accepted }]]));
  }

  /** False: there is no cache (C11.FR.04). */
  async clearCache(): Promise<boolean> {
    if (!this.settings.flag("cacheEnabled")) return false;
    await this.life.hold(this.flash.commit(this.flash.under(CACHE).map(([key]): Change => [key, undefined])));
    return true;
  }

  /** Takes one card out of the cache; true where it was there. */
  async forget(token: string): Promise<boolean> {
    const was = this.flash.get(cacheKey(token)) !== undefined;
    if (was) await this.life.hold(this.flash.commit([[cacheKey(token), undefined]]));
    return was;
  }

  /** 0 where there is no list (D02.FR.02, .03). */
  get listVersion(): number {
    return this.settings.flag("localListEnabled") ? Number(this.flash.get("listVersion") ?? 0) : 0;
  }

  get listLength(): number {
    return this.flash.under(LIST).length;
  }

  /** The whole update, or nothing of it (D01.FR.15 to .19; 1.6 §5.15). */
  async update({ kind, version, entries }: ListUpdate): Promise<"accepted" | "failed" | "version-mismatch"> {
    if (!this.settings.flag("localListEnabled") || version <= 0) return "failed";
    if (new Set(entries.map(({ token }) => token.toLowerCase())).size < entries.length) return "failed";
    if (kind === "differential" && version <= this.listVersion) return "version-mismatch";
    const before = kind === "full" ? [] : this.flash.under(LIST).map(([key]) => key);
    const after = new Set(before);
    for (const { accepted, token } of entries) {
      if (accepted === undefined) after.delete(listKey(token));
      else after.add(listKey(token));
    }
    if (after.size > this.settings.number("localListMax")) return "failed";
    const gone = kind === "full" ? this.flash.under(LIST).map(([key]): Change => [key, undefined]) : [];
    await this.life.hold(this.flash.commit([...gone, ...entries.map(changeOf), ["listVersion", version]]));
    return "accepted";
  }
}

const CACHE = "card/";
const LIST = "list/";
const cacheKey = (token: string): string => `${CACHE}${token.toLowerCase()}`;
const listKey = (token: string): string => `${LIST}${token.toLowerCase()}`;

const changeOf = ({ token, accepted, expiresAtMs }: ListEntry): Change => [
  listKey(token),
  accepted === undefined ? undefined : { accepted, ...(expiresAtMs !== undefined && { expiresAtMs }) },
];

/** The flash gives back what this file wrote; a bare boolean is what it once was. */
function read(kept: Json): { readonly accepted: boolean; readonly expiresAtMs?: number } {
  return typeof kept === "boolean"
    ? { accepted: kept }
    : (kept as { accepted: boolean; expiresAtMs?: number });
}

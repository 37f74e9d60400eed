/**
 * The session files of others, as they are: a line that is wrong is left out, counted and named; a time without an offset is one of the
 * site's clock; a station's name gets the characters that a station may have; ids that are alike as far as they are read get their line.
 */
import { CsvReader, readSessions, SESSION_ID_CHARS_MAX, type Session } from "@wattward/energy/sessions";
import { STATION_ID_CHARS_MAX } from "@wattward/kernel";
import type { Clock } from "./clock.ts";
import { fileText } from "./file-text.ts";

/** Of the lines left out; more would tell nothing more. */
const NAMED_MAX = 5;
const PIECE_CHARS = 65_536;
const YEAR_MS = 366 * 86_400_000;
/** Further from the middle of all arrivals, and a session has a wrong year. */
const YEARS_MAX = 10;

export type SessionFile = {
  readonly sessions: readonly Session[];
  /** Lines left out. */
  readonly skipped: number;
  /** What is to be said of the file. */
  readonly remarks: readonly string[];
};

export async function readSessionFile(file: string, clock: Clock): Promise<SessionFile> {
  const faults: string[] = [];
  let skipped = 0;
  const skip = (fault: { readonly line: number; readonly sentence: string }) => {
    skipped++;
    if (faults.length < NAMED_MAX) faults.push(`line ${fault.line}: ${fault.sentence}`);
  };
  const fields = new Fields(clock);
  const text = withoutStrayQuotes(fileText(file), skip);
  const read = await readSessions(
    pieces(text),
    {},
    { skip, mend: (column, field, line) => fields.mend(column, field, line) },
  );
  if (!read.ok) throw new Error(`${file}: line ${read.fault[0]?.line}: ${read.fault[0]?.sentence}`);
  const sessions = ofOneTime(read.value, skip);
  if (sessions.length === 0 && skipped > 0) throw new Error(`${file} has no session: ${faults[0]}`);
  const left = skipped === 0 ? [] : [`lines left out of ${file}: ${skipped}. ${faults.join(" ")}`];
  return { sessions, skipped, remarks: [...left, ...fields.remarks(sessions)] };
}

/** What fields stand for. */
class Fields {
  private readonly clock: Clock;
  private readonly ids = new Map<string, string>();
  private readonly stations = new Map<string, string>();
  private naive = 0;
  /** Of the first time that says it. */
  private offset: string | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  mend(column: string, text: string, line: number): string {
    if (column === "arrival" || column === "departure" || column === "estimated") return this.time(text);
    if (column === "station") return this.station(text);
    return column === "id" ? this.id(text, line) : text;
  }

  remarks(sessions: readonly Session[]): string[] {
    const { naive, clock, offset } = this;
    const out: string[] = [];
    if (naive > 0) out.push(`${naive} times say no offset and are read as ${clock.timeZone} (--zone)`);
    const [first] = sessions;
    if (first === undefined || offset === undefined || /^([zZ]|[+-]00:?00)$/.test(offset)) return out;
    const own = sessions.some(({ arriveAtMs }) => clock.shown(arriveAtMs) - arriveAtMs === msOf(offset));
    if (!own)
      out.push(
        `the times are at ${offset}, which ${clock.timeZone} never is in them: --zone says the site's`,
      );
    return out;
  }

  private time(text: string): string {
    const match = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?([zZ]|[+-]\d\d:?\d\d)?$/.exec(
      text,
    );
    if (match === null) return text;
    const said = match[8];
    this.offset ??= said;
    if (said !== undefined) return text;
    const shownMs = Date.parse(`${text.slice(0, 10)}T${text.slice(11)}Z`);
    if (!Number.isFinite(shownMs)) return text;
    this.naive++;
    return new Date(this.clock.instantOf(shownMs)).toISOString();
  }

  /** Two names that become alike stay two. */
  private station(name: string): string {
    const known = this.stations.get(name);
    if (known !== undefined) return known;
    const plain = name.replace(/[^A-Za-z0-9*\-_=+|@.]/g, "_").slice(0, STATION_ID_CHARS_MAX);
    const mark = `=${this.stations.size + 1}`;
    const mended = this.taken(plain) ? plain.slice(0, STATION_ID_CHARS_MAX - mark.length) + mark : plain;
    this.stations.set(name, mended);
    return mended;
  }

  private taken(mended: string): boolean {
    for (const other of this.stations.values()) if (other === mended) return true;
    return false;
  }

  /** The same id twice is a line that stands twice; ids that differ only beyond what is read are two sessions. */
  private id(text: string, line: number): string {
    const short = text.slice(0, SESSION_ID_CHARS_MAX);
    const whole = this.ids.get(short);
    if (whole === undefined) this.ids.set(short, text);
    if (whole === undefined || whole === text) return short;
    const mark = ` line ${line}`;
    return short.slice(0, SESSION_ID_CHARS_MAX - mark.length) + mark;
  }
}

/** A line with a quote where none can be is emptied; else it would take the next ones with it. */
function withoutStrayQuotes(
  text: string,
  skip: (fault: { readonly line: number; readonly sentence: string }) => void,
): string {
  if (!text.includes('"')) return text;
  return text
    .split("\n")
    .map((written, i) => {
      if (!written.includes('"') || isLine(written)) return written;
      skip({ line: i + 1, sentence: "a quote stands where none can." });
      return "";
    })
    .join("\n");
}

function isLine(written: string): boolean {
  if ((written.split('"').length - 1) % 2 === 1) return false;
  const reader = new CsvReader();
  try {
    return [...reader.push(`${written}\n`), ...reader.end()].length === 1;
  } catch {
    return false;
  }
}

function ofOneTime(
  sessions: readonly Session[],
  skip: (fault: { readonly line: number; readonly sentence: string }) => void,
): Session[] {
  const middleMs = sessions[Math.floor(sessions.length / 2)]?.arriveAtMs ?? 0;
  return sessions.filter(({ arriveAtMs, line }) => {
    const near = Math.abs(arriveAtMs - middleMs) <= (YEARS_MAX / 2) * YEAR_MS;
    if (!near) skip({ line, sentence: "its year is not that of the others." });
    return near;
  });
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += PIECE_CHARS) yield text.slice(at, at + PIECE_CHARS);
}

function msOf(offset: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset)!;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

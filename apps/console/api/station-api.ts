/** What the page of one station asks of the API, over the client's own ways to read and to write. */
import type { Command, Observation } from "./shapes.ts";
import type { Handling, Holds, Message, PersonName, SetAside, Told, Variable } from "./station-shapes.ts";

type Query = Record<string, string | undefined>;
export type Ways = {
  readonly get: <T>(path: string, query?: Query) => Promise<T>;
  readonly post: <T>(path: string, body: unknown) => Promise<T>;
};

/** As many as the API gives at once. */
const VARIABLES_A_PAGE = 1_000;
/** More than any station has; as many as a browser holds without pain. */
export const VARIABLES_MAX = 20_000;

/** What is left out is not asked for. `before`: older than the message of this id. */
export type MessagesAsked = {
  readonly action?: string | undefined;
  readonly sender?: "station" | "csms" | undefined;
  readonly verdict?: string | undefined;
  readonly text?: string | undefined;
  readonly before?: number | undefined;
  readonly most: number;
};

/** One value to set, named as the device model names it. */
export type Setting = {
  readonly component: string;
  readonly componentInstance?: string;
  readonly evse?: number;
  readonly connector?: number;
  readonly variable: string;
  readonly variableInstance?: string;
  readonly attribute?: string;
  readonly value: string;
};

export class StationApi {
  readonly #ways: Ways;
  constructor(ways: Ways) {
    this.#ways = ways;
  }

  messages = (station: string, { before, most, ...filter }: MessagesAsked) =>
    this.#of<Message[]>(station, "messages", { ...filter, before: before?.toString(), most: String(most) });

  /** The message of this id; undefined where the log has it no more. */
  async message(station: string, id: number): Promise<Message | undefined> {
    const [found] = await this.messages(station, { before: id + 1, most: 1 });
    return found?.id === id ? found : undefined;
  }

  /** The whole device model, page after page. */
  async variables(station: string): Promise<Variable[]> {
    const all: Variable[] = [];
    for (let after: string | undefined; ; after = all.at(-1)?.path) {
      const page = await this.#of<Variable[]>(station, "variables", {
        after,
        most: String(VARIABLES_A_PAGE),
      });
      all.push(...page);
      if (page.length < VARIABLES_A_PAGE || all.length >= VARIABLES_MAX) return all;
    }
  }

  /** Commands that set it: one in 2.x, in 1.6 one for each key. */
  setVariable = (station: string, asked: { variable: Setting; reason: string; expiresInS: number }) => {
    const { variable, ...rest } = asked;
    const path = `/stations/${encodeURIComponent(station)}/variables`;
    return this.#ways.post<{ ids: string[] }>(path, { variables: [variable], ...rest });
  };

  handle = (station: string, change: { strict: boolean }) =>
    this.#ways.post<Handling>(`/stations/${encodeURIComponent(station)}/handling`, change);

  holds = (station: string) => this.#of<Holds>(station, "holds");
  told = (station: string) => this.#of<Told[]>(station, "told");
  setAside = (station: string) => this.#of<SetAside[]>(station, "set-aside");

  command = (id: string) => this.#ways.get<Command>(`/commands/${encodeURIComponent(id)}`);
  commands = (asked: { station: string; states?: string; action?: string; before?: string; most: number }) =>
    this.#ways.get<Command[]>("/commands", { ...asked, most: String(asked.most) });
  happened = (station: string, most: number) =>
    this.#ways.get<Observation[]>("/observations", { station, most: String(most) });
  names = () => this.#ways.get<PersonName[]>("/people/names");

  #of<T>(station: string, part: string, query: Query = {}): Promise<T> {
    return this.#ways.get<T>(`/stations/${encodeURIComponent(station)}/${part}`, query);
  }
}

/**
 * What the fake CSMS answers about one station beside its row: messages, variables, what it holds and told, single
 * commands. Undefined where the address is another's.
 */
import type { Command } from "../api/shapes.ts";
import type { Message, SetAside, Told, Variable } from "../api/station-shapes.ts";
import type { Answered, Asked } from "./fake-csms.ts";
import type { FakeWorld } from "./world.ts";

/** What is known of one station; a test writes into it. */
export class FakeStation {
  /** Oldest first. */
  readonly messages: Message[] = [];
  readonly variables: Variable[] = [];
  readonly told: Told[] = [];
  readonly setAside: SetAside[] = [];
  readonly #id: string;
  constructor(id: string) {
    this.#id = id;
  }

  /** A frame in the log; ids count up. */
  log(
    atMs: number,
    sender: "station" | "csms",
    frame: readonly unknown[],
    more: Partial<Message> = {},
  ): Message {
    const kinds: Readonly<Record<number, string>> = { 2: "call", 3: "result", 4: "error", 6: "send" };
    const text = JSON.stringify(frame);
    const message: Message = {
      ...{ id: this.messages.length + 1, station: this.#id, atMs: atMs + 1_000, receivedAtMs: atMs, sender },
      ...{ route: "site lyon-part-dieu", version: "2.0.1", kind: kinds[Number(frame[0])] ?? "unreadable" },
      action: frame[0] === 2 ? String(frame[2]) : null,
      ...{ messageId: String(frame[1]), trace: null, verdict: sender === "station" ? "valid" : "sent" },
      ...{ chars: text.length, frame: text, ...more },
    };
    this.messages.push(message);
    return message;
  }

  variable(component: string, variable: string, more: Partial<Variable> = {}): void {
    const place = [
      component,
      more.evse ?? "",
      variable,
      more.variableInstance ?? "",
      more.attribute ?? "actual",
    ];
    this.variables.push({
      ...{
        path: place.join("/").toLowerCase(),
        component,
        componentInstance: null,
        evse: null,
        connector: null,
      },
      ...{ variable, variableInstance: null, attribute: "Actual", value: null, mutability: "ReadWrite" },
      ...{
        dataType: "string",
        unit: null,
        minLimit: null,
        maxLimit: null,
        valuesList: null,
        persistent: true,
      },
      ...{
        constant: false,
        supportsMonitoring: false,
        key16: null,
        source: "report",
        readAtMs: Date.now() - 3_600_000,
      },
      ...more,
    });
  }
}

/** A command is recorded by the CSMS itself; it gives the id. */
type Door = (station: string, request: object) => string;

export function stationAnswer(world: FakeWorld, asked: Asked, door: Door): Answered | undefined {
  const [place, id = "", part] = asked.path.replace("/api/v1/", "").split("/").map(decodeURIComponent);
  if (place === "commands" && id !== "") {
    const command = world.commands.get(id);
    return command === undefined ? undefined : json(command);
  }
  if (place === "commands" && asked.query.has("most")) return json(commandsOf(world, asked.query));
  if (place !== "stations" || part === undefined || !world.stations.has(id)) return undefined;
  const known = world.known(id);
  if (part === "messages") return json(messagesOf(known, asked.query));
  if (part === "variables" && asked.method === "POST")
    return json({ ids: [setVariable(id, asked.body, door)] }, 202);
  if (part === "variables") return json(variablesOf(known, asked.query));
  if (part === "told") return json(known.told);
  if (part === "set-aside") return json(known.setAside);
  if (part === "handling") return json(handle(world, id, asked.body as { strict: boolean }));
  return undefined;
}

function commandsOf(world: FakeWorld, query: URLSearchParams): Command[] {
  const [station, action, states] = ["station", "action", "states"].map((name) => query.get(name));
  return [...world.commands.values()]
    .filter((command) => command.station === station)
    .filter((command) => action === null || command.action === action)
    .filter(({ state }) => states?.split(",").includes(state) ?? true)
    .reverse()
    .slice(0, Number(query.get("most")));
}

function messagesOf({ messages }: FakeStation, query: URLSearchParams): Message[] {
  const is = (name: string, value: string | null) => (query.get(name) ?? value) === value;
  const text = query.get("text")?.toLowerCase() ?? "";
  const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
  return messages
    .filter((it) => it.id < before && is("sender", it.sender) && is("verdict", it.verdict))
    .filter((it) => is("action", it.action) && it.frame.toLowerCase().includes(text))
    .reverse()
    .slice(0, Number(query.get("most")));
}

function variablesOf({ variables }: FakeStation, query: URLSearchParams): Variable[] {
  const after = query.get("after");
  const from = after === null ? 0 : variables.findIndex(({ path }) => path === after) + 1;
  return variables.slice(from, from + Number(query.get("most")));
}

type Asking = {
  variables: { component: string; variable: string; value: string }[];
  reason: string;
  expiresInS: number;
};

function setVariable(station: string, body: unknown, door: Door): string {
  const { variables, reason, expiresInS } = body as Asking;
  const setVariableData = variables.map(({ component, variable, value }) => ({
    component: { name: component },
    variable: { name: variable },
    attributeValue: value,
  }));
  return door(station, { action: "SetVariables", payload: { setVariableData }, reason, expiresInS });
}

function handle(world: FakeWorld, id: string, change: { strict: boolean }) {
  const { handling: before, deviations } = world.detail(id)!;
  const handling = { ...before, ...change };
  world.manners.set(id, { handling, deviations });
  return handling;
}

const json = (body: unknown, status = 200): Answered => ({ kind: "json", status, body });

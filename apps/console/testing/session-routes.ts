/**
 * Sessions and cards as the fake CSMS answers for them: filters, keyset pages, one session with its curve, and cards
 * masked for whoever may not set them. Undefined where the address is another's.
 */
import type { Card, Me, Session } from "../api/shapes.ts";
import { maskedToken } from "../sessions/token.ts";
import type { Answered, Asked } from "./fake-csms.ts";
import type { FakeWorld } from "./world.ts";

const ROWS_DEFAULT = 100;

export function sessionAnswer(world: FakeWorld, me: Me | undefined, asked: Asked): Answered | undefined {
  const [, place, id, part] = asked.path.replace("/api/v1", "").split("/").map(decodeURIComponent);
  if (place === "tokens") return id === undefined ? cards(world, me, asked) : setCard(world, me, id, asked);
  if (place === "stations" && part === "holds") return json(world.holds(id ?? ""));
  if (place !== "transactions") return undefined;
  if (id === undefined) return json(found(world, asked.query));
  const detail = world.sessionDetail(id);
  if (detail === undefined) return problem(404, "unknown-transaction", "No transaction has this id.");
  if (part === "curve") return json(world.curves.get(id) ?? emptyCurve(detail, world.nowMs()));
  return json(detail);
}

function found(world: FakeWorld, query: URLSearchParams): Session[] {
  const { site, station, state, review, text, token, before, fromMs, toMs } = Object.fromEntries(query);
  const ending = token?.toLowerCase().slice(-4);
  const holds = (session: Session) =>
    (site === undefined || session.site === site) &&
    (station === undefined || session.station === station) &&
    (state === undefined || session.state === state) &&
    (review === undefined || (session.review !== null) === (review === "true")) &&
    (fromMs === undefined || (session.startedAtMs ?? -1) >= Number(fromMs)) &&
    (toMs === undefined || (session.startedAtMs ?? Number.POSITIVE_INFINITY) < Number(toMs)) &&
    (ending === undefined || session.token?.toLowerCase().endsWith(ending) === true) &&
    (text === undefined || `${session.station} ${session.wireId} ${session.id}`.includes(text)) &&
    (before === undefined || session.id < before);
  return [...world.sessions.values()]
    .filter(holds)
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, Number(query.get("most") ?? ROWS_DEFAULT));
}

const emptyCurve = (session: Session, nowMs: number) => ({
  fromMs: session.startedAtMs ?? nowMs,
  toMs: session.endedAtMs ?? nowMs,
  samples: 0,
  stepMs: null,
  points: [],
});

function cards(world: FakeWorld, me: Me | undefined, { query }: Asked): Answered {
  const skip = Number(query.get("skip") ?? 0);
  const shown = (card: Card) =>
    me?.role === "administrator" ? card : { ...card, token: maskedToken(card.token) };
  return json(
    [...world.cards.values()]
      .filter(({ token }) => token.toLowerCase().includes(query.get("text")?.toLowerCase() ?? ""))
      .sort((a, b) => b.changedAtMs - a.changedAtMs)
      .slice(skip, skip + Number(query.get("most") ?? ROWS_DEFAULT))
      .map(shown),
  );
}

function setCard(world: FakeWorld, me: Me | undefined, token: string, asked: Asked): Answered {
  if (me?.role !== "administrator") return problem(403, "forbidden", "Your role does not allow this.");
  if (!/^[\x21-\x7e]{1,36}$/.test(token)) {
    return problem(400, "invalid", "must match pattern ^[\\x21-\\x7e]+$", "/token");
  }
  const given = asked.body as { status: string; expiresAtMs?: number };
  world.addCard(token, {
    ...world.cards.get(token.toLowerCase()),
    status: given.status,
    expiresAtMs: given.expiresAtMs ?? null,
    changedAtMs: world.nowMs(),
  });
  return json({ done: true });
}

const json = (body: unknown): Answered => ({ kind: "json", status: 200, body });

function problem(status: number, code: string, title: string, field?: string): Answered {
  const about = field === undefined ? {} : { field };
  return {
    kind: "json",
    status,
    body: { type: `urn:wattward:problem:${code}`, title, status, code, ...about },
  };
}

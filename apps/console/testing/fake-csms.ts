/**
 * A CSMS for the console's own tests: the API's addresses and shapes over a scripted world. It takes any passkey that
 * answers its challenge, checks the CSRF token, and can be told to fail: refuse, fall silent, cut its streams. Pure of
 * sockets; adapters/http.ts serves it.
 */
import type { Command, Me, Observation, Problem } from "../api/shapes.ts";
import { energyAnswer } from "./fake-energy.ts";
import { nowView } from "./fake-now.ts";
import { stationAnswer } from "./fake-station.ts";
import { FAKE_SESSION, Managed } from "./managed.ts";
import { sessionAnswer } from "./session-routes.ts";
import type { FakeWorld } from "./world.ts";

export const INVITATION = "fake-invitation-0123456789abcdefghijklmnopq";
export const CSRF = "fake-csrf";
export const COOKIE = "fake-session";

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
};
export type Answered =
  | { readonly kind: "json"; readonly status: number; readonly body: unknown; readonly cookie?: string }
  /** Events after `after`, of one site, until the returned function is called. */
  | { readonly kind: "stream"; readonly open: (write: (text: string) => void) => () => void }
  /** No answer at all: the connection is cut. */
  | { readonly kind: "cut" };

export class FakeCsms {
  readonly world: FakeWorld;
  /** Whoever holds the cookie; undefined after signing out, or when the session has ended. */
  me: Me | undefined;
  invitation: string | undefined = INVITATION;
  /** Answers nothing, as if it were gone; streams are cut with {@link cutStreams}. */
  gone = false;
  /** Places of the API, such as `now`, that this person's role does not allow. */
  readonly forbidden = new Set<string>();
  /** Refuses the next command with this problem. */
  refusal: { status: number; code: string; title: string } | undefined;
  readonly managed: Managed;
  readonly #closers = new Set<() => void>();

  constructor(world: FakeWorld) {
    this.world = world;
    this.managed = new Managed(world, () => {
      this.me = undefined;
    });
  }

  signIn(name = "Ada Laurent", role = "administrator"): Me {
    this.me = { person: "p1", name, role, session: FAKE_SESSION, csrf: CSRF };
    return this.me;
  }

  /** Ends every stream that is open; `closers` are given by the adapter. */
  cutStreams(): void {
    for (const close of this.#closers) close();
    this.#closers.clear();
  }
  onCut(close: () => void): () => void {
    this.#closers.add(close);
    return () => void this.#closers.delete(close);
  }

  answer(asked: Asked): Answered {
    if (this.gone) return { kind: "cut" };
    const path = asked.path.replace("/api/v1", "");
    if (path.startsWith("/auth/")) return this.#auth(path, asked);
    if (this.#person(asked) === undefined) return problem(401, "sign-in-needed", "Sign in first.");
    if (asked.method !== "GET" && asked.headers["x-wattward-csrf"] !== CSRF) {
      return problem(403, "csrf", "The header x-wattward-csrf is missing or wrong.");
    }
    const managed = this.me && this.managed.answer(this.me, asked);
    return managed ?? sessionAnswer(this.world, this.me, asked) ?? this.#data(path, asked);
  }

  #person(asked: Asked): Me | undefined {
    return asked.headers.cookie?.includes(COOKIE) === true ? this.me : undefined;
  }

  #auth(path: string, asked: Asked): Answered {
    const body = asked.body as { invitation?: string; name?: string };
    switch (path) {
      case "/auth/me": {
        const me = this.#person(asked);
        return me === undefined ? problem(401, "sign-in-needed", "Sign in first.") : json(me);
      }
      case "/auth/passkeys/options":
        return json(registration(this.me?.name ?? ""));
      case "/auth/passkeys":
        return this.me === undefined ? notFound : this.managed.addPasskey(this.me);
      case "/auth/join/options":
        if (body.invitation !== this.invitation) return invitationRefused;
        return json(registration(body.name ?? ""));
      case "/auth/join":
        if (body.invitation !== this.invitation) return invitationRefused;
        this.invitation = undefined;
        return { kind: "json", status: 200, body: this.signIn(body.name), cookie: COOKIE };
      case "/auth/login/options":
        return json({
          challenge: CHALLENGE,
          rpId: "localhost",
          userVerification: "preferred",
          timeout: 60_000,
        });
      case "/auth/login":
        return { kind: "json", status: 200, body: this.signIn(), cookie: COOKIE };
      case "/auth/logout":
        this.me = undefined;
        return json({ done: true });
      default:
        return notFound;
    }
  }

  #data(path: string, asked: Asked): Answered {
    const { world } = this;
    const [, place, id, part] = path.split("/").map(decodeURIComponent);
    if (this.forbidden.has(place ?? "")) return problem(403, "forbidden", "Your role does not allow this.");
    const ofStation = stationAnswer(world, asked, (station, request) => {
      this.#command(station, request);
      return `C${world.commands.size}`;
    });
    if (ofStation !== undefined) return ofStation;
    if (place === "now") return json(nowView(world, asked.query.get("site") ?? undefined));
    if (place === "observations") return json(world.told(asked.query));
    if (place === "sites" && id === undefined) {
      return json([...world.sites.keys()].map((site) => siteRow(world, site)));
    }
    const ofEnergy = place === "sites" ? energyAnswer(world, this.me, asked) : undefined;
    if (ofEnergy !== undefined) return ofEnergy;
    if (place === "sites" && part === "history") return json(this.#history(id ?? "", asked.query));
    if (place === "sites") {
      const snapshot = world.snapshot(id ?? "");
      return snapshot === undefined ? problem(404, "unknown-site", "No site has this id.") : json(snapshot);
    }
    if (place === "commands") return json(this.#commandsOf(asked.query.get("station")));
    if (place === "stations" && id === undefined) return json(this.#stations(asked.query));
    if (place === "stations" && part === "commands") return this.#command(id ?? "", asked.body);
    if (place === "stations" && id !== undefined) {
      const detail = world.detail(id);
      return detail === undefined ? notFound : json(detail);
    }
    if (place === "events") return this.#stream(asked);
    return notFound;
  }

  /** In pages by id, as the API has them. */
  #stations(query: URLSearchParams) {
    const after = query.get("after") ?? "";
    const found = [...this.world.stations.values()].filter(({ id }) => id > after);
    found.sort((a, b) => (a.id < b.id ? -1 : 1));
    return found.slice(0, Number(query.get("most") ?? "100"));
  }

  #history(site: string, query: URLSearchParams) {
    const of = (name: string) => Number(query.get(name));
    return this.world.history(site, { fromMs: of("fromMs"), toMs: of("toMs"), stepMs: of("stepMs") });
  }

  #commandsOf(station: string | null): Command[] {
    return [...this.world.commands.values()].filter((command) => command.station === station).reverse();
  }

  #command(station: string, body: unknown): Answered {
    const { refusal, world } = this;
    if (refusal !== undefined) {
      this.refusal = undefined;
      return problem(refusal.status, refusal.code, refusal.title);
    }
    const asked = body as { action: string; payload: Command["payload"]; reason: string; expiresInS: number };
    const id = `C${world.commands.size + 1}`;
    const requestedAtMs = world.nowMs();
    world.commands.set(id, {
      id,
      site: world.stations.get(station)?.site ?? null,
      station,
      action: asked.action,
      payload: asked.payload,
      actor: this.me?.person ?? "",
      reason: asked.reason,
      state: "requested",
      requestedAtMs,
      expiresAtMs: requestedAtMs + asked.expiresInS * 1000,
      sentAtMs: null,
      endedAtMs: null,
      outcome: null,
    });
    const data = { command: id, action: asked.action, reason: asked.reason, actor: this.me?.person ?? "" };
    this.#aboutCommand(station, "command.requested", data);
    return { kind: "json", status: 202, body: { id } };
  }

  /** The next step in a command's life, as the CSMS would report it. */
  moveCommand(id: string, change: Partial<Command>): void {
    const command = this.world.commands.get(id);
    if (command === undefined) throw new Error(`no command ${id} in this world`);
    const next = { ...command, ...change };
    this.world.commands.set(id, next);
    const kind = next.state === "sent" ? "command.sent" : "command.ended";
    this.#aboutCommand(command.station, kind, { command: id, action: command.action, state: next.state });
  }

  #aboutCommand(station: string, kind: string, data: object): void {
    const site = this.world.stations.get(station)?.site ?? "";
    this.world.happen(site, { kind, station, source: "csms", data: { ...data } });
  }

  #stream(asked: Asked): Answered {
    const after = Number(asked.headers["last-event-id"] ?? this.world.outbox.length);
    const site = asked.query.get("site");
    const kinds = asked.query.get("kinds")?.split(",");
    return {
      kind: "stream",
      open: (write) => {
        write("retry: 2000\n\n");
        const tell = (seen: Observation) => {
          const asked = (site === null || seen.site === site) && (kinds?.includes(seen.kind) ?? true);
          if (seen.seq > after && asked) write(eventText(seen));
        };
        for (const seen of this.world.outbox) tell(seen);
        return this.world.onHappened(tell);
      },
    };
  }
}

const CHALLENGE = "ZmFrZS1jaGFsbGVuZ2UtZm9yLXRoZS1jb25zb2xl";

function registration(name: string) {
  return {
    challenge: CHALLENGE,
    rp: { id: "localhost", name: "Wattward" },
    user: { id: "ZmFrZS11c2Vy", name, displayName: name },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "required", userVerification: "preferred" },
    attestation: "none",
    timeout: 60_000,
  };
}

function siteRow(world: FakeWorld, site: string) {
  const { clockQuality: _quality, bundleVersion: _version, ...row } = world.snapshot(site)?.site ?? {};
  return row;
}

const eventText = (seen: Observation) =>
  `id: ${seen.seq}\nevent: ${seen.kind}\ndata: ${JSON.stringify(seen)}\n\n`;

const json = (body: unknown): Answered => ({ kind: "json", status: 200, body });

function problem(status: number, code: string, title: string): Answered {
  const body: Problem = { type: `urn:wattward:problem:${code}`, title, status, code };
  return { kind: "json", status, body };
}

const notFound = problem(404, "not-found", "There is nothing at this address.");
const invitationRefused = problem(
  403,
  "invitation-refused",
  "This invitation is not valid: used, expired or unknown. Ask for a new one.",
);

/**
 * People, dispensations and settings as the fake CSMS keeps them and answers for them, with the refusals that its pages
 * must show. Undefined where the address is another's.
 */
import type { Dispensation, PeopleView, Person, Setting } from "../api/manage-api.ts";
import type { Me } from "../api/shapes.ts";
import type { Answered, Asked } from "./fake-csms.ts";
import type { FakeWorld } from "./world.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Of the fake's only browser. */
export const FAKE_SESSION = "5e55";

export class Managed {
  readonly people: Person[];
  invitations: PeopleView["invitations"];
  dispensations: Dispensation[];
  readonly settings: Setting[];
  readonly #world: FakeWorld;
  readonly #signOut: () => void;
  #made = 0;

  /** `signOut`: what becomes of the browser whose session is ended. */
  constructor(world: FakeWorld, signOut: () => void) {
    const nowMs = world.nowMs();
    this.#world = world;
    this.#signOut = signOut;
    this.people = someone(nowMs);
    this.invitations = [{ id: "1a", role: "operator", expiresAtMs: nowMs + 19 * 3_600_000 }];
    this.dispensations = [
      dispensation("GRE-07", 1, { nowMs, days: 5, by: "p1" }),
      dispensation("LPD-06", 2, { nowMs, days: 61, by: "p2" }),
    ];
    this.settings = someSettings(nowMs);
  }

  answer(me: Me, asked: Asked): Answered | undefined {
    const path = asked.path.replace("/api/v1/", "").split("/").map(decodeURIComponent);
    const [place, id, part] = path;
    const mine = ["people", "settings", "dispensations"].includes(place ?? "");
    if (!mine && !(place === "stations" && part === "dispensation")) return undefined;
    if (asked.method === "GET" && id === "names")
      return json(this.people.map(({ id, name }) => ({ id, name })));
    const open = asked.method === "GET" && place !== "people";
    if (!open && me.role !== "administrator") {
      return problem(403, "forbidden", "Your role may not do this.");
    }
    if (place === "people") return this.#people(asked, path.slice(1), me);
    if (place === "settings") return this.#settings(asked, id, me);
    if (place === "dispensations") return json(this.dispensations);
    return this.#dispensation(asked, id ?? "", me);
  }

  #people(asked: Asked, [first, second]: string[], me: Me): Answered {
    const { role } = (asked.body ?? {}) as { role?: string };
    const nowMs = this.#world.nowMs();
    if (asked.method === "GET") return json({ people: this.people, invitations: this.invitations });
    if (asked.method === "POST") {
      const expiresAtMs = nowMs + DAY_MS;
      this.invitations.push({ id: `i${++this.#made}`, role: role ?? "", expiresAtMs });
      return json({ link: `http://localhost:8080/join#${"s3cret".repeat(7)}`, expiresAtMs });
    }
    switch (first) {
      case "invitations":
        this.invitations = this.invitations.filter(({ id }) => id !== second);
        return done;
      case "passkeys":
        return this.#without(second, undefined) ?? this.#drop("passkeys", second);
      case "sessions":
        if (second === me.session) this.#signOut();
        return this.#drop("sessions", second);
      default:
        return this.#person(first ?? "", role);
    }
  }

  #person(id: string, role: string | undefined): Answered {
    const at = this.people.findIndex((person) => person.id === id);
    const person = this.people[at];
    if (person === undefined) return problem(404, "unknown-person", "Nobody has this id.");
    const refused = role === "administrator" ? undefined : this.#without(undefined, id);
    if (refused !== undefined) return refused;
    this.people[at] =
      role === undefined ? { ...person, role: "none", passkeys: [], sessions: [] } : { ...person, role };
    return json({ changed: true });
  }

  #drop(what: "passkeys" | "sessions", id: string | undefined): Answered {
    for (const person of this.people) {
      const at = person[what].findIndex((row) => row.id === id);
      if (at >= 0) person[what].splice(at, 1);
    }
    return done;
  }

  /** Refused where nobody would be left who could administer. */
  #without(passkey: string | undefined, person: string | undefined): Answered | undefined {
    const touched = this.people.some(
      (it) => it.id === person || it.passkeys.some(({ id }) => id === passkey),
    );
    const left = this.people.some(
      (it) => it.role === "administrator" && it.id !== person && it.passkeys.some(({ id }) => id !== passkey),
    );
    if (left || !touched) return undefined;
    return problem(
      409,
      "last-administrator",
      "Nobody else could administer then: make another person administrator first.",
    );
  }

  addPasskey(me: Me): Answered {
    const passkey = { id: `k${++this.#made}`, addedAtMs: this.#world.nowMs(), usedAtMs: null };
    this.people.find(({ id }) => id === me.person)?.passkeys.push(passkey);
    return done;
  }

  #settings(asked: Asked, name: string | undefined, me: Me): Answered {
    if (asked.method === "GET") return json(this.settings);
    const at = this.settings.findIndex((it) => it.name === name);
    const setting = this.settings[at];
    if (setting === undefined) return problem(404, "unknown-setting", "No setting has this name.");
    const { value } = asked.body as { value: number };
    const { least, most } = setting;
    if (value < least || value > most) {
      const title = `${name} is a whole number from ${least} to ${most}, not ${value}.`;
      return problem(400, "invalid-request", title, "/value");
    }
    this.settings[at] = { ...setting, value, changedAtMs: this.#world.nowMs(), changedBy: me.person };
    return done;
  }

  #dispensation(asked: Asked, station: string, me: Me): Answered {
    const others = this.dispensations.filter((row) => row.station !== station);
    const replaced = others.length < this.dispensations.length;
    if (asked.method === "DELETE") {
      this.dispensations = others;
      return json({ ended: replaced });
    }
    if (!this.#world.stations.has(station)) {
      return problem(404, "unknown-station", "No station has this id: GET /api/v1/stations lists them.");
    }
    if (station === "LPD-08") {
      const title = "station LPD-08 has come by security profile 3 before and never goes back to less";
      return problem(
        409,
        "dispensation-refused",
        `${title}; where it lost its certificate, issue it a new one`,
      );
    }
    const given = asked.body as { securityProfile: number; untilMs: number };
    const nowMs = this.#world.nowMs();
    this.dispensations = [
      ...others,
      {
        station,
        site: this.#world.stations.get(station)?.site ?? null,
        ...given,
        givenAtMs: nowMs,
        givenBy: me.person,
      },
    ];
    return json({ password: "6f1c0d0e5c7b4a9d8e2f3a4b5c6d7e8f90a1b2c3", replaced });
  }
}

function someone(nowMs: number): Person[] {
  const ago = (days: number) => nowMs - days * DAY_MS;
  const browser = (id: string, minutes: number) => ({
    ...{ id, kind: "cookie", name: "browser" },
    openedAtMs: nowMs - minutes * MINUTE_MS,
    expiresAtMs: nowMs - minutes * MINUTE_MS + 12 * 3_600_000,
  });
  const key = (id: string, added: number, used: number | null) => ({
    id,
    addedAtMs: ago(added),
    usedAtMs: used === null ? null : nowMs - used * MINUTE_MS,
  });
  const row = (id: string, name: string, role: string, more: Partial<Person>): Person => ({
    ...{ id, name, role, kind: "person", addedAtMs: ago(30), passkeys: [], sessions: [] },
    ...more,
  });
  return [
    row("p1", "Ada Laurent", "administrator", {
      addedAtMs: ago(412),
      passkeys: [key("k-ada", 412, 34)],
      sessions: [browser(FAKE_SESSION, 34), browser("b2", 312)],
    }),
    row("p2", "Benoît Marchal", "operator", {
      addedAtMs: ago(203),
      passkeys: [key("k-ben", 203, 95), key("k-ben2", 12, null)],
      sessions: [browser("b3", 95)],
    }),
    row("p3", "Chiara Conti", "viewer", { passkeys: [key("k-chi", 30, 4_320)] }),
    row("p4", "Dorian Weiss", "none", { addedAtMs: ago(390) }),
    row("service:nightly-report", "nightly-report", "viewer", {
      ...{ kind: "service", addedAtMs: ago(88) },
      sessions: [
        { id: "t1", kind: "token", name: "nightly-report", openedAtMs: ago(88), expiresAtMs: ago(-2) },
      ],
    }),
  ];
}

function dispensation(
  station: string,
  securityProfile: number,
  { nowMs, days, by }: { nowMs: number; days: number; by: string },
): Dispensation {
  const site = station.startsWith("GRE") ? null : "lyon-part-dieu";
  const [untilMs, givenAtMs] = [nowMs + days * DAY_MS, nowMs - 29 * DAY_MS];
  return { station, site, securityProfile, untilMs, givenAtMs, givenBy: by };
}

function someSettings(nowMs: number): Setting[] {
  const row = (
    name: string,
    unit: string,
    [value, byDefault, least, most]: readonly number[],
    meaning: string,
  ) => ({
    ...{ name, unit, meaning, value: value!, byDefault: byDefault!, least: least!, most: most! },
    changedAtMs: value === byDefault ? null : nowMs - 3 * DAY_MS,
    changedBy: value === byDefault ? null : "p2",
  });
  return [
    row(
      "accept_unknown_tokens",
      "switch",
      [0, 0, 0, 1],
      "A token that nobody knows may charge. For demonstrations.",
    ),
    row(
      "transactions_per_token",
      "count",
      [1, 1, 0, 1_000],
      "Open transactions that one token may have at once; 0: as many as it likes.",
    ),
    row(
      "heartbeat_interval_s",
      "s",
      [120, 300, 10, 86_400],
      "Between heartbeats, granted when a station boots.",
    ),
    row(
      "boot_retry_interval_s",
      "s",
      [60, 60, 10, 86_400],
      "Until a station that is pending or refused asks again.",
    ),
    row(
      "accept_unknown_tokens_offline",
      "switch",
      [1, 1, 0, 1],
      "At a site without link, a token in neither list nor cache may charge.",
    ),
    row(
      "token_cache_ms",
      "ms",
      [604_800_000, 604_800_000, 0, 31_536_000_000],
      "How long a site may reuse an answer about a token.",
    ),
    row(
      "message_log_days",
      "days",
      [30, 30, 0, 3_650],
      "How long the message log is kept; 0: no message log.",
    ),
    row(
      "message_log_rows",
      "count",
      [2_000_000, 2_000_000, 1_000, 1_000_000_000],
      "Frames in the message log, of all stations; the oldest go first.",
    ),
    row(
      "disk_free_min_mb",
      "MiB",
      [512, 512, 0, 10_000_000],
      "Free space on the disk below which the message log is given up; 0: never.",
    ),
    row("outbox_days", "days", [365, 365, 0, 36_500], "How long what happened is kept; 0: for ever."),
  ];
}

const json = (body: unknown): Answered => ({ kind: "json", status: 200, body });
const done = json({ done: true });

function problem(status: number, code: string, title: string, field?: string): Answered {
  const body = { type: `urn:wattward:problem:${code}`, title, status, code, ...(field && { field }) };
  return { kind: "json", status, body };
}

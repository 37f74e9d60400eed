/** What the pages of people, dispensations and settings ask of the API, over the client's own ways. */
import type { components } from "../generated/api.ts";
import type { Data } from "./shapes.ts";

type Schemas = components["schemas"];
export type PeopleView = Schemas["PeopleView"];
export type Person = PeopleView["people"][number];
export type Passkey = Person["passkeys"][number];
export type SignedIn = Person["sessions"][number];
export type Invitation = PeopleView["invitations"][number];
export type Dispensation = Schemas["DispensationRow"];
export type Setting = Schemas["SettingRow"];

export type ManageWays = {
  readonly get: <T>(path: string) => Promise<T>;
  readonly change: <T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<T>;
};

const part = encodeURIComponent;

export class ManageApi {
  readonly #ways: ManageWays;
  constructor(ways: ManageWays) {
    this.#ways = ways;
  }

  people = () => this.#ways.get<PeopleView>("/people");
  /** The link is in this answer alone. */
  invite = (role: string) =>
    this.#ways.change<{ link: string; expiresAtMs: number }>("POST", "/people/invitations", { role });
  withdraw = (invitation: string) => this.#remove(`/people/invitations/${part(invitation)}`);
  setRole = (person: string, role: string) =>
    this.#ways.change<unknown>("PUT", `/people/${part(person)}/role`, { role });
  removePerson = (person: string) => this.#remove(`/people/${part(person)}`);
  removePasskey = (passkey: string) => this.#remove(`/people/passkeys/${part(passkey)}`);
  endSession = (session: string) => this.#remove(`/people/sessions/${part(session)}`);
  /** One more passkey of whoever is signed in, in two steps. */
  passkeyOptions = () => this.#ways.change<Data>("POST", "/auth/passkeys/options", {});
  addPasskey = (credential: unknown) => this.#ways.change<unknown>("POST", "/auth/passkeys", { credential });

  dispensations = () => this.#ways.get<Dispensation[]>("/dispensations");
  /** The password is in this answer alone. */
  giveDispensation = (station: string, given: { securityProfile: 1 | 2; untilMs: number }) =>
    this.#ways.change<{ password: string; replaced: boolean }>("POST", ofStation(station), given);
  endDispensation = (station: string) => this.#remove(ofStation(station));

  settings = () => this.#ways.get<Setting[]>("/settings");
  set = (name: string, value: number) =>
    this.#ways.change<unknown>("PUT", `/settings/${part(name)}`, { value });

  #remove(path: string): Promise<unknown> {
    return this.#ways.change("DELETE", path);
  }
}

const ofStation = (station: string) => `/stations/${part(station)}/dispensation`;

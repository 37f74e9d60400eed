/**
 * Takeover between nodes (QUIRKS, takeover; ADR 5, 9): a station or site that comes here while another node holds it is
 * decided on there, by proof, as if it had come there; and what comes there is decided on here.
 *
 * All goes through the database: the question and its answer are entries of the outbox, and the answer that gives away
 * moves the row in its own commit. So at most one node has it at any instant, whatever is lost on the way; who gets no
 * answer in time does not have it.
 */
import {
  type Cancel,
  type Chance,
  type Clock,
  hex,
  type Log,
  type SiteId,
  type StationId,
} from "@wattward/kernel";
import type { Claim } from "@wattward/ocpp";
import type { Core, Held, HolderAnswer, OutboxEntry } from "../core/port.ts";
import { HOLDER_ANSWER_MS_MAX, HOLDERS_ASKED_MAX } from "./limits.ts";
import type { GatewayNode } from "./ports.ts";
import type { Decided } from "./registry.ts";

/** What the gateway has of one identity. */
export type Seats = {
  decide(held: Held, claim: Claim): Promise<Decided>;
  /** Ends the connection of that generation; resolves when it is over and the core knows. */
  giveAway(held: Held, claim: Claim, against: number): Promise<void>;
};

export type HoldersPorts = {
  readonly core: Pick<Core, "decide">;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly node: GatewayNode;
};

type Answer = Pick<HolderAnswer, "verdict"> & { readonly why: string };

const TICKET_BYTES = 8;
export const holderKinds = ["holder.asked", "holder.answered"];

export class Holders {
  private readonly ports: HoldersPorts;
  private readonly seats: Seats;
  private readonly waiting = new Map<string, (answer: Answer) => void>();
  private answering = 0;

  constructor(ports: HoldersPorts, seats: Seats) {
    this.ports = ports;
    this.seats = seats;
  }

  /** For a newcomer that would be let in here: `here` unless another node has it. Rejects with what the core does. */
  async claim(held: Held, claim: Claim, here: Decided & { kind: "welcome" }): Promise<Decided> {
    const { core, clock, chance, node } = this.ports;
    if (this.waiting.size >= HOLDERS_ASKED_MAX) return { kind: "later", why: "too-many-asked" };
    const ticket = hex(chance, TICKET_BYTES);
    let cancel: Cancel = () => {};
    const answered = new Promise<Answer>((resolve) => this.waiting.set(ticket, resolve));
    try {
      const asked = { held, node: node.id, claim, silent: node.silent(), ticket, atMs: clock.now().wallMs };
      const said = await core.decide("holder.claim", asked);
      if (said.kind === "yours") return here;
      if (said.kind === "silent") return { kind: "later", why: "holder-silent" };
      const late = new Promise<undefined>((resolve) => {
        cancel = clock.after(HOLDER_ANSWER_MS_MAX, () => resolve(undefined));
      });
      return verdictOf(await Promise.race([answered, late]), here);
    } finally {
      cancel();
      this.waiting.delete(ticket);
    }
  }

  /** An entry of {@link holderKinds}. */
  heard({ kind, station, site, data }: OutboxEntry): void {
    if (kind === "holder.answered") {
      const { ticket, verdict, why } = data;
      this.waiting.get(String(ticket))?.({ verdict: verdictNamed(verdict), why: String(why) });
      return;
    }
    const claim = claimIn(data["claim"]);
    if (data["holder"] !== this.ports.node.id || claim === undefined) return;
    const held = heldIn(station, site, claim);
    if (held === undefined || this.answering >= HOLDERS_ASKED_MAX) return;
    this.answering += 1;
    this.answer({ held, claim, to: String(data["by"]), ticket: String(data["ticket"]) })
      // Whoever asked hears nothing, and tells its newcomer to come again.
      .catch((error: unknown) => this.ports.log.error("holder-not-answered", { error: String(error) }))
      .finally(() => (this.answering -= 1));
  }

  private async answer(asked: { held: Held; claim: Claim; to: string; ticket: string }): Promise<void> {
    const { held, claim, to, ticket } = asked;
    const { core, clock, node } = this.ports;
    const decided = await this.seats.decide(held, claim);
    if (decided.kind === "later") return;
    if (decided.kind === "welcome" && decided.against !== undefined)
      await this.seats.giveAway(held, claim, decided.against);
    const verdict = decided.kind === "welcome" ? "given" : decided.kind;
    const answer = { held, from: node.id, to, ticket, verdict, why: decided.why ?? "free" } as const;
    await core.decide("holder.answer", { ...answer, atMs: clock.now().wallMs });
  }
}

function verdictOf(answer: Answer | undefined, here: Decided & { kind: "welcome" }): Decided {
  if (answer === undefined) return { kind: "later", why: "holder-silent" };
  if (answer.verdict === "given") return { ...here, why: answer.why };
  return answer.verdict === "hold"
    ? { kind: "hold", why: answer.why === "replaced-too-often" ? "replaced-too-often" : "alive-elsewhere" }
    : { kind: "refuse", why: answer.why === "other-route" ? "other-route" : "other-key" };
}

const verdictNamed = (text: unknown): Answer["verdict"] =>
  text === "given" || text === "hold" ? text : "refuse";

/** A site's link comes by the route `link`; an entry about a site's station names both. */
function heldIn(station: string | undefined, site: string | undefined, { route }: Claim): Held | undefined {
  if (station !== undefined) return { kind: "station", station: station as StationId };
  if (site !== undefined && route === "link") return { kind: "site", site: site as SiteId };
  return undefined;
}

/** As another node of ours wrote it; a newer one may have written more. */
function claimIn(value: unknown): Claim | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { route, key, notBeforeMs, address, ...more } = value as Record<string, unknown>;
  if (typeof route !== "string" || typeof notBeforeMs !== "number" || typeof address !== "string")
    return undefined;
  if (key !== undefined && typeof key !== "string") return undefined;
  return { ...more, route, key, notBeforeMs, address };
}

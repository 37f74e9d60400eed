/**
 * What stations say without waiting for an answer (2.1 Part 4 §4.2.4, §4.2.5): SENDs, and CALLRESULTERRORs to answers of
 * ours, on a direct socket or through their site.
 *
 *     SEND ──▶ rate ──▶ core, in the order of arrival      CALLRESULTERROR ──▶ counted, observed now and then
 *
 * Nobody is answered, whatever becomes of it: a SEND too many is dropped, one that cannot be stored is lost.
 */
import { type StationId, shown } from "@wattward/kernel";
import type { CallResultError, OcppVersion } from "@wattward/ocpp";
import { CoreError, type Route, type SendTaken, type StationCall } from "../core/port.ts";
import { Buckets } from "./buckets.ts";
import { DISPUTED_RATE, SEND_RATE } from "./limits.ts";
import type { ConnectionPorts } from "./ports.ts";

const CODE_CHARS_MAX = 40;
const DESCRIPTION_CHARS_MAX = 200;

export class Sends {
  private readonly route: Route;
  private readonly ports: Pick<ConnectionPorts, "core" | "clock" | "log" | "metrics">;
  private readonly rate: Buckets;
  private readonly disputes: Buckets;

  /** @param stationsMax how many stations may come by this route */
  constructor(
    route: Route,
    stationsMax: number,
    ports: Pick<ConnectionPorts, "core" | "clock" | "log" | "metrics">,
  ) {
    this.route = route;
    this.ports = ports;
    this.rate = new Buckets(SEND_RATE, stationsMax);
    this.disputes = new Buckets(DISPUTED_RATE, stationsMax);
  }

  /** A SEND, valid by its schema. Resolves when it is durable, or dropped. */
  async take(send: Omit<StationCall, "route">): Promise<SendTaken["kind"]> {
    const { clock, log, metrics } = this.ports;
    const { station, version, action, trace } = send;
    const taken = this.rate.take(station, clock.now().monotonicMs)
      ? await this.decided(send)
      : ({ kind: "dropped", why: "too many of them" } as const);
    metrics.count("wattward_messages_total", { version, action, outcome: taken.kind });
    if (taken.kind === "dropped") log.debug("send-dropped", { station, action, trace, why: taken.why });
    return taken.kind;
  }

  /** The station could not read an answer of ours: our own fault, or its. Nothing is sent again. */
  disputed(station: StationId, version: OcppVersion, error: CallResultError): void {
    const { core, clock, log, metrics } = this.ports;
    metrics.count("wattward_answers_disputed_total", { version });
    const { wallMs: atMs, monotonicMs } = clock.now();
    if (!this.disputes.take(station, monotonicMs)) return;
    const detail = {
      message: error.id,
      code: shown(error.code, CODE_CHARS_MAX),
      description: shown(error.description, DESCRIPTION_CHARS_MAX),
    };
    log.warn("answer-disputed", { station, ...detail });
    const site = this.route.kind === "site" ? { site: this.route.site } : {};
    core
      .decide("observe", { kind: "station.answer-disputed", station, ...site, detail, atMs })
      .catch((failure: unknown) => log.error("dispute-not-stored", { station, error: String(failure) }));
  }

  private async decided(send: Omit<StationCall, "route">): Promise<SendTaken> {
    try {
      return await this.ports.core.decide("station.send", { ...send, route: this.route });
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      return { kind: "dropped", why: error.message };
    }
  }
}

/**
 * The strict parser of what an energy manager writes down of a site. Refused, each with its path: what is not there or not known, numbers
 * that are none, faults of the site itself (`site.fuses[1].parent`), two devices under one id or unit or for one thing, a device for what
 * the site does not have, a meter that is asked less often than its readings last, prices that are not one per step, a time zone that
 * does not exist. Nothing is repaired.
 */
import { DocumentReader, failed, ok, type Result } from "@wattward/kernel";
import { checkSite, type SiteFault } from "./check-site.ts";
import type { CommandLimits, Device, DeviceId, EnergyConfig, Tariff } from "./config.ts";
import type { ExternalSettings } from "./external-limit.ts";
import {
  DEVICES_MAX,
  NAME_CHARS_MAX,
  OUTLETS_MAX,
  POWER_W_MAX,
  PRICE_STEPS_MAX,
  SOURCES_MAX,
} from "./limits.ts";
import type { FuseId, MeterId, Site, SourceId } from "./site.ts";

export type ConfigFault = SiteFault;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A thousand of any currency for a kilowatt-hour: beyond every market's cap, either way. */
const PRICE_MILLI_CENT_MAX = 100_000_000;
/** A battery watches for a sign of life every second (SunSpec 802, CtrlHb). */
const BATTERY_POLL_MS_MAX = 1_000;
/** A reading's age at the control loop is up to two polls. */
const POLLS_PER_STALENESS = 2;

/** Reads a site's energy document from data; the faults are its author's. */
export function checkEnergyConfig(data: unknown): Result<EnergyConfig, readonly ConfigFault[]> {
  const faults: ConfigFault[] = [];
  const root = new DocumentReader(data, "", faults);
  root.object("site", "devices", "strategy", "tariff", "external", "commands", "timeZone");
  const site = siteOf(data, faults);
  const config: Omit<EnergyConfig, "site"> = {
    devices: root.at("devices").list(DEVICES_MAX).map(deviceOf),
    strategy: root.at("strategy").oneOf("fairness", "cost", "self-consumption", "guaranteed-energy"),
    tariff: tariffOf(root.at("tariff")),
    ...root.optional("external", externalOf),
    commands: commandsOf(root.at("commands")),
    timeZone: timeZoneOf(root.at("timeZone")),
  };
  if (site === undefined || faults.length > 0) return failed(faults);
  const whole = { site, ...config };
  checkDevices(whole, (path, sentence) => void faults.push({ path, sentence }));
  return faults.length === 0 ? ok(whole) : failed(faults);
}

function siteOf(data: unknown, faults: ConfigFault[]): Site | undefined {
  const has = typeof data === "object" && data !== null && Object.hasOwn(data, "site");
  const read = checkSite(has ? Reflect.get(data, "site") : undefined);
  if (read.ok) return read.value;
  for (const { path, sentence } of read.fault)
    faults.push({ path: path === "" ? "site" : `site.${path}`, sentence });
  return undefined;
}

/** A fraction is told apart from a number out of range. */
function wholeOf(r: DocumentReader, min: number, max: number): number {
  const value = r.number(min, max);
  if (!Number.isSafeInteger(value)) r.fault("is not a whole number");
  return value;
}

function deviceOf(r: DocumentReader): Device {
  r.object("id", "unit", "pollMs", "is");
  return {
    id: r.at("id").text(NAME_CHARS_MAX) as DeviceId,
    unit: wholeOf(r.at("unit"), 1, 247),
    pollMs: r.at("pollMs").number(100, MINUTE_MS),
    is: kindOf(r.at("is")),
  };
}

function kindOf(r: DocumentReader): Device["is"] {
  const kind = r.at("kind").oneOf("meter", "solar", "battery", "limit-signal", "contactor");
  switch (kind) {
    case "meter":
      r.object("kind", "meter", "inverted");
      return {
        kind,
        meter: r.at("meter").text(NAME_CHARS_MAX) as MeterId,
        ...r.optional("inverted", (inverted) => inverted.boolean()),
      };
    case "solar":
      r.object("kind", "source", "exportWMax", "sleepsAtNight");
      return {
        kind,
        source: r.at("source").text(NAME_CHARS_MAX) as SourceId,
        ...r.optional("exportWMax", (most) => most.number(0, POWER_W_MAX)),
        ...r.optional("sleepsAtNight", (sleeps) => sleeps.boolean()),
      };
    case "battery":
      r.object("kind", "source");
      return { kind, source: r.at("source").text(NAME_CHARS_MAX) as SourceId };
    case "limit-signal":
      r.object("kind", "relay");
      return {
        kind,
        ...r.optional("relay", (relay) => ({
          limitW: relay.object("limitW").at("limitW").number(0, POWER_W_MAX),
        })),
      };
    case "contactor":
      r.object("kind", "fuse");
      return { kind, fuse: r.at("fuse").text(NAME_CHARS_MAX) as FuseId };
  }
}

function tariffOf(r: DocumentReader): Tariff {
  r.object(
    ...["currency", "energy", "feedInMilliCentPerKwh", "demandMilliCentPerKw", "batteryWearMilliCentPerKwh"],
    ...["carWearMilliCentPerKwh", "missedMilliCentPerKwh"],
  );
  const price = (name: string, min: number) => r.at(name).number(min, PRICE_MILLI_CENT_MAX);
  const currency = r.at("currency").text(NAME_CHARS_MAX);
  if (!/^[A-Z]{3}$/.test(currency)) r.at("currency").fault("is not the three letters of ISO 4217, like EUR");
  return {
    currency,
    energy: pricesOf(r.at("energy")),
    feedInMilliCentPerKwh: price("feedInMilliCentPerKwh", -PRICE_MILLI_CENT_MAX),
    demandMilliCentPerKw: price("demandMilliCentPerKw", 0),
    batteryWearMilliCentPerKwh: price("batteryWearMilliCentPerKwh", 0),
    ...r.optional("carWearMilliCentPerKwh", (wear) => wear.number(0, PRICE_MILLI_CENT_MAX)),
    ...r.optional("missedMilliCentPerKwh", (missed) => missed.number(0, PRICE_MILLI_CENT_MAX)),
  };
}

/** Energy's price may be below nothing. */
const priceOf = (r: DocumentReader): number => r.number(-PRICE_MILLI_CENT_MAX, PRICE_MILLI_CENT_MAX);

function pricesOf(r: DocumentReader): Tariff["energy"] {
  const kind = r.at("kind").oneOf("flat", "hours", "series");
  const prices = r.at("milliCentPerKwh");
  if (kind === "flat") {
    r.object("kind", "milliCentPerKwh");
    return { kind, milliCentPerKwh: priceOf(prices) };
  }
  if (kind === "hours") {
    r.object("kind", "milliCentPerKwh");
    const hours = prices.list(24).map(priceOf);
    if (hours.length !== 24) prices.fault("is not 24 prices, one for each hour of the day");
    return { kind, milliCentPerKwh: hours };
  }
  r.object("kind", "fromWallMs", "stepMs", "milliCentPerKwh");
  const series = prices.list(PRICE_STEPS_MAX).map(priceOf);
  if (series.length === 0) prices.fault("has no price at all");
  return {
    kind,
    fromWallMs: wholeOf(r.at("fromWallMs"), 0, Number.MAX_SAFE_INTEGER),
    stepMs: r.at("stepMs").number(MINUTE_MS, DAY_MS),
    milliCentPerKwh: series,
  };
}

function externalOf(r: DocumentReader): ExternalSettings {
  r.object("failsafeW", "failsafeMs", "devices");
  return {
    failsafeW: r.at("failsafeW").number(0, POWER_W_MAX),
    failsafeMs: r.at("failsafeMs").number(MINUTE_MS, DAY_MS),
    devices: wholeOf(r.at("devices"), 1, OUTLETS_MAX + SOURCES_MAX),
  };
}

function commandsOf(r: DocumentReader): CommandLimits {
  r.object("rampWPerS", "dwellMs", "reversalsPer10MinMax", "randomDelayMsMax");
  return {
    rampWPerS: r.at("rampWPerS").number(1, POWER_W_MAX),
    dwellMs: r.at("dwellMs").number(0, HOUR_MS),
    reversalsPer10MinMax: wholeOf(r.at("reversalsPer10MinMax"), 1, 600),
    randomDelayMsMax: r.at("randomDelayMsMax").number(0, HOUR_MS),
  };
}

function timeZoneOf(r: DocumentReader): string {
  const timeZone = r.text(NAME_CHARS_MAX);
  if (timeZone === "") return timeZone;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    r.fault("is no time zone of the IANA's list, like Europe/Berlin");
  }
  return timeZone;
}

type Note = (path: string, sentence: string) => void;

function checkDevices({ site, devices, external }: EnergyConfig, note: Note): void {
  const seen = new Map<string, number>();
  const once = (path: string, what: string, i: number) => {
    const before = seen.get(what);
    if (before !== undefined) note(path, `${what} is that of devices[${before}] already`);
    else seen.set(what, i);
  };
  devices.forEach((device, i) => {
    const at = `devices[${i}]`;
    once(`${at}.id`, `the id '${device.id}'`, i);
    once(`${at}.unit`, `unit ${device.unit}`, i);
    const thing = thingOf(device);
    once(`${at}.is`, thing.name, i);
    if (!thing.isOf(site)) note(`${at}.is.${thing.member}`, `the site has no ${thing.name}`);
    if (device.is.kind === "battery" && device.pollMs > BATTERY_POLL_MS_MAX)
      note(`${at}.pollMs`, `is more than ${BATTERY_POLL_MS_MAX}: its heartbeat goes once a second`);
    const meter = site.meters.find(({ id }) => device.is.kind === "meter" && id === device.is.meter);
    if (meter !== undefined && device.pollMs * POLLS_PER_STALENESS > meter.staleMs)
      note(
        `${at}.pollMs`,
        `is more than half of its meter's staleMs, ${meter.staleMs}: it would never be fresh`,
      );
  });
  const signal = devices.findIndex(({ is }) => is.kind === "limit-signal");
  if (signal >= 0 && external === undefined)
    note(
      `devices[${signal}].is`,
      "is a limit-signal, and there is no 'external' that says what holds without it",
    );
  if (signal < 0 && external !== undefined)
    note("external", "is heard from no device: add a limit-signal, or take it out");
}

/** What a device stands for; one device each. */
function thingOf({ is }: Device): { name: string; member: string; isOf(site: Site): boolean } {
  switch (is.kind) {
    case "meter":
      return {
        name: `meter '${is.meter}'`,
        member: "meter",
        isOf: ({ meters }) => meters.some(({ id }) => id === is.meter),
      };
    case "solar":
    case "battery":
      return {
        name: `${is.kind} source '${is.source}'`,
        member: "source",
        isOf: ({ sources }) => sources.some(({ id, kind }) => id === is.source && kind === is.kind),
      };
    case "limit-signal":
      return { name: "limit-signal", member: "kind", isOf: () => true };
    case "contactor":
      return {
        name: `contactor of fuse '${is.fuse}'`,
        member: "fuse",
        isOf: ({ fuses }) => fuses.some(({ id }) => id === is.fuse),
      };
  }
}

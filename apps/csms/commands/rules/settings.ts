/**
 * Settings that no plain command changes: by which way, as whom and how safely a station comes to us (AT-O4, AT-C1), and
 * secrets, because a command is kept where people read it. And what a setting may be, as far as the station has told.
 */
import type { VariablePlace } from "../../stations/configuration-keys.ts";
import { isSecret, knownVariable } from "../../stations/variables.ts";
import type { Row } from "../../store/schema.ts";
import { findWay } from "../../ways-in/rows.ts";
import { type Asking, never, type Objection, unlessForced } from "../route.ts";
import { knownCount, place } from "./known.ts";

export type Setting = { readonly place: VariablePlace; readonly value: string };

/**
 * A name as stations compare it at their most lenient: without case, blanks and separators, because a station that
 * trims `Authorization_Key ` must not be told what `AuthorizationKey` is refused.
 */
const plain = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");

/** Plain names, of keys of 1.6 and variables of 2.x alike; why each is refused. */
const way = "it decides how the station reaches its central system";
const refused: ReadonlyMap<string, string> = new Map([
  ["networkconfigurationpriority", way],
  ["networkprofileconnectionattempts", way],
  ["identity", "it is the station's name here"],
  ["allowsecurityprofiledowngrade", "no station goes back to a lower security profile"],
  ["additionalrootcertificatecheck", "it decides whom the station trusts"],
]);
/** 2.1: each network profile is a component; all of it decides where the station connects to. */
const refusedComponents: ReadonlySet<string> = new Set(["networkconfiguration"]);

/** Of any scheme: which of them a vendor's station connects to is its own secret. */
const ADDRESS = /[a-z][a-z0-9+.-]*:\/\//i;
const ADDRESS_NAME =
  /(url|uri|endpoint|backend|centralsystem|apn)$|(server|csms|ocpp|cpms)(url|host|address|ip|port)/;
const SECRET_NAME = /authorizationkey|basicauthpassword/;
const PROFILE_NAME = /securityprofile$/;

export async function objectToSetting(
  asking: Asking<unknown>,
  { place: at, value }: Setting,
): Promise<Objection | undefined> {
  const { name } = at.variable;
  const named = plain(name);
  if (isSecret(name) || SECRET_NAME.test(named)) {
    return never(
      `${name} is a secret, and commands are kept where people read them: it is set by its own way, not by a plain command`,
    );
  }
  const why = refused.get(named);
  if (why !== undefined) return never(`${name} is not changed by a plain command: ${why}`);
  if (refusedComponents.has(plain(at.component.name))) {
    return never(`${at.component.name}.${name} is not changed by a plain command: ${way}`);
  }
  if (ADDRESS.test(value) || ADDRESS_NAME.test(named)) {
    return never(`${name} is or holds an address, and is not changed by a plain command: ${way}`);
  }
  if (PROFILE_NAME.test(named)) return objectToProfile(asking, value);
  return objectToValue(await knownVariable(asking.tx, asking.station.id, at), name, value);
}

/** Up, never down (A05; OCTT TC_084): what it has now must be known, unless it is the highest that is asked for. */
async function objectToProfile(
  { tx, station }: Asking<unknown>,
  value: string,
): Promise<Objection | undefined> {
  // To the letter: what `0x3` or ` 3` is to a station nobody knows, and it may be 0.
  const asked = /^[1-3]$/.test(value) ? Number(value) : 0;
  if (asked === 3) return undefined;
  const told = await knownCount({ tx, station: station.id }, place("SecurityCtrlr", "SecurityProfile"));
  // What it says of itself may be less than how it came: then the way it came stands.
  const [way] = await tx.all(findWay, { station: station.id });
  const came = way === undefined ? 0 : way.profile_3_at_ms === null ? way.security_profile : 3;
  const has = told === undefined && came === 0 ? undefined : Math.max(told ?? 0, came);
  if (has !== undefined && asked > has && asked < 3) return undefined;
  return never(
    `security profile ${value} is not above what ${station.id} has (${has ?? "not known"}), and it only goes up`,
  );
}

/** Characteristics as the station reported them (2.0.1 Part 1 §4.4). */
function objectToValue(
  known: Row<"variables"> | undefined,
  name: string,
  value: string,
): Objection | undefined {
  if (known === undefined) return undefined;
  const { mutability, data_type: type, min_limit: least, max_limit: most, values_list: list } = known;
  if (mutability === "ReadOnly") return unlessForced(`${name} can only be read, as the station has told`);
  if (type === "integer" || type === "decimal") {
    const number = Number(value);
    if (
      value.trim() === "" ||
      !Number.isFinite(number) ||
      (type === "integer" && !Number.isInteger(number))
    ) {
      return unlessForced(`${name} is ${type === "integer" ? "a whole number" : "a number"}, not '${value}'`);
    }
    if (least !== null && number < Number(least)) return unlessForced(`${name} is at least ${least}`);
    if (most !== null && number > Number(most)) return unlessForced(`${name} is at most ${most}`);
  }
  if (type === "boolean" && !/^(true|false)$/i.test(value)) {
    return unlessForced(`${name} is true or false, not '${value}'`);
  }
  return type === "OptionList" && list !== null ? objectToOption(name, value, list) : undefined;
}

function objectToOption(name: string, value: string, list: string): Objection | undefined {
  const options = list.split(",").map((option) => option.trim());
  if (options.some((option) => option.toLowerCase() === value.trim().toLowerCase())) return undefined;
  return unlessForced(`${name} is one of ${options.join(", ")}, not '${value}'`);
}

/** What is at stake is more where the setting decides who may charge, also without us (AT-C2). */
const decisive: ReadonlySet<string> = new Set([
  "allowofflinetxforunknownid",
  "authorizeremotetxrequests",
  "authorizeremotestart",
  "disableremoteauthorization",
  "localauthorizeoffline",
  "localpreauthorize",
  "masterpassgroupid",
  "maxenergyoninvalidid",
  "offlinetxforunknownidenabled",
  "securityprofile",
  "stoptransactiononinvalidid",
  "stoptxoninvalidid",
  "txbeforeacceptedenabled",
]);
export const isDecisive = (name: string): boolean => decisive.has(plain(name));

/**
 * What a vendor's own message must not do in place of a setting (AT-O4, AT-C1, AT-O19): nothing in it is read here, so
 * that a word or an address in it is enough.
 */
export function objectToData(data: object): Objection | undefined {
  const text = JSON.stringify(data);
  const named = plain(text);
  const why = [...refused.keys(), ...refusedComponents, "securityprofile"].find(
    (name) => name !== "identity" && named.includes(name),
  );
  if (why === undefined && !SECRET_NAME.test(named) && !ADDRESS.test(text.replaceAll("\\", "")))
    return undefined;
  return never("it holds an address, or names a setting that is not changed by a plain command");
}

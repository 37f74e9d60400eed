/** What an operator chooses once for all certificates: kept beside them, because every name in them depends on it. */
import type { Disk } from "@wattward/kernel";
import { PkiError } from "./errors.ts";

export type Settings = { readonly domain: string; readonly operatorName: string };

/** What is wanted now; what is left out is as it was, or its default at the first start. */
export type AuthoritySettings = { readonly [K in keyof Settings]?: string | undefined };

export const DEFAULT_DOMAIN = "wattward.test";
export const DEFAULT_OPERATOR = "Wattward";
export const SETTINGS_FILE = "authorities.json";

/** Writes the choice, or its defaults; PkiError `bad-setting` for names that no certificate can carry. */
export async function writeSettings(certificates: Disk, wanted: AuthoritySettings): Promise<Settings> {
  const settings = checkedSettings({
    domain: wanted.domain ?? DEFAULT_DOMAIN,
    operatorName: wanted.operatorName ?? DEFAULT_OPERATOR,
  });
  await certificates.replace(SETTINGS_FILE, Buffer.from(`${JSON.stringify(settings, null, 2)}\n`));
  return settings;
}

/** The choice once made, undefined before; PkiError `bad-setting` where another is wanted now. */
export async function readSettings(
  certificates: Disk,
  wanted: AuthoritySettings,
): Promise<Settings | undefined> {
  const bytes = await certificates.read(SETTINGS_FILE);
  if (bytes === undefined) return undefined;
  const settings = parseSettings(bytes);
  for (const key of ["domain", "operatorName"] as const) {
    const asked = wanted[key];
    if (asked !== undefined && asked !== settings[key]) {
      throw new PkiError(
        "bad-setting",
        `${key} is '${settings[key]}' in every certificate issued here and cannot become '${asked}'; ` +
          "use another data folder for another operator or domain",
      );
    }
  }
  return settings;
}

function checkedSettings(settings: Settings): Settings {
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(settings.domain)) {
    throw new PkiError("bad-setting", `domain '${settings.domain}' must be a DNS domain in lower case`);
  }
  // O in X.520 has at most 64 characters.
  if (!/^[^\p{Cc}]{1,64}$/u.test(settings.operatorName)) {
    throw new PkiError("bad-setting", "the operator's name must have 1 to 64 characters, none of control");
  }
  return settings;
}

function parseSettings(bytes: Uint8Array): Settings {
  try {
    const { domain, operatorName } = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    if (typeof domain === "string" && typeof operatorName === "string") return { domain, operatorName };
  } catch {
    // Falls through to the one error for all that is not ours.
  }
  throw new PkiError("inconsistent-authorities", `${SETTINGS_FILE} is damaged; restore it from the backup`);
}

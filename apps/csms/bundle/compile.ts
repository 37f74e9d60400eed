/**
 * The bundle of a site as text: what it needs to serve its stations without us (ADR 12). The same content gives the
 * same version and, to the byte, the same text: what is signed can be compared. A change of anything in it, of our
 * epoch too, is a new version.
 */
import type { SiteId, StationId } from "@wattward/kernel";
import { type Dispensation, isPasswordProfile } from "@wattward/ocpp/ways-in";
import { BUNDLE_TOKENS_MAX, type Bundle, type DenyEntry, type LocalListEntry } from "@wattward/sitelink";
import { allDenials } from "../authorisation/denials.ts";
import { newestTokens } from "../authorisation/tokens.ts";
import type { Decision, World } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { csmsEpoch, setting } from "../core/settings.ts";
import { priced } from "../energy/prices.ts";
import { newestDocument } from "../energy/rows.ts";
import { limitOf } from "../energy/site-limit.ts";
import { stationsOfSite } from "../stations/rows.ts";
import type { Row } from "../store/schema.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { handlingIn } from "../tolerance/handling.ts";
import { handlingsOfSite } from "../tolerance/rows.ts";
import { dispensationsOfSite } from "../ways-in/rows.ts";

/** Oldest site software that may live on what is compiled here. */
const SOFTWARE_FLOOR = "0.1.0";

const newestBundle = statement((db, p: { site: string }) =>
  db.selectFrom("bundles").selectAll().where("site_id", "=", p.site).orderBy("version", "desc").limit(1),
);
const insertBundle = statement(
  (db, p: { site: string; version: number; epoch: number; body: string; atMs: number }) =>
    db.insertInto("bundles").values({
      site_id: p.site,
      version: p.version,
      csms_epoch: p.epoch,
      body: p.body,
      issued_at_ms: p.atMs,
    }),
);
export const compile: Decision<"bundle.compile"> = async (tx, { site, atMs }, world) => {
  const last = await tx.first(newestBundle, { site });
  const content = await contentOf(tx, { site, atMs }, world);
  if (last !== undefined) {
    const again = textOf(content, last.version, last.issued_at_ms);
    if (again === last.body) return { version: last.version, body: last.body };
  }
  const version = (last?.version ?? 0) + 1;
  const body = textOf(content, version, atMs);
  await tx.run(insertBundle, { site, version, epoch: content.csmsEpoch, body, atMs });
  observe(tx, { kind: "bundle.issued", source: "csms", atMs, site, data: { version } });
  return { version, body };
};

type Content = Omit<Bundle, "schema" | "version" | "issuedAtMs">;

const textOf = (content: Content, version: number, issuedAtMs: number): string =>
  JSON.stringify({ schema: 1, version, issuedAtMs, ...content } satisfies Bundle);

async function contentOf(
  tx: Tx,
  { site, atMs }: { readonly site: SiteId; readonly atMs: number },
  { stationAnchors }: World,
): Promise<Content> {
  const stations = await tx.all(stationsOfSite, { site });
  // One more, and no site could read the bundle. Who is left out is known to the site's cache, or a stranger to it.
  const tokens = await tx.all(newestTokens, { most: BUNDLE_TOKENS_MAX });
  const denials = await tx.all(allDenials, {});
  const handlings = new Map(
    (await tx.all(handlingsOfSite, { site })).map((row) => [row.station_id, handlingIn(row)]),
  );
  const dispensations = (await tx.all(dispensationsOfSite, { site })).flatMap(dispensationEntry);
  const unknownOffline = (await setting(tx, "accept_unknown_tokens_offline")) === 1;
  return {
    site,
    csmsEpoch: await csmsEpoch(tx),
    softwareFloor: SOFTWARE_FLOOR,
    // What is in the inventory was read by kernel's parser when it was added.
    stations: stations.map(({ id, serial }) => {
      const handling = handlings.get(id);
      return { id: id as StationId, serial, ...(handling && { handling }) };
    }),
    localList: tokens.map(localEntry),
    stationAnchors,
    deny: denials.map(denyEntry),
    // A site of an earlier version knows no such field, and need not: where there is none, there is none.
    ...(dispensations.length > 0 && { dispensations }),
    ...(await energyOf(tx, site, atMs)),
    policy: {
      unknownTokenOffline: unknownOffline ? "accept" : "refuse",
      cacheMsMax: await setting(tx, "token_cache_ms"),
      heartbeatIntervalS: await setting(tx, "heartbeat_interval_s"),
    },
  };
}

/** Both documents of a managed site, and a limit that a person set for a time; nothing of one that is not. */
async function energyOf(
  tx: Tx,
  site: SiteId,
  atMs: number,
): Promise<Pick<Bundle, "energy" | "guard" | "energyLimit">> {
  const document = await tx.first(newestDocument, { site });
  if (document === undefined || document.energy === null) return {};
  const energy = await priced(tx, site, document.energy);
  const energyLimit = await limitOf(tx, site, atMs);
  return {
    energy,
    ...(document.guard !== null && { guard: document.guard }),
    ...(energyLimit !== undefined && { energyLimit }),
  };
}

function localEntry(token: { shown: string; status: string; expires_at_ms: number | null }): LocalListEntry {
  const { shown, status, expires_at_ms } = token;
  return {
    token: shown,
    status: status === "Accepted" || status === "Expired" ? status : "Blocked",
    ...(expires_at_ms !== null && { expiresAtMs: expires_at_ms }),
  };
}

const denyEntry = ({ kind, issuer, value }: { kind: string; issuer: string; value: string }): DenyEntry =>
  kind === "serial" ? { kind, issuer, serial: value } : { kind: "key", spkiSha256: value };

type DispensationRow = Pick<
  Row<"dispensations">,
  "station_id" | "security_profile" | "until_ms" | "password_hash"
>;
const dispensationEntry = (row: DispensationRow): Dispensation[] =>
  isPasswordProfile(row.security_profile)
    ? [
        {
          station: row.station_id as StationId,
          securityProfile: row.security_profile,
          untilMs: row.until_ms,
          passwordHash: row.password_hash,
        },
      ]
    : [];

/**
 * What the transparent mode needs of the machine: the stations' listener, and a dialer to the CSMS in each station's
 * name, configured by files that an operator lays into the data folder (each may be absent):
 *
 *     DIR/upstream/stations.json                    who the stations are, with their passwords at the CSMS
 *     DIR/upstream/ca.pem                           who signs the CSMS's certificate; else the operator's own root
 *     DIR/upstream/certificate.pem, key.pem         this site's certificate at that CSMS; else that of its site link
 *     DIR/upstream/passphrase                       opens key.pem, where it is encrypted
 *
 * The certificate is the site's own for every station (OCPP 2.0.1 Part 4 §6.5: it holds none of its stations'). Secrets
 * that others may read are refused.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { Clock, Dialer, Log, StationId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { subprotocols } from "@wattward/ocpp";
import { dialer, type TlsClientOptions } from "@wattward/ocpp/websocket";
import { PkiError } from "@wattward/pki";
import { refuseExposed, type SiteIdentity } from "@wattward/pki/files";
import { UPSTREAM_CONNECT_MS_MAX, UPSTREAM_UPGRADE_MS_MAX, VERDICT_MS_MAX } from "../transparent/limits.ts";
import { STATIONS_FILE, type TransparentPorts } from "../transparent/transparent-site.ts";
import { listening, type Settings, SOFTWARE } from "./local-controller.ts";
import { certificateTrust, serverCheck } from "./trust.ts";

export async function transparentPorts(
  settings: Settings,
  identity: SiteIdentity,
  { log, fatal }: { log: Log; fatal(error: Error): void },
): Promise<TransparentPorts> {
  const { csmsUrl, dataFolder } = settings;
  const clock = systemClock();
  const ca = identity.rootPem;
  await refuseExposed(join(dataFolder, STATIONS_FILE));
  return {
    site: identity.site,
    software: SOFTWARE,
    clock,
    chance: systemChance,
    disk: folderDisk(dataFolder),
    log,
    fatal,
    issuedAtMs: new X509Certificate(identity.serverEc.cert).validFromDate.getTime(),
    stationCa: identity.stationCaPem,
    hasEndpoint: new URL(csmsUrl).pathname.length > 1,
    trust: () => certificateTrust(ca),
    upstream: upstreamDialers(settings, await upstreamTls(dataFolder, identity, clock), log),
    listen: (door) =>
      listening(settings, identity, { door, log, clock, limits: { verdictMsMax: VERDICT_MS_MAX } }),
  };
}

type UpstreamTls = {
  readonly trust: Pick<TlsClientOptions, "ca" | "verifyServer">;
  readonly own: Pick<TlsClientOptions, "cert" | "key">;
  /** Given for this CSMS, so that it is shown beside a password too. */
  readonly given: boolean;
};

/** Reads what is there; PkiError where a secret is exposed or a key cannot be opened. */
async function upstreamTls(dataFolder: string, identity: SiteIdentity, clock: Clock): Promise<UpstreamTls> {
  const disk = folderDisk(dataFolder);
  const read = async (name: string) => {
    const bytes = await disk.read(`upstream/${name}`);
    return bytes && new TextDecoder().decode(bytes);
  };
  for (const secret of ["key.pem", "passphrase"]) await refuseExposed(join(dataFolder, "upstream", secret));
  const [ca, cert, key] = [await read("ca.pem"), await read("certificate.pem"), await read("key.pem")];
  if ((cert === undefined) !== (key === undefined)) {
    const name = cert === undefined ? "certificate.pem" : "key.pem";
    const say = "certificate.pem and key.pem are this site's identity at the CSMS, both or neither";
    throw new PkiError("missing-file", `${join(dataFolder, "upstream", name)}; ${say}`);
  }
  const given = cert !== undefined && key !== undefined;
  const passphrase = (await read("passphrase"))?.trim();
  const own = given ? { cert, key, ...(passphrase !== undefined && { passphrase }) } : identity.link;
  // A foreign CSMS is judged by OpenSSL and the machine's clock: our own verdict knows only our own authorities.
  const root = identity.rootPem;
  const trust = ca === undefined ? { ca: root, verifyServer: serverCheck(root, clock) } : { ca };
  return { trust, own: { cert: own.cert, key: opened(own, dataFolder) }, given };
}

/** The key without its passphrase, in memory: opening it takes a moment, and there is a dialer for each password. */
function opened(own: { key: string; passphrase?: string }, dataFolder: string): string {
  try {
    const { key, passphrase } = own;
    return createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
      .export({ type: "pkcs8", format: "pem" })
      .toString();
  } catch (error) {
    throw new PkiError("bad-setting", `${join(dataFolder, "upstream", "key.pem")} cannot be opened`, error);
  }
}

/** One dialer for all stations, and one for each that has a password; each once more for what may be compressed. */
function upstreamDialers(settings: Settings, tls: UpstreamTls, log: Log): TransparentPorts["upstream"] {
  const dialers = new Map<string, Dialer>();
  const dialerFor = (station: StationId, password: Uint8Array | undefined, compression: boolean) => {
    const name = `${compression} ${password === undefined ? "" : station}`;
    const known = dialers.get(name);
    if (known !== undefined) return known;
    const made = upstreamDialer(settings, tls, { log, compression, ...(password && { station, password }) });
    dialers.set(name, made);
    return made;
  };
  return (station, password) => ({
    dial(path, protocols) {
      // 1.6 knows no compression, and some that speak it take the offer badly (QUIRKS 26).
      const compression = protocols.some((protocol) => protocol !== subprotocols["1.6"]);
      return dialerFor(station, password, compression).dial(path, protocols);
    },
  });
}

type Way = {
  readonly log: Log;
  readonly compression: boolean;
  readonly station?: StationId;
  readonly password?: Uint8Array;
};

function upstreamDialer({ csmsUrl, connectTo }: Settings, tls: UpstreamTls, way: Way): Dialer {
  const { log, compression, station, password } = way;
  const basic = station !== undefined && password !== undefined ? { user: station, password } : undefined;
  return dialer({
    url: csmsUrl,
    tls: { ...tls.trust, ...((basic === undefined || tls.given) && tls.own) },
    ...(connectTo !== undefined && { connectTo }),
    ...(basic !== undefined && { basic }),
    limits: { connectMsMax: UPSTREAM_CONNECT_MS_MAX, upgradeMsMax: UPSTREAM_UPGRADE_MS_MAX },
    compression,
    log: log.with({ part: "upstream" }),
  });
}

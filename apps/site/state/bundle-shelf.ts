/**
 * The bundle in force (ADR 12): the last good one holds for ever, an older one never comes back. A bundle is taken in
 * the order verified, durable, in force; a refused one changes nothing and is told why.
 */
import { type Disk, type Instant, type Log, type SiteId, shown } from "@wattward/kernel";
import { type Bundle, parseBundle, parseSignedBundle, type SignedBundle } from "@wattward/sitelink";
import { keep, readKept } from "./kept.ts";

const BUNDLE = "state/bundle.json";

export type BundleTrust = {
  /** Is the text signed by the operator's bundle signer? A sentence where not. */
  verifyBundle(bundle: SignedBundle, now: Instant): { kind: "valid" } | { kind: "refused"; sentence: string };
};

export type BundleTaken =
  | { readonly kind: "taken"; readonly bundle: Bundle }
  | { readonly kind: "refused"; readonly version: number; readonly sentence: string };

export type ShelfPorts = {
  readonly disk: Disk;
  readonly log: Log;
  readonly trust: BundleTrust;
  readonly site: SiteId;
  /** This software's version, compared with the bundle's floor. */
  readonly software: string;
};

export class BundleShelf {
  private readonly ports: ShelfPorts;
  private bundle: Bundle | undefined;
  /** The file as `reread` last saw it. */
  private seen: Uint8Array = new Uint8Array(0);

  private constructor(ports: ShelfPorts) {
    this.ports = ports;
  }

  /** Takes up the one kept, after the same checks as when it came. */
  static async open(ports: ShelfPorts, now: Instant): Promise<BundleShelf> {
    const shelf = new BundleShelf(ports);
    const kept = await readKept(ports.disk, ports.log, { path: BUNDLE, parse: parseKept });
    if (kept === undefined) return shelf;
    const judged = shelf.judge(kept, now);
    if (judged.kind === "taken") shelf.bundle = judged.bundle;
    else ports.log.error("bundle-on-disk-refused", { say: judged.sentence });
    return shelf;
  }

  /** Nothing in force, until {@link reread}. */
  static empty(ports: ShelfPorts): BundleShelf {
    return new BundleShelf(ports);
  }

  get inForce(): Bundle | undefined {
    return this.bundle;
  }

  async take(signed: SignedBundle, now: Instant): Promise<BundleTaken> {
    const judged = this.judge(signed, now);
    if (judged.kind === "refused") return judged;
    if (!(await keep(this.ports.disk, this.ports.log, BUNDLE, signed))) {
      return refused(judged.bundle.version, "the disk is full; the bundle in force stays");
    }
    this.bundle = judged.bundle;
    return judged;
  }

  /**
   * Looks at the file again, for a process that does not write it: takes what the local controller has put there, never an
   * older one. Undefined where the file is the same as before, or there is none.
   */
  async reread(now: Instant): Promise<BundleTaken | undefined> {
    const bytes = await this.ports.disk.read(BUNDLE);
    if (bytes === undefined || Buffer.compare(bytes, this.seen) === 0) return undefined;
    this.seen = bytes;
    const kept = parseSignedBundle(new TextDecoder().decode(bytes));
    if (!kept.ok) return refused(0, `${BUNDLE} cannot be read: its ${kept.fault.sentence}`);
    const judged = this.judge(kept.value, now);
    if (judged.kind === "taken") this.bundle = judged.bundle;
    return judged;
  }

  private judge(signed: SignedBundle, now: Instant): BundleTaken {
    const { trust, site, software } = this.ports;
    const verdict = trust.verifyBundle(signed, now);
    if (verdict.kind === "refused") return refused(0, verdict.sentence);
    const parsed = parseBundle(signed.body);
    if (!parsed.ok) return refused(0, `the bundle's ${parsed.fault.sentence}`);
    const bundle = parsed.value;
    if (bundle.site !== site)
      return refused(bundle.version, `the bundle is for site ${bundle.site}, this is ${site}`);
    if (this.bundle !== undefined && isOlder(bundle, this.bundle)) {
      const { csmsEpoch, version } = this.bundle;
      return refused(
        bundle.version,
        `version ${bundle.version} of epoch ${bundle.csmsEpoch} is older than ${version} of ${csmsEpoch}, in force`,
      );
    }
    if (isBelow(software, bundle.softwareFloor)) {
      return refused(
        bundle.version,
        `the bundle needs software ${shown(bundle.softwareFloor)}, this is ${software}`,
      );
    }
    return { kind: "taken", bundle };
  }
}

const refused = (version: number, sentence: string): BundleTaken => ({ kind: "refused", version, sentence });

const parseKept = (value: unknown): SignedBundle | undefined => {
  const parsed = parseSignedBundle(JSON.stringify(value));
  return parsed.ok ? parsed.value : undefined;
};

const isOlder = (a: Bundle, b: Bundle): boolean =>
  a.csmsEpoch < b.csmsEpoch || (a.csmsEpoch === b.csmsEpoch && a.version < b.version);

/** Dotted numbers, compared one by one; what is no number counts as 0. */
function isBelow(software: string, floor: string): boolean {
  const [ours, least] = [software, floor].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let i = 0; i < Math.max(ours!.length, least!.length); i++) {
    const difference = (ours![i] ?? 0) - (least![i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** What the gateway is given; nothing in it reaches for the world by itself. */
import type {
  Chance,
  Clock,
  JsonObject,
  Log,
  MessageId,
  StationId,
  TraceId,
  UpgradeRequest,
  UpgradeVerdict,
  WireServer,
} from "@wattward/kernel";
import type { Deviation } from "@wattward/ocpp";
import type { PasswordHasher, PasswordProfile } from "@wattward/ocpp/ways-in";
import type { SignedBundle } from "@wattward/sitelink";
import type { Core, MeasuredStorage, Route } from "../core/port.ts";
import type { LiveEnergies } from "../energy/live.ts";
import type { MessageLog } from "../message-log/message-log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Seen } from "./observer.ts";
import type { Trust } from "./trust.ts";

export type Upgrade = (request: UpgradeRequest) => Promise<UpgradeVerdict>;

export type ListenerDoors = {
  readonly upgrade: Upgrade;
  /** The certificate alone, before any HTTP: is it any of ours? */
  readonly verifyPeer: (chainDer: readonly Uint8Array[]) => Verified;
  /** Asked once a connection, before anything is spent on it. */
  readonly admits: (address: string) => boolean;
  /** A connection ended before it asked for anything: TLS refused it, or `verifyPeer` did. */
  readonly refused: (seen: {
    readonly what: string;
    readonly address: string;
    readonly detail: JsonObject;
  }) => void;
};
export type Verified = { readonly kind: "trusted" } | { readonly kind: "refused"; readonly reason: string };

/** Security profiles 1 and 2; without it the gateway knows profile 3 alone. */
export type PasswordPorts = {
  readonly hash: PasswordHasher;
  /** Rejects where it cannot, or may not, listen there. `port`: the one that it had before, if any. */
  listen(
    securityProfile: PasswordProfile,
    port: number | undefined,
    doors: Omit<ListenerDoors, "verifyPeer">,
  ): Promise<WireServer>;
  /** A listener has opened on this port, or closed. */
  changed?(securityProfile: PasswordProfile, port: number | undefined): void;
};

export type GatewayPorts = {
  readonly core: Core;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly trust: Trust;
  /** Signs the text of a bundle with the operator's bundle key. */
  readonly signBundle: (body: string) => Promise<SignedBundle>;
  /** Begins to accept connections; whoever comes has shown a certificate to TLS (security profile 3). */
  readonly listen: (doors: ListenerDoors) => Promise<WireServer>;
  readonly metrics: Metrics;
  readonly passwords?: PasswordPorts | undefined;
  /** How much room the store has; undefined where it cannot be told. */
  readonly storage?: (() => Promise<MeasuredStorage | undefined>) | undefined;
  /** Where several processes serve one database: this one of them. */
  readonly node?: GatewayNode;
  readonly rates?: PeerRates;
  /** Where sites leave what their energy is now, for whoever shows it; without it, nowhere. */
  readonly energies?: LiveEnergies;
};

/** What an operator allows one peer in the long run, where it is more or less than usual. */
export type PeerRates = {
  /** Frames of one direct station (session-options.ts). */
  readonly stationFramesPerSecond?: number | undefined;
  /** Messages of one site's link (limits.ts). */
  readonly siteMessagesPerSecond?: number | undefined;
};

/** What a gateway must know of being one of several (nodes/membership.ts). */
export type GatewayNode = {
  readonly id: string;
  /** False once its lease has run out: from then on others may hold what it held. */
  stands(): boolean;
  /** Others that may be dead, as far as is seen from here: they are not asked. */
  silent(): readonly string[];
  /** `lost`: close every socket, at once, and resolve when they are; `joined`: begin again. */
  follow(listener: { lost(): Promise<void>; joined(): void }): void;
};

/** What every connection shares. */
export type ConnectionPorts = Pick<GatewayPorts, "core" | "clock" | "log" | "metrics" | "node" | "rates"> & {
  /** Resolves when the store takes something, which it usually does: see store-watch.ts. */
  readonly storeBack: () => Promise<void>;
  /** Every frame of every station is shown to it, as it passes. */
  readonly messages: Pick<MessageLog, "seen">;
  /** To be told to people, at a bounded rate. */
  readonly tell: (seen: Seen) => void;
  /** Something that a station did beside its CALLs is to be counted. */
  readonly deviated: (station: StationId, route: Route, deviations: readonly Deviation[]) => void;
  /** A trace id, unique in this process and unlikely to be met in another's. */
  readonly newTrace: () => TraceId;
  /** A message id for a CALL of ours, unique over all connections (OCPP 2.0.1 Part 4 §4.1.4). */
  readonly newMessageId: () => MessageId;
};

/** The field that names this node in a decision; nothing where one process serves alone. */
export const nodeOf = ({ node }: Pick<ConnectionPorts, "node">): { node?: string } =>
  node === undefined ? {} : { node: node.id };

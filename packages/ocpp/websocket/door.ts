/**
 * What a TCP connection passes before anything is spent on it: whose it is, whether that source may try, and a place.
 *
 *     listed proxy: PROXY header (proxyHeaderMsMax) ─┐
 *     anyone else: its own address ──────────────────┴▶ gate ─▶ place ─▶ on
 *
 * Always true: who is not listed has no say in whose address counts; a listed proxy that does not say it is refused.
 */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { type AddressRange, inRanges, type Log, plainAddress, readRange, sourceKey } from "@wattward/kernel";
import { takeProxyHeader } from "./beginnings.ts";
import type { ServerLimits } from "./limits.ts";
import { Places } from "./places.ts";
import type { Refusals } from "./refusals.ts";
import type { Connection } from "./secured.ts";

/** Who may try at all: the caller's memory of who failed to authenticate, which costs that source its tries. */
export type Gate = {
  /**
   * Asked once a connection, when its peer's address is known and before TLS; no and a throw close it without a word.
   * `address` is in its plain spelling (`plainAddress`); count by `sourceKey`. Not asked about a listed proxy itself.
   */
  admits(address: string): boolean;
};

export type DoorOptions = {
  /** Addresses and ranges; see `ListenOptions.proxies`. */
  readonly proxies: readonly string[];
  readonly gate: Gate | undefined;
  readonly limits: ServerLimits;
  readonly refusals: Refusals;
  readonly log: Log;
};

export class Door {
  private readonly options: DoorOptions;
  private readonly places: Places;
  private readonly proxies: readonly AddressRange[];
  private headers = 0;

  constructor(options: DoorOptions) {
    this.options = options;
    this.places = new Places(options.limits);
    this.proxies = options.proxies.map((text) => {
      const range = readRange(text);
      assert(range, `'${text}' is neither an address nor a range of them`);
      return range;
    });
  }

  /** No newcomer gets in, whoever it is. */
  get full(): boolean {
    return this.places.full;
  }

  /** Lets a fresh connection on to `on`, or ends it. Its errors end it from here on. */
  enter(socket: Socket, on: (connection: Connection) => void): void {
    socket.on("error", () => socket.destroy());
    const address = plainAddress(socket.remoteAddress ?? "");
    if (inRanges(address, this.proxies)) void this.enterProxied(socket, address, on);
    else if (this.admits(address)) this.place(socket, address, on);
    else this.refuse(socket, "source-shed", { address });
  }

  private async enterProxied(
    socket: Socket,
    proxy: string,
    on: (connection: Connection) => void,
  ): Promise<void> {
    const { proxyHeadersMax, proxyHeaderMsMax } = this.options.limits;
    if (this.headers >= proxyHeadersMax) {
      return this.refuse(socket, "connections-full", { address: proxy, say: "PROXY headers are awaited" });
    }
    this.headers++;
    const header = await takeProxyHeader(socket, proxyHeaderMsMax);
    this.headers--;
    if (header.kind === "local") return this.place(socket, proxy, on);
    if (header.kind === "proxied") {
      const { address } = header;
      if (this.admits(address)) return this.place(socket, address, on);
      return this.refuse(socket, "source-shed", { address, proxy });
    }
    // A proxy that looks whether anybody is there says nothing, and that is nothing to write about.
    if (header.kind === "unfinished" && header.bytes === 0 && !header.late) return void socket.destroy();
    const say = header.kind === "bad" ? header.reason : `the header ended after ${header.bytes} bytes`;
    this.refuse(socket, "proxy-header-refused", { address: proxy, say });
  }

  private admits(address: string): boolean {
    const { gate, log } = this.options;
    try {
      return gate?.admits(address) ?? true;
    } catch (error) {
      log.error("gate-failed", { error: error instanceof Error ? (error.stack ?? "") : typeof error });
      return false;
    }
  }

  private place(socket: Socket, address: string, on: (connection: Connection) => void): void {
    if (socket.destroyed) return;
    const source = sourceKey(address);
    const place = this.places.enter(source, performance.now(), () =>
      this.refuse(socket, "connection-shed", { address }),
    );
    if (typeof place === "string") {
      this.refuse(socket, place, { address });
    } else {
      socket.once("close", () => place.left());
      on({ socket, address, source, place });
    }
  }

  private refuse(
    socket: Socket,
    event: string,
    fields: { address: string; proxy?: string; say?: string },
  ): void {
    this.options.refusals.tell(event, fields);
    socket.destroy();
  }
}

/**
 * Whoever comes after this process must know the highest that a station may live on: without that on disk nothing above its safe default is
 * raised. What lowers needs no memory, and waits for no disk.
 */
import type { Outlet } from "@wattward/energy";
import type { ChargingSession } from "./session.ts";

export type RememberedPorts = {
  /** What sessions have become is durable once it resolves; false: the disk is full, and it is not. */
  keep(): Promise<boolean>;
  observe(kind: string, detail: string): void;
};

export class Remembered {
  private readonly ports: RememberedPorts;
  /** What a session is known to have had, while more is being written to the disk. */
  private readonly keeping = new Map<ChargingSession, number>();
  /** Nothing could be kept, the last time: told once. */
  private forgets = false;

  constructor(ports: RememberedPorts) {
    this.ports = ports;
  }

  /** Would a successor know of it? */
  has(session: ChargingSession, limitMa: number, { safeMa }: Outlet): boolean {
    return limitMa <= Math.max(this.keeping.get(session) ?? session.mostMa ?? 0, safeMa);
  }

  /** Resolves when it is on the disk, true, or could not be put there; `undefined`: another of it is under way, at once. */
  async keep(session: ChargingSession, limitMa: number): Promise<boolean | undefined> {
    const before = session.mostMa;
    if (this.keeping.has(session)) return undefined;
    this.keeping.set(session, before ?? 0);
    session.mostMa = limitMa;
    const kept = await this.ports.keep();
    this.keeping.delete(session);
    if (!kept) session.mostMa = before;
    if (!kept && !this.forgets)
      this.ports.observe("raise-not-remembered", "the disk is full: no grant is raised until there is room");
    this.forgets = !kept;
    return kept;
  }
}

/**
 * What the central system promises, watched at its commits: records of a journal are applied once and in order, a
 * direct station's call is answered only after its decision was committed, and what was replayed is remembered, so
 * that nothing of it may be called live later (see stored-facts.ts).
 */
import type { Decisions } from "../../apps/csms/core/port.ts";
import type { CommitWatch } from "./csms-process.ts";

export class Commits implements CommitWatch {
  readonly violations: string[] = [];
  /** A test may act at the moment of a commit, before anybody hears of it. */
  onDecided: <N extends keyof Decisions>(name: N, input: Decisions[N]["input"]) => void = () => {};
  /** Traces of records that were applied as history. */
  readonly replayed = new Set<string>();
  private readonly appliedSeq = new Map<string, number>();
  private readonly called = new Set<string>();
  private readonly relayed = new Set<string>();

  decided<N extends keyof Decisions>(
    name: N,
    input: Decisions[N]["input"],
    output: Decisions[N]["output"],
  ): void {
    this.onDecided(name, input);
    if (name === "site.record") {
      this.record(input as Decisions["site.record"]["input"], output as Decisions["site.record"]["output"]);
    } else if (name === "site.relay") {
      this.relayed.add((input as Decisions["site.relay"]["input"]).trace);
    } else if (name === "station.call") {
      const { station, id } = input as Decisions["station.call"]["input"];
      this.called.add(`${station} ${id}`);
    }
  }

  /** A direct station was answered. */
  answered(station: string, id: string): void {
    if (!this.called.has(`${station} ${id}`))
      this.violations.push(`csms: message ${id} of ${station} was answered before it was committed`);
  }

  private record(
    { site, live, record }: Decisions["site.record"]["input"],
    { kind, ackedSeq }: Decisions["site.record"]["output"],
  ): void {
    const journal = `${site} ${record.epoch}`;
    const applied = this.appliedSeq.get(journal) ?? 0;
    if (kind === "applied") {
      if (record.seq !== applied + 1)
        this.violations.push(`csms: record ${record.seq} of ${journal} was applied after record ${applied}`);
      this.appliedSeq.set(journal, record.seq);
      // A relay that the link did not survive comes again as the record of the site's own answer: that one was live.
      const wasLive = record.kind !== "frame" || this.relayed.delete(record.trace);
      if (!live && !wasLive) this.replayed.add(record.trace);
    }
    const durable = this.appliedSeq.get(journal) ?? 0;
    if (ackedSeq > durable)
      this.violations.push(`csms: ${journal} is acknowledged up to ${ackedSeq}, applied up to ${durable}`);
  }
}

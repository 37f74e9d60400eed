/** What commissioning found of a site, and how it is told in words: never without what was left out. */

export type Finding = {
  readonly level: "good" | "look" | "fault";
  /** What it is about: reachable, models, nameplate, values, revert, phases. */
  readonly about: string;
  readonly sentence: string;
};

export type FoundModels = readonly {
  readonly id: number;
  readonly address: number;
  readonly length: number;
}[];

export type DeviceReport = {
  readonly device: string;
  readonly kind: string;
  readonly findings: readonly Finding[];
  readonly models?: FoundModels;
  /** Watts, as the nameplate has them. */
  readonly rated?: { readonly chargeW?: number; readonly dischargeW?: number };
  readonly revert?:
    | { readonly kind: "proven"; readonly afterMs: number; readonly watchedMs: number }
    | { readonly kind: "unproven"; readonly why: string };
};

export type PhaseReport = {
  readonly outlet: string;
  readonly expected: readonly string[];
  /** Phases on which the grid meter saw the load come. */
  readonly seen: readonly string[] | "not-checked";
  /** The load came as power that leaves: the grid meter was installed the wrong way round. */
  readonly inverted?: boolean;
};

export type CommissionReport = {
  readonly schema: 1;
  readonly site: string;
  readonly atWallMs: number;
  readonly software: string;
  /** SHA-256 of the document that was commissioned, hex. */
  readonly documentSha256: string;
  readonly devices: readonly DeviceReport[];
  readonly phases: readonly PhaseReport[];
  /** Nothing is at fault. */
  readonly passed: boolean;
};

/** So begins what is said of a revert that nobody watched. */
export const NOT_TRIED = "not tried";

/** What the report says nothing about, in words: `phases of 4 of 4 outlets`, `the revert of battery`. */
export function notChecked({ devices, phases }: CommissionReport): readonly string[] {
  const unseen = phases.filter(({ seen }) => seen === "not-checked").length;
  const untried = devices.filter(({ findings }) =>
    findings.some(({ about, sentence }) => about === "revert" && sentence.startsWith(NOT_TRIED)),
  );
  return [
    ...(unseen > 0 ? [`phases of ${unseen} of ${phases.length} outlets`] : []),
    ...untried.map(({ device }) => `the revert of ${device}`),
  ];
}

/** The verdict in words, never without what was left out. */
export function verdictOf(report: CommissionReport): string {
  const left = notChecked(report);
  const verdict = report.passed ? "nothing is at fault" : "something is at fault";
  return left.length === 0
    ? verdict
    : `${verdict}${report.passed ? " in what was checked" : ""}; not checked: ${left.join(", ")}`;
}

/** Devices that were not reached, or are not what the document says: it can be set only when they are. */
export const notAsWritten = ({ devices }: CommissionReport): readonly string[] =>
  devices
    .filter(({ findings }) =>
      findings.some(({ level, about }) => level === "fault" && (about === "reachable" || about === "models")),
    )
    .map(({ device }) => device);

/** The table of repairs, in the order in which they are tried, and of what is only counted. `docs/quirks.md` is made of it. */
import { badTagOfStop } from "./bad-tag-of-stop.ts";
import { emptySample } from "./empty-sample.ts";
import { loneObject } from "./lone-object.ts";
import { meterValueNumber } from "./meter-value-number.ts";
import { meterValueText } from "./meter-value-text.ts";
import { offsetNotRfc3339 } from "./offset-not-rfc3339.ts";
import { overLongTag } from "./over-long-tag.ts";
import { paddedRefusal } from "./padded-refusal.ts";
import type { Repair } from "./repair.ts";
import { settingValueNumber } from "./setting-value-number.ts";
import { timeWithoutZone } from "./time-without-zone.ts";
import { unknownContext } from "./unknown-context.ts";
import { unknownErrorCode } from "./unknown-error-code.ts";
import { unknownReason } from "./unknown-reason.ts";
import { unknownSampleKind } from "./unknown-sample-kind.ts";

/** Each changes form alone, and is off where a station is held strictly. */
export const repairs: readonly Repair[] = [
  timeWithoutZone,
  offsetNotRfc3339,
  meterValueNumber,
  meterValueText,
  settingValueNumber,
  loneObject,
  emptySample,
  unknownErrorCode,
  unknownContext,
  unknownSampleKind,
  unknownReason,
  badTagOfStop,
  overLongTag,
  paddedRefusal,
];

/** Why a person should look at a transaction before it is billed. Codes are kept sorted, so that order leaves no trace. */
export const reviewCodes = {
  clock: "a time of the station was not believable; the time of reception stands in its place",
  "meter-below-start": "the register fell below its value at the start",
  superseded: "a new start came while it was open; its end is assumed, with the last sample as its meter",
  uncertain: "its station restarted while it was open, and has not said how it ended",
  "stop-differs": "it was ended twice with different facts; the first stands",
  "start-differs": "it was started twice with different facts; the first stands",
  "after-end": "values with a higher sequence number than its end arrived",
  sequence: "two different events carried one sequence number",
  "unleased-id": "the site gave it a number from no block of its own",
  "accepted-locally": "the site accepted a token without us that we would have refused",
  "events-missing": "events between its start and its end never came, and it was not offline",
  "meter-jump": "its energy is more than any charger could have given in its time",
  "meter-silent": "it charged, and its meter values came no more",
  "meter-frozen": "its register stood still while it said that it charged",
  "no-meter": "its start or its end came without a register value",
} as const;
export type ReviewCode = keyof typeof reviewCodes;

/** Adds codes to what is there; null where there are none. */
export function withReview(review: string | null, codes: readonly ReviewCode[]): string | null {
  const all = new Set([...codesOf(review), ...codes]);
  return all.size === 0 ? null : [...all].sort().join(",");
}

/** Takes a code away: the doubt was resolved. */
export function withoutReview(review: string | null, code: ReviewCode): string | null {
  const left = codesOf(review).filter((kept) => kept !== code);
  return left.length === 0 ? null : left.join(",");
}

export const codesOf = (review: string | null): string[] => (review === null ? [] : review.split(","));

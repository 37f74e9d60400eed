/** What can be wrong with a device, as a value; the sentence is for people, and says what to look at. */
export type Trouble = {
  /**
   * `unreachable`: the guard cannot be reached, or nothing answers. `refused`: the guard or the device answers with an exception.
   * `unsuited`: it answers, and is not what the site's document says it is. `disobedient`: it acknowledges and does not do. `disbelieved`: what
   * it tells cannot be. `asleep`: nothing answers, as is usual for it at night.
   */
  readonly kind: "unreachable" | "refused" | "unsuited" | "disobedient" | "disbelieved" | "asleep";
  readonly sentence: string;
};

export const trouble = (kind: Trouble["kind"], sentence: string): Trouble => ({ kind, sentence });

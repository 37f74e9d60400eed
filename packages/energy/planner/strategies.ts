/**
 * The strategies that an energy manager chooses from, as weights of one linear program, and in a sentence each. Money in cents.
 *
 *     value of a kWh that a car gets before it leaves ≫ price of a kWh ≫ what is told apart at all (earlier, evener)
 */
import type { PlannerInput, Strategy } from "../planner.ts";

export type Weights = {
  /** Part of the tariff that counts; 0: energy costs the same at all times. */
  readonly price: number;
  /** Cents, above the dearest energy of the plan, for a kWh that a car goes without: the first half of what it takes, and the second. */
  readonly firstHalfCent: number;
  readonly secondHalfCent: number;
  /** Cents more for each kWh bought, less for each kWh fed in: how far own solar is preferred to the market. */
  readonly gridCent: number;
  /** The driver's own departure and energy count so much beside what is forecast, which has heard them already. */
  readonly driversWord: number;
};

export const STRATEGIES: Readonly<
  Record<Strategy, { readonly weights: Weights; readonly sentence: string }>
> = {
  fairness: {
    weights: { price: 0, firstHalfCent: 200, secondHalfCent: 100, gridCent: 0, driversWord: 0 },
    sentence: "Everybody gets a good part before anybody gets all; prices do not count.",
  },
  cost: {
    weights: { price: 1, firstHalfCent: 100, secondHalfCent: 100, gridCent: 0, driversWord: 0 },
    sentence: "Cars charge when energy is cheapest, as long as they are likely to be full when they leave.",
  },
  "self-consumption": {
    weights: { price: 0.2, firstHalfCent: 100, secondHalfCent: 100, gridCent: 30, driversWord: 0 },
    sentence: "Cars and battery wait for the sun as long as cars are likely to be full when they leave.",
  },
  "guaranteed-energy": {
    weights: { price: 0.2, firstHalfCent: 300, secondHalfCent: 300, gridCent: 0, driversWord: 1 },
    sentence:
      "What a driver asked for comes first, by the departure he told; prices count among equals only.",
  },
};

/** A kWh missed is worth what the operator says, where prices count at all. */
export function weightsOf({ strategy, tariff }: Pick<PlannerInput, "strategy" | "tariff">): Weights {
  const { weights } = STRATEGIES[strategy];
  if (tariff.missedMilliCentPerKwh === undefined || weights.price === 0) return weights;
  const cent = tariff.missedMilliCentPerKwh / 1000;
  return { ...weights, firstHalfCent: cent, secondHalfCent: cent };
}

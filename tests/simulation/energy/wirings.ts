/** How installers wire three-phase stations: each next one turned by a phase. */
export const three = ["L1", "L2", "L3"] as const;
export const turned = ["L2", "L3", "L1"] as const;
export const turnedTwice = ["L3", "L1", "L2"] as const;

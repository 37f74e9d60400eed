/** Meters: 201 to 204 in integers, 211 to 214 in floating point; four kinds of wiring, one layout. */
import { defineModels } from "../model.ts";

const meter = `
  A AphA AphB AphC: int16 ^A_SF [A]
  A_SF: sunssf
  PhV PhVphA PhVphB PhVphC PPV PhVphAB PhVphBC PhVphCA: int16 ^V_SF [V]
  V_SF: sunssf
  Hz: int16 ^Hz_SF [Hz]
  Hz_SF: sunssf
  W WphA WphB WphC: int16 ^W_SF [W]
  W_SF: sunssf
  VA VAphA VAphB VAphC: int16 ^VA_SF [VA]
  VA_SF: sunssf
  VAR VARphA VARphB VARphC: int16 ^VAR_SF [var]
  VAR_SF: sunssf
  PF PFphA PFphB PFphC: int16 ^PF_SF [Pct]
  PF_SF: sunssf
  TotWhExp TotWhExpPhA TotWhExpPhB TotWhExpPhC TotWhImp TotWhImpPhA TotWhImpPhB: acc32 ^TotWh_SF [Wh]
  TotWhImpPhC: acc32 ^TotWh_SF [Wh]
  TotWh_SF: sunssf
  TotVAhExp TotVAhExpPhA TotVAhExpPhB TotVAhExpPhC TotVAhImp TotVAhImpPhA: acc32 ^TotVAh_SF [VAh]
  TotVAhImpPhB TotVAhImpPhC: acc32 ^TotVAh_SF [VAh]
  TotVAh_SF: sunssf
  TotVArhImpQ1 TotVArhImpQ1PhA TotVArhImpQ1PhB TotVArhImpQ1PhC TotVArhImpQ2: acc32 ^TotVArh_SF [varh]
  TotVArhImpQ2PhA TotVArhImpQ2PhB TotVArhImpQ2PhC TotVArhExpQ3 TotVArhExpQ3PhA: acc32 ^TotVArh_SF [varh]
  TotVArhExpQ3PhB TotVArhExpQ3PhC TotVArhExpQ4 TotVArhExpQ4PhA TotVArhExpQ4PhB: acc32 ^TotVArh_SF [varh]
  TotVArhExpQ4PhC: acc32 ^TotVArh_SF [varh]
  TotVArh_SF: sunssf
  Evt: bitfield32
`;

const floatMeter = `
  A AphA AphB AphC: float32 [A]
  PhV PhVphA PhVphB PhVphC PPV PPVphAB PPVphBC PPVphCA: float32 [V]
  Hz: float32 [Hz]
  W WphA WphB WphC: float32 [W]
  VA VAphA VAphB VAphC: float32 [VA]
  VAR VARphA VARphB VARphC: float32 [var]
  PF PFphA PFphB PFphC: float32 [PF]
  TotWhExp TotWhExpPhA TotWhExpPhB TotWhExpPhC TotWhImp TotWhImpPhA TotWhImpPhB TotWhImpPhC: float32 [Wh]
  TotVAhExp TotVAhExpPhA TotVAhExpPhB TotVAhExpPhC TotVAhImp TotVAhImpPhA TotVAhImpPhB: float32 [VAh]
  TotVAhImpPhC: float32 [VAh]
  TotVArhImpQ1 TotVArhImpQ1phA TotVArhImpQ1phB TotVArhImpQ1phC TotVArhImpQ2 TotVArhImpQ2phA: float32 [varh]
  TotVArhImpQ2phB TotVArhImpQ2phC TotVArhExpQ3 TotVArhExpQ3phA TotVArhExpQ3phB: float32 [varh]
  TotVArhExpQ3phC TotVArhExpQ4 TotVArhExpQ4phA TotVArhExpQ4phB TotVArhExpQ4phC: float32 [varh]
  Evt: bitfield32
`;

export const meterModels = defineModels([
  [201, "meter, one phase", meter],
  [202, "meter, split phase", meter],
  [203, "meter, three phases, wye", meter],
  [204, "meter, three phases, delta", meter],
  [211, "meter, one phase, floating point", floatMeter],
  [212, "meter, split phase, floating point", floatMeter],
  [213, "meter, three phases, wye, floating point", floatMeter],
  [214, "meter, three phases, delta, floating point", floatMeter],
]);

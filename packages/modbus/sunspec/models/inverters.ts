/** Inverters: 101 to 103 in integers, 111 to 113 in floating point; one to three phases, one layout. */
import { defineModels } from "../model.ts";

const inverter = `
  A AphA AphB AphC: uint16 ^A_SF [A]
  A_SF: sunssf
  PPVphAB PPVphBC PPVphCA PhVphA PhVphB PhVphC: uint16 ^V_SF [V]
  V_SF: sunssf
  W: int16 ^W_SF [W]
  W_SF: sunssf
  Hz: uint16 ^Hz_SF [Hz]
  Hz_SF: sunssf
  VA: int16 ^VA_SF [VA]
  VA_SF: sunssf
  VAr: int16 ^VAr_SF [var]
  VAr_SF: sunssf
  PF: int16 ^PF_SF [Pct]
  PF_SF: sunssf
  WH: acc32 ^WH_SF [Wh]
  WH_SF: sunssf
  DCA: uint16 ^DCA_SF [A]
  DCA_SF: sunssf
  DCV: uint16 ^DCV_SF [V]
  DCV_SF: sunssf
  DCW: int16 ^DCW_SF [W]
  DCW_SF: sunssf
  TmpCab TmpSnk TmpTrns TmpOt: int16 ^Tmp_SF [C]
  Tmp_SF: sunssf
  St StVnd: enum16
  Evt1 Evt2 EvtVnd1 EvtVnd2 EvtVnd3 EvtVnd4: bitfield32
`;

const floatInverter = `
  A AphA AphB AphC: float32 [A]
  PPVphAB PPVphBC PPVphCA PhVphA PhVphB PhVphC: float32 [V]
  W: float32 [W]
  Hz: float32 [Hz]
  VA: float32 [VA]
  VAr: float32 [var]
  PF: float32 [Pct]
  WH: float32 [Wh]
  DCA: float32 [A]
  DCV: float32 [V]
  DCW: float32 [W]
  TmpCab TmpSnk TmpTrns TmpOt: float32 [C]
  St StVnd: enum16
  Evt1 Evt2 EvtVnd1 EvtVnd2 EvtVnd3 EvtVnd4: bitfield32
`;

export const inverterModels = defineModels([
  [101, "inverter, one phase", inverter],
  [102, "inverter, split phase", inverter],
  [103, "inverter, three phases", inverter],
  [111, "inverter, one phase, floating point", floatInverter],
  [112, "inverter, split phase, floating point", floatInverter],
  [113, "inverter, three phases, floating point", floatInverter],
]);

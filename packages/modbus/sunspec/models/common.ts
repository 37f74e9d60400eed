/** 1, which every device begins with, and 160, the inputs of an inverter with several. */
import { defineModels } from "../model.ts";

const common = `
  Mn Md: string(16)
  Opt Vr: string(8)
  SN: string(16)
  DA: uint16 rw
  Pad: pad
`;

const mppt = `
  DCA_SF DCV_SF DCW_SF DCWH_SF: sunssf
  Evt: bitfield32
  N TmsPer: uint16
  module × N {
    ID: uint16
    IDStr: string(8)
    DCA: uint16 ^DCA_SF [A]
    DCV: uint16 ^DCV_SF [V]
    DCW: uint16 ^DCW_SF [W]
    DCWH: acc32 ^DCWH_SF [Wh]
    Tms: uint32 [Secs]
    Tmp: int16 [C]
    DCSt: enum16
    DCEvt: bitfield32
  }
`;

export const commonModels = defineModels([
  [1, "common", common],
  [160, "multiple MPPT inverter extension", mppt],
]);

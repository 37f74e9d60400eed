/** Batteries: 802 the whole, 803 banks of lithium-ion strings. */
import { defineModels } from "../model.ts";

const battery = `
  AHRtg: uint16 ^AHRtg_SF [Ah]
  WHRtg: uint16 ^WHRtg_SF [Wh]
  WChaRteMax WDisChaRteMax: uint16 ^WChaDisChaMax_SF [W]
  DisChaRte: uint16 ^DisChaRte_SF [%WHRtg]
  SoCMax SoCMin: uint16 ^SoC_SF [%WHRtg]
  SocRsvMax SoCRsvMin: uint16 ^SoC_SF [%WHRtg] rw
  SoC: uint16 ^SoC_SF [%WHRtg]
  DoD: uint16 ^DoD_SF [%]
  SoH: uint16 ^SoH_SF [%]
  NCyc: uint32
  ChaSt LocRemCtl: enum16
  Hb: uint16
  CtrlHb AlmRst: uint16 rw
  Typ State StateVnd: enum16
  WarrDt: uint32
  Evt1 Evt2 EvtVnd1 EvtVnd2: bitfield32
  V VMax VMin: uint16 ^V_SF [V]
  CellVMax: uint16 ^CellV_SF [V]
  CellVMaxStr CellVMaxMod: uint16
  CellVMin: uint16 ^CellV_SF [V]
  CellVMinStr CellVMinMod: uint16
  CellVAvg: uint16 ^CellV_SF [V]
  A: int16 ^A_SF [A]
  AChaMax ADisChaMax: uint16 ^AMax_SF [A]
  W: int16 ^W_SF [W]
  ReqInvState: enum16
  ReqW: int16 ^W_SF [W]
  SetOp SetInvState: enum16 rw
  AHRtg_SF WHRtg_SF WChaDisChaMax_SF DisChaRte_SF SoC_SF DoD_SF SoH_SF V_SF CellV_SF A_SF AMax_SF: sunssf
  W_SF: sunssf
`;

const lithiumIonBank = `
  NStr NStrCon: uint16
  ModTmpMax: int16 ^ModTmp_SF [C]
  ModTmpMaxStr ModTmpMaxMod: uint16
  ModTmpMin: int16 ^ModTmp_SF [C]
  ModTmpMinStr ModTmpMinMod: uint16
  ModTmpAvg: int16 ^ModTmp_SF [C]
  StrVMax: uint16 ^V_SF [V]
  StrVMaxStr: uint16
  StrVMin: uint16 ^V_SF [V]
  StrVMinStr: uint16
  StrVAvg: uint16 ^V_SF [V]
  StrAMax: int16 ^A_SF [A]
  StrAMaxStr: uint16
  StrAMin: int16 ^A_SF [A]
  StrAMinStr: uint16
  StrAAvg: int16 ^A_SF [A]
  NCellBal: uint16
  CellV_SF ModTmp_SF A_SF SoH_SF SoC_SF V_SF: sunssf
  string × NStr {
    StrNMod: uint16
    StrSt: bitfield32
    StrConFail: enum16
    StrSoC: uint16 ^SoC_SF [%]
    StrSoH: uint16 ^SoH_SF [%]
    StrA: int16 ^A_SF [A]
    StrCellVMax: uint16 ^CellV_SF [V]
    StrCellVMaxMod: uint16
    StrCellVMin: uint16 ^CellV_SF [V]
    StrCellVMinMod: uint16
    StrCellVAvg: uint16 ^CellV_SF [V]
    StrModTmpMax: int16 ^ModTmp_SF [C]
    StrModTmpMaxMod: uint16
    StrModTmpMin: int16 ^ModTmp_SF [C]
    StrModTmpMinMod: uint16
    StrModTmpAvg: int16 ^ModTmp_SF [C]
    StrDisRsn: enum16
    StrConSt StrEvt1 StrEvt2 StrEvtVnd1 StrEvtVnd2: bitfield32
    StrSetEna StrSetCon: enum16 rw
    Pad1 Pad2: pad
  }
`;

export const batteryModels = defineModels([
  [802, "battery", battery],
  [803, "lithium-ion battery bank", lithiumIonBank],
]);

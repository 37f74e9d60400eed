/** Distributed energy resources after IEEE 1547-2018: measurement, capacity, controls, readable curves, storage. */
import { defineModels } from "../model.ts";

const acMeasurement = `
  ACType St InvSt ConnSt: enum16
  Alrm DERMode: bitfield32
  W: int16 ^W_SF [W]
  VA: int16 ^VA_SF [VA]
  Var: int16 ^Var_SF [Var]
  PF: int16 ^PF_SF
  A: int16 ^A_SF [A]
  LLV LNV: uint16 ^V_SF [V]
  Hz: uint32 ^Hz_SF [Hz]
  TotWhInj TotWhAbs: uint64 ^TotWh_SF [Wh]
  TotVarhInj TotVarhAbs: uint64 ^TotVarh_SF [Varh]
  TmpAmb TmpCab TmpSnk TmpTrns TmpSw TmpOt: int16 ^Tmp_SF [C]
  WL1: int16 ^W_SF [W]
  VAL1: int16 ^VA_SF [VA]
  VarL1: int16 ^Var_SF [Var]
  PFL1: int16 ^PF_SF
  AL1: int16 ^A_SF [A]
  VL1L2 VL1: uint16 ^V_SF [V]
  TotWhInjL1 TotWhAbsL1: uint64 ^TotWh_SF [Wh]
  TotVarhInjL1 TotVarhAbsL1: uint64 ^TotVarh_SF [Varh]
  WL2: int16 ^W_SF [W]
  VAL2: int16 ^VA_SF [VA]
  VarL2: int16 ^Var_SF [Var]
  PFL2: int16 ^PF_SF
  AL2: int16 ^A_SF [A]
  VL2L3 VL2: uint16 ^V_SF [V]
  TotWhInjL2 TotWhAbsL2: uint64 ^TotWh_SF [Wh]
  TotVarhInjL2 TotVarhAbsL2: uint64 ^TotVarh_SF [Varh]
  WL3: int16 ^W_SF [W]
  VAL3: int16 ^VA_SF [VA]
  VarL3: int16 ^Var_SF [Var]
  PFL3: int16 ^PF_SF
  AL3: int16 ^A_SF [A]
  VL3L1 VL3: uint16 ^V_SF [V]
  TotWhInjL3 TotWhAbsL3: uint64 ^TotWh_SF [Wh]
  TotVarhInjL3 TotVarhAbsL3: uint64 ^TotVarh_SF [Varh]
  ThrotPct: uint16 [Pct]
  ThrotSrc: bitfield32
  A_SF V_SF Hz_SF W_SF PF_SF VA_SF Var_SF TotWh_SF TotVarh_SF Tmp_SF: sunssf
  MnAlrmInfo: string(32)
`;

const capacity = `
  WMaxRtg WOvrExtRtg: uint16 ^W_SF [W]
  WOvrExtRtgPF: uint16 ^PF_SF
  WUndExtRtg: uint16 ^W_SF [W]
  WUndExtRtgPF: uint16 ^PF_SF
  VAMaxRtg: uint16 ^VA_SF [VA]
  VarMaxInjRtg VarMaxAbsRtg: uint16 ^Var_SF [Var]
  WChaRteMaxRtg WDisChaRteMaxRtg: uint16 ^W_SF [W]
  VAChaRteMaxRtg VADisChaRteMaxRtg: uint16 ^VA_SF [VA]
  VNomRtg VMaxRtg VMinRtg: uint16 ^V_SF [V]
  AMaxRtg: uint16 ^A_SF [A]
  PFOvrExtRtg PFUndExtRtg: uint16 ^PF_SF
  ReactSusceptRtg: uint16 ^S_SF [S]
  NorOpCatRtg AbnOpCatRtg: enum16
  CtrlModes: bitfield32
  IntIslandCatRtg: bitfield16
  WMax WMaxOvrExt: uint16 ^W_SF [W] rw
  WOvrExtPF: uint16 ^PF_SF rw
  WMaxUndExt: uint16 ^W_SF [W] rw
  WUndExtPF: uint16 ^PF_SF rw
  VAMax: uint16 ^VA_SF [VA] rw
  VarMaxInj VarMaxAbs: uint16 ^Var_SF [Var] rw
  WChaRteMax WDisChaRteMax: uint16 ^W_SF [W] rw
  VAChaRteMax VADisChaRteMax: uint16 ^VA_SF [VA] rw
  VNom VMax VMin: uint16 ^V_SF [V] rw
  AMax: uint16 ^A_SF [A] rw
  PFOvrExt PFUndExt: uint16 ^PF_SF rw
  IntIslandCat: bitfield16 rw
  W_SF PF_SF VA_SF Var_SF V_SF A_SF S_SF: sunssf
`;

const enterService = `
  ES: enum16 rw
  ESVHi ESVLo: uint16 ^V_SF [Pct] rw
  ESHzHi ESHzLo: uint32 ^Hz_SF [Hz] rw
  ESDlyTms ESRndTms ESRmpTms: uint32 [Secs] rw
  ESDlyRemTms: uint32 [Secs]
  V_SF Hz_SF: sunssf
`;

const acControls = `
  PFWInjEna PFWInjEnaRvrt: enum16 rw
  PFWInjRvrtTms: uint32 [Secs] rw
  PFWInjRvrtRem: uint32 [Secs]
  PFWAbsEna PFWAbsEnaRvrt: enum16 rw
  PFWAbsRvrtTms: uint32 [Secs] rw
  PFWAbsRvrtRem: uint32 [Secs]
  WMaxLimPctEna: enum16 rw
  WMaxLimPct WMaxLimPctRvrt: uint16 ^WMaxLimPct_SF [Pct] rw
  WMaxLimPctEnaRvrt: enum16 rw
  WMaxLimPctRvrtTms: uint32 [Secs] rw
  WMaxLimPctRvrtRem: uint32 [Secs]
  WSetEna WSetMod: enum16 rw
  WSet WSetRvrt: int32 ^WSet_SF [W] rw
  WSetPct WSetPctRvrt: int16 ^WSetPct_SF [Pct] rw
  WSetEnaRvrt: enum16 rw
  WSetRvrtTms: uint32 [Secs] rw
  WSetRvrtRem: uint32 [Secs]
  VarSetEna VarSetMod VarSetPri: enum16 rw
  VarSet VarSetRvrt: int32 ^VarSet_SF [Var] rw
  VarSetPct VarSetPctRvrt: int16 ^VarSetPct_SF [Pct] rw
  VarSetEnaRvrt: enum16 rw
  VarSetRvrtTms: uint32 [Secs] rw
  VarSetRvrtRem: uint32 [Secs]
  WRmp: uint16 [%Max/Sec] rw
  WRmpRef: enum16 rw
  VarRmp: uint16 [%Max/Sec] rw
  AntiIslEna: enum16 rw
  PF_SF WMaxLimPct_SF WSet_SF WSetPct_SF VarSet_SF VarSetPct_SF: sunssf
  PFWInj {
    PF: uint16 ^PF_SF rw
    Ext: enum16 rw
  }
  PFWInjRvrt {
    PF: uint16 ^PF_SF rw
    Ext: enum16 rw
  }
  PFWAbs {
    PF: uint16 ^PF_SF rw
    Ext: enum16 rw
  }
  PFWAbsRvrt {
    PF: uint16 ^PF_SF rw
    Ext: enum16 rw
  }
`;

const voltVar = `
  Ena: enum16 rw
  AdptCrvReq: uint16 rw
  AdptCrvRslt: enum16
  NPt NCrv: uint16
  RvrtTms: uint32 [Secs] rw
  RvrtRem: uint32 [Secs]
  RvrtCrv: uint16 rw
  V_SF DeptRef_SF RspTms_SF: sunssf
  Crv × NCrv {
    ActPt: uint16 rw
    DeptRef Pri: enum16 rw
    VRef: uint16 ^V_SF [VNomPct] rw
    VRefAuto: uint16 ^V_SF [VNomPct]
    VRefAutoEna: enum16 rw
    VRefAutoTms: uint16 [Secs] rw
    RspTms: uint32 ^RspTms_SF [Secs] rw
    ReadOnly: enum16
    Pt × NPt {
      V: uint16 ^V_SF [VNomPct] rw
      Var: int16 ^DeptRef_SF [DeptRef] rw
    }
  }
`;

const voltWatt = `
  Ena: enum16 rw
  AdptCrvReq: uint16 rw
  AdptCrvRslt: enum16
  NPt NCrv: uint16
  RvrtTms: uint32 [Secs] rw
  RvrtRem: uint32 [Secs]
  RvrtCrv: uint16 rw
  V_SF DeptRef_SF RspTms_SF: sunssf
  Crv × NCrv {
    ActPt: uint16 rw
    DeptRef: enum16 rw
    RspTms: uint32 ^RspTms_SF [Secs] rw
    ReadOnly: enum16
    Pt × NPt {
      V: uint16 ^V_SF [VNomPct] rw
      W: int16 ^DeptRef_SF [DeptRef] rw
    }
  }
`;

const storageCapacity = `
  WHRtg WHAvail: uint16 ^WH_SF [WH]
  SoC SoH: uint16 ^Pct_SF [Pct]
  Sta: enum16
  WH_SF Pct_SF: sunssf
`;

const dcMeasurement = `
  PrtAlrms: bitfield32
  NPrt: uint16
  DCA: int16 ^DCA_SF [A]
  DCW: int16 ^DCW_SF [W]
  DCWhInj DCWhAbs: uint64 ^DCWH_SF [Wh]
  DCA_SF DCV_SF DCW_SF DCWH_SF Tmp_SF: sunssf
  Prt × NPrt {
    PrtTyp: enum16
    ID: uint16
    IDStr: string(8)
    DCA: int16 ^DCA_SF [A]
    DCV: uint16 ^DCV_SF [V]
    DCW: int16 ^DCW_SF [W]
    DCWhInj DCWhAbs: uint64 ^DCWH_SF [Wh]
    Tmp: int16 ^Tmp_SF [C]
    DCSta: enum16
    DCAlrm: bitfield32
  }
`;

const control = `
  LocRemCtl: enum16
  DERHb: uint32
  ControllerHb: uint32 rw
  AlarmReset: uint16 rw
  OpCtl: enum16 rw
`;

export const derModels = defineModels([
  [701, "DER AC measurement", acMeasurement],
  [702, "DER capacity", capacity],
  [703, "DER enter service", enterService],
  [704, "DER AC controls", acControls],
  [705, "DER volt-var", voltVar],
  [706, "DER volt-watt", voltWatt],
  [713, "DER storage capacity", storageCapacity],
  [714, "DER DC measurement", dcMeasurement],
  [715, "DER control", control],
]);

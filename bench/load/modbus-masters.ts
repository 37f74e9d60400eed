/** Masters that are not ours: `modbus-serial`, each with one request outstanding, as masters have. */
import modbusSerial from "modbus-serial";

// A CommonJS module, whose types say where its class is.
const ModbusRTU = modbusSerial.default;
type ModbusRTU = InstanceType<typeof ModbusRTU>;

/** Of a meter's block. */
const REGISTERS = 20;
const WARM_UP_MS = 50;

export type Masters = Awaited<ReturnType<typeof masters>>;

/** `count` masters, each from an address of its own (127.0.0.1, .2, …) and for a unit of its own (1, 2, …). */
export async function masters(port: number, count: number) {
  const clients = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const client = new ModbusRTU();
      await client.connectTCP("127.0.0.1", { port, localAddress: `127.0.0.${i + 1}` });
      client.setID(i + 1);
      client.setTimeout(5_000);
      return client;
    }),
  );
  const [first] = clients;
  return {
    /** Answers a second, each master asking as soon as it was answered. */
    async perSecond(seconds: number): Promise<number> {
      await askUntil(clients, performance.now() + WARM_UP_MS);
      const fromMs = performance.now();
      const answers = await askUntil(clients, fromMs + seconds * 1_000);
      return (answers / (performance.now() - fromMs)) * 1_000;
    },
    /** Microseconds from question to answer of one master, nobody else asking. */
    async once(): Promise<number> {
      const fromMs = performance.now();
      await first?.readHoldingRegisters(0, REGISTERS);
      return (performance.now() - fromMs) * 1_000;
    },
    close(): void {
      for (const client of clients) client.close(() => {});
    },
  };
}

async function askUntil(clients: readonly ModbusRTU[], endMs: number): Promise<number> {
  const answers = await Promise.all(
    clients.map(async (client) => {
      let count = 0;
      for (; performance.now() < endMs; count++) await client.readHoldingRegisters(0, REGISTERS);
      return count;
    }),
  );
  return answers.reduce((sum, count) => sum + count, 0);
}

/**
 * `wattward simulator`: charging stations, cars and drivers against a real central system or site. What a person asked for
 * decides who goes on: a scenario or replay (cli/run-scenario.ts), a folder of stations that another program steers
 * (cli/run-folder.ts), or an attack on Modbus (cli/run-attack.ts).
 */
import { StationsFolderError } from "./adapters/way-in.ts";
import { example } from "./cli/example.ts";
import { readOptions } from "./cli/options.ts";
import { readAttack, runAttack } from "./cli/run-attack.ts";
import { runFolder } from "./cli/run-folder.ts";
import { runScenario } from "./cli/run-scenario.ts";
import { isFolder, readScenarioOptions } from "./cli/scenario-options.ts";
import { scenarioShape } from "./scenario/shape.ts";

const tell = (line: string): void => void process.stderr.write(`wattward simulator: ${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 1 && args[0] === "example") {
    process.stdout.write(example);
    return 0;
  }
  if (args.length === 1 && args[0] === "schema") {
    process.stdout.write(`${JSON.stringify(scenarioShape, undefined, 2)}\n`);
    return 0;
  }
  if (args[0] === "attack") return attacking(args.slice(1));
  return isFolder(args) ? folder(args) : scenario(args);
}

async function attacking(args: readonly string[]): Promise<number> {
  const read = readAttack(args);
  if (!read.ok) return wrongUsage(read.fault);
  try {
    return await runAttack(read.value);
  } catch (error) {
    if (!(error instanceof StationsFolderError)) throw error;
    tell(error.message);
    return 2;
  }
}

function wrongUsage(sentence: string): 2 {
  tell(`${sentence}\nLook at: npx wattward simulator --help`);
  return 2;
}

async function scenario(args: readonly string[]): Promise<number> {
  const read = readScenarioOptions(args);
  if (read.ok) return runScenario(read.value);
  return wrongUsage(read.fault);
}

async function folder(args: readonly string[]): Promise<number> {
  const read = readOptions(args);
  if (!read.ok) return wrongUsage(read.fault);
  try {
    return await runFolder(read.value);
  } catch (error) {
    if (!(error instanceof StationsFolderError)) throw error;
    tell(error.message);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
// Sockets that a cut line still holds, and standard input, would keep the process alive for nothing.
process.exit();

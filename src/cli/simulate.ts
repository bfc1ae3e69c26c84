import { closeSync, mkdirSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { formatDuration } from '../base/format-duration.ts';
import { plantingRandom } from '../simulator/engine/draws.ts';
import { filesOf } from '../simulator/files-of.ts';
import { plantTrouble } from '../simulator/planting/plant-trouble.ts';
import { simulate } from '../simulator/simulate.ts';
import type { PlantedTrouble, SimulatedRun } from '../simulator/simulated-run.ts';
import { HEALTHY_RUN, type SimulationConfig } from '../simulator/simulation-config.ts';
import { EXIT_CODES, UsageError } from './exit-code.ts';
import type { SimulateArguments } from './parse-simulate.ts';

/** Writes a simulated run and says on `out` what is in it. Throws a {@link UsageError} for what cannot be. */
export function runSimulate(asked: SimulateArguments, out: Writable, signal: AbortSignal): number {
  const run = simulate(plantAll(asked), asked.seed);
  requireEmpty(asked.out);
  writeFiles(asked.out, run, signal);
  out.write(describeRun(asked, run));
  return EXIT_CODES.fine;
}

/** Another run's files would be taken for ranks of this one. */
function requireEmpty(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) {
    throw new UsageError(`${folder} is not empty. Name a new folder with --out.`);
  }
}

function plantAll({ ranks, steps, workers, format, stacks, seed, troubles }: SimulateArguments) {
  const random = plantingRandom(seed);
  const healthy: SimulationConfig = {
    ...HEALTHY_RUN,
    ranks,
    steps,
    loader: { ...HEALTHY_RUN.loader, workers },
    recording: { ...HEALTHY_RUN.recording, format, stacks },
  };
  try {
    return troubles.reduce(
      (config, { kind, severity }) => plantTrouble(config, kind, severity, random),
      healthy,
    );
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(sentence(error.message)) : error;
  }
}

/** Systems let a process have 256 or more; a rank and its workers write at the same time. */
const MAX_OPEN_FILES = 128;

function writeFiles(folder: string, run: SimulatedRun, signal: AbortSignal): void {
  const open = new Map<string, number>();
  try {
    for (const { file, text } of filesOf(run)) {
      signal.throwIfAborted();
      if (open.size >= MAX_OPEN_FILES && !open.has(file)) {
        closeAll(open);
      }
      const descriptor = open.get(file) ?? openSync(join(folder, file), 'a');
      open.set(file, descriptor);
      writeSync(descriptor, text);
    }
  } finally {
    closeAll(open);
  }
}

function closeAll(open: Map<string, number>): void {
  open.forEach((descriptor) => closeSync(descriptor));
  open.clear();
}

function describeRun({ out }: SimulateArguments, { config, truth }: SimulatedRun): string {
  const { troubles, stepTime, healthyStepTime } = truth;
  const lines = [
    `Simulated, not recorded: ${config.steps} steps on ${config.ranks} ${config.ranks === 1 ? 'rank' : 'ranks'}, in ${out}`,
    `A step takes ${formatDuration(stepTime.meanNs)} on average, and ${formatDuration(healthyStepTime.meanNs)} without trouble.`,
    ...troubles.map(describeTrouble),
    `What is true of it is in truth.json. Try: training-sleuth analyze ${out}`,
  ];
  return `${lines.join('\n')}\n`;
}

function describeTrouble({ kind, ranks, place, savingNs }: PlantedTrouble): string {
  const who = ranks.length === 0 ? '' : `, rank ${ranks.join(', ')}`;
  return `• ${kind}: ${formatDuration(savingNs.mean)} a step${who}, at ${place.file}:${place.line}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { PHASES, type Phase } from '../../../src/core/model/phase.ts';
import { indexAnnotations } from '../../../src/core/source/annotation-index.ts';
import { matchesAnnotation } from '../../../src/core/source/annotation-site.ts';
import type { CodeUnit } from '../../../src/core/model/code-unit.ts';
import { indexFile, indexNotebook } from '../../../src/core/source/index-code.ts';
import { withoutMagics } from '../../../src/core/source/notebook-cells.ts';
import { locate } from '../../../src/core/source/locate.ts';
import { PythonCode } from '../../../src/core/source/python-code.ts';
import { findTrainingLoops } from '../../../src/core/source/training-loops.ts';
import { readRecordedCalls } from '../../support/recorded-calls.ts';
import { TRAINING_SCRIPTS, type TrainingScript } from '../../support/scripts.ts';

/** Of the calls of a phase, those whose line is found, and all. */
interface Tally {
  right: number;
  all: number;
}

/** By script and way, then by phase. */
type Table = Map<string, Map<Phase, Tally>>;

const COLUMNS: readonly Phase[] = PHASES.filter(
  (phase) => !['none', 'communication', 'other'].includes(phase),
);

describe('the table of resolutions', () => {
  const table: Table = new Map();
  const wrong: string[] = [];

  before(async () => {
    for (const script of TRAINING_SCRIPTS) {
      table.set(`${script.name} stack`, await resolveStacks(script, wrong));
      table.set(`${script.name} annotation`, resolveAnnotations(script));
      table.set(`${script.name} recorded`, resolveRecorded(script));
      table.set(`${script.name} structure`, resolveStructure(script, wrong));
    }
  }).timeout(60_000);

  after(() => {
    process.stdout.write(`${format(table)}\n`);
  });

  it('shows no wrong line as sure', () => {
    assert.deepEqual(wrong, []);
  });

  for (const way of ['stack', 'annotation', 'recorded']) {
    it(`finds the line by ${way} in at least 95 %`, () => {
      const { right, all } = sum(table, way);
      assert.ok(all > 100, `only ${all} calls`);
      assert.ok(right >= 0.95 * all, `${right} of ${all}`);
    });
  }

  it('finds the line of a phase by the structure of the code alone in at least 85 %', () => {
    const { right, all } = sum(table, 'structure');
    assert.ok(all > 100, `only ${all} phases`);
    assert.ok(right >= 0.85 * all, `${right} of ${all}`);
  });
});

function unitsOf(script: TrainingScript): CodeUnit[] {
  const text = readFileSync(script.path, 'utf8');
  return script.path.endsWith('.ipynb') ? indexNotebook(text) : [indexFile(text)];
}

/** From the frames alone, against the lines from which the calls were really made. */
async function resolveStacks(script: TrainingScript, wrong: string[]): Promise<Map<Phase, Tally>> {
  const units = unitsOf(script);
  const tallies = new Map<Phase, Tally>();
  const seen = new Set<string>();
  for (const { name, location, trueLine } of await readRecordedCalls(script)) {
    const unit = units.find((of) => of.cell === null || location.file.includes(`/${of.hash}.py`));
    const places = unit === undefined ? [] : (locate(unit, location) ?? []);
    const only = places.length === 1 && places[0].isCall ? places[0] : null;
    const isRight = only?.line === trueLine;
    if (only?.certainty === 'sure' && !isRight) {
      wrong.push(`${script.name}: ${name} is at ${trueLine}, not ${only.line}`);
    }
    const key = JSON.stringify([location.function, trueLine, location.call?.names, isRight]);
    if (!seen.has(key)) {
      seen.add(key);
      phasesAt(script, unit, trueLine).forEach((phase) => count(tallies, phase, isRight));
    }
  }
  return tallies;
}

const STYLES: readonly ((phase: Phase, line: number) => [call: string, name: string])[] = [
  (phase, line) => [`torch.cuda.nvtx.range_push("${phase} ${line}")`, `${phase} ${line}`],
  (phase, line) => [`nvtx.range_push(f"${phase} ${line} of {epoch}")`, `${phase} ${line} of 3`],
  (phase, line) => [
    `record_function("step/" "${phase}-${line}").__enter__()`,
    `step/${phase}-${line}`,
  ],
  (phase, line) => [`jax.named_scope(name='${phase}@${line}').__enter__()`, `${phase}@${line}`],
];

/** Puts a named span before each statement of a phase, then looks for its name. */
function resolveAnnotations(script: TrainingScript): Map<Phase, Tally> {
  const tallies = new Map<Phase, Tally>();
  for (const { text, phases } of script.texts) {
    const sites = [...phases].flatMap(([phase, lines]) =>
      lines.map((line) => ({ phase, line: startOfStatement(text, line) })),
    );
    const lines = text.split('\n');
    const names = sites
      .sort((a, b) => b.line - a.line)
      .map(({ phase, line }, i) => {
        const [call, name] = STYLES[i % STYLES.length](phase, line);
        const indent = /^\s*/.exec(lines[line - 1])?.[0] ?? '';
        lines.splice(line - 1, 0, `${indent}${call}`);
        return { phase, name, call };
      });
    const found = indexAnnotations(new PythonCode(lines.join('\n')));
    for (const { phase, name, call } of names) {
      const places = found.filter((site) => matchesAnnotation(site, name));
      const at = places.map(({ line }) => lines[line - 1].trim());
      count(tallies, phase, at.length === 1 && at[0] === call);
    }
  }
  return tallies;
}

/** The line on which the statement begins that a line belongs to. */
function startOfStatement(text: string, line: number): number {
  const code = new PythonCode(text);
  let node = code.tree.resolveInner(
    code.lineStart(line) + (/^\s*/.exec(text.slice(code.lineStart(line)))?.[0].length ?? 0),
    1,
  );
  while (node.parent !== null && !['Script', 'Body'].includes(node.parent.name)) {
    node = node.parent;
  }
  return code.lineOf(node.from);
}

/** As the recorder writes them: file and line, in a folder of another machine. */
function resolveRecorded(script: TrainingScript): Map<Phase, Tally> {
  const tallies = new Map<Phase, Tally>();
  const units = unitsOf(script);
  for (const text of script.texts) {
    const unit = units.find(({ cell }) => cell === text.cell);
    for (const [phase, lines] of text.phases) {
      for (const line of lines) {
        const location = { file: `/workspace/${script.name}.py`, line, how: 'recorded' } as const;
        const places = unit === undefined ? [] : (locate(unit, location) ?? []);
        count(tallies, phase, places.length === 1 && places[0].line === line);
      }
    }
  }
  return tallies;
}

/** From the text alone: of each phase that the script does, the line that a recognized loop gives for it. */
function resolveStructure(script: TrainingScript, wrong: string[]): Map<Phase, Tally> {
  const tallies = new Map<Phase, Tally>();
  const cells = script.texts.map(({ text, phases }) => ({ text: withoutMagics(text), phases }));
  const truth = new Map<Phase, number[]>();
  let before = 0;
  for (const { text, phases } of cells) {
    for (const [phase, lines] of phases) {
      truth.set(phase, [...(truth.get(phase) ?? []), ...lines.map((line) => before + line)]);
    }
    before += text.split('\n').length;
  }
  const code = new PythonCode(cells.map(({ text }) => text).join('\n'));
  const sites = findTrainingLoops(code).flatMap((loop) => loop.sites);
  for (const [phase, lines] of truth) {
    const main = sites.filter((site) => site.phase === phase && site.isMain);
    count(tallies, phase, main.length > 0 && main.every(({ line }) => lines.includes(line)));
  }
  for (const { phase, line, what, certainty } of sites) {
    if (certainty === 'sure' && truth.get(phase)?.includes(line) !== true) {
      wrong.push(`${script.name}: ${phase} is not at ${line}, ${what}`);
    }
  }
  return tallies;
}

function phasesAt({ texts }: TrainingScript, unit: CodeUnit | undefined, line: number): Phase[] {
  const phases = texts.find(({ cell }) => cell === unit?.cell)?.phases ?? [];
  return [...phases].filter(([, lines]) => lines.includes(line)).map(([phase]) => phase);
}

function count(tallies: Map<Phase, Tally>, phase: Phase, isRight: boolean): void {
  const tally = tallies.get(phase) ?? { right: 0, all: 0 };
  tallies.set(phase, tally);
  tally.all += 1;
  tally.right += isRight ? 1 : 0;
}

function sum(table: Table, way: string): Tally {
  const all = { right: 0, all: 0 };
  for (const [row, tallies] of table) {
    for (const tally of row.endsWith(` ${way}`) ? tallies.values() : []) {
      all.right += tally.right;
      all.all += tally.all;
    }
  }
  return all;
}

function format(table: Table): string {
  const cell = (text: string): string => text.padStart(12);
  const head = `${'script and way'.padEnd(32)}${COLUMNS.map(cell).join('')}`;
  const rows = [...table].map(([name, tallies]) => {
    const cells = COLUMNS.map((phase) => {
      const tally = tallies.get(phase);
      return cell(tally === undefined ? '–' : `${tally.right}/${tally.all}`);
    });
    return `${name.padEnd(32)}${cells.join('')}`;
  });
  const sums = ['stack', 'annotation', 'recorded', 'structure'].map((way) => {
    const { right, all } = sum(table, way);
    return `by ${way}: ${right} of ${all}, ${((100 * right) / all).toFixed(1)} %`;
  });
  return [head, ...rows, ...sums].join('\n');
}

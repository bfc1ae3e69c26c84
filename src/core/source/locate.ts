import type { SourceLocation } from '../model/source-candidate.ts';
import type { CodeFunction, CodeUnit } from '../model/code-unit.ts';
import { type Certainty, findCalls } from './find-call.ts';
import type { FileNames } from './match-call.ts';

/** Where in a file a location of a trace is. */
export interface LocatedLine {
  /** From 1, in the file or cell. */
  readonly line: number;
  /** From 0; null where the line is all that is known. */
  readonly column: number | null;
  readonly certainty: Certainty;
  /** Whether it is the call itself, or only the function in which it happens. */
  readonly isCall: boolean;
  /** Whether the function lies where the trace says; else the code has changed since. */
  readonly isExact: boolean;
}

const namesOfUnits = new WeakMap<CodeUnit, FileNames>();

/**
 * The lines that a location can mean in this code, the likeliest first; several where they fit equally well.
 * Null where the code cannot be that of the trace: the function or the line does not exist.
 */
export function locate(unit: CodeUnit, location: SourceLocation): readonly LocatedLine[] | null {
  const { line, call } = location;
  if (location.function === undefined) {
    return locateLine(line, unit.lineCount);
  }
  const of = findFunction(unit, location.function, line);
  if (of === null) {
    return null;
  }
  if (call === undefined) {
    const isThere = of.isExact && location.isFunction !== true;
    return [lineOnly(isThere ? line : of.function.line, of.isExact)];
  }
  const found = findCalls(of.function, call, namesOf(unit));
  const certainty = of.isExact && found.calls.length === 1 ? found.certainty : 'likely';
  return found.calls.length === 0
    ? [{ ...lineOnly(of.function.line, of.isExact), certainty: 'likely' }]
    : found.calls.map(({ line: at, column }) => ({
        line: at,
        column,
        certainty,
        isCall: true,
        isExact: of.isExact,
      }));
}

/** A line of a file of which nothing else is known; null where it has fewer. */
export function locateLine(line: number, lineCount: number): readonly LocatedLine[] | null {
  return line <= lineCount ? [lineOnly(line, true)] : null;
}

function lineOnly(line: number, isExact: boolean): LocatedLine {
  const certainty = isExact ? 'sure' : 'likely';
  return { line, column: null, certainty, isCall: false, isExact };
}

/** Whether a frame's file is this cell: by the hash of its text, or by how often it was run. */
export function isCellOf(file: string, { hash, executionCount }: CodeUnit): boolean {
  const count = /^<ipython-input-(\d+)-/.exec(file)?.[1];
  return count === undefined
    ? file.replaceAll('\\', '/').endsWith(`/${hash}.py`)
    : executionCount !== null && Number(count) === executionCount;
}

interface FoundFunction {
  readonly function: CodeFunction;
  /** Whether it lies where the trace says; else the code has changed since. */
  readonly isExact: boolean;
}

/** Null where the code has no such function. */
function findFunction(unit: CodeUnit, name: string, line: number): FoundFunction | null {
  const named = unit.functions.filter((of) => of.name === name.split('.').at(-1));
  const exact = named.find(({ firstLine }) => firstLine === line);
  const around = named.filter((of) => isAt(of, line));
  const innermost = exact ?? around.at(-1);
  if (innermost !== undefined) {
    return { function: innermost, isExact: true };
  }
  return named.length === 1 ? { function: named[0], isExact: false } : null;
}

function isAt({ name, firstLine, lastLine }: CodeFunction, line: number): boolean {
  return name === '<module>' || (firstLine <= line && line <= lastLine);
}

function namesOf(unit: CodeUnit): FileNames {
  let names = namesOfUnits.get(unit);
  if (names === undefined) {
    const { functions } = unit;
    names = { functions, defined: new Set(functions.map(({ name }) => name)) };
    namesOfUnits.set(unit, names);
  }
  return names;
}

import { isUserFile, parseFrame } from '../model/python-frame.ts';
import { isLibraryAnnotation, MAX_STACK_LENGTH } from '../derived/sources.ts';
import type { UserCalls } from '../derived/user-calls.ts';
import type { SourceLocation } from '../model/source-candidate.ts';
import { categoryIndex } from '../model/span-category.ts';
import type { Trace } from '../model/trace.ts';
import type { SpanIndex } from '../model/units.ts';
import type { CallSlot } from './call-slots.ts';

const PYTHON = categoryIndex('python');
const ANNOTATION = categoryIndex('annotation');
const RECORDED = categoryIndex('recorded');
const CPU_OP = categoryIndex('cpu-op');

/** What lines of code are told apart by. */
export interface LineIdentity {
  readonly key: string;
  readonly name: string;
  /** Null where only the annotation's name is known. */
  readonly location: SourceLocation | null;
}

/**
 * The line that a span stands for: the recorded one, the annotation, the user's function,
 * or the user's line that called an operator; null where it stands for none.
 */
export function identifyLines(trace: Trace): (span: SpanIndex) => LineIdentity | null {
  const { spans } = trace;
  const known = new Map<string, LineIdentity | null>();
  return (i) => {
    const category = spans.category[i];
    if (category === CPU_OP && spans.stack === null) {
      return null;
    }
    const key = category === CPU_OP ? `stack ${valueAt(spans.stack, i)}` : keyOf(trace, i);
    let identity = known.get(key);
    if (identity === undefined) {
      identity = identityOf(trace, i);
      known.set(key, identity);
    }
    return identity;
  };
}

function keyOf({ spans }: Trace, i: SpanIndex): string {
  return `${spans.category[i]} ${spans.name[i]} ${valueAt(spans.file, i)}:${valueAt(spans.line, i)}`;
}

function identityOf(trace: Trace, i: SpanIndex): LineIdentity | null {
  const { spans, strings } = trace;
  const name = strings[spans.name[i]];
  switch (spans.category[i]) {
    case PYTHON:
      return functionOf(name);
    case CPU_OP:
      return callerOf(strings[valueAt(spans.stack, i)]);
    case ANNOTATION:
    case RECORDED:
      return recordedLineOf(trace, i, name);
    default:
      return null;
  }
}

function recordedLineOf(
  { spans, strings }: Trace,
  i: SpanIndex,
  name: string,
): LineIdentity | null {
  const file = strings[valueAt(spans.file, i)];
  const line = valueAt(spans.line, i);
  if (file !== '' && line > 0) {
    return { key: `${file}:${line} ${name}`, name, location: { file, line, how: 'recorded' } };
  }
  return isLibraryAnnotation(name) ? null : { key: name, name, location: null };
}

function functionOf(name: string): LineIdentity | null {
  const frame = parseFrame(name);
  return frame === null || !isUserFile(frame.file)
    ? null
    : {
        key: name,
        name: frame.function,
        location: {
          file: frame.file,
          line: frame.line,
          how: 'stack',
          function: frame.function,
          isFunction: true,
        },
      };
}

/** The line of a call in a user's function, whose number is only known to who has the code. */
export function identifyCall(
  trace: Trace,
  calls: UserCalls,
  { key, frame, example }: CallSlot,
): LineIdentity | null {
  const parsed = parseFrame(trace.strings[trace.spans.name[frame]] ?? '');
  return (
    parsed && {
      key,
      name: nameOfCallee(calls.tellingName(example)),
      location: {
        file: parsed.file,
        line: parsed.line,
        how: 'stack',
        function: parsed.function,
        call: calls.clueOf(frame, example),
      },
    }
  );
}

/** `nn.Module: ResNet_0` → `ResNet`, `<built-in method item of Tensor object>` → `item`. */
function nameOfCallee(name: string): string {
  const builtIn = /^<built-in (?:method|function) (\S+)/.exec(name)?.[1];
  const module = /^nn\.Module: (.+?)(_\d+)?$/.exec(name)?.[1];
  return parseFrame(name)?.function ?? module ?? builtIn?.replace(/>$/, '') ?? name;
}

/** The user's line that called an operator, from a stack written as text. */
function callerOf(stack: string): LineIdentity | null {
  for (const text of stack.slice(0, MAX_STACK_LENGTH).split(';')) {
    const frame = parseFrame(text);
    if (frame !== null && isUserFile(frame.file)) {
      const { file, line } = frame;
      const name = `${file.replace(/^.*[\\/]/, '')}:${line}`;
      const location = { file, line, how: 'stack', function: frame.function } as const;
      return { key: `${file}:${line}`, name, location };
    }
  }
  return null;
}

/** 0 where no span has the column. */
function valueAt(column: Uint32Array | null, i: SpanIndex): number {
  return column === null ? 0 : column[i];
}

import type { PythonCode } from '../python-code.ts';
import type { TextEdit } from '../text-edit.ts';
import type { TrainingLoop } from '../training-code.ts';
import { addAfterImports, contentEnd, firstStatementTo } from './add-start.ts';
import { afterUpdate } from './mark-steps.ts';
import { newlineOf } from './statements.ts';

const PROFILER = '_profiler';

/**
 * What profiles five steps after eight others, with the lines of the code and the shapes of tensors, into
 * one file a rank. Without the lines it would not tell where time goes; more steps make files that take long to read.
 */
const DEFINITION: readonly string[] = [
  'def _save_trace(profiler):',
  '    distributed = torch.distributed.is_available() and torch.distributed.is_initialized()',
  '    rank = torch.distributed.get_rank() if distributed else 0',
  '    torch.profiler.tensorboard_trace_handler("profile", f"rank{rank}")(profiler)',
  '',
  `${PROFILER} = torch.profiler.profile(`,
  '    schedule=torch.profiler.schedule(wait=5, warmup=3, active=5, repeat=1),',
  '    on_trace_ready=_save_trace,',
  '    record_shapes=True,',
  '    with_stack=True,',
  ')',
];

/** To paste where no loop is recognized. */
export const PROFILING_SNIPPET: string = [
  'import torch',
  '',
  ...DEFINITION,
  '',
  `with ${PROFILER}:`,
  '    for batch in loader:',
  '        ...  # one step of your training',
  `        ${PROFILER}.step()`,
  '',
].join('\n');

/**
 * The edits that profile steps of a loop: the profiler after the imports, its start and stop around the
 * outermost loop, and its `step()` behind the update. Empty where the code has one already, or where no
 * statement updates the weights that could be followed by it.
 */
export function addProfiler(code: PythonCode, loop: TrainingLoop): readonly TextEdit[] {
  const update = loop.sites.find(({ phase, isMain }) => phase === 'optimizer' && isMain);
  const hasOne = [...code.imports.values()].some((path) => path.includes('profiler'));
  const isTorch = ['loop', 'accelerate', 'deepspeed'].includes(loop.idiom);
  const step = update === undefined ? [] : afterUpdate(code, loop, update, `${PROFILER}.step()`);
  if (step.length === 0 || hasOne || !isTorch || code.text.includes(PROFILER)) {
    return [];
  }
  const { statement } = firstStatementTo(code, loop);
  const newline = newlineOf(code);
  const from = code.lineStart(code.lineOf(statement.from));
  const indent = code.indentAt(statement.from);
  const lineEnd = code.text.indexOf('\n', contentEnd(statement, code));
  const stop = `${indent}${PROFILER}.stop()`;
  const torch = code.hasTorch ? [] : ['import torch'];
  return [
    addAfterImports(code, [...torch, '', ...DEFINITION].join(newline)),
    { from, to: from, insert: `${indent}${PROFILER}.start()${newline}` },
    ...step,
    lineEnd < 0
      ? { from: code.text.length, to: code.text.length, insert: newline + stop }
      : { from: lineEnd + 1, to: lineEnd + 1, insert: stop + newline },
  ];
}

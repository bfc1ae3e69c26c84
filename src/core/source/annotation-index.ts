import type { SyntaxNode } from '@lezer/common';
import type { AnnotationSite } from './annotation-site.ts';
import { argumentsOf, type PythonCode } from './python-code.ts';
import { readStringParts, STRING_NODES } from './python-string.ts';

/** Calls that name a span with a string; `of` is the object they must be called on. */
const ANNOTATION_CALLS: ReadonlyMap<string, { readonly of: string | null }> = new Map([
  ['record_function', { of: null }],
  ['range_push', { of: null }],
  ['TraceAnnotation', { of: null }],
  ['StepTraceAnnotation', { of: null }],
  ['annotate_function', { of: 'profiler' }],
  ['named_scope', { of: null }],
  ['Trace', { of: 'experimental' }],
  ['span', { of: null }],
  ['loader', { of: null }],
  ['annotate', { of: 'nvtx' }],
  ['range', { of: 'nvtx' }],
  ['mark', { of: 'nvtx' }],
  ['range_start', { of: null }],
  ['push_range', { of: 'nvtx' }],
  ['task', { of: 'itt' }],
  ['task_begin', { of: 'itt' }],
  ['scope', { of: 'proton' }],
]);

const NAME_KEYWORDS: readonly string[] = ['name', 'message', 'msg'];

/** Finds the annotations of a Python file, in the order of the text; broken code gives what can be read. */
export function indexAnnotations(code: PythonCode): readonly AnnotationSite[] {
  const sites: AnnotationSite[] = [];
  code.tree.iterate({
    enter({ node }) {
      if (node.name !== 'ArgList' || node.parent === null) {
        return;
      }
      const literal = isAnnotationCall(calleeOfArguments(node, code)) ? findName(node, code) : null;
      if (literal !== null) {
        sites.push({ parts: readStringParts(literal, code.text), line: code.lineOf(node.from) });
      }
    },
  });
  return sites;
}

function isAnnotationCall(callee: readonly string[]): boolean {
  const call = ANNOTATION_CALLS.get(callee.at(-1) ?? '');
  return call !== undefined && (call.of === null || call.of === callee.at(-2));
}

/** Of a call, or of a decorator, whose names are its own children. */
function calleeOfArguments({ parent }: SyntaxNode, code: PythonCode): readonly string[] {
  if (parent?.name === 'CallExpression') {
    return code.calleeOf(parent);
  }
  const names = parent?.name === 'Decorator' ? parent.getChildren('VariableName') : [];
  const [first = '?', ...rest] = names.map((name) => code.textOf(name));
  return [...(code.imports.get(first) ?? [first]), ...rest];
}

function findName(list: SyntaxNode, code: PythonCode): SyntaxNode | null {
  const named = argumentsOf(list, code).find(
    ({ keyword, value }, index) =>
      STRING_NODES.includes(value.name) &&
      (keyword === null ? index === 0 : NAME_KEYWORDS.includes(keyword)),
  );
  return named?.value ?? null;
}

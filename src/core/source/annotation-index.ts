import type { SyntaxNode } from '@lezer/common';
import type { AnnotationSite } from '../model/code-unit.ts';
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
  const constants = collectConstants(code);
  code.tree.iterate({
    enter({ node }) {
      if (node.name !== 'ArgList' || node.parent === null) {
        return;
      }
      const isNamed = isAnnotationCall(calleeOfArguments(node, code));
      const literal = isNamed ? findName(node, code, constants) : null;
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
  return parent?.name === 'Decorator' ? code.decoratorOf(parent) : [];
}

/** The literal that names the span, also where a constant of the module holds it. */
function findName(
  list: SyntaxNode,
  code: PythonCode,
  constants: ReadonlyMap<string, SyntaxNode | null>,
): SyntaxNode | null {
  for (const [index, { keyword, value }] of argumentsOf(list, code).entries()) {
    if (keyword === null ? index === 0 : NAME_KEYWORDS.includes(keyword)) {
      const literal = STRING_NODES.includes(value.name)
        ? value
        : value.name === 'VariableName'
          ? (constants.get(code.textOf(value)) ?? null)
          : null;
      if (literal !== null) {
        return literal;
      }
    }
  }
  return null;
}

/** Names that are given one string and nothing else, at the top of the file; null is what is given more. */
function collectConstants(code: PythonCode): ReadonlyMap<string, SyntaxNode | null> {
  const constants = new Map<string, SyntaxNode | null>();
  code.tree.iterate({
    enter({ node }) {
      const target = node.name === 'AssignStatement' ? node.firstChild : null;
      if (target?.name === 'VariableName') {
        const name = code.textOf(target);
        const value = node.lastChild;
        const isConstant =
          node.parent?.name === 'Script' &&
          !constants.has(name) &&
          STRING_NODES.includes(value?.name ?? '');
        constants.set(name, isConstant ? value : null);
      }
    },
  });
  return constants;
}

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import type { AnnotationSite } from './annotation-site.ts';
import { readStringParts, STRING_NODES } from './python-string.ts';

/** Calls that name a span with a string; `of` is the object they must be called on. */
const ANNOTATION_CALLS: ReadonlyMap<string, { readonly of: string | null }> = new Map([
  ['record_function', { of: null }],
  ['range_push', { of: null }],
  ['TraceAnnotation', { of: null }],
  ['span', { of: null }],
  ['loader', { of: null }],
  ['annotate', { of: 'nvtx' }],
  ['range', { of: 'nvtx' }],
]);

const NAME_KEYWORDS: readonly string[] = ['name', 'message', 'msg'];

/** Finds the annotations of a Python file, in the order of the text; broken code gives what can be read. */
export function indexAnnotations(text: string): readonly AnnotationSite[] {
  const tree = parser.parse(text);
  const imported = new Map<string, readonly string[]>();
  const sites: AnnotationSite[] = [];
  const lines = new LineCounter(text);
  tree.iterate({
    enter({ node }) {
      if (node.name === 'ImportStatement') {
        collectImports(node, text, imported);
      }
      if (node.name !== 'ArgList') {
        return;
      }
      const [first = '', ...rest] = calleeNames(node, text);
      const literal = isAnnotationCall([...(imported.get(first) ?? [first]), ...rest])
        ? findNameLiteral(node, text)
        : null;
      if (literal !== null) {
        sites.push({ parts: readStringParts(literal, text), line: lines.lineOf(node.from) });
      }
    },
  });
  return sites;
}

function isAnnotationCall(callee: readonly string[]): boolean {
  const call = ANNOTATION_CALLS.get(callee.at(-1) ?? '');
  return call !== undefined && (call.of === null || call.of === callee.at(-2));
}

/** `torch.cuda.nvtx.range(…)` → the names before the parenthesis, outermost first. */
function calleeNames(argumentList: SyntaxNode, text: string): string[] {
  const names: string[] = [];
  let node = argumentList.prevSibling;
  while (node !== null) {
    if (node.name === 'MemberExpression') {
      node = node.lastChild;
      continue;
    }
    if (node.name === 'VariableName' || node.name === 'PropertyName') {
      names.unshift(text.slice(node.from, node.to));
    }
    node = node.prevSibling;
  }
  return names;
}

/** `from nvtx import annotate as a` → `a` is `nvtx.annotate`; `import nvtx as n` → `n` is `nvtx`. */
function collectImports(
  statement: SyntaxNode,
  text: string,
  imported: Map<string, readonly string[]>,
): void {
  const keyword = statement.getChild('import');
  const module = statement
    .getChildren('VariableName')
    .filter((name) => keyword !== null && name.to <= keyword.from)
    .map((name) => text.slice(name.from, name.to));
  let path = module;
  for (let child = keyword?.nextSibling ?? null; child !== null; child = child.nextSibling) {
    const word = text.slice(child.from, child.to);
    const isNewName = child.prevSibling?.name === 'as';
    if (child.name === ',') {
      path = module;
    } else if (child.name === 'VariableName') {
      path = isNewName ? path : [...path, word];
      imported.set(word, path);
    }
  }
}

function findNameLiteral(argumentList: SyntaxNode, text: string): SyntaxNode | null {
  let keyword: string | null = null;
  let isFirst = true;
  for (let child = argumentList.firstChild; child !== null; child = child.nextSibling) {
    const isNamed = keyword !== null && NAME_KEYWORDS.includes(keyword);
    if (STRING_NODES.includes(child.name) && (isNamed || (isFirst && keyword === null))) {
      return child;
    }
    if (child.name === ',') {
      isFirst = false;
      keyword = null;
    } else if (child.name === 'VariableName' && child.nextSibling?.name === 'AssignOp') {
      keyword = text.slice(child.from, child.to);
    }
  }
  return null;
}

/** Numbers the lines of ascending offsets in one pass over the text. */
class LineCounter {
  #line = 1;
  #position = 0;

  constructor(private readonly text: string) {}

  lineOf(offset: number): number {
    for (
      let newline = this.text.indexOf('\n', this.#position);
      newline >= 0 && newline < offset;
      newline = this.text.indexOf('\n', this.#position)
    ) {
      this.#line += 1;
      this.#position = newline + 1;
    }
    return this.#line;
  }
}

import { type SyntaxNode, Tree, TreeFragment } from '@lezer/common';
import { parser } from '@lezer/python';
import { applyEdits, type TextEdit } from './text-edit.ts';

/** A Python file and its syntax tree. Broken code has a tree too, with error nodes. */
export class PythonCode {
  readonly tree: Tree;
  #lineStarts: readonly number[] | null = null;
  #imports: ReadonlyMap<string, readonly string[]> | null = null;

  /** `unchanged` are parts of the tree of an earlier text that hold for this one too. */
  constructor(
    readonly text: string,
    unchanged: readonly TreeFragment[] = [],
  ) {
    this.tree = parse(text, unchanged);
  }

  /** The file after edits; only what they touch is parsed. */
  edited(edits: readonly TextEdit[]): PythonCode {
    let shift = 0;
    const changes = [...edits]
      .sort((a, b) => a.from - b.from)
      .map(({ from, to, insert }) => {
        const fromB = from + shift;
        shift += insert.length - (to - from);
        return { fromA: from, toA: to, fromB, toB: fromB + insert.length };
      });
    const unchanged = TreeFragment.applyChanges(TreeFragment.addTree(this.tree), changes);
    return new PythonCode(applyEdits(this.text, edits), unchanged);
  }

  textOf({ from, to }: SyntaxNode): string {
    return this.text.slice(from, to);
  }

  /** The line of an offset, from 1. */
  lineOf(offset: number): number {
    const starts = this.#lines();
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low + 1;
  }

  /** The offset at which a line begins; `line` counts from 1 and is clamped to the file. */
  lineStart(line: number): number {
    const starts = this.#lines();
    return starts[Math.min(Math.max(line, 1), starts.length) - 1];
  }

  /** The blanks before the first character of the line of an offset. */
  indentAt(offset: number): string {
    const start = this.lineStart(this.lineOf(offset));
    return /^[ \t\f]*/.exec(this.text.slice(start, offset))?.[0] ?? '';
  }

  /** What imported names mean: `from nvtx import annotate as a` → `a` is `nvtx.annotate`. */
  get imports(): ReadonlyMap<string, readonly string[]> {
    this.#imports ??= collectImports(this);
    return this.#imports;
  }

  /** The packages that the file imports, or imports from. */
  get packages(): ReadonlySet<string> {
    return new Set([...this.imports.values()].map(([first]) => first));
  }

  /** Whether `torch` is PyTorch here. */
  get hasTorch(): boolean {
    return this.imports.get('torch')?.join('.') === 'torch';
  }

  /**
   * The names of what is called, outermost first and with imports followed:
   * `torch.cuda.nvtx.range(…)` → `torch cuda nvtx range`. What has no name, such as `f()` in `f().g()`
   * or `a[0]`, is `?`.
   */
  calleeOf(call: SyntaxNode): readonly string[] {
    return this.#followImports(dottedNames(call.firstChild, this));
  }

  /** The names of what decorates, imports followed; its arguments do not count. */
  decoratorOf(decorator: SyntaxNode): readonly string[] {
    const names = decorator.getChildren('VariableName').map((name) => this.textOf(name));
    return this.#followImports(names);
  }

  #followImports([first = '?', ...rest]: readonly string[]): readonly string[] {
    return [...(this.imports.get(first) ?? [first]), ...rest];
  }

  #lines(): readonly number[] {
    if (this.#lineStarts === null) {
      const starts = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) {
        starts.push(at + 1);
      }
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }
}

/** An empty tree for what is nested deeper than the parser's own recursion reaches. */
function parse(text: string, unchanged: readonly TreeFragment[]): Tree {
  try {
    return parser.parse(text, unchanged);
  } catch (error) {
    if (error instanceof RangeError) {
      return Tree.empty;
    }
    throw error;
  }
}

/** More names than this no call has; a longer chain begins with `?`. */
const MAX_NAMES = 32;

/** `a.b.c` → `a b c`, as written. */
export function dottedNames(node: SyntaxNode | null, code: PythonCode): string[] {
  const names: string[] = [];
  let at = node;
  while (
    at?.name === 'MemberExpression' &&
    at.lastChild?.name === 'PropertyName' &&
    names.length < MAX_NAMES
  ) {
    names.push(code.textOf(at.lastChild));
    at = at.firstChild;
  }
  if (at !== null) {
    names.push(at.name === 'VariableName' ? code.textOf(at) : '?');
  }
  return names.reverse();
}

/** An argument of a call; `keyword` is null for one by position, `*` and `**` for unpacked ones. */
export interface CallArgument {
  readonly keyword: string | null;
  readonly value: SyntaxNode;
}

/** The arguments of an `ArgList`, in order. */
export function argumentsOf(list: SyntaxNode | null, code: PythonCode): readonly CallArgument[] {
  const found: CallArgument[] = [];
  let keyword: string | null = null;
  for (const child of childrenOf(list)) {
    const isKeyword = child.name === 'VariableName' && child.nextSibling?.name === 'AssignOp';
    if (isKeyword || child.name === '*' || child.name === '**') {
      keyword = code.textOf(child);
    } else if (!['(', ')', ',', 'AssignOp', 'Comment'].includes(child.name)) {
      found.push({ keyword, value: child });
      keyword = null;
    }
  }
  return found;
}

/** The names of parameters, in order. */
export function parameterNames(list: SyntaxNode, code: PythonCode): readonly string[] {
  return list
    .getChildren('VariableName')
    .filter((node) => node.prevSibling?.name !== 'AssignOp')
    .map((node) => code.textOf(node));
}

/** What a `for`, or the first `for` of a comprehension, goes over. */
export function iterableOf(loop: SyntaxNode): SyntaxNode | null {
  return loop.getChild('in')?.nextSibling ?? null;
}

export function childrenOf(node: SyntaxNode | null): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
    children.push(child);
  }
  return children;
}

/** The nearest node around this one, or the node itself, of one of these names. */
export function enclosing(node: SyntaxNode, names: readonly string[]): SyntaxNode | null {
  let around: SyntaxNode | null = node;
  while (around !== null && !names.includes(around.name)) {
    around = around.parent;
  }
  return around;
}

/** `from nvtx import annotate as a` → `a` is `nvtx.annotate`; `import nvtx as n` → `n` is `nvtx`. */
function collectImports(code: PythonCode): ReadonlyMap<string, readonly string[]> {
  const imported = new Map<string, readonly string[]>();
  code.tree.iterate({
    enter({ node }) {
      if (node.name === 'ImportStatement') {
        collectStatement(node, code, imported);
      }
    },
  });
  return imported;
}

function collectStatement(
  statement: SyntaxNode,
  code: PythonCode,
  imported: Map<string, readonly string[]>,
): void {
  const keyword = statement.getChild('import');
  const module = statement
    .getChildren('VariableName')
    .filter((name) => keyword !== null && name.to <= keyword.from)
    .map((name) => code.textOf(name));
  let path = module;
  for (let child = keyword?.nextSibling ?? null; child !== null; child = child.nextSibling) {
    const word = code.textOf(child);
    const isNewName = child.prevSibling?.name === 'as';
    if (child.name === ',') {
      path = module;
    } else if (child.name === 'VariableName' && isNewName) {
      imported.set(word, path);
    } else if (child.name === 'VariableName') {
      path = [...path, word];
      imported.set(path.length > module.length + 1 ? path[0] : word, importedPath(path, module));
    }
  }
}

/** `import torch.nn` binds `torch` alone. */
function importedPath(path: readonly string[], module: readonly string[]): readonly string[] {
  return module.length === 0 ? path.slice(0, 1) : path;
}

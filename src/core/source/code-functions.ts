import type { SyntaxNode } from '@lezer/common';
import { CallReader, comprehensionName } from './code-calls.ts';
import type { CodeCall, CodeFunction } from '../model/code-unit.ts';
import { CodeTypes } from './code-types.ts';
import { childrenOf, enclosing, type PythonCode } from './python-code.ts';

/** Files with more functions than this are generated. */
const MAX_FUNCTIONS = 5_000;

/** The functions of a file with their calls, the module itself first. */
export function indexFunctions(code: PythonCode): readonly CodeFunction[] {
  const types = new CodeTypes(code);
  const found: CodeFunction[] = [];
  code.tree.iterate({
    enter({ node }) {
      const name = found.length < MAX_FUNCTIONS ? frameNameOf(node, code) : null;
      if (name === null) {
        return;
      }
      const line = code.lineOf(defOf(node).from);
      const decorator = node.parent?.name === 'DecoratedStatement' ? node.parent : node;
      const around = node.parent === null ? null : enclosing(node.parent, SCOPES);
      found.push({
        name,
        className: around?.name === 'ClassDefinition' ? nameIn(around, code) : null,
        line,
        firstLine: Math.min(line, code.lineOf(decorator.from)),
        lastLine: code.lineOf(Math.max(node.from, node.to - 1)),
        isGenerator: name === '<genexpr>' || isGenerator(node),
        calls: callsOf(node, new CallReader(code, types)),
      });
    },
  });
  return found;
}

function callsOf(node: SyntaxNode, reader: CallReader): readonly CodeCall[] {
  return comprehensionName(node) === null ? reader.read(bodyOf(node)) : reader.readInner(node);
}

function isGenerator(node: SyntaxNode): boolean {
  let found = false;
  node.cursor().iterate(({ name, from }) => {
    found ||= name === 'yield' || name === 'YieldStatement';
    return from === node.from || !(SCOPES.includes(name) || found);
  });
  return found;
}

const SCOPES = ['FunctionDefinition', 'ClassDefinition', 'LambdaExpression'];

/** As Python names the frame; null for what has none. */
function frameNameOf(node: SyntaxNode, code: PythonCode): string | null {
  switch (node.name) {
    case 'Script':
      return '<module>';
    case 'LambdaExpression':
      return '<lambda>';
    case 'FunctionDefinition':
    case 'ClassDefinition':
      return nameIn(node, code);
    default:
      return comprehensionName(node);
  }
}

function nameIn(node: SyntaxNode, code: PythonCode): string {
  const name = node.getChild('VariableName');
  return name === null ? '?' : code.textOf(name);
}

function defOf(node: SyntaxNode): SyntaxNode {
  return node.getChild('def') ?? node;
}

function bodyOf(node: SyntaxNode): readonly SyntaxNode[] {
  return ['FunctionDefinition', 'ClassDefinition'].includes(node.name)
    ? node.getChildren('Body')
    : node.name === 'LambdaExpression'
      ? childrenOf(node).slice(-1)
      : childrenOf(node);
}

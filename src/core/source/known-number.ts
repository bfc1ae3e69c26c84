import type { SyntaxNode } from '@lezer/common';
import { findFunction } from './data-loaders.ts';
import { argumentOf, callArguments } from './edit-call.ts';
import { dottedNames, parameterNames, type PythonCode } from './python-code.ts';
import {
  assignmentsTo,
  callsBelow,
  countBindings,
  methodOf,
  nodesBelow,
  scopeOf,
} from './python-scope.ts';
import { readStringParts, STRING_NODES } from './python-string.ts';

/** A number that the text of a file gives, and where. */
export interface KnownNumber {
  readonly value: number;
  readonly literal: SyntaxNode;
  /** Whether it only holds where nobody says otherwise, as the default of an option. */
  readonly isDefault: boolean;
}

/**
 * The number that an expression stands for: itself, a variable that is given a value once, the default of a
 * parameter that no call passes, of an option of the command line, or of a field of a class. Null where the tree does not tell.
 */
export function knownNumber(node: SyntaxNode, code: PythonCode): KnownNumber | null {
  if (node.name === 'Number') {
    return numberOf(node, code, false);
  }
  if (node.name === 'VariableName') {
    return numberOfName(node, code);
  }
  if (node.name !== 'MemberExpression') {
    return null;
  }
  const names = dottedNames(node, code);
  const last = names.at(-1) ?? '?';
  if (names.includes('?') || (names[0] === 'self' && names.length < 3)) {
    return null;
  }
  const found = [...optionDefaults(last, code), ...fieldDefaults(last, code)];
  const isSetElsewhere =
    assignmentsTo(code.textOf(node), code.tree.topNode, code).length > 0 ||
    callsBelow(code.tree.topNode).some(
      (call) => methodOf(call, code) === 'set_defaults' && argumentOf(call, code, last) !== null,
    );
  return found.length === 1 && !isSetElsewhere ? numberOf(found[0], code, true) : null;
}

function numberOf(
  node: SyntaxNode | null,
  code: PythonCode,
  isDefault: boolean,
): KnownNumber | null {
  const value = node?.name === 'Number' ? Number(code.textOf(node).replaceAll('_', '')) : NaN;
  return node === null || Number.isNaN(value) ? null : { value, literal: node, isDefault };
}

function numberOfName(use: SyntaxNode, code: PythonCode): KnownNumber | null {
  const name = code.textOf(use);
  for (let scope = scopeOf(use); ; scope = scopeOf(scope)) {
    const bindings = countBindings(name, scope, code);
    if (bindings > 1) {
      return null;
    }
    const assignment = assignmentsTo(name, scope, code).at(0);
    if (bindings === 1) {
      return assignment === undefined
        ? parameterDefault(name, scope, code)
        : numberOf(assignment.index < 0 ? assignment.value : null, code, false);
    }
    if (scope.name === 'Script') {
      return null;
    }
  }
}

function parameterDefault(name: string, scope: SyntaxNode, code: PythonCode): KnownNumber | null {
  const list = scope.getChild('ParamList');
  const own = scope.getChild('VariableName');
  if (list === null || own === null || findFunction(code.textOf(own), code) === null) {
    return null;
  }
  const parameter = list.getChildren('VariableName').find((node) => code.textOf(node) === name);
  let value = parameter?.nextSibling ?? null;
  while (value !== null && (value.name === 'TypeDef' || value.name === 'AssignOp')) {
    value = value.nextSibling;
  }
  const position = parameterNames(list, code)
    .filter((other) => other !== 'self')
    .indexOf(name);
  const isPassed = callsBelow(code.tree.topNode).some(
    (call) =>
      dottedNames(call.firstChild, code).at(-1) === code.textOf(own) &&
      (argumentOf(call, code, name, position) !== null || hasStars(call, code)),
  );
  return isPassed ? null : numberOf(value, code, true);
}

function hasStars(call: SyntaxNode, code: PythonCode): boolean {
  return callArguments(call, code).some(({ keyword }) => keyword?.startsWith('*') === true);
}

/** `parser.add_argument("--num-workers", default=0)` is `args.num_workers`. */
function optionDefaults(name: string, code: PythonCode): readonly SyntaxNode[] {
  return callsBelow(code.tree.topNode)
    .filter((call) => methodOf(call, code) === 'add_argument' && destOf(call, code) === name)
    .flatMap((call) => argumentOf(call, code, 'default') ?? []);
}

function destOf(call: SyntaxNode, code: PythonCode): string {
  const dest = argumentOf(call, code, 'dest');
  if (dest !== null) {
    return textOfString(dest, code);
  }
  const flags = callArguments(call, code)
    .filter(({ keyword }) => keyword === null)
    .map(({ value }) => textOfString(value, code));
  const flag = flags.find((one) => one.startsWith('--')) ?? flags.at(0) ?? '';
  return flag.replace(/^-+/, '').replaceAll('-', '_');
}

function textOfString(node: SyntaxNode, code: PythonCode): string {
  return STRING_NODES.includes(node.name) ? readStringParts(node, code.text).join('') : '';
}

/** `class Config: num_workers: int = 0`, unless the class is made with another. */
function fieldDefaults(name: string, code: PythonCode): readonly SyntaxNode[] {
  return nodesBelow(code.tree.topNode, ['ClassDefinition']).flatMap((definition) => {
    const className = definition.getChild('VariableName');
    const isGiven = callsBelow(code.tree.topNode).some(
      (call) =>
        className !== null &&
        methodOf(call, code) === code.textOf(className) &&
        (argumentOf(call, code, name) !== null || hasStars(call, code)),
    );
    const fields = (definition.getChild('Body')?.getChildren('AssignStatement') ?? []).filter(
      ({ firstChild }) => firstChild !== null && code.textOf(firstChild) === name,
    );
    return isGiven ? [] : fields.flatMap(({ lastChild }) => lastChild ?? []);
  });
}

/** What in a function's code makes Python enter another function. */
export type CallKind = 'call' | 'iterate' | 'enter' | 'exit' | 'operator' | 'comprehension';

/** A place in a function that calls something. */
export interface CodeCall {
  readonly kind: CallKind;
  /** Where Python says that it stands during the call, from 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
  /** What is called, outermost name first, imports followed; `?` is what has no name. Of operators, their methods. */
  readonly names: readonly string[];
  /** Whether the first of the names was imported. */
  readonly isImported: boolean;
  /** What made the object that is called, such as `torch nn Linear`; of loops, all that is iterated. */
  readonly types: readonly (readonly string[])[];
  /** What made the object whose method is called. */
  readonly holders: readonly (readonly string[])[];
  /** The calls of the same function that can come next, by index. */
  readonly next: readonly number[];
}

/** A function, a class body, a comprehension, or the module itself, as Python names frames. */
export interface CodeFunction {
  readonly name: string;
  /** Of the class around it. */
  readonly className: string | null;
  /** Of the `def`, from 1. */
  readonly line: number;
  /** Of the first decorator, which is what Python calls the first line. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Runs a piece each time that it is asked for more. */
  readonly isGenerator: boolean;
  /** In the order in which they are evaluated. */
  readonly calls: readonly CodeCall[];
}

/** A call in a Python file that names a span. */
export interface AnnotationSite {
  /** One part is the whole name; more are the constant parts around the fields of an f-string. */
  readonly parts: readonly string[];
  /** Of the call, from 1. */
  readonly line: number;
}

/** In a file or, with the line counted in its cell, a notebook. */
export interface PlacedAnnotation extends AnnotationSite {
  /** The index among all cells of the notebook; null in a file. */
  readonly cell: number | null;
}

/** A Python file, or a code cell of a notebook. */
export interface CodeUnit {
  /** The index among all cells of the notebook; null for a file. */
  readonly cell: number | null;
  /** How often the cell was run, as the notebook says. */
  readonly executionCount: number | null;
  /** Of the text: the name that IPython's kernel gives to the file of a cell. */
  readonly hash: string;
  readonly lineCount: number;
  readonly sites: readonly AnnotationSite[];
  readonly functions: readonly CodeFunction[];
}

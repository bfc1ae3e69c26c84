import type { Disposable } from '../../src/base/lifetime.ts';
import { Atom } from './atom.ts';

/** The colors and fonts of VS Code's theme that canvases need; the rest is CSS. */
export interface Theme {
  readonly kind: 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';
  readonly isLight: boolean;
  readonly isHighContrast: boolean;
  readonly background: string;
  readonly panel: string;
  readonly foreground: string;
  readonly muted: string;
  readonly border: string;
  readonly focus: string;
  /** Laid over what a search found. */
  readonly match: string;
  readonly font: string;
}

export class ThemeSource implements Disposable {
  readonly theme: Atom<Theme>;
  readonly #observer: MutationObserver;

  constructor() {
    this.theme = new Atom(readTheme(), (a, b) => JSON.stringify(a) === JSON.stringify(b));
    this.#observer = new MutationObserver(() => this.theme.set(readTheme()));
    const options = { attributes: true, attributeFilter: ['class', 'style'] };
    this.#observer.observe(document.body, options);
    this.#observer.observe(document.documentElement, options);
  }

  dispose(): void {
    this.#observer.disconnect();
  }
}

function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (fallback: string, ...names: readonly string[]) =>
    names.map((name) => style.getPropertyValue(`--vscode-${name}`).trim()).find(Boolean) ??
    fallback;
  const kind = themeKind(document.body.classList);
  const background = color('#1f1f1f', 'editor-background');
  return {
    kind,
    isLight: kind === 'light' || kind === 'high-contrast-light',
    isHighContrast: kind.startsWith('high-contrast'),
    background,
    panel: color(background, 'sideBar-background', 'editorWidget-background'),
    foreground: color('#cccccc', 'foreground', 'editor-foreground'),
    muted: color('#9d9d9d', 'descriptionForeground', 'foreground'),
    border: color('#454545', 'contrastBorder', 'panel-border', 'widget-border'),
    focus: color('#0078d4', 'focusBorder', 'contrastActiveBorder'),
    match: color('rgba(234, 92, 0, 0.33)', 'editor-findMatchHighlightBackground'),
    font: style.fontFamily,
  };
}

function themeKind(classes: DOMTokenList): Theme['kind'] {
  if (classes.contains('vscode-high-contrast-light')) {
    return 'high-contrast-light';
  }
  if (classes.contains('vscode-high-contrast')) {
    return 'high-contrast';
  }
  return classes.contains('vscode-light') ? 'light' : 'dark';
}

/** Until the browser has surely begun to save; some begin late. */
const KEEP_MS = 60_000;

/** Hands a file to the browser, which asks or not where to put it; gives its name. */
export function download(name: string, type: string, parts: (string | ArrayBuffer)[]): string {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
  return name;
}

export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {
    throw new Error('The browser does not let this page use the clipboard.', { cause: error });
  }
}

const CLASSES = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  darkContrast: 'vscode-high-contrast',
  lightContrast: 'vscode-high-contrast vscode-high-contrast-light',
};

/** Keeps the classes by which the page knows its theme as the browser's settings are. */
export function followColorScheme(body: HTMLElement): void {
  const isLight = matchMedia('(prefers-color-scheme: light)');
  const hasContrast = matchMedia('(prefers-contrast: more)');
  const follow = () => {
    const [plain, strong] = isLight.matches
      ? [CLASSES.light, CLASSES.lightContrast]
      : [CLASSES.dark, CLASSES.darkContrast];
    body.className = hasContrast.matches ? strong : plain;
  };
  isLight.addEventListener('change', follow);
  hasContrast.addEventListener('change', follow);
  follow();
}

/** The view lives as long as the tab. All files of the disk may share one storage: each has a key. */
const VIEW_KEY = `training-sleuth ${location.pathname}`;

export function keepView(state: unknown): void {
  try {
    sessionStorage.setItem(VIEW_KEY, JSON.stringify(state));
  } catch {
    // A browser may lend files no storage: then a reload begins anew.
  }
}

/** Undefined where none was kept. */
export function recallView(): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(VIEW_KEY) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

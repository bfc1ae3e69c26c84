const CODES = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  yellow: ['33', '39'],
  blue: ['34', '39'],
  magenta: ['35', '39'],
  cyan: ['36', '39'],
} as const;

export type Look = keyof typeof CODES;

/** Gives text a look, or leaves it alone where colors are not wanted. */
export type Style = (look: Look, text: string) => string;

export const noStyle: Style = (_, text) => text;

export const ansiStyle: Style = (look, text) => {
  const [on, off] = CODES[look];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

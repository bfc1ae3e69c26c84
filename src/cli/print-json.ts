import type { Report } from '../core/model/report.ts';

/** The report as JSON; characters that a terminal obeys are escaped, which changes no value. */
export function printJson(report: Report): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(/[\u007f-\u009f]/g, escapeCharacter)}\n`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

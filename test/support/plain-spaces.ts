/** Text as a person types it: thin and unbreakable spaces become plain ones. */
export function plainSpaces(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ');
}

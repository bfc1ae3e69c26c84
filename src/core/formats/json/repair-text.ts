import { REPAIRS } from './object-scanner.ts';

const TEXTS: Readonly<Record<keyof typeof REPAIRS, string>> = {
  control: 'a control character in a string',
  escape: 'an escape that JSON does not have',
  word: 'a bare word that JSON does not have',
  separator: 'a comma too many or too few',
  duplicate: 'a key that occurs twice: the last one counts',
  utf8: 'bytes that are not UTF-8',
  number: 'a missing or unreadable duration: taken as 0',
  duration: 'a negative or impossible duration: taken as 0',
  longName: 'a name that is too long to keep whole',
};

/** For people: what was repaired, from bits of `REPAIRS`. */
export function describeRepairs(bits: number): string {
  const names = Object.keys(REPAIRS) as (keyof typeof REPAIRS)[];
  return names
    .filter((name) => (bits & REPAIRS[name]) !== 0)
    .map((name) => TEXTS[name])
    .join('; ');
}

/** Strings, bare words and numbers, and commas before what closes. Each branch is linear. */
const TOKENS = /"[^"\\]*(?:\\[^][^"\\]*)*"?|[^"\s,:{}[\]]+|,(?=\s*[}\]])/g;

const JSON_SCALAR = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;

/** Text that is nearly JSON as JSON: bare words become null, strings keep what they say. */
export function loosenJson(text: string): string {
  return text.replace(TOKENS, (token) => {
    if (token === ',') {
      return '';
    }
    return token.startsWith('"') ? mendString(token) : JSON_SCALAR.test(token) ? token : 'null';
  });
}

function mendString(token: string): string {
  return (
    token
      .replace(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|([^]?))/g, (escape, odd: string | undefined) =>
        odd === undefined ? escape : `\\\\${odd}`,
      )
      // eslint-disable-next-line no-control-regex -- Control characters are what is looked for.
      .replace(/[\u0000-\u001f]/g, (control) => JSON.stringify(control).slice(1, -1))
  );
}

const BUFFER_KEY = '$buffer';

export function encodeMessage(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) =>
    value instanceof ArrayBuffer ? { [BUFFER_KEY]: Buffer.from(value).toString('base64') } : value,
  );
}

export function decodeMessage(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    isEncoded(value) ? new Uint8Array(Buffer.from(value[BUFFER_KEY], 'base64')).buffer : value,
  );
}

function isEncoded(value: unknown): value is { readonly [BUFFER_KEY]: string } {
  return typeof value === 'object' && value !== null && BUFFER_KEY in value;
}

/** The script that plays `acquireVsCodeApi` in the page; as text, for the page has no part in our build. */
export function fakeVsCode(state: unknown): string {
  return `
    window.savedState = ${state === undefined ? 'undefined' : JSON.stringify(state)};
    window.receive = (text) => {
      const revive = (_, value) =>
        typeof value?.${BUFFER_KEY} === 'string'
          ? Uint8Array.from(atob(value.${BUFFER_KEY}), (letter) => letter.charCodeAt(0)).buffer
          : value;
      window.postMessage(JSON.parse(text, revive), '*');
    };
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.postToNode(JSON.stringify(message, (_, value) =>
        value instanceof ArrayBuffer
          ? { ${BUFFER_KEY}: btoa(Array.from(new Uint8Array(value), (byte) => String.fromCharCode(byte)).join('')) }
          : value)),
      getState: () => window.savedState,
      setState: (next) => { window.savedState = next; },
    });`;
}

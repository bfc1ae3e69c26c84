/**
 * Told before the toolkit is loaded: it probes the browser with a style element,
 * which the page's policy admits only with the nonce.
 */
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
const meta = document.createElement('meta');
meta.setAttribute('property', 'csp-nonce');
meta.content = nonce;
document.head.append(meta);

export {};

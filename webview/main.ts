import * as z from 'zod';
import { App } from './app.ts';
import type { VsCodeApi } from './host.ts';
import './main.css';
import { registerToolkit } from './toolkit.ts';

declare function acquireVsCodeApi(): VsCodeApi;

declare global {
  interface Window {
    /** For tests: resolves once everything is painted and answered. */
    whenIdle?: () => Promise<void>;
  }
}

/** The page's policy forbids code from strings, which zod would otherwise try. */
z.config({ jitless: true });
registerToolkit();

const root = document.getElementById('app');
if (root === null) {
  throw new Error('the page has no place for the app');
}
const app = new App(acquireVsCodeApi(), root);
window.whenIdle = async () => await app.frames.whenIdle();
void app.start();

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The page of the run editor: no data, no inline code; everything comes through the channel. */
export function renderTimelinePage(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'timeline.js')).toString();
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'timeline.css')).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${style}" nonce="${nonce}" />
    <title>Training Sleuth</title>
  </head>
  <body>
    <main id="app"></main>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

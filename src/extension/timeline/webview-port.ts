import type * as vscode from 'vscode';
import type { Port } from '../../protocol/channel.ts';

/** A channel's port over a webview; buffers are copied, a webview cannot take them over. */
export function webviewPort(webview: vscode.Webview, onError: (error: unknown) => void): Port {
  return {
    post: (message) => {
      webview.postMessage(message).then(undefined, onError);
    },
    listen: (listener) => webview.onDidReceiveMessage(listener),
  };
}

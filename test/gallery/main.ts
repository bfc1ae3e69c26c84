import { createServer } from 'node:http';
import { bundlePage } from './bundle-page.ts';
import { THEME_CLASSES } from './gallery.ts';
import { PageHost } from './page-host.ts';
import { PageServer } from './page-server.ts';
import { listRooms, type Room } from './rooms.ts';

/** Where the index is served, unless PORT says otherwise. */
const PORT = Number(process.env['PORT'] ?? 4400);
/** Opens each room when it is first asked for. */
class House {
  readonly #urls = new Map<number, Promise<string>>();

  constructor(private readonly all: readonly Room[]) {}

  async urlOf(index: number): Promise<string> {
    const known = this.#urls.get(index) ?? this.#open(this.all[index]);
    this.#urls.set(index, known);
    return await known;
  }

  async #open({ read, options }: Room): Promise<string> {
    const server = new PageServer(await bundlePage());
    const analysis = read === null ? null : await read();
    new PageHost(server, analysis, options);
    return await server.start();
  }
}

function indexPage(all: readonly Room[]): string {
  const rows = all.map(({ title }, i) => {
    const links = Object.keys(THEME_CLASSES).map(
      (theme) => `<a href="/room?number=${i}&theme=${theme}">${theme}</a>`,
    );
    return `<tr><th scope="row">${title}</th><td>${links.join(' · ')}</td></tr>`;
  });
  return `<!DOCTYPE html><html lang="en"><meta charset="UTF-8"><title>Gallery</title>
<style>body { font: 15px system-ui; margin: 2rem } th { text-align: left; padding: .3rem 2rem .3rem 0; font-weight: 400 }</style>
<h1>Every view of the run editor</h1><p>Each link opens the page on a run, answered as in the editor. Reload it after a change to the page and a restart.</p>
<table>${rows.join('\n')}</table></html>`;
}

const all = listRooms();
const house = new House(all);
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname !== '/room') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(indexPage(all));
    return;
  }
  house.urlOf(Number(searchParams.get('number'))).then(
    (url) => {
      const theme = encodeURIComponent(searchParams.get('theme') ?? 'dark');
      response.writeHead(302, { location: `${url}?theme=${theme}` }).end();
    },
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(PORT, '127.0.0.1', () => {
  process.stdout.write(`The gallery: http://127.0.0.1:${PORT}/ (Ctrl+C ends it)\n`);
});

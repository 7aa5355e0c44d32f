// A headless browser that a test commands over HTTP.
//
//   node browser.mjs CHROMIUM ADDRESS:PORT [CERTIFICATE]
//
// GET  /NAME.html, /NAME.js     a page, and NAME.js of this folder with the libraries that it imports
// POST /do/open?name=N  URL     opens a page in a profile of its own, called N from now on
// POST /do/run?name=N   SCRIPT  what the script comes to there, as JSON
// POST /do/close?name=N         closes it, as a user closes a tab
// POST /do/wire?name=W  TO      a listening port whose connections go on to ADDRESS:PORT
// POST /do/reset?name=W         ends its connections with a reset; further ones are refused
// POST /do/hold?name=W          lets nothing through any more, and says nothing: a radio that is out of reach
// POST /do/mend?name=W          as it was before; connections that were held end
//
// A certificate is believed if it is the one in the file, and no other that is not signed by a known authority.
import { build } from 'esbuild';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Wire } from './wire.mjs';

const [executable, address, certificate] = process.argv.slice(2);
const [host, port] = address.split(':');
const here = dirname(fileURLToPath(import.meta.url));
const bundles = {};
const pages = {};
const wires = {};

async function bundle(name) {
  bundles[name] ??= build({
    entryPoints: [join(here, name + '.js')],
    bundle: true,
    write: false,
    format: 'iife',
    define: { global: 'window' },
    logLevel: 'error',
  });
  return (await bundles[name]).outputFiles[0].text;
}

function pin(file) {
  const key = new X509Certificate(readFileSync(file)).publicKey.export({ type: 'spki', format: 'der' });
  return '--ignore-certificate-errors-spki-list=' + createHash('sha256').update(key).digest('base64');
}

const browser = await chromium.launch({
  executablePath: executable,
  headless: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream', '--allow-loopback-in-peer-connection',
    '--disable-features=WebRtcHideLocalIpsWithMdns', ...(certificate ? [pin(certificate)] : []),
  ],
});

const actions = {
  async open(name, url) {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.on('console', (line) => console.log(`${name}: ${line.text()}`));
    page.on('pageerror', (error) => console.log(`${name}: ${error}`));
    pages[name] = page;
    await page.goto(url);
  },
  run: (name, script) => pages[name].evaluate(script),
  close: (name) => pages[name].context().close(),
  wire: (name, to) => (wires[name] = new Wire(host, to)).listen(),
  reset: (name) => wires[name].reset(),
  hold: (name) => wires[name].hold(),
  mend: (name) => wires[name].mend(),
};

async function body(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
  }
  return text;
}

async function answer(request) {
  const url = new URL(request.url, 'http://' + address);
  const [, name, kind] = url.pathname.match(/^\/([a-z]+)\.(html|js)$/) ?? [];
  if (name && existsSync(join(here, name + '.js'))) {
    return kind === 'js'
      ? ['text/javascript', await bundle(name)]
      : ['text/html', `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/${name}.js"></script>`];
  }
  const action = actions[url.pathname.match(/^\/do\/([a-z]+)$/)?.[1]];
  if (request.method !== 'POST' || !action) {
    throw new Error(`${request.method} ${request.url}: unknown`);
  }
  return ['application/json', JSON.stringify(await action(url.searchParams.get('name'), await body(request))) ?? 'null'];
}

createServer(async (request, response) => {
  try {
    const [type, text] = await answer(request);
    response.setHeader('Content-Type', type);
    response.end(text);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}).listen(Number(port), host, () => console.log('browser is ready'));

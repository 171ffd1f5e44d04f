// Builds dist/ anew: one ES module that shares NiceGUI's copy of CodeMirror.
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const shared = ['state', 'view', 'commands', 'language']

const result = await build({
  absWorkingDir: here,
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  alias: Object.fromEntries(shared.map((name) => [`@codemirror/${name}`, 'nicegui-codemirror'])),
  external: ['nicegui-codemirror'],
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  write: false,
})
const code = result.outputFiles[0].text

// NiceGUI serves dist/ under a key made of the folder's own modification time, so the folder must be a new one.
await rm(dist, { recursive: true, force: true })
await mkdir(dist)
await writeFile(join(dist, 'index.js'), `// sources ${await sourcesHash()}\n// bundle ${sha256(code)}\n${code}`)
await writeFile(join(dist, 'LICENSES.txt'), await licenses())

function sha256(data) {
  return createHash('sha256').update(data).digest('hex')
}

// tests/test_bundle.py computes the same: the hash of lines as `sha256sum` prints them.
async function sourcesHash() {
  const sources = (await readdir(join(here, 'src'))).map((name) => `src/${name}`)
  const files = [...sources, 'build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'].sort()
  const lines = await Promise.all(files.map(async (name) => `${sha256(await readFile(join(here, name)))}  ${name}\n`))
  return sha256(lines.join(''))
}

async function licenses() {
  const inputs = Object.keys(result.metafile.inputs)
  const names = inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean)
  const notices = [...new Set(names)].sort().map(async (name) => {
    const folder = join(here, 'node_modules', name)
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    return `${name} ${version}\n\n${await readFile(join(folder, file), 'utf8')}`
  })
  return (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n\n`)
}

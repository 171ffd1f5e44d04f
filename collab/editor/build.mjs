// Builds dist/ anew: an ES module that shares NiceGUI's copy of CodeMirror, and parts that it loads when they are used.
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const shared = ['state', 'view', 'commands', 'language']

const result = await build({
  absWorkingDir: here,
  entryPoints: ['src/index.ts', 'src/words.ts'] /* the shells of the elements speak, too */,
  outdir: dist,
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  alias: Object.fromEntries(shared.map((name) => [`@codemirror/${name}`, 'nicegui-codemirror'])),
  external: ['nicegui-codemirror', 'nicegui-mermaid'],
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  write: false,
})
const sources = await sourcesHash()

// NiceGUI serves dist/ under a key made of the folder's own modification time, so the folder must be a new one.
await rm(dist, { recursive: true, force: true })
await mkdir(dist)
for (const { path, text } of result.outputFiles) {
  await writeFile(path, `// sources ${sources}\n// bundle ${sha256(text)}\n${text}`)
}
await writeFile(join(dist, 'LICENSES.txt'), await licenses())

function sha256(data) {
  return createHash('sha256').update(data).digest('hex')
}

// tests/test_bundle.py computes the same: the hash of lines as `sha256sum` prints them.
async function sourcesHash() {
  const entries = await readdir(join(here, 'src'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => relative(here, join(entry.parentPath, entry.name)))
  const all = [...files, 'build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'].sort()
  const lines = await Promise.all(all.map(async (name) => `${sha256(await readFile(join(here, name)))}  ${name}\n`))
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

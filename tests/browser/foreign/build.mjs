// Bundles real Yjs clients for the browser tests: npm ci && npm run build
import { createHash } from 'node:crypto'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const sources = ['build.mjs', 'client.js', 'package-lock.json', 'package.json']
const sha256 = (data) => createHash('sha256').update(data).digest('hex')

const result = await build({
  entryPoints: ['client.js'],
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'Foreign',
  legalComments: 'none',
  metafile: true,
  write: false,
})
const lines = await Promise.all(sources.map(async (name) => `${sha256(await readFile(name))}  ${name}\n`))
await writeFile('client.bundle.js', `// sources ${sha256(lines.join(''))}\n${result.outputFiles[0].text}`)
await writeFile('LICENSES.txt', await licenses(Object.keys(result.metafile.inputs)))

async function licenses(inputs) {
  const folders = inputs.map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean)
  const notices = [...new Set(folders)].sort().map(async (folder) => {
    const { name, version, license, repository } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
    const words = file ? await readFile(`${folder}/${file}`, 'utf8') : `${license}, ${repository.url}\n`
    return `${name} ${version}\n\n${words}`
  })
  return (await Promise.all(notices)).join(`\n${'-'.repeat(80)}\n\n`)
}

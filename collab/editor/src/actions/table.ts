/** Everything that can be done in a document: the one table behind toolbar, keys, palette and help. */
import { openSearchPanel } from '@codemirror/search'
import type { TransactionSpec } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'

import { MODES } from '../modes'
import type { Action } from './action'
import { bullets, code, heading, link, mark, numbers, quote, table, taskList } from './format'
import { t } from '../words'

type Change = (view: EditorView) => TransactionSpec

const ICONS = {
  bold: 'M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z',
  italic: 'M8 4h6M6 16h6M11.500 4l-3 12',
  strike: 'M4 10h12M13.500 6.500A3.500 2.600 0 0 0 10 4.500c-2 0-3.500 1-3.500 2.700 0 1 .6 1.700 1.500 2.200M6.500 13a3.500 2.600 0 0 0 3.500 2.500c2 0 3.500-1 3.500-2.700',
  heading: 'M5 4v12M15 4v12M5 10h10',
  bullets: 'M8 5.500h8M8 10h8M8 14.500h8M4 5.500h.01M4 10h.01M4 14.500h.01',
  numbers: 'M8.500 5.500H16M8.500 10H16M8.500 14.500H16M3.500 4.500l1-.5v3.500M3.500 12.500c1.800-1 2.300.6.2 3h1.800',
  tasks: 'M3.500 4.500h4v4h-4zM10.500 6.500H17M3.500 13.500l1.500 1.500 3-3.500M10.500 13.500H17',
  quote: 'M4 5v10M8 6h8M8 10h8M8 14h5',
  code: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  link: 'M8.500 11.500a3 3 0 0 0 4.200 0l2.500-2.500a3 3 0 0 0-4.200-4.200l-1 1M11.500 8.500a3 3 0 0 0-4.200 0L4.800 11a3 3 0 0 0 4.200 4.200l1-1',
  outline: 'M4 5h12M7 10h9M10 15h6',
  more: 'M4.500 10h.01M10 10h.01M15.500 10h.01',
  help: 'M7.500 7.500a2.500 2.500 0 1 1 3.500 2.300c-.7.300-1 .8-1 1.700M10 14.500v.1',
  table: 'M3.500 4.500h13v11h-13zM3.500 8.500h13M10 8.500v7M3.500 12h13',
}

export const ACTIONS: readonly Action[] = [
  text(t('Bold'), t('strong fat'), 'Text', (view) => mark(view, '**'), ICONS.bold, 'Mod-b'),
  text(t('Italic'), t('emphasis slanted'), 'Text', (view) => mark(view, '*'), ICONS.italic, 'Mod-i'),
  text(t('Strikethrough'), t('delete cross out'), 'Text', (view) => mark(view, '~~'), ICONS.strike, 'Mod-Shift-x'),
  text(t('Heading'), t('title section chapter'), 'Lines', heading, ICONS.heading, 'Mod-Shift-h'),
  text(t('Bulleted list'), t('points unordered'), 'Lines', bullets, ICONS.bullets, 'Mod-Shift-8'),
  text(t('Numbered list'), t('ordered steps'), 'Lines', numbers, ICONS.numbers, 'Mod-Shift-7'),
  text(t('Task list'), t('todo checkbox to do'), 'Lines', taskList, ICONS.tasks, 'Mod-Shift-9'),
  text(t('Quote'), t('citation blockquote'), 'Lines', quote, ICONS.quote, 'Mod-Shift-.'),
  text(t('Code'), t('program monospace fence'), 'Text', code, ICONS.code, 'Mod-e'),
  text(t('Link'), t('address url web'), 'Insert', link, ICONS.link, 'Mod-Shift-l'),
  text(t('Table'), t('columns rows grid'), 'Insert', table, ICONS.table),
  { name: t('Undo'), words: t('take back'), group: 'Edit', key: 'Mod-z', writes: true, run: ({ undo }) => undo() },
  { name: t('Redo'), words: t('again'), group: 'Edit', key: 'Mod-Shift-z', writes: true, run: ({ redo }) => redo() },
  {
    name: t('Find and replace'),
    words: t('search look for'),
    group: 'Edit',
    key: 'Mod-f',
    run({ view, mode, choose }) {
      if (mode() === 'read') choose('write')
      openSearchPanel(view)
    },
  },
  ...MODES.map(
    ({ mode, words }): Action => ({
      name: { write: t('Write'), both: t('Both: the text and the preview'), read: t('Read: the preview alone') }[mode],
      words: `${words} ${t('markdown view mode')}`,
      group: 'View',
      markdown: true,
      run: ({ choose }) => choose(mode),
    }),
  ),
  {
    name: t('Write or read, the next way'),
    words: t('preview toggle switch mode'),
    group: 'View',
    key: 'Mod-Shift-e',
    markdown: true,
    run({ mode, choose }) {
      const modes = MODES.map((each) => each.mode)
      const before = mode()
      choose(modes[(modes.indexOf(before) + 1) % modes.length]!)
      if (mode() === before) choose('read') // where there is no room for both
    },
  },
  {
    name: t('Outline'),
    words: t('headings contents sections navigate'),
    group: 'View',
    key: 'Mod-Shift-o',
    icon: ICONS.outline,
    id: 'outline',
    points: true,
    aside: true,
    run: ({ toggleOutline }) => toggleOutline(),
  },
  {
    name: t('Language of the text'),
    words: t('markdown code programming syntax highlighting colours'),
    group: 'View',
    run: ({ chooseLanguage }) => chooseLanguage(),
  },
  { name: t('Line numbers'), words: t('show hide option'), group: 'View', run: ({ toggle }) => toggle('lineNumbers') },
  { name: t('Wrap long lines'), words: t('break option'), group: 'View', run: ({ toggle }) => toggle('lineWrapping') },
  { name: t('Print'), words: t('paper pdf'), group: 'View', key: 'Mod-p', run: ({ print }) => print() },
  {
    name: t('All actions'),
    words: t('command palette menu'),
    group: 'View',
    key: 'Mod-k',
    icon: ICONS.more,
    id: 'palette',
    aside: true,
    run: ({ open }) => open('palette'),
  },
  {
    name: t('Help'),
    words: t('keys shortcuts markdown how ?'),
    group: 'View',
    key: '?',
    icon: ICONS.help,
    id: 'help',
    aside: true,
    run: ({ open }) => open('help'),
  },
]

/** An action on the text: one change, by hand as by key. */
function text(name: string, words: string, group: Action['group'], change: Change, icon: string, key?: string): Action {
  const run: Action['run'] = ({ view }) => view.dispatch(change(view), { userEvent: 'input.format', scrollIntoView: true })
  const points = icon === ICONS.bullets || icon === ICONS.quote
  return { name, words, group, icon, points, run, writes: true, markdown: true, ...(key ? { key } : {}) }
}

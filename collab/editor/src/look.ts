/**
 * How the editor looks: calm, and told by custom properties that a page may set on any element around it.
 *
 * --collab-editor-font, -code-font, -font-size, -line-height, -padding-block, -padding-inline, -width (of the
 * text), -color, -background, -panel, -muted, -accent, -selection, -border; --collab-syntax-* for code.
 * Pages in Quasar's dark mode (`body--dark`) have dark defaults; there, -dark-color, -dark-background,
 * -dark-selection, -dark-muted, -dark-accent and -dark-border are asked.
 */
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

import { syntaxColor } from './language'

const DARK = '.body--dark &'
const PROSE_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
const CODE_FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

/** What each colour of CodeMirror's default style becomes on a dark page. */
const DARK_SYNTAX: Record<string, string> = {
  '#404740': '#a9b1a9',
  '#708': '#d7a1f9',
  '#219': '#9db8ff',
  '#164': '#8fd6a8',
  '#a11': '#ff9d9d',
  '#e40': '#ffa877',
  '#00f': '#8ab4f8',
  '#30a': '#b9a7ff',
  '#085': '#7fd8b4',
  '#167': '#7fd3e0',
  '#256': '#8fc7da',
  '#00c': '#9db8ff',
  '#940': '#d6a878',
  '#f00': '#ff8a80',
}

export function look(): Extension {
  return EditorView.theme({ ...frame, ...text, ...selections, ...others, ...panels, ...dark })
}

const frame = {
  '&': {
    height: '100%',
    color: 'var(--collab-editor-color, #1f2328)',
    backgroundColor: 'var(--collab-editor-background, #fff)',
    fontSize: 'var(--collab-editor-font-size, 16px)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    overflow: 'auto',
    fontFamily: `var(--collab-editor-font, ${PROSE_FONT})`,
    lineHeight: 'var(--collab-editor-line-height, 1.6)',
  },
  '&.cm-collab-code .cm-scroller': { fontFamily: `var(--collab-editor-code-font, ${CODE_FONT})` },
}

const text = {
  '.cm-content': {
    padding: 'var(--collab-editor-padding-block, 1.25rem) 0',
    maxWidth: 'var(--collab-editor-width, none)',
    margin: '0 auto',
    caretColor: 'var(--collab-editor-accent, #1a5fb4)',
  },
  // On the line, not around it: selections are drawn from one line edge to the other.
  '.cm-line': { padding: '0 var(--collab-editor-padding-inline, 1.25rem)' },
  '.cm-placeholder': { color: 'var(--collab-editor-muted, #6e7781)' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: 'var(--collab-editor-muted, #6e7781)',
    border: 'none',
    paddingLeft: '0.5rem',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: '#1a5fb41f', outline: '1px solid #1a5fb44d' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent' },
}

const selections = {
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--collab-editor-accent, #1a5fb4)', marginLeft: '-1px' },
  '& > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--collab-editor-selection-blurred, #d8dee4)',
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--collab-editor-selection, #bcd6f7)',
  },
}

const others = {
  '.cm-collab-shades, .cm-collab-carets': { pointerEvents: 'none' },
  '.cm-collab-shade': { backgroundColor: 'var(--collab-color)', opacity: '0.2' },
  '.cm-collab-caret': { width: '2px', marginLeft: '-1px', backgroundColor: 'var(--collab-color)' },
  '.cm-collab-caret::before': {
    content: '""',
    position: 'absolute',
    top: '-2px',
    left: '-2px',
    width: '6px',
    height: '6px',
    borderRadius: '50%',
    backgroundColor: 'inherit',
  },
  '.cm-collab-flag': {
    position: 'absolute',
    bottom: '100%',
    left: '-1px',
    maxWidth: '14em',
    padding: '0 6px',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'pre',
    unicodeBidi: 'plaintext',
    font: `600 12px/20px ${PROSE_FONT}`,
    color: '#fff',
    backgroundColor: 'var(--collab-color)',
    borderRadius: '4px 4px 4px 0',
    opacity: '0',
    animation: 'collab-flag-even 2.2s forwards',
  },
  '.cm-collab-flag::after': { content: 'attr(data-name)' },
  '.cm-collab-flag[data-name=""]': { display: 'none' },
  '.cm-collab-leftward .cm-collab-flag': { left: 'auto', right: '-1px', borderRadius: '4px 4px 0 4px' },
  '.cm-collab-low .cm-collab-flag': { bottom: 'auto', top: '100%', borderRadius: '0 4px 4px 4px' },
  '.cm-collab-low.cm-collab-leftward .cm-collab-flag': { borderRadius: '4px 0 4px 4px' },
  '.cm-collab-near .cm-collab-flag': { opacity: '1 !important' },
  '@keyframes collab-flag-even': { '0%, 90%': { opacity: '1' }, '100%': { opacity: '0' } },
  '@keyframes collab-flag-odd': { '0%, 90%': { opacity: '1' }, '100%': { opacity: '0' } },
}

const panels = {
  '.cm-panels': {
    color: 'inherit',
    backgroundColor: 'var(--collab-editor-panel, #f6f8fa)',
    fontFamily: `var(--collab-editor-font, ${PROSE_FONT})`,
  },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--collab-editor-border, #d0d7de)' },
  '.cm-panel.cm-search': { padding: '8px 32px 8px 12px', fontSize: '14px' },
  '.cm-panel.cm-search label': { fontSize: '13px', whiteSpace: 'nowrap' },
  '.cm-panel.cm-search [name=close]': { top: '8px', right: '10px', fontSize: '20px', cursor: 'pointer' },
  '.cm-textfield, .cm-button': {
    padding: '3px 8px',
    color: 'inherit',
    background: 'var(--collab-editor-background, #fff)',
    border: '1px solid var(--collab-editor-border, #d0d7de)',
    borderRadius: '6px',
    fontSize: '14px',
  },
  '.cm-button': { cursor: 'pointer' },
  '.cm-collab-excess': { padding: '10px 16px', fontSize: '14px', fontWeight: '600' },
}

const dark = {
  [DARK]: {
    '--collab-editor-selection': 'var(--collab-editor-dark-selection, #264f78)',
    '--collab-editor-selection-blurred': '#3a3f45',
    '--collab-editor-panel': '#22272e',
    '--collab-editor-border': 'var(--collab-editor-dark-border, #444c56)',
    '--collab-editor-muted': 'var(--collab-editor-dark-muted, #9aa4ae)',
    '--collab-editor-accent': 'var(--collab-editor-dark-accent, #78aef0)',
    color: 'var(--collab-editor-dark-color, #e6edf3)',
    backgroundColor: 'var(--collab-editor-dark-background, #1d1d1d)',
    ...Object.fromEntries(Object.entries(DARK_SYNTAX).map(([light, color]) => [syntaxColor(light), color])),
  },
  '.body--dark & .cm-textfield, .body--dark & .cm-button': { background: '#2d333b' },
  '.body--dark & .cm-collab-caret': { backgroundColor: 'color-mix(in oklab, var(--collab-color), #fff 35%)' },
  '.body--dark & .cm-collab-shade': { opacity: '0.45' },
}

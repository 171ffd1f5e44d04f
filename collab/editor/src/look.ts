/**
 * How the editor looks: calm, and told by custom properties that a page may set on any element around it.
 *
 * --collab-editor-font, -code-font, -font-size, -line-height, -padding-block, -padding-inline, -width (of the
 * text), -color, -background, -panel, -muted, -accent, -selection, -border; --collab-syntax-* for code. What is not
 * set has a default for light pages and one for dark ones: `color-scheme` of the page says which it is.
 */
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

import { ON_TONE, TONE, pair } from './colors'

const PROSE_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
const CODE_FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'

const COLOR = `var(--collab-editor-color, ${pair('#1f2328', '#e6edf3')})`
const BACKGROUND = `var(--collab-editor-background, ${pair('#fff', '#1d1f24')})`
const PANEL = `var(--collab-editor-panel, ${pair('#f6f8fa', '#22272e')})`
const MUTED = `var(--collab-editor-muted, ${pair('#5f6873', '#9aa4ae')})`
const ACCENT = `var(--collab-editor-accent, ${pair('#1a5fb4', '#78aef0')})`
const BORDER = `var(--collab-editor-border, ${pair('#d0d7de', '#444c56')})`
const SELECTION = `var(--collab-editor-selection, ${pair('#bcd6f7', '#264f78')})`
const BLURRED = `var(--collab-editor-selection-blurred, ${pair('#d8dee4', '#3a3f45')})`

export function look(): Extension {
  return EditorView.theme({ ...frame, ...text, ...selections, ...others, ...panels })
}

const frame = {
  '&': {
    height: '100%',
    color: COLOR,
    backgroundColor: BACKGROUND,
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
    caretColor: ACCENT,
  },
  // On the line, not around it: selections are drawn from one line edge to the other.
  '.cm-line': { padding: '0 var(--collab-editor-padding-inline, 1.25rem)' },
  '.cm-placeholder': { color: MUTED },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: MUTED,
    border: 'none',
    paddingInlineStart: '0.5rem',
  },
  '&.cm-focused .cm-matchingBracket': {
    backgroundColor: `color-mix(in srgb, ${ACCENT} 12%, transparent)`,
    outline: `1px solid color-mix(in srgb, ${ACCENT} 40%, transparent)`,
  },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent' },
}

const selections = {
  '.cm-cursor, .cm-dropCursor': { borderLeft: `2px solid ${ACCENT}`, marginLeft: '-1px' },
  '& > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: BLURRED,
  },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: SELECTION,
  },
}

const others = {
  '.cm-collab-shades, .cm-collab-carets': { pointerEvents: 'none' },
  '.cm-collab-shade': { backgroundColor: TONE, opacity: '0.22' },
  '.cm-collab-caret': { width: '2px', marginLeft: '-1px', backgroundColor: TONE },
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
    color: ON_TONE,
    backgroundColor: TONE,
    borderRadius: '4px 4px 4px 0',
    opacity: '0',
    animation: 'collab-flag-even 2.2s forwards',
  },
  // Who shares a colour with others has a caret, and a line below the name, of another kind.
  '.cm-collab-caret[data-pattern="1"]': { background: `repeating-linear-gradient(${TONE} 0 5px, transparent 5px 8px)` },
  '.cm-collab-caret[data-pattern="2"]': { background: `repeating-linear-gradient(${TONE} 0 2px, transparent 2px 4px)` },
  '.cm-collab-caret[data-pattern="3"]': {
    width: '6px',
    marginLeft: '-3px',
    background: `linear-gradient(90deg, ${TONE} 2px, transparent 2px 4px, ${TONE} 4px)`,
  },
  '.cm-collab-caret:not([data-pattern="0"])::before': { backgroundColor: TONE },
  '.cm-collab-caret[data-pattern="3"]::before': { left: '0' },
  '.cm-collab-caret[data-pattern="1"] .cm-collab-flag': { textDecoration: 'underline dashed 2px' },
  '.cm-collab-caret[data-pattern="2"] .cm-collab-flag': { textDecoration: 'underline dotted 2px' },
  '.cm-collab-caret[data-pattern="3"] .cm-collab-flag': { textDecoration: 'underline double 1px' },
  '.cm-collab-flag::after': { content: 'attr(data-name)' },
  '.cm-collab-flag[data-name=""]': { display: 'none' },
  '.cm-collab-leftward .cm-collab-flag': { left: 'auto', right: '-1px', borderRadius: '4px 4px 0 4px' },
  '.cm-collab-low .cm-collab-flag': { bottom: 'auto', top: '100%', borderRadius: '0 4px 4px 4px' },
  '.cm-collab-low.cm-collab-leftward .cm-collab-flag': { borderRadius: '4px 0 4px 4px' },
  '.cm-collab-near .cm-collab-flag': { opacity: '1 !important' },
  '@media (prefers-reduced-motion: reduce)': { '.cm-collab-flag': { animationTimingFunction: 'step-end' } },
  '@keyframes collab-flag-even': { '0%, 90%': { opacity: '1' }, '100%': { opacity: '0' } },
  '@keyframes collab-flag-odd': { '0%, 90%': { opacity: '1' }, '100%': { opacity: '0' } },
}

const panels = {
  '.cm-panels': {
    color: 'inherit',
    backgroundColor: PANEL,
    fontFamily: `var(--collab-editor-font, ${PROSE_FONT})`,
  },
  '.cm-panels.cm-panels-top': { borderBottom: `1px solid ${BORDER}` },
  '.cm-panel.cm-search': { paddingBlock: '8px', paddingInline: '12px 32px', fontSize: '14px' },
  '.cm-panel.cm-search label': { fontSize: '13px', whiteSpace: 'nowrap' },
  '.cm-panel.cm-search [name=close]': { top: '8px', right: 'auto', insetInlineEnd: '10px', fontSize: '20px', cursor: 'pointer' },
  '.cm-textfield, .cm-button': {
    padding: '3px 8px',
    color: 'inherit',
    background: BACKGROUND,
    border: `1px solid ${BORDER}`,
    borderRadius: '6px',
    fontSize: '14px',
  },
  '.cm-button': { cursor: 'pointer' },
  '.cm-collab-pending': {
    padding: '0 6px',
    color: MUTED,
    backgroundColor: PANEL,
    border: `1px dashed ${BORDER}`,
    borderRadius: '6px',
    fontSize: '0.85em',
  },
  '.cm-collab-news': { padding: '10px 16px', fontSize: '14px' },
  '.cm-collab-news.failed': { fontWeight: '600' },
  '.cm-collab-excess': { padding: '10px 16px', fontSize: '14px', fontWeight: '600' },
}
